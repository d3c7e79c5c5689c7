//! Where on a page a text stands.

use serde::{Deserialize, Serialize};

/// A part of the page. The same words weigh differently in a title, in prose and in a hidden
/// element, so every block and every finding names its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Zone {
    /// `<title>`, front-matter or payload title.
    Title,
    /// First-level heading.
    H1,
    /// `meta name=description`.
    #[serde(rename = "meta.desc")]
    MetaDescription,
    /// `meta name=keywords`.
    #[serde(rename = "meta.kw")]
    MetaKeywords,
    /// Open Graph and Twitter card texts.
    #[serde(rename = "og")]
    OpenGraph,
    /// Strings of JSON-LD and microdata.
    JsonLd,
    /// Visible lines before the first prose paragraph.
    Head,
    /// Visible text between head and tail.
    Body,
    /// Visible lines after the last prose paragraph.
    Tail,
    /// Navigation: menus, breadcrumbs.
    Nav,
    /// The page's footer.
    Footer,
    /// Text of a link to another site.
    Anchor,
    /// Alternative texts and titles of images and controls.
    Alt,
    /// Text hidden from readers.
    Hidden,
    /// Content of `<noscript>`.
    Noscript,
    /// Markup comments.
    Comment,
    /// Source of scripts.
    Script,
    /// Code and preformatted text.
    Code,
    /// Quotations.
    Quote,
    /// Comments and forum posts of readers.
    Ugc,
    /// The page's own address.
    Url,
}

impl Zone {
    /// All zones, in declaration order.
    pub const ALL: [Zone; 21] = [
        Zone::Title,
        Zone::H1,
        Zone::MetaDescription,
        Zone::MetaKeywords,
        Zone::OpenGraph,
        Zone::JsonLd,
        Zone::Head,
        Zone::Body,
        Zone::Tail,
        Zone::Nav,
        Zone::Footer,
        Zone::Anchor,
        Zone::Alt,
        Zone::Hidden,
        Zone::Noscript,
        Zone::Comment,
        Zone::Script,
        Zone::Code,
        Zone::Quote,
        Zone::Ugc,
        Zone::Url,
    ];

    /// Name used in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::H1 => "h1",
            Self::MetaDescription => "meta.desc",
            Self::MetaKeywords => "meta.kw",
            Self::OpenGraph => "og",
            Self::JsonLd => "json-ld",
            Self::Head => "head",
            Self::Body => "body",
            Self::Tail => "tail",
            Self::Nav => "nav",
            Self::Footer => "footer",
            Self::Anchor => "anchor",
            Self::Alt => "alt",
            Self::Hidden => "hidden",
            Self::Noscript => "noscript",
            Self::Comment => "comment",
            Self::Script => "script",
            Self::Code => "code",
            Self::Quote => "quote",
            Self::Ugc => "ugc",
            Self::Url => "url",
        }
    }

    /// Whether readers see text of this zone.
    pub fn is_visible(self) -> bool {
        matches!(
            self,
            Self::H1
                | Self::Head
                | Self::Body
                | Self::Tail
                | Self::Nav
                | Self::Footer
                | Self::Anchor
                | Self::Code
                | Self::Quote
                | Self::Ugc
        )
    }
}
