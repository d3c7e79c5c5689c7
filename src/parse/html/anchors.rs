//! Links of the page, and elements outside the document.

use crate::address::{host_of, is_same_site};
use crate::page::{Link, LinkStart, Note, NoteKind, Zone};
use crate::parse::html::flow::Place;
use crate::parse::html::node::{Element, NodeRef, Value};
use crate::parse::html::walk::{Document, Frame, Walker};
use crate::span::Span;
use html5ever::local_name;

/// Text outside the document that is worth a note, in bytes.
const OUTSIDE_TEXT: usize = 100;

/// A link whose element is still open.
#[derive(Debug)]
pub(super) struct OpenLink {
    pub(super) start: Option<LinkStart>,
    pub(super) zone: Zone,
    pub(super) pictured: bool,
    /// The anchor holds text that readers see.
    pub(super) seen: bool,
    /// The hidden element that holds its text.
    pub(super) hidden: Option<u32>,
}

impl OpenLink {
    /// A link that holds nothing so far.
    pub(super) fn new(zone: Zone) -> Self {
        Self { start: None, zone, pictured: false, seen: false, hidden: None }
    }
}

impl Walker<'_> {
    /// Lets the open link begin at the first text it holds.
    pub(super) fn start_links(&mut self, place: Place) {
        let Some(link) = self.open_links.last_mut() else { return };
        if link.start.is_none() {
            link.zone = place.zone;
            link.start = Some(self.flow.builder.begin_link());
        }
        link.seen |= place.hidden.is_none();
        link.hidden = link.hidden.or(place.hidden);
    }

    /// An image or icon: the links around it show something.
    pub(super) fn picture(&mut self, element: Element<'_>, frame: &Frame) {
        let tiny = [local_name!("width"), local_name!("height")].iter().any(|name| {
            element
                .attribute(name)
                .is_some_and(|value| matches!(value.trim(), "0" | "1" | "0px" | "1px"))
        });
        let written = self.written.is_some();
        let hidden = frame.taken.is_some() || written || frame.faint.is_some_and(|(_, all)| all);
        if tiny || hidden {
            return;
        }
        if let Some(link) = self.open_links.last_mut() {
            link.pictured = true;
        }
    }

    pub(super) fn end_link(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_>,
        frame: &Frame,
        link: &OpenLink,
    ) {
        let Some(element) = node.element() else { return };
        let href = element.attribute(&local_name!("href")).unwrap_or_default().trim();
        let host = host_of(href);
        let offsite = match (&host, &self.host) {
            (Some(host), Some(own)) => !is_same_site(host, own),
            (Some(_), None) => true,
            (None, _) => false,
        };
        let pictured = link.pictured
            || element.attribute(&local_name!("aria-label")).is_some_and(|l| !l.trim().is_empty());
        // An empty anchor in a hidden element is hidden too; a faint look does not hide images.
        let hideout = match (self.hideout(frame), frame.faint) {
            (Some(hideout), Some((faint, false))) if hideout == faint && pictured => None,
            (hideout, _) => hideout,
        };
        let hidden = if link.seen || (pictured && hideout.is_none()) {
            None
        } else {
            link.hidden.or_else(|| hideout.map(|hideout| self.announce(hideout)))
        };
        let zone = match hidden {
            Some(_) if link.zone.is_visible() => Zone::Hidden,
            _ => link.zone,
        };
        let start = link.start.unwrap_or_else(|| self.flow.builder.begin_link());
        self.links += 1;
        let source = self.flow.source(document.dom.element_span(node.id()));
        self.flow.builder.end_link(
            start,
            Link {
                text: Span::default(),
                href: href.to_owned(),
                host,
                offsite,
                rel: element
                    .attribute(&local_name!("rel"))
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase(),
                zone,
                hidden,
                pictured,
                source,
            },
        );
    }

    /// Follows which elements stand after the end of the document.
    pub(super) fn watch_outside(&mut self, document: Document<'_>, node: NodeRef<'_>) {
        if self.frames.len() > 1 && document.dom.after_document(self.frame().node) {
            return; // counted with the element around
        }
        let span = match node.value() {
            Value::Element(_) => document.dom.element_span(node.id()),
            Value::Text(text) if !text.trim().is_empty() => {
                let runs = document.dom.text_runs(node.id());
                runs.iter().map(|run| run.source).reduce(Span::cover).unwrap_or_default()
            }
            _ => return,
        };
        if !document.dom.after_document(node.id()) {
            return self.end_outside();
        }
        match &mut self.outside {
            Some((outside, ..)) => *outside = outside.cover(span),
            None => self.outside = Some((span, self.flow.written(), self.links)),
        }
    }

    /// Notes the elements after the end of the document, if they hold text or links.
    pub(super) fn end_outside(&mut self) {
        let Some((source, written, links)) = self.outside.take() else { return };
        if self.links > links || self.flow.written() - written >= OUTSIDE_TEXT {
            self.flow.builder.note(Note { kind: NoteKind::OutsideDocument, source });
        }
    }
}
