//! The attributes that may matter on any element.

use html5ever::{LocalName, local_name};

use super::node::Element;

/// Declares the attributes that may matter on any element, with their names.
macro_rules! common {
    ($($attribute:ident $name:tt)+) => {
        /// An attribute that may matter on any element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Common {
            $($attribute),+
        }

        impl Common {
            const COUNT: usize = [$(Self::$attribute),+].len();

            /// The attribute of that name.
            pub(super) fn of(name: &LocalName) -> Option<Self> {
                Some(match *name {
                    $(local_name!($name) => Self::$attribute,)+
                    _ => return None,
                })
            }
        }
    };
}

common! {
    Id "id"
    Class "class"
    Style "style"
    Role "role"
    Itemprop "itemprop"
    Hidden "hidden"
    Bgcolor "bgcolor"
    Background "background"
    Href "href"
    AriaLabel "aria-label"
    Alt "alt"
    Title "title"
    Placeholder "placeholder"
}

/// Where the attributes of an element stand that may matter on any, found in one pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes<'a> {
    element: Element<'a>,
    /// Their numbers, counted from one.
    numbers: [u16; Common::COUNT],
}

impl<'a> Attributes<'a> {
    pub(super) fn of(element: Element<'a>) -> Self {
        let mut all = Self { element, numbers: [0; Common::COUNT] };
        for (common, number) in element.common_attributes().zip(1..) {
            if let Some(common) = common {
                all.numbers[common as usize] = number;
            }
        }
        all
    }

    pub(super) fn get(&self, common: Common) -> Option<&'a str> {
        let index = self.numbers[common as usize].checked_sub(1)?;
        self.element.value(usize::from(index))
    }

    pub(super) fn has(&self, common: Common) -> bool {
        self.numbers[common as usize] > 0
    }

    /// The classes, as written: unsorted, perhaps repeated.
    pub(super) fn classes(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.get(Common::Class).unwrap_or_default().split_ascii_whitespace()
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
            for (common, name) in [
                (Common::Id, "id"),
                (Common::Class, "class"),
                (Common::Hidden, "hidden"),
                (Common::Href, "href"),
            ] {
                assert_eq!(all.get(common), theirs.attr(name), "{name} of {theirs:?}");
                assert_eq!(all.has(common), theirs.attr(name).is_some());
            }
            assert_eq!(all.sorted_classes(9), theirs.classes().collect::<Vec<_>>());
        }
        assert_eq!(given, 6);
    }
}
