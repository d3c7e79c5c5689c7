//! What the parser has to know about an element by its name.

use std::ops::BitOr;

use html5ever::{LocalName, local_name};

/// A set of properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits(u32);

impl BitOr for Traits {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Properties that only HTML elements have. The standard's names for them are given where it has
/// any.
impl Traits {
    /// "Special".
    pub(super) const SPECIAL: Self = Self(1);
    /// Ends "in scope"; so do some elements of SVG and `MathML`.
    pub(super) const SCOPE: Self = Self(1 << 1);
    /// Ends "in list item scope", too.
    const LIST: Self = Self(1 << 2);
    /// Ends "in button scope", too.
    pub(super) const BUTTON: Self = Self(1 << 3);
    /// Ends "in table scope" and what a table context is cleared to.
    pub(super) const TABLE_SCOPE: Self = Self(1 << 4);
    /// "Generate implied end tags".
    pub(super) const IMPLIED: Self = Self(1 << 5);
    /// "Generate all implied end tags thoroughly" closes these, too.
    const THOROUGH: Self = Self(1 << 6);
    pub(super) const HEADING: Self = Self(1 << 7);
    /// In these, what is no part of a table goes in front of it.
    pub(super) const FOSTERING: Self = Self(1 << 8);
    /// Ends what a table body context is cleared to.
    pub(super) const BODY_CONTEXT: Self = Self(1 << 9);
    /// Ends what a table row context is cleared to.
    pub(super) const ROW_CONTEXT: Self = Self(1 << 10);
    pub(super) const CELL: Self = Self(1 << 11);
    pub(super) const PARAGRAPH: Self = Self(1 << 12);
    pub(super) const TEMPLATE: Self = Self(1 << 13);

    pub(super) const LIST_SCOPE: Self = Self(Self::SCOPE.0 | Self::LIST.0);
    pub(super) const BUTTON_SCOPE: Self = Self(Self::SCOPE.0 | Self::BUTTON.0);
    pub(super) const IMPLIED_THOROUGHLY: Self = Self(Self::IMPLIED.0 | Self::THOROUGH.0);

    const SVG: Self = Self(1 << 14);
    const MATHML: Self = Self(1 << 15);
    pub(super) const FOREIGN: Self = Self(Self::SVG.0 | Self::MATHML.0);
    /// "`MathML` text integration point".
    pub(super) const TEXT_INTEGRATION: Self = Self(1 << 16);
    /// "HTML integration point"; scraper takes no `annotation-xml` for one.
    pub(super) const HTML_INTEGRATION: Self = Self(1 << 17);
    pub(super) const ANNOTATION: Self = Self(1 << 18);
}

/// Properties that places and limits ask for; they go by the name alone.
impl Traits {
    /// Elements without content.
    pub(super) const VOID: Self = Self(1 << 19);
    /// Reopened after a block cut them short.
    pub(super) const FORMATTING: Self = Self(1 << 20);
    pub(super) const TABLE_PART: Self = Self(1 << 21);
    /// An end tag inside of them does not reach beyond.
    pub(super) const BOUNDS: Self = Self(1 << 22);
    /// Stay open when a formatting element around them ends.
    pub(super) const BLOCK: Self = Self(1 << 23);
    /// Headings of any namespace.
    pub(super) const HEADING_NAME: Self = Self(1 << 24);
    /// Their content is read as text up to their end tag.
    pub(super) const RAW_TEXT: Self = Self(1 << 25);
    /// Their start tag ends an open element of the same sort.
    pub(super) const CLOSES_ITS_LIKE: Self = Self(1 << 26);

    /// Say something about the page as a whole: title, styles, scripts and their like.
    pub(super) const FACTS: Self = Self(1 << 27);
    /// Computer code.
    pub(super) const CODE: Self = Self(1 << 28);

    const BY_NAME: Self = Self(0x3ff << 19);
}

/// Where foreign content comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Svg,
    MathMl,
}

impl Traits {
    /// Whether the two sets have something in common.
    pub(super) fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// The namespace, if it is not that of HTML.
    pub(super) fn foreign(self) -> Option<Foreign> {
        if !self.has(Self::FOREIGN) {
            None
        } else if self.has(Self::SVG) {
            Some(Foreign::Svg)
        } else {
            Some(Foreign::MathMl)
        }
    }

    /// Those of a foreign element; `html` are those of an HTML element of that name.
    pub(super) fn of_foreign(foreign: Foreign, local: &LocalName, html: Self) -> Self {
        let own = match (foreign, local) {
            (
                Foreign::Svg,
                &local_name!("foreignObject") | &local_name!("desc") | &local_name!("title"),
            ) => Self::SVG | Self::HTML_INTEGRATION | Self::SCOPE,
            (Foreign::Svg, _) => Self::SVG,
            (
                Foreign::MathMl,
                &local_name!("mi")
                | &local_name!("mo")
                | &local_name!("mn")
                | &local_name!("ms")
                | &local_name!("mtext"),
            ) => Self::MATHML | Self::TEXT_INTEGRATION | Self::SCOPE,
            (Foreign::MathMl, &local_name!("annotation-xml")) => Self::MATHML | Self::ANNOTATION,
            (Foreign::MathMl, _) => Self::MATHML,
        };
        Self(html.0 & Self::BY_NAME.0) | own
    }

