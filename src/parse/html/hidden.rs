//! Whether an element is hidden from readers, how, and whether that is ordinary.
//!
//! Two kinds of hiding differ in what children can do about it. What takes the whole box away
//! (`display`, position, clipping, opacity …) hides everything inside. What is inherited
//! (visibility, font size, colour) children can undo, so it is kept in a [`Look`] that is handed
//! down and judged anew wherever it changes.

use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::node::Element;
use crate::parse::html::regions::each_word_of;
use crate::parse::html::style::{Background, Colour, Display, Length, Style};
use html5ever::local_name;

/// Text of at most this size cannot be read, in CSS pixels.
const TINY_FONT: f32 = 2.0;
/// Colours nearer to each other than this cannot be told apart (RGB distance, 0 to 442).
const SAME_COLOUR: f32 = 12.0;
/// Size of ordinary text, in CSS pixels.
const ORDINARY_FONT: f32 = 16.0;

/// The technique by which an element takes itself and all it holds away.
pub(super) fn technique_of(
    element: Element<'_>,
    attributes: &Attributes<'_>,
    style: Option<&Style>,
) -> Option<&'static str> {
    let shown_by_style =
        style.is_some_and(|style| style.display.is_some_and(|display| display != Display::None));
    let by_markup = match *element.local() {
        local_name!("template") => Some("template"),
        local_name!("dialog")
            if element.attribute(&local_name!("open")).is_none() && !shown_by_style =>
        {
            Some("dialog-closed")
        }
        local_name!("iframe") if is_tiny_by_attribute(element, 1.0) => Some("zero-box"),
        local_name!("marquee") => tiny_marquee(element),
        _ if attributes.has(Common::Hidden) && !shown_by_style => Some("hidden-attribute"),
        _ => None,
    };
    by_markup.or_else(|| technique_of_style(element, style?))
}

