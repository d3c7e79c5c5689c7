//! Attributes of an element by name, without an atom made of the name first.

use html5ever::ns;
use scraper::node::Element;

/// The value of an attribute without a namespace, as [`Element::attr`] gives it. That one looks
/// the name up in a table that all threads share; the few attributes an element has are compared
/// sooner.
pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let mut all = element.attrs.iter();
    let plain = |(given, _): &&(html5ever::QualName, _)| {
        *given.local == *name && given.ns == ns!() && given.prefix.is_none()
    };
    all.find(plain).map(|(_, value)| &**value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_scraper_gives() {
        let page =
            "<p id=a CLASS='b c' hidden data-x='1'><svg xlink:href=u href=v lang=w xml:lang=z>";
        let html = scraper::Html::parse_document(page);
        let names =
            ["id", "class", "hidden", "data-x", "href", "xlink:href", "lang", "xml:lang", "style"];
        let mut given = 0;
        for element in html.tree.values().filter_map(scraper::Node::as_element) {
            for name in names {
                assert_eq!(attribute(element, name), element.attr(name), "{name} of {element:?}");
                given += usize::from(attribute(element, name).is_some());
            }
        }
        assert_eq!(given, 6);
    }
}
