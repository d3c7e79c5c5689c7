//! Reads declarations, of a style attribute or rule, as far as they can hide text.

use crate::parse::html::style::{Background, Colour, Declaration, Declared, Display, Length};
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, Token,
};

/// Most tokens of one value that are looked at.
const MAX_TOKENS: usize = 64;
/// Deepest nesting of functions in a value that is looked at.
const MAX_FUNCTION_DEPTH: usize = 3;
/// Longest style attribute looked at, in bytes.
const MAX_ATTRIBUTE: usize = 16 * 1024;

/// The declarations of a style attribute.
pub(super) fn parse_attribute(text: &str) -> Vec<Declared> {
    let mut end = text.len().min(MAX_ATTRIBUTE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    parse_declarations(&mut Parser::new(&text[..end]))
}

/// The declarations of a block.
pub(super) fn parse_declarations(input: &mut Parser<'_>) -> Vec<Declared> {
    let mut body = Body { declared: Vec::new() };
    // Errors are declarations CSS drops, and so do we.
    RuleBodyParser::new(input, &mut body).for_each(drop);
    body.declared
}

struct Body {
    declared: Vec<Declared>,
}

impl<'i> DeclarationParser<'i> for Body {
    type Declaration = ();
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _start: &ParserState,
    ) -> Result<(), ParseError<()>> {
        let name = name.to_ascii_lowercase();
        let mut tokens = Vec::new();
        let important = flatten(input, &mut tokens, 0);
        read(&name, &tokens, &mut |declaration| {
            self.declared.push(Declared { declaration, important });
        });
        Ok(())
    }
}

impl AtRuleParser<'_> for Body {
    type Prelude = ();
    type AtRule = ();
    type Error = ();
}

impl QualifiedRuleParser<'_> for Body {
    type Prelude = ();
    type QualifiedRule = ();
    type Error = ();
}

impl RuleBodyItemParser<'_, (), ()> for Body {
    fn parse_declarations(&self) -> bool {
        true
    }
    fn parse_qualified(&self) -> bool {
        false
    }
}

/// A token of a value. Functions are written out flat: name, arguments, end.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Ident(String),
    Number(f32),
    Length(Length),
    Hash(String),
    Function(String),
    End,
    Url,
    Comma,
    Other,
}

impl Word {
    fn length(&self) -> Option<Length> {
        match self {
            Self::Length(length) => Some(*length),
            Self::Number(0.0) => Some(Length::Px(0.0)),
            _ => None,
        }
    }

    fn number(&self) -> Option<f32> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Length(Length::Percent(percent)) => Some(percent / 100.0),
            _ => None,
        }
    }

    fn is(&self, ident: &str) -> bool {
        matches!(self, Self::Ident(name) if name == ident)
    }
}

/// Reads the tokens up to the end of the value; true where it ends in `!important`.
fn flatten(input: &mut Parser<'_>, words: &mut Vec<Word>, depth: usize) -> bool {
    let mut important = false;
    while let Ok(token) = input.next() {
        let word = match token {
            Token::Ident(name) if important && name.eq_ignore_ascii_case("important") => continue,
            Token::Ident(name) => Word::Ident(name.to_ascii_lowercase()),
            Token::Delim('!') => {
                important = true;
                continue;
            }
            Token::Number { value, .. } => Word::Number(*value),
            Token::Percentage { unit_value, .. } => {
                Word::Length(Length::Percent(unit_value * 100.0))
            }
            Token::Dimension { value, unit, .. } => dimension(*value, unit),
            Token::Hash(digits) | Token::IDHash(digits) => Word::Hash(digits.to_string()),
            Token::UnquotedUrl(_) => Word::Url,
            Token::Comma => Word::Comma,
            Token::Function(name) => {
                let name = name.to_ascii_lowercase();
                if words.len() < MAX_TOKENS {
                    words.push(if name == "url" { Word::Url } else { Word::Function(name) });
                    if depth < MAX_FUNCTION_DEPTH {
                        let _ = input.parse_nested_block(|input| {
                            flatten(input, words, depth + 1);
                            Ok::<(), ParseError<()>>(())
                        });
                    }
                }
                Word::End
            }
            _ => Word::Other,
        };
        if words.len() < MAX_TOKENS {
            words.push(word);
        }
    }
    important
}