/// The same for an element's style alone (and the attributes of `marquee`).
pub(super) fn technique_of_style(element: Element<'_>, style: &Style) -> Option<&'static str> {
    // What hides the whole page waits for a script to show it.
    if is_page(element) {
        return None;
    }
    if style.display == Some(Display::None) {
        return Some("display-none");
    }
    if style.content_hidden {
        return Some("content-visibility");
    }
    if is_off_screen(style) {
        return Some("off-screen");
    }
    let no_area =
        (style.no_height && !is_propped(style.padding[1]) && !is_propped(style.padding[2]))
            || style.no_width
            || style.no_line_height;
    if no_area && style.overflow_hidden {
        return Some("zero-box");
    }
    if (style.clip && style.out_of_flow) || style.clip_path {
        return Some("clip");
    }
    if style.opacity.is_some_and(|opacity| opacity <= 0.05) {
        return Some("opacity-zero");
    }
    if style.filter_opacity {
        return Some("filter-opacity");
    }
    if style.scaled {
        return Some("scale-zero");
    }
    if style.out_of_flow && style.z_index.is_some_and(|index| index < 0.0) {
        return Some("z-index-buried");
    }
    if *element.local() == local_name!("marquee") { tiny_marquee(element) } else { None }
}

/// Whether an element holds the page as such.
fn is_page(element: Element<'_>) -> bool {
    matches!(*element.local(), names!["html", "body", "main"])
}

fn is_off_screen(style: &Style) -> bool {
    // A large negative margin that padding of the same side makes up for widens a box.
    let margin_far = |side: usize| {
        style.margin[side].is_some_and(Length::is_far_back)
            && !style.padding[side].is_some_and(|padding| match padding {
                Length::Px(px) => px >= 900.0,
                Length::Viewport(n) | Length::Percent(n) | Length::Em(n) | Length::Rem(n) => {
                    n >= 50.0
                }
            })
    };
    (style.positioned && style.offset_far.contains(&true))
        || margin_far(0)
        || margin_far(1)
        || style.text_indent_far
        || style.moved
}

/// A box kept open by padding, as wrappers of videos are.
fn is_propped(padding: Option<Length>) -> bool {
    padding.is_some_and(|padding| !padding.is_nothing())
}

fn is_tiny_by_attribute(element: Element<'_>, most: f32) -> bool {
    [local_name!("width"), local_name!("height")].iter().any(|name| {
        let value = element.attribute(name).map(|value| value.trim().trim_end_matches("px"));
        value.and_then(|value| value.parse::<f32>().ok()).is_some_and(|px| px <= most)
    })
}

/// A running text too small or too fast to read.
fn tiny_marquee(element: Element<'_>) -> Option<&'static str> {
    let speed =
        element.attribute_named("scrollamount").and_then(|value| value.trim().parse::<f32>().ok());
    let fast = speed.is_some_and(|pixels| pixels >= 1000.0);
    (fast || is_tiny_by_attribute(element, 5.0)).then_some("marquee")
}

/// What an element hands down to its children.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(super) struct Look {
    visible: bool,
    /// Size of the text in CSS pixels.
    font: f32,
    letters_collapsed: bool,
    /// Colour of the text where the page sets it.
    text: Option<Colour>,
    /// Colour behind the text where it is known.
    behind: Option<Colour>,
    shadow: bool,
    /// Text painted by its background.
    painted: bool,
}

impl Look {
    /// The look of a page. White paper is taken for granted only where no external style sheet
    /// can paint it.
    pub(super) fn of_page(external_styles: bool) -> Self {
        Self {
            visible: true,
            font: ORDINARY_FONT,
            letters_collapsed: false,
            text: None,
            behind: (!external_styles).then_some(Colour::WHITE),
            shadow: false,
            painted: false,
        }
    }

    /// The look inside `element`. Where style sheets that we do not see can paint it, what stands
    /// behind its text is not known.
    pub(super) fn inside(
        mut self,
        element: Element<'_>,
        attributes: &Attributes<'_>,
        style: Option<&Style>,
        external_styles: bool,
    ) -> Self {
        let mut own_background = false;
        if let Some(colour) = attributes.get(Common::Bgcolor).and_then(Colour::from_attribute) {
            self.behind = Some(colour);
            own_background = true;
        }
        if attributes.has(Common::Background) {
            self.behind = None;
            own_background = true;
        }
        let own = |name| element.attribute(&name);
        match *element.local() {
            local_name!("font") => {
                if let Some(colour) = own(local_name!("color")).and_then(Colour::from_attribute) {
                    self.text = Some(colour);
                }
                if own(local_name!("size")).is_some() {
                    self.font = ORDINARY_FONT;
                }
            }
            local_name!("body") => {
                if let Some(colour) = own(local_name!("text")).and_then(Colour::from_attribute) {
                    self.text = Some(colour);
                }
            }
            _ => {}
        }
        if let Some(style) = style {
            self.take(style, &mut own_background);
        }
        let may_be_painted = attributes.has(Common::Class) || attributes.has(Common::Id);
        if external_styles && may_be_painted && !own_background {
            self.behind = None;
        }
        // The gap between inline blocks is closed by a size that those blocks undo.
        let own_size = style.is_some_and(|style| style.font_size.is_some());
        if external_styles && may_be_painted && !own_size && self.font <= TINY_FONT {
            self.font = ORDINARY_FONT;
        }
        // Pages that scale with the window set a root size of a pixel or so on purpose.
        if is_page(element) {
            self.visible = true;
            self.font = ORDINARY_FONT;
        }
        self
    }

    fn take(&mut self, style: &Style, own_background: &mut bool) {
        if let Some(visible) = style.visible {
            self.visible = visible;
        }
        if style.ordinary_font_size {
            self.font = ORDINARY_FONT;
        }
        match style.font_size {
            Some(Length::Px(px)) => self.font = px,
            Some(Length::Em(times)) => self.font *= times,
            Some(Length::Percent(percent)) => self.font *= percent / 100.0,
            Some(Length::Rem(0.0) | Length::Viewport(0.0)) => self.font = 0.0,
            Some(Length::Rem(_) | Length::Viewport(_)) => self.font = ORDINARY_FONT,
            None => {}
        }
        if let Some(collapsed) = style.letters_collapsed {
            self.letters_collapsed = collapsed;
        }
        if let Some(text) = style.text {
            self.text = text;
        }
        match style.background {
            Some(Background::Image) => {
                self.behind = None;
                *own_background = true;
            }
            Some(Background::Colour(colour)) => {
                // A thin veil over something unknown leaves it unknown.
                self.behind = (colour.alpha > 0.95).then_some(colour);
                *own_background = true;
            }
            Some(Background::Clear) | None => {}
        }
        if let Some(shadow) = style.text_shadow {
            self.shadow = shadow;
        }
        self.painted |= style.background_clip_text;
    }

    /// The technique by which text of this look is hidden.
    pub(super) fn technique(&self) -> Option<&'static str> {
        if !self.visible {
            return Some("visibility-hidden");
        }
        if self.font <= TINY_FONT {
            return Some("zero-font");
        }
        if self.letters_collapsed {
            return Some("collapsed-letters");
        }
        if self.shadow || self.painted {
            return None;
        }
        match (self.text, self.behind) {
            (Some(text), _) if text.alpha < 0.05 => Some("transparent"),
            (Some(text), Some(behind)) if text.distance(behind) < SAME_COLOUR => {
                Some("same-colour")
            }
            _ => None,
        }
    }

    /// Shows what waits to be shown.
    pub(super) fn show(&mut self) {
        self.visible = true;
    }

    /// Whether the technique hides images as well.
    pub(super) fn hides_images(&self) -> bool {
        !self.visible
    }
}

