//! What to take out of the source so that some text goes and the markup around it stays whole.

use crate::parse::html::Dom;
use crate::parse::html::node::{NodeRef, Value};
use crate::parse::html::tree::NodeId;
use crate::span::{Span, overlapping};

/// Something to take out of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// An element that holds nothing but text to be cut, from its start tag to its end.
    pub whole: Span,
    /// The text alone, for when the whole element cannot go.
    pub text: Vec<Span>,
}

/// Elements that may go as a whole once nothing else is in them.
const BLOCKS: &[&str] = &[
    "address",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "marquee",
    "nav",
    "noscript",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Elements whose text goes while they stay: without them the page would lose its frame, or a
/// table a column.
const FRAMES: &[&str] = &[
    "article", "body", "button", "caption", "form", "head", "html", "main", "option", "script",
    "select", "style", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title",
];

/// An element on the way down.
#[derive(Default)]
struct Open {
    /// Whether it holds text that stays.
    keeps: bool,
    /// What is cut inside it and not settled yet.
    cuts: Vec<Cut>,
}

impl Dom {
    /// What to cut so that the text of `wanted` goes: the smallest block elements that hold no
    /// other text than that of `gone`, else inline elements, else stretches of text. Both lists
    /// are places in the decoded source, ascending and apart, and `gone` covers `wanted`.
    pub fn cuts(&self, wanted: &[Span], gone: &[Span]) -> Vec<Cut> {
        let mut settled = Vec::new();
        let mut open: Vec<Open> = vec![Open::default()];
        let root = self.tree.root();
        let mut next = Some(root);
        while let Some(node) = next {
            match node.value() {
                Value::Element(_) => open.push(Open::default()),
                Value::Text(text) => {
                    if let Some(top) = open.last_mut() {
                        self.text(node.id(), text, wanted, gone, top);
                    }
                }
                _ => {}
            }
            next = node.first_child();
            let mut at = node;
            while next.is_none() && at != root {
                self.end(at, &mut open, &mut settled);
                next = at.next_sibling();
                at = at.parent().unwrap_or(root);
            }
        }
        settled.extend(open.into_iter().flat_map(|open| open.cuts));
        settled
    }

    /// Settles what is cut inside of an element where it ends.
    fn end(&self, node: NodeRef<'_>, open: &mut Vec<Open>, settled: &mut Vec<Cut>) {
        let Some(element) = node.element() else { return };
        let (Some(inner), name) = (open.pop(), element.name()) else { return };
        let Some(outer) = open.last_mut() else { return };
        // Code is no text of the page.
        outer.keeps |= inner.keeps && !matches!(name, "script" | "style");
        let tagged = self.start_tag_span(node.id()).is_some();
        if inner.cuts.is_empty() {
            return;
        }
        if inner.keeps || !tagged || FRAMES.contains(&name) {
            outer.cuts.extend(inner.cuts);
            return;
        }
        let text = inner.cuts.into_iter().flat_map(|cut| cut.text).collect();
        let cut = Cut { whole: self.element_span(node.id()), text };
        if BLOCKS.contains(&name) {
            settled.push(cut);
        } else {
            outer.cuts.push(cut);
        }
    }

    fn text(&self, id: NodeId, text: &str, wanted: &[Span], gone: &[Span], open: &mut Open) {
        if text.trim().is_empty() {
            return;
        }
        for run in self.text_runs(id) {
            for part in overlapping(wanted, run.source) {
                let part = if run.is_linear() { part } else { run.source };
                open.cuts.push(Cut { whole: part, text: vec![part] });
            }
            let stays = |from: u32, to: u32| {
                let (from, to) = if run.is_linear() {
                    (run.at + (from - run.source.start), run.at + (to - run.source.start))
                } else {
                    (run.at, run.at + run.len)
                };
                from < to
                    && text
                        .get(from as usize..to as usize)
                        .is_some_and(|text| text.contains(|c: char| !c.is_whitespace()))
            };
            let mut at = run.source.start;
            for part in overlapping(gone, run.source) {
                open.keeps |= stays(at, part.start);
                at = part.end;
            }
            open.keeps |= at < run.source.end && stays(at, run.source.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Limits;

    /// Cuts words out of a page and gives back what is left.
    fn without(html: &str, words: &[&str]) -> String {
        let (dom, _) = Dom::parse(html, &Limits::default());
        let place = |word: &&str| {
            let at = html.find(word).expect("the word is there");
            Span::new(at, at + word.len())
        };
        let mut spans: Vec<Span> = words.iter().map(place).collect();
        spans.sort_unstable();
        let mut left = html.to_owned();
        let mut cuts: Vec<Span> = dom.cuts(&spans, &spans).iter().map(|cut| cut.whole).collect();
        cuts.sort_unstable();
        for cut in cuts.into_iter().rev() {
            left.replace_range(cut.range(), "");
        }
        left
    }

    #[test]
    fn the_smallest_block_that_holds_nothing_else_goes() {
        let page = "<body><div><p>Tea</p><p><b>Bet</b> <a href=x>now</a></p></div>";
        assert_eq!(without(page, &["Bet", "now"]), "<body><div><p>Tea</p></div>");
        assert_eq!(without(page, &["now"]), page.replace("<a href=x>now</a>", ""));
    }

    #[test]
    fn text_that_stays_keeps_its_markup() {
        let page = "<body><p>Tea is good.<br>Bet now<br>Milk, too</p>";
        assert_eq!(without(page, &["Bet now"]), "<body><p>Tea is good.<br><br>Milk, too</p>");
        let page = "<table><tr><td>Bet</td><td>Tea</td></tr><tr><td>Win</td><td>Big</td></tr>";
        assert_eq!(without(page, &["Bet", "Win", "Big"]), "<table><tr><td></td><td>Tea</td></tr>");
    }

    #[test]
    fn the_frame_of_the_page_stays() {
        assert_eq!(
            without("<html><body>Bet now</body></html>", &["Bet now"]),
            "<html><body></body></html>"
        );
    }
}