/// Lengths in absolute units become pixels (96 to the inch).
fn dimension(value: f32, unit: &str) -> Word {
    let length = match unit.to_ascii_lowercase().as_str() {
        "px" => Length::Px(value),
        "pt" => Length::Px(value * 96.0 / 72.0),
        "pc" => Length::Px(value * 16.0),
        "in" => Length::Px(value * 96.0),
        "cm" => Length::Px(value * 96.0 / 2.54),
        "mm" => Length::Px(value * 96.0 / 25.4),
        "em" => Length::Em(value),
        "ex" | "ch" => Length::Em(value / 2.0),
        "rem" => Length::Rem(value),
        unit if unit.ends_with("vw") || unit.ends_with("vh") => Length::Viewport(value),
        "vmin" | "vmax" => Length::Viewport(value),
        _ => return Word::Other,
    };
    Word::Length(length)
}

/// Reads one property into declarations.
#[expect(clippy::too_many_lines, reason = "a table of properties")]
fn read(name: &str, words: &[Word], add: &mut impl FnMut(Declaration)) {
    use Declaration as D;
    let Some(first) = words.first() else { return };
    let nothing = || first.length().is_some_and(Length::is_nothing);
    match name {
        "display" => {
            if let Word::Ident(value) = first {
                add(D::Display(match value.as_str() {
                    "none" => Display::None,
                    "block" | "flex" | "grid" | "table" | "list-item" | "flow-root" => {
                        Display::Block
                    }
                    _ => Display::Inline,
                }));
            }
        }
        "visibility" => match first {
            Word::Ident(value) if value == "hidden" || value == "collapse" => {
                add(D::Visible(false));
            }
            Word::Ident(value) if value == "visible" || value == "initial" => add(D::Visible(true)),
            _ => {}
        },
        "position" => {
            if let Word::Ident(value) = first {
                let out = value == "absolute" || value == "fixed";
                add(D::OutOfFlow(out));
                add(D::Positioned(out || value == "relative" || value == "sticky"));
            }
        }
        "left" | "top" | "right" | "bottom" | "inset" => {
            let far = |word: &Word| word.length().is_some_and(|l| l.is_far_back() || l.is_far_on());
            match name {
                "left" => add(D::OffsetFar(0, far(first))),
                "top" => add(D::OffsetFar(1, far(first))),
                "right" => add(D::OffsetFar(2, far(first))),
                "bottom" => add(D::OffsetFar(3, far(first))),
                _ => add(D::OffsetFar(0, words.iter().any(far))),
            }
        }
        "margin" | "padding" => read_sides(name, words, add),
        "margin-left" | "margin-top" | "margin-inline-start" => {
            if let Some(length) = first.length() {
                add(D::Margin(u8::from(name == "margin-top"), length));
            }
        }
        "padding-left" | "padding-top" | "padding-bottom" => {
            if let Some(length) = first.length() {
                let side = ["padding-left", "padding-top", "padding-bottom"];
                let side = side.iter().position(|side| *side == name).unwrap_or(0);
                add(D::Padding(side as u8, length));
            }
        }
        "text-indent" => {
            add(D::TextIndentFar(first.length().is_some_and(|l| l.is_far_back() || l.is_far_on())));
        }
        "transform" | "-webkit-transform" | "-ms-transform" | "translate" | "scale" | "zoom" => {
            read_transform(name, words, add);
        }
        "font-size" => read_font_size(first, add),
        "font" => {
            if let Some(size) = words.iter().find(|word| word.length().is_some()) {
                read_font_size(size, add);
            }
        }
        "color" if !first.is("inherit") => {
            add(D::Text(read_colour(words)));
        }
        "background" | "background-color" | "background-image" => {
            if let Some(background) = read_background(name, words) {
                add(D::Background(background));
            }
            if words.iter().any(|word| word.is("text")) {
                add(D::BackgroundClipText(true));
            }
        }
        "background-clip" | "-webkit-background-clip" => {
            add(D::BackgroundClipText(first.is("text")));
        }
        "opacity" => {
            if let Some(opacity) = first.number() {
                add(D::Opacity(opacity));
            }
        }
        "filter" | "-ms-filter" => add(D::FilterOpacity(filters_to_nothing(words))),
        "height" | "max-height" => add(D::Height(nothing())),
        "width" | "max-width" => add(D::Width(nothing())),
        "line-height" => add(D::LineHeight(
            nothing() || matches!(first, Word::Number(number) if number.abs() < 0.05),
        )),
        "overflow" | "overflow-x" | "overflow-y" => {
            add(D::Overflow(words.iter().any(|word| word.is("hidden") || word.is("clip"))));
        }
        "clip" => add(D::Clip(clips_all(words))),
        "clip-path" | "-webkit-clip-path" => add(D::ClipPath(clip_path_is_empty(words))),
        "z-index" => {
            if let Some(index) = first.number() {
                add(D::ZIndex(index));
            }
        }
        "transition"
        | "animation"
        | "animation-name"
        | "transition-property"
        | "-webkit-transition"
        | "-webkit-animation"
        | "transition-duration" => {
            add(D::Animated(!first.is("none")));
        }
        "text-shadow" => add(D::TextShadow(!first.is("none"))),
        "content-visibility" => add(D::ContentHidden(first.is("hidden"))),
        "letter-spacing" => add(D::LettersCollapsed(first.length().is_some_and(|l| match l {
            Length::Px(px) => px <= -15.0,
            Length::Em(em) | Length::Rem(em) => em <= -0.9,
            _ => false,
        }))),
        _ => {}
    }
}

