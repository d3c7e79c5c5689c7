//! The properties of an element's style that can hide text.

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

    pub(super) fn amount(self) -> f32 {
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

    pub(super) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("transparent") {
            return Some(Self { rgb: [0.0; 3], alpha: 0.0 });
        }
        let (r, g, b) = cssparser::color::parse_named_color(name).ok()?;
        Some(Self { rgb: [r, g, b].map(f32::from), alpha: 1.0 })
    }

    pub(super) fn hex(digits: &str) -> Option<Self> {
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
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
#[expect(
    clippy::option_option,
    reason = "a colour that is set but cannot be read is not one that is not set"
)]
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
    /// Whether a rule that a script writes has a part in this.
    pub(super) by_script: bool,
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