/// Words in ids and classes, and why elements so named are hidden as a matter of course.
const BENIGN_WORDS: &[(&str, &str)] = &[
    ("accordion", "accordion"),
    ("autocomplete", "search"),
    ("backdrop", "overlay"),
    ("carousel", "carousel"),
    ("collapse", "accordion"),
    ("collapsed", "accordion"),
    ("collapsible", "accordion"),
    ("consent", "consent"),
    ("cookie", "consent"),
    ("cookies", "consent"),
    ("desktop", "responsive"),
    ("dialog", "dialog"),
    ("drawer", "menu"),
    ("dropdown", "menu"),
    ("error", "dialog"),
    ("fade", "animated"),
    ("fancybox", "dialog"),
    ("flyout", "menu"),
    ("gallery", "carousel"),
    ("gdpr", "consent"),
    ("hamburger", "menu"),
    ("hover", "tooltip"),
    ("language", "menu"),
    ("languages", "menu"),
    ("lazy", "loading"),
    ("lazyload", "loading"),
    ("lightbox", "dialog"),
    ("loader", "loading"),
    ("loading", "loading"),
    ("login", "dialog"),
    ("megamenu", "menu"),
    ("menu", "menu"),
    ("mobile", "responsive"),
    ("modal", "dialog"),
    ("nav", "menu"),
    ("navbar", "menu"),
    ("navigation", "menu"),
    ("newsletter", "dialog"),
    ("notification", "dialog"),
    ("offcanvas", "menu"),
    ("overlay", "overlay"),
    ("panel", "tabs"),
    ("player", "player"),
    ("popover", "tooltip"),
    ("popup", "dialog"),
    ("preloader", "loading"),
    ("print", "print"),
    ("search", "search"),
    ("share", "share"),
    ("sharing", "share"),
    ("sidebar", "menu"),
    ("signin", "dialog"),
    ("signup", "dialog"),
    ("skip", "screen-reader"),
    ("skiplink", "screen-reader"),
    ("slide", "carousel"),
    ("slider", "carousel"),
    ("slides", "carousel"),
    ("social", "share"),
    ("spinner", "loading"),
    ("submenu", "menu"),
    ("swiper", "carousel"),
    ("tab", "tabs"),
    ("tabber", "tabs"),
    ("tablet", "responsive"),
    ("tabs", "tabs"),
    ("toast", "dialog"),
    ("toggle", "accordion"),
    ("tooltip", "tooltip"),
    ("tooltiptext", "tooltip"),
];