/// `margin` and `padding` in one to four values: top, right, bottom, left.
fn read_sides(name: &str, words: &[Word], add: &mut impl FnMut(Declaration)) {
    let side = |index: usize| words.get(index).and_then(Word::length);
    let left = if words.len() >= 4 { side(3) } else { side(usize::from(words.len() >= 2)) };
    let bottom = if words.len() >= 3 { side(2) } else { side(0) };
    let margin = name == "margin";
    for (index, length) in [(0, left), (1, side(0)), (2, bottom)] {
        match length {
            Some(length) if !margin => add(Declaration::Padding(index, length)),
            Some(length) if index < 2 => add(Declaration::Margin(index, length)),
            _ => {}
        }
    }
}

fn read_font_size(word: &Word, add: &mut impl FnMut(Declaration)) {
    match (word, word.length()) {
        (_, Some(length)) => add(Declaration::FontSize(length)),
        (Word::Ident(keyword), None) => match keyword.as_str() {
            "inherit" | "unset" => {}
            "smaller" => add(Declaration::FontSize(Length::Em(0.8))),
            "larger" => add(Declaration::FontSize(Length::Em(1.2))),
            _ => add(Declaration::FontSizeKeyword),
        },
        // `calc()` and the like: taken for an ordinary size.
        (Word::Function(_), None) => add(Declaration::FontSizeKeyword),
        _ => {}
    }
}

fn read_transform(name: &str, words: &[Word], add: &mut impl FnMut(Declaration)) {
    if name == "scale" || name == "zoom" {
        add(Declaration::Scaled(words[0].number() == Some(0.0)));
        return;
    }
    let mut function = name;
    let (mut moved, mut scaled) = (false, false);
    for (index, word) in words.iter().enumerate() {
        match word {
            Word::Function(inner) => function = inner,
            Word::End => function = "",
            word if function.starts_with("translate") => {
                moved |= word.length().is_some_and(|l| l.is_far_back() || l.is_far_on());
            }
            // The first argument of `scale` and `matrix` is the horizontal factor.
            word if function.starts_with("scale") || function == "matrix" => {
                let first =
                    matches!(index.checked_sub(1).map(|i| &words[i]), Some(Word::Function(_)));
                scaled |= first && word.number() == Some(0.0);
            }
            _ => {}
        }
    }
    add(Declaration::Moved(moved));
    add(Declaration::Scaled(scaled));
}

