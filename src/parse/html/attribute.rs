//! The attributes that may matter on any element.

use html5ever::local_name;

use super::names::Prefix;
use super::node::Element;

/// Values of the attributes that may matter on any element, collected in one pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) class: Option<&'a str>,
    pub(super) style: Option<&'a str>,
    pub(super) role: Option<&'a str>,
    pub(super) itemprop: Option<&'a str>,
    pub(super) hidden: Option<&'a str>,
    pub(super) bgcolor: Option<&'a str>,
    pub(super) background: Option<&'a str>,
    pub(super) href: Option<&'a str>,
    pub(super) aria_label: Option<&'a str>,
    pub(super) alt: Option<&'a str>,
    pub(super) title: Option<&'a str>,
    pub(super) placeholder: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(element: Element<'a>) -> Self {
        let mut all = Self::default();
        for (name, value) in element.attributes() {
            if name.prefix != Prefix::None {
                continue;
            }
            let slot = match name.local {
                local_name!("id") => &mut all.id,
                local_name!("class") => &mut all.class,
                local_name!("style") => &mut all.style,
                local_name!("role") => &mut all.role,
                local_name!("itemprop") => &mut all.itemprop,
                local_name!("hidden") => &mut all.hidden,
                local_name!("bgcolor") => &mut all.bgcolor,
                local_name!("background") => &mut all.background,
                local_name!("href") => &mut all.href,
                local_name!("aria-label") => &mut all.aria_label,
                local_name!("alt") => &mut all.alt,
                local_name!("title") => &mut all.title,
                local_name!("placeholder") => &mut all.placeholder,
                _ => continue,
            };
            *slot = Some(value);
        }
        all
    }

    /// The classes, as written: unsorted, perhaps repeated.
    pub(super) fn classes(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.class.unwrap_or_default().split_ascii_whitespace()
    }

    /// The classes in the order of their names, each once, at most `most`.
    pub(super) fn sorted_classes(&self, most: usize) -> Vec<&'a str> {
        let mut classes: Vec<&str> = self.classes().collect();
        classes.sort_unstable();
        classes.dedup();
        classes.truncate(most);
        classes
    }
}

#[cfg(test)]
mod tests {
    use scraper::Node;

    use super::*;
    use crate::parse::html::node::NodeRef;
    use crate::parse::html::{Dom, Limits};

    #[test]
    fn values_are_those_scraper_gives() {
        let page =
            "<p id=a CLASS='c b\tc' hidden data-x='1'><svg xlink:href=u href=v lang=w xml:lang=z>";
        let (dom, _) = Dom::parse(page, &Limits::default());
        let html = scraper::Html::parse_document(page);
        let theirs: Vec<_> = html.tree.values().filter_map(Node::as_element).collect();
        let ours: Vec<_> = dom.tree.all().filter_map(NodeRef::element).collect();
        assert_eq!(ours.len(), theirs.len());
        let names =
            ["id", "class", "hidden", "data-x", "href", "xlink:href", "lang", "xml:lang", "style"];
        let mut given = 0;
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            for name in names {
                let value = ours.attribute_named(name);
                assert_eq!(value, theirs.attr(name), "{name} of {theirs:?}");
                given += usize::from(value.is_some());
            }
            let all = Attributes::of(ours);
            for (value, name) in
                [(all.id, "id"), (all.class, "class"), (all.hidden, "hidden"), (all.href, "href")]
            {
                assert_eq!(value, theirs.attr(name), "{name} of {theirs:?}");
            }
            assert_eq!(all.sorted_classes(9), theirs.classes().collect::<Vec<_>>());
        }
        assert_eq!(given, 6);
    }
}
