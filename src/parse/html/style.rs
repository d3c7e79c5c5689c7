//! Declarations of a style attribute or rule, as far as they can hide text.

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, Token,
};

/// Most tokens of one value that are looked at.
const MAX_TOKENS: usize = 64;
/// Deepest nesting of functions in a value that is looked at.
const MAX_FUNCTION_DEPTH: usize = 3;
/// Longest style attribute looked at, in bytes.
pub(super) const MAX_ATTRIBUTE: usize = 16 * 1024;

/// A length as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Length {
    Px(f32),
    Em(f32),
    Rem(f32),
    Percent(f32),
    Viewport(f32),
}

impl Length {
    /// Whether the length is zero or at most one pixel.
    pub(super) fn is_nothing(self) -> bool {
        match self {
            Self::Px(px) => px.abs() <= 1.0,
            Self::Em(n) | Self::Rem(n) | Self::Percent(n) | Self::Viewport(n) => n == 0.0,
        }
    }

    /// Whether moving a box back by this length takes it off the screen.
    pub(super) fn is_far_back(self) -> bool {
        match self {
            Self::Px(px) => px <= -999.0,
            Self::Em(n) | Self::Rem(n) => n <= -60.0,
            Self::Viewport(n) => n <= -100.0,
            Self::Percent(n) => n <= -200.0,
        }
    }

    /// Whether moving a box on by this length takes it off the screen.
    pub(super) fn is_far_on(self) -> bool {
        match self {
            Self::Px(px) => px >= 5000.0,
            Self::Em(n) | Self::Rem(n) => n >= 300.0,
            Self::Viewport(n) | Self::Percent(n) => n >= 500.0,
        }
    }

    fn amount(self) -> f32 {
        match self {
            Self::Px(n) | Self::Em(n) | Self::Rem(n) | Self::Percent(n) | Self::Viewport(n) => n,
        }
    }
}

/// A colour: red, green, blue 0 to 255, alpha 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    pub(super) rgb: [f32; 3],
    pub(super) alpha: f32,
}

impl Colour {
    pub(super) const WHITE: Self = Self { rgb: [255.0; 3], alpha: 1.0 };

    /// Distance in the RGB cube, 0 to 442.
    pub(super) fn distance(self, other: Self) -> f32 {
        let squares = self.rgb.iter().zip(other.rgb).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f32>().sqrt()
    }

    /// A colour of an HTML attribute such as `bgcolor`: a name, or hexadecimal digits with or
    /// without `#`.
    pub(super) fn from_attribute(value: &str) -> Option<Self> {
        let value = value.trim();
        let hex = value.strip_prefix('#').unwrap_or(value);
        Self::named(value).or_else(|| Self::hex(hex))
    }

    fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("transparent") {
            return Some(Self { rgb: [0.0; 3], alpha: 0.0 });
        }
        let (r, g, b) = cssparser::color::parse_named_color(name).ok()?;
        Some(Self { rgb: [r, g, b].map(f32::from), alpha: 1.0 })
    }

    fn hex(digits: &str) -> Option<Self> {
        let (r, g, b, alpha) = cssparser::color::parse_hash_color(digits.as_bytes()).ok()?;
        Some(Self { rgb: [r, g, b].map(f32::from), alpha })
    }
}

/// What stands behind text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Background {
    Colour(Colour),
    /// An image or gradient: the colour behind the text is not known.
    Image,
    /// `none`, `transparent`.
    Clear,
}

/// Value of `display`, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Display {
    None,
    /// Begins a line of its own.
    Block,
    Inline,
}

/// One declaration that bears on whether and how text is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Declaration {
    Display(Display),
    Visible(bool),
    /// `absolute` or `fixed`.
    OutOfFlow(bool),
    /// `absolute`, `fixed`, `relative` or `sticky`.
    Positioned(bool),
    /// Far outside the screen by `left`, `top`, `right` or `bottom` (0 to 3).
    OffsetFar(u8, bool),
    /// `margin-left` (0) or `margin-top` (1).
    Margin(u8, Length),
    /// `padding-left` (0) or `padding-top` (1) or `padding-bottom` (2).
    Padding(u8, Length),
    TextIndentFar(bool),
    /// Moved off the screen by `transform` or `translate`.
    Moved(bool),
    /// Scaled or zoomed to nothing.
    Scaled(bool),
    FontSize(Length),
    /// `None` for a keyword that sets an ordinary size.
    FontSizeKeyword,
    Text(Option<Colour>),
    Background(Background),
    Opacity(f32),
    FilterOpacity(bool),
    Height(bool),
    Width(bool),
    LineHeight(bool),
    Overflow(bool),
    Clip(bool),
    ClipPath(bool),
    ZIndex(f32),
    Animated(bool),
    TextShadow(bool),
    BackgroundClipText(bool),
    ContentHidden(bool),
    LettersCollapsed(bool),
}