fn read_background(name: &str, words: &[Word]) -> Option<Background> {
    let is_image = |word: &Word| match word {
        Word::Url => true,
        Word::Function(name) => name.ends_with("gradient") || name.ends_with("image-set"),
        _ => false,
    };
    if words.iter().any(is_image) {
        return Some(Background::Image);
    }
    if name == "background-image" {
        return None;
    }
    for (index, word) in words.iter().enumerate() {
        let colour = match word {
            Word::Ident(_) | Word::Hash(_) | Word::Function(_) => read_colour(&words[index..]),
            _ => None,
        };
        match colour {
            Some(colour) if colour.alpha < 0.1 => return Some(Background::Clear),
            Some(colour) => return Some(Background::Colour(colour)),
            None => {}
        }
    }
    match words.first() {
        Some(Word::Function(_)) => Some(Background::Image), // `var()`: not known
        Some(word) if word.is("none") || word.is("initial") => Some(Background::Clear),
        _ => None,
    }
}

/// The colour that begins at the first word.
fn read_colour(words: &[Word]) -> Option<Colour> {
    match words.first()? {
        Word::Ident(name) => Colour::named(name),
        Word::Hash(digits) => Colour::hex(digits),
        Word::Function(name) => {
            let parts: Vec<&Word> = words[1..]
                .iter()
                .take_while(|word| **word != Word::End)
                .filter(|word| !matches!(word, Word::Comma | Word::Other))
                .collect();
            let number = |index: usize| parts.get(index).and_then(|word| word.number());
            let alpha = if parts.len() > 3 { number(3)? } else { 1.0 };
            let channel = |index: usize| match parts.get(index)? {
                Word::Number(value) => Some(*value),
                Word::Length(Length::Percent(percent)) => Some(percent * 2.55),
                _ => None,
            };
            match name.as_str() {
                "rgb" | "rgba" => {
                    Some(Colour { rgb: [channel(0)?, channel(1)?, channel(2)?], alpha })
                }
                "hsl" | "hsla" => {
                    Some(Colour { rgb: hsl_to_rgb(number(0)?, number(1)?, number(2)?), alpha })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Hue in degrees, saturation and lightness 0 to 1 (CSS Color 4, section 7).
fn hsl_to_rgb(hue: f32, saturation: f32, lightness: f32) -> [f32; 3] {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|shift| {
        let k = (shift + hue / 30.0).rem_euclid(12.0);
        255.0 * (lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0))
    })
}

/// `opacity(0)`, and `alpha(opacity=0)` of old browsers.
fn filters_to_nothing(words: &[Word]) -> bool {
    words.iter().enumerate().any(|(index, word)| {
        let Word::Function(name) = word else { return false };
        let mut arguments = words[index + 1..].iter().take_while(|word| **word != Word::End);
        match name.as_str() {
            "opacity" | "alpha" => {
                arguments.find_map(Word::number).is_some_and(|value| value.abs() <= 0.05)
            }
            _ => false,
        }
    })
}

/// `rect(top, right, bottom, left)` that leaves no area.
fn clips_all(words: &[Word]) -> bool {
    if !matches!(words.first(), Some(Word::Function(name)) if name == "rect") {
        return false;
    }
    let sides: Vec<f32> = words.iter().filter_map(Word::length).map(Length::amount).collect();
    matches!(sides[..], [top, right, bottom, left] if bottom - top <= 1.0 || right - left <= 1.0)
}

/// `inset()` of half or more, `circle(0)`, or a polygon whose corners all coincide.
fn clip_path_is_empty(words: &[Word]) -> bool {
    let Some(Word::Function(name)) = words.first() else { return false };
    let mut lengths =
        words[1..].iter().take_while(|word| **word != Word::End).filter_map(Word::length);
    match name.as_str() {
        "inset" => matches!(lengths.next(), Some(Length::Percent(percent)) if percent >= 50.0),
        "circle" | "ellipse" => lengths.next().is_some_and(Length::is_nothing),
        "polygon" => {
            let first = lengths.next();
            first.is_some() && lengths.all(|length| Some(length) == first)
        }
        _ => false,
    }
}