/// Names of classes, as a whole, that put text out of sight for those who listen.
const SCREEN_READER: &[&str] = &[
    "a11y",
    "accessibility",
    "assistive-text",
    "element-invisible",
    "sr-only",
    "sronly",
    "screen-reader-only",
    "screen-reader-text",
    "screenreader",
    "screen-reader",
    "visually-hidden",
    "visuallyhidden",
    "skip-link",
    "skip-to-content",
    "u-hidden-visually",
    "vh",
];

/// Why it is ordinary that this element is hidden, if it is. `in_menu`: it stands in navigation.
/// `scripted`: an inline script looks it up.
pub(super) fn benign_reason(
    element: Element<'_>,
    style: Option<&Style>,
    in_menu: bool,
    scripted: bool,
) -> Option<&'static str> {
    match element.name() {
        "dialog" => return Some("dialog"),
        "nav" | "menu" => return Some("menu"),
        "details" => return Some("accordion"),
        "template" => return Some("template"),
        _ => {}
    }
    let attributes = Attributes::of(element);
    let classes = attributes.sorted_classes(usize::MAX);
    let names = || classes.iter().copied().chain(attributes.get(Common::Id));
    if names().any(is_for_screen_readers) {
        return Some("screen-reader");
    }
    // What fades is some other thing too, and that thing is the better reason.
    let (mut first, mut better) = (None, None);
    for name in names() {
        each_word_of(name, |word| {
            if let Ok(index) = BENIGN_WORDS.binary_search_by_key(&word, |(word, _)| word) {
                let reason = BENIGN_WORDS[index].1;
                first = first.or(Some(reason));
                better = better.or(Some(reason).filter(|reason| *reason != "animated"));
            }
        });
    }
    if let Some(reason) = better.or(first) {
        return Some(reason);
    }
    match element.attribute(&local_name!("role")).map(str::trim) {
        Some("tab" | "tabpanel" | "tablist") => return Some("tabs"),
        Some("menu" | "menuitem" | "menubar" | "navigation") => return Some("menu"),
        Some("dialog" | "alertdialog" | "alert" | "status" | "tooltip") => return Some("dialog"),
        _ => {}
    }
    if in_menu {
        return Some("menu");
    }
    if scripted {
        return Some("scripted");
    }
    if style.is_some_and(|style| style.animated) {
        return Some("animated");
    }
    if style
        .is_some_and(|style| style.text_indent_far && style.background == Some(Background::Image))
    {
        return Some("image-replacement");
    }
    if element.attribute(&local_name!("hidden")).is_some() {
        return Some("hidden-attribute");
    }
    (element.attribute(&local_name!("aria-hidden")) == Some("true")).then_some("aria-hidden")
}

/// Whether a name of a class is one of [`SCREEN_READER`]: case, `_` for `-` and `is-` before it do
/// not matter.
fn is_for_screen_readers(name: &str) -> bool {
    let written = |name: &[u8], known: &str| {
        let as_known = |byte: &u8| if *byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
        name.len() == known.len() && name.iter().map(as_known).eq(known.bytes())
    };
    let bare = name.as_bytes().split_at_checked(3).filter(|(is, _)| written(is, "is-"));
    SCREEN_READER.iter().any(|known| {
        written(name.as_bytes(), known) || bare.is_some_and(|(_, name)| written(name, known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        assert!(BENIGN_WORDS.is_sorted_by_key(|(word, _)| word));
    }

    #[test]
    fn names_for_screen_readers_are_known_however_written() {
        for (name, known) in [
            ("sr-only", true),
            ("SR_Only", true),
            ("is-visually-hidden", true),
            ("is_vh", true),
            ("is-", false),
            ("vh2", false),
            ("my-sr-only", false),
            ("", false),
            ("é", false),
        ] {
            assert_eq!(is_for_screen_readers(name), known, "{name:?}");
        }
    }
}