/// A declaration and whether it is marked important.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub(super) declaration: Declaration,
    pub(super) important: bool,
}

/// What the rules and the style attribute say about one element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    pub(super) display: Option<Display>,
    pub(super) visible: Option<bool>,
    pub(super) out_of_flow: bool,
    pub(super) positioned: bool,
    pub(super) offset_far: [bool; 4],
    pub(super) margin: [Option<Length>; 2],
    pub(super) padding: [Option<Length>; 3],
    pub(super) text_indent_far: bool,
    pub(super) moved: bool,
    pub(super) scaled: bool,
    pub(super) font_size: Option<Length>,
    pub(super) ordinary_font_size: bool,
    /// `Some(None)` where the colour cannot be read.
    pub(super) text: Option<Option<Colour>>,
    pub(super) background: Option<Background>,
    pub(super) opacity: Option<f32>,
    pub(super) filter_opacity: bool,
    pub(super) no_height: bool,
    pub(super) no_width: bool,
    pub(super) no_line_height: bool,
    pub(super) overflow_hidden: bool,
    pub(super) clip: bool,
    pub(super) clip_path: bool,
    pub(super) z_index: Option<f32>,
    pub(super) animated: bool,
    pub(super) text_shadow: Option<bool>,
    pub(super) background_clip_text: bool,
    pub(super) content_hidden: bool,
    pub(super) letters_collapsed: Option<bool>,
}

impl Style {
    /// Lets a declaration take effect over those before it.
    pub(super) fn apply(&mut self, declaration: Declaration) {
        match declaration {
            Declaration::Display(display) => self.display = Some(display),
            Declaration::Visible(visible) => self.visible = Some(visible),
            Declaration::OutOfFlow(yes) => self.out_of_flow = yes,
            Declaration::Positioned(yes) => self.positioned = yes,
            Declaration::OffsetFar(side, far) => self.offset_far[usize::from(side)] = far,
            Declaration::Margin(side, length) => self.margin[usize::from(side)] = Some(length),
            Declaration::Padding(side, length) => self.padding[usize::from(side)] = Some(length),
            Declaration::TextIndentFar(far) => self.text_indent_far = far,
            Declaration::Moved(moved) => self.moved = moved,
            Declaration::Scaled(scaled) => self.scaled = scaled,
            Declaration::FontSize(size) => {
                self.font_size = Some(size);
                self.ordinary_font_size = false;
            }
            Declaration::FontSizeKeyword => {
                self.font_size = None;
                self.ordinary_font_size = true;
            }
            Declaration::Text(colour) => self.text = Some(colour),
            Declaration::Background(background) => self.background = Some(background),
            Declaration::Opacity(opacity) => self.opacity = Some(opacity),
            Declaration::FilterOpacity(none) => self.filter_opacity = none,
            Declaration::Height(nothing) => self.no_height = nothing,
            Declaration::Width(nothing) => self.no_width = nothing,
            Declaration::LineHeight(nothing) => self.no_line_height = nothing,
            Declaration::Overflow(hidden) => self.overflow_hidden = hidden,
            Declaration::Clip(all) => self.clip = all,
            Declaration::ClipPath(all) => self.clip_path = all,
            Declaration::ZIndex(index) => self.z_index = Some(index),
            Declaration::Animated(yes) => self.animated |= yes,
            Declaration::TextShadow(yes) => self.text_shadow = Some(yes),
            Declaration::BackgroundClipText(yes) => self.background_clip_text = yes,
            Declaration::ContentHidden(yes) => self.content_hidden = yes,
            Declaration::LettersCollapsed(yes) => self.letters_collapsed = Some(yes),
        }
    }
}

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
                add(D::Visible(false))
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
        "color" => {
            if !first.is("inherit") {
                add(D::Text(read_colour(words)));
            }
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
            add(D::Overflow(words.iter().any(|word| word.is("hidden") || word.is("clip"))))
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