    /// Those of an HTML element.
    pub(super) fn of_html(name: &LocalName) -> Self {
        let facts =
            matches!(*name, names!["html", "title", "style", "link", "meta", "base", "script"]);
        let facts = if facts { Self::FACTS } else { Self::default() };
        Self::by_kind(name) | facts
    }

    fn by_kind(name: &LocalName) -> Self {
        const BLOCK: Traits = Traits(Traits::SPECIAL.0 | Traits::BLOCK.0);
        const VOID: Traits = Traits(Traits::SPECIAL.0 | Traits::VOID.0);
        const RAW: Traits = Traits(Traits::SPECIAL.0 | Traits::RAW_TEXT.0);
        const SECTION: Traits = Traits(
            BLOCK.0
                | Traits::TABLE_PART.0
                | Traits::CLOSES_ITS_LIKE.0
                | Traits::THOROUGH.0
                | Traits::FOSTERING.0,
        );
        match *name {
            local_name!("html") => {
                Self::SPECIAL
                    | Self::SCOPE
                    | Self::TABLE_SCOPE
                    | Self::BODY_CONTEXT
                    | Self::ROW_CONTEXT
                    | Self::BOUNDS
            }
            names!["head", "body", "frameset", "hgroup", "isindex", "plaintext"] => Self::SPECIAL,
            plain_blocks!() | names!["blockquote", "form", "pre"] => BLOCK,
            local_name!("listing") => Self::SPECIAL,
            local_name!("ol") | local_name!("ul") => BLOCK | Self::LIST,
            local_name!("p") => BLOCK | Self::IMPLIED | Self::PARAGRAPH | Self::CLOSES_ITS_LIKE,
            items!() => BLOCK | Self::IMPLIED | Self::CLOSES_ITS_LIKE,
            local_name!("button") => BLOCK | Self::BUTTON | Self::CLOSES_ITS_LIKE,
            local_name!("select") => BLOCK | Self::SCOPE | Self::CLOSES_ITS_LIKE,
            local_name!("option") => Self::IMPLIED | Self::CLOSES_ITS_LIKE,
            names!["optgroup", "rb", "rp", "rt", "rtc"] => Self::IMPLIED,
            headings!() => BLOCK | Self::HEADING | Self::HEADING_NAME | Self::CLOSES_ITS_LIKE,
            local_name!("table") => {
                BLOCK
                    | Self::SCOPE
                    | Self::TABLE_SCOPE
                    | Self::FOSTERING
                    | Self::TABLE_PART
                    | Self::CLOSES_ITS_LIKE
                    | Self::BOUNDS
            }
            local_name!("caption") => {
                BLOCK
                    | Self::SCOPE
                    | Self::THOROUGH
                    | Self::TABLE_PART
                    | Self::CLOSES_ITS_LIKE
                    | Self::BOUNDS
            }
            local_name!("colgroup") => {
                BLOCK | Self::THOROUGH | Self::TABLE_PART | Self::CLOSES_ITS_LIKE
            }
            sections!() => SECTION | Self::BODY_CONTEXT,
            local_name!("tr") => SECTION | Self::ROW_CONTEXT,
            cells!() => {
                BLOCK
                    | Self::SCOPE
                    | Self::CELL
                    | Self::THOROUGH
                    | Self::TABLE_PART
                    | Self::CLOSES_ITS_LIKE
                    | Self::BOUNDS
            }
            local_name!("template") => {
                Self::SPECIAL
                    | Self::SCOPE
                    | Self::TABLE_SCOPE
                    | Self::BODY_CONTEXT
                    | Self::ROW_CONTEXT
                    | Self::TEMPLATE
                    | Self::BOUNDS
            }
            marked!() => Self::SPECIAL | Self::SCOPE | Self::BOUNDS,
            local_name!("a") => Self::FORMATTING | Self::CLOSES_ITS_LIKE,
            local_name!("code") => Self::FORMATTING | Self::CODE,
            formatting!() | local_name!("nobr") => Self::FORMATTING,
            head_voids!()
            | names![
                "area", "br", "col", "embed", "frame", "hr", "img", "input", "param", "source",
                "track", "wbr"
            ] => VOID,
            local_name!("keygen") => Self::VOID,
            names![
                "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea",
                "title", "xmp"
            ] => RAW,
            local_name!("foreignObject") | local_name!("desc") => Self::BOUNDS,
            _ => Self::default(),
        }
    }
}
