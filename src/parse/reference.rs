//! Links of formats that name nothing but a target.

use crate::address::host_of;
use crate::page::{Link, Zone};
use crate::span::Span;

/// A link to `href`. The page's own host is not known here, so every absolute target counts as
/// off-site.
pub(crate) fn link(href: &str, zone: Zone, hidden: Option<u32>, source: Span) -> Link {
    let host = host_of(href);
    Link {
        text: Span::default(),
        href: href.trim().to_owned(),
        offsite: host.is_some(),
        host,
        rel: String::new(),
        zone,
        hidden,
        pictured: false,
        source,
    }
}
