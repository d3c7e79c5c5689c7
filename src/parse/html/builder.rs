//! From tokens to the tree, within limits.
//!
//! html5ever's tree builder takes time in proportion to its stack of open elements for most tags,
//! and can make hundreds of elements out of one tag. [`Builder`] stands between tokenizer and
//! tree builder and drops tags once the stack or the tree has grown beyond the limits.

use std::cell::Cell;

use ego_tree::NodeId;
use html5ever::LocalName;
use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{local_name, ns};
use scraper::Html;

use crate::span::Span;

use super::sink::{Places, PlacingSink, Stage, is_formatting};
use super::tokenizer::{Next, Receiver};
use super::{Limits, TextRun};

/// Feeds the tree builder.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about the tags so far")]
pub(super) struct Builder {
    tree: TreeBuilder<NodeId, PlacingSink>,
    max_depth: usize,
    max_nodes: usize,
    /// Size of the tree builder's stack when last measured.
    depth: usize,
    /// Formatting elements among it.
    formatting: usize,
    /// Comparisons of formatting elements so far, and how many there may be.
    comparisons: usize,
    max_comparisons: usize,
    /// Whether tags have gone to the tree builder since.
    depth_is_stale: bool,
    /// Names of start tags dropped for depth, so that their end tags go too.
    dropped: Vec<LocalName>,
    /// The tree builder waits for the end tag of a raw text element.
    in_raw_text: bool,
    /// The raw text at hand belongs to a dropped element.
    discarding: bool,
    /// First tag dropped for depth.
    pub(super) depth_overflow: Option<Span>,
    /// First token after the tree was full.
    pub(super) node_overflow: Option<Span>,
    /// Where the first `</html>` begins.
    end_tag: Option<u32>,
    /// Where the document begins: the first `<html>`, or the document type before it.
    pub(super) document_start: u32,
    seen: Seen,
    /// A `</body>` has been read.
    body_ended: bool,
}

/// How far into a document the tags have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Doctype,
    Html,
}

impl Builder {
    /// A builder for a page of `source_len` bytes.
    pub(super) fn new(source_len: usize, limits: &Limits) -> Self {
        let places = Places::new(limits.attributes);
        let per_source = (source_len as f64 * limits.nodes_per_byte) as usize;
        // Real pages have a node for every 30 to 60 bytes.
        let sink = PlacingSink::new(places, source_len.min(1 << 24) / 40);
        Self {
            tree: TreeBuilder::new(sink, TreeBuilderOpts::default()),
            max_depth: limits.depth,
            max_nodes: limits.nodes_base.saturating_add(per_source),
            depth: 0,
            formatting: 0,
            comparisons: 0,
            max_comparisons: (1 << 20) + source_len,
            depth_is_stale: false,
            dropped: Vec::new(),
            in_raw_text: false,
            discarding: false,
            depth_overflow: None,
            node_overflow: None,
            end_tag: None,
            document_start: 0,
            seen: Seen::Nothing,
            body_ended: false,
        }
    }

    /// The finished tree and its places.
    pub(super) fn finish(self, source_len: usize) -> (Html, Places) {
        let (html, mut places) = self.tree.sink.into_parts();
        for id in std::mem::take(&mut places.open) {
            places.close(id, source_len as u32);
        }
        (html, places)
    }

    fn begin(&self, stage: Stage, at: Span) {
        let mut places = self.tree.sink.places.borrow_mut();
        places.token = at;
        places.stage = stage;
        places.last_element = None;
        places.text_parent = None;
        places.fostered = false;
    }

    fn process(&mut self, token: Token) -> Next {
        let result = self.tree.process_token(token, 1);
        self.in_raw_text = matches!(result, TokenSinkResult::RawData(_));
        match result {
            TokenSinkResult::Continue => Next::Continue,
            TokenSinkResult::Script(_) | TokenSinkResult::EncodingIndicator(_) => Next::Resumed,
            TokenSinkResult::Plaintext => Next::Plaintext,
            TokenSinkResult::RawData(kind) => Next::Raw(kind),
        }
    }

    fn start_tag(&mut self, tag: Tag, at: Span) -> Next {
        if self.is_full(at) {
            return self.drop_raw_text(&tag.name);
        }
        if self.is_too_deep(&tag) || self.is_too_costly(&tag) {
            self.depth_overflow.get_or_insert(at);
            self.dropped.push(tag.name);
            return Next::Continue;
        }
        if tag.name == local_name!("html") && self.seen < Seen::Html {
            if self.seen == Seen::Nothing || self.document_start < at.start {
                self.document_start = at.start;
            }
            self.seen = Seen::Html;
        } else if matches!(tag.name, local_name!("head") | local_name!("body")) {
            // An `<html>` further down belongs to a document within this one.
            self.seen = Seen::Html;
        }
        self.begin(Stage::StartTag, at);
        let name = tag.name.clone();
        let self_closing = tag.self_closing;
        let next = self.process(Token::TagToken(tag));
        self.depth_is_stale = true;
        self.place_element(&name, self_closing);
        next
    }

    /// Gives the start tag just processed to the element it made, if it made one.
    fn place_element(&self, tag: &LocalName, self_closing: bool) {
        let sink = &self.tree.sink;
        let html = sink.html();
        let mut places = sink.places.borrow_mut();
        places.forget_text();
        let Some(id) = places.last_element else { return };
        let Some(node) = html.tree.get(id) else { return };
        let Some(element) = node.value().as_element() else { return };
        let name = &element.name.local;
        let own = name == tag
            || name.eq_ignore_ascii_case(tag)
            || (*tag == local_name!("image") && *name == local_name!("img"));
        if !own {
            return;
        }
        places.remember_origin();
        let token = places.token;
        if !places.fostered
            && let Some(parent) = node.parent()
        {
            places.insert_below(&html, parent.id());
        }
        let after_end = self.end_tag.is_some_and(|end| end <= token.start);
        let place = places.of_mut(id);
        place.tag_end = token.end;
        place.end = token.end;
        place.after_end = after_end;
        let is_html = element.name.ns == ns!(html);
        if !(if is_html { is_void(name) } else { self_closing }) {
            places.push_open(id);
        }
    }

    fn end_tag(&mut self, tag: Tag, at: Span) -> Next {
        if std::mem::take(&mut self.discarding) {
            return Next::Continue;
        }
        if !self.in_raw_text && self.is_full(at) {
            return Next::Continue;
        }
        if let Some(position) = self.position_in_dropped(&tag.name) {
            self.dropped.truncate(position);
            return Next::Continue;
        }
        self.dropped.clear();
        if tag.name == local_name!("html") {
            self.end_tag.get_or_insert(at.start);
        }
        self.body_ended |= tag.name == local_name!("body");
        self.begin(Stage::EndTag, at);
        self.close_elements(&tag.name);
        let next = self.process(Token::TagToken(tag));
        self.depth_is_stale = true;
        self.tree.sink.places.borrow_mut().forget_text();
        next
    }

    /// Where the start tag of that name was dropped, among the latest.
    fn position_in_dropped(&self, name: &LocalName) -> Option<usize> {
        const LOOK_BACK: usize = 32;
        let from = self.dropped.len().saturating_sub(LOOK_BACK);
        self.dropped[from..].iter().rposition(|other| other == name).map(|position| from + position)
    }

    /// Ends the element that the end tag closes, and those inside of it.
    ///
    /// This reads the standard's rules in short: the innermost open element of that name, but
    /// not beyond a table cell and the like. If the tree builder keeps an element open after
    /// all, the next insertion opens it again.
    fn close_elements(&self, name: &LocalName) {
        let html = self.tree.sink.html();
        let mut places = self.tree.sink.places.borrow_mut();
        let mut block_inside = false;
        let mut found = None;
        for (position, id) in places.open.iter().enumerate().rev() {
            let Some(element) = html.tree.get(*id).and_then(|node| node.value().as_element())
            else {
                continue;
            };
            let open = &element.name.local;
            if open == name || (is_heading(open) && is_heading(name)) {
                found = Some(position);
                break;
            }
            if bounds_scope(open) && !is_table_part(name) {
                break;
            }
            block_inside |= is_block(open);
        }
        let Some(position) = found else { return };
        let token = places.token;
        if block_inside && is_formatting(name) {
            // The blocks inside stay open; the tree builder moves them out.
            let id = places.open.remove(position);
            places.close(id, token.end);
            return;
        }
        while places.open.len() > position {
            let Some(id) = places.open.pop() else { break };
            let end = if places.open.len() == position { token.end } else { token.start };
            places.close(id, end);
        }
    }

    /// Whether the tree has used up its budget; notes where.
    fn is_full(&mut self, at: Span) -> bool {
        if self.node_overflow.is_none() && self.tree.sink.places.borrow().nodes >= self.max_nodes {
            self.node_overflow = Some(at);
        }
        self.node_overflow.is_some()
    }

    /// How to go on after a start tag that was dropped: what is no text must not become text.
    fn drop_raw_text(&mut self, name: &LocalName) -> Next {
        let kind = match *name {
            local_name!("script") => RawKind::ScriptData,
            local_name!("style") | local_name!("noframes") | local_name!("noscript") => {
                RawKind::Rawtext
            }
            _ => return Next::Continue,
        };
        self.discarding = true;
        Next::Raw(kind)
    }

    /// Whether the start tag would nest too deep.
    ///
    /// The tree builder's stack is measured, not guessed: elements that close by themselves leave
    /// it without a tag. A measurement costs as much as the stack is deep, so it is taken only
    /// when the elements made since the last one could have reached the limit.
    fn is_too_deep(&mut self, tag: &Tag) -> bool {
        let made = self.tree.sink.places.borrow().made;
        if self.depth + made < self.max_depth {
            return false;
        }
        self.measure();
        if self.depth < self.max_depth {
            return false;
        }
        if self.tree.adjusted_current_node_present_but_not_in_html_namespace() {
            return !tag.self_closing;
        }
        if is_void(&tag.name) || is_raw_text(&tag.name) {
            return false;
        }
        // Elements that close their like do not deepen the tree, as a rule.
        let hard_limit = self.max_depth + self.max_depth / 4;
        !closes_its_like(&tag.name) || self.depth >= hard_limit
    }

    /// Whether a formatting element would be compared with too much.
    ///
    /// The tree builder compares each with all that are to be reopened, attribute by attribute.
    /// The standard lets that list grow with the stack, so that 500 open `<font>` make every
    /// further one cost 500 comparisons.
    fn is_too_costly(&mut self, tag: &Tag) -> bool {
        const FREE: usize = 32;
        if !is_formatting(&tag.name) {
            return false;
        }
        if self.formatting + self.tree.sink.places.borrow().made_formatting > FREE {
            self.measure();
        }
        let others = self.formatting + self.tree.sink.places.borrow().made_formatting;
        self.comparisons += others * (1 + tag.attrs.len());
        others > FREE && self.comparisons > self.max_comparisons
    }

    /// Measures the tree builder's stack, if tags have changed it since the last time.
    fn measure(&mut self) {
        if !self.depth_is_stale {
            return;
        }
        let mut places = self.tree.sink.places.borrow_mut();
        let stack = StackSize { places: &places, plain: Cell::new(0), formatting: Cell::new(0) };
        self.tree.trace_handles(&stack);
        self.formatting = stack.formatting.get();
        // Open formatting elements are shown twice.
        self.depth = stack.plain.get() + self.formatting.div_ceil(2);
        self.depth_is_stale = false;
        places.made = 0;
        places.made_formatting = 0;
    }
}

impl Receiver for Builder {
    fn token(&mut self, token: Token, at: Span) -> Next {
        match token {
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => self.start_tag(tag, at),
                TagKind::EndTag => self.end_tag(tag, at),
            },
            Token::NullCharacterToken => {
                self.begin(Stage::Null, at);
                self.process(token)
            }
            Token::ParseError(_) => self.process(token),
            Token::DoctypeToken(_) => {
                if self.seen == Seen::Nothing {
                    self.seen = Seen::Doctype;
                    self.document_start = at.start;
                }
                self.begin(Stage::Other, at);
                self.process(token)
            }
            Token::EOFToken => {
                self.begin(Stage::Other, at);
                let next = self.process(token);
                self.tree.end();
                next
            }
            Token::CommentToken(_) | Token::CharacterTokens(_) => {
                if self.is_full(at) {
                    return Next::Continue;
                }
                self.begin(Stage::Other, at);
                let next = self.process(token);
                self.tree.sink.places.borrow_mut().forget_text();
                next
            }
        }
    }

    fn text(&mut self, text: StrTendril, runs: &[TextRun]) {
        if self.discarding {
            return;
        }
        let start = runs.first().map_or(0, |run| run.source.start);
        let end = runs.last().map_or(start, |run| run.source.end);
        self.begin(Stage::Text, Span { start, end });
        let after_body = self.body_ended && text.bytes().all(|byte| byte.is_ascii_whitespace());
        self.tree.sink.places.borrow_mut().expect_text(text.clone(), runs);
        let in_raw_text = self.in_raw_text;
        self.process(Token::CharacterTokens(text));
        self.in_raw_text = in_raw_text;
        let sink = &self.tree.sink;
        let html = sink.html();
        let mut places = sink.places.borrow_mut();
        places.keep_text();
        // White space after `</body>` still goes into the body, but does not prolong it.
        if let Some(parent) = places.text_parent
            && !after_body
        {
            places.insert_below(&html, parent);
        }
    }

    fn in_foreign_content(&self) -> bool {
        self.tree.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Counts what the tree builder holds: open elements, and formatting elements to reopen.
struct StackSize<'a> {
    places: &'a Places,
    plain: Cell<usize>,
    formatting: Cell<usize>,
}

impl Tracer for StackSize<'_> {
    type Handle = NodeId;

    fn trace_handle(&self, id: &NodeId) {
        let count = if self.places.of(*id).formatting { &self.formatting } else { &self.plain };
        count.set(count.get() + 1);
    }
}

/// Whether a name is one of some known names; compares interned numbers, not text.
macro_rules! is_one_of {
    ($name:expr, $($known:tt)|+) => {
        matches!(*$name, $(local_name!($known))|+)
    };
}

/// Elements without content.
fn is_void(name: &LocalName) -> bool {
    is_one_of!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose content is read as text up to their end tag.
fn is_raw_text(name: &LocalName) -> bool {
    is_one_of!(
        name,
        "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "script"
            | "style"
            | "textarea"
            | "title"
            | "xmp"
    )
}

/// Elements whose start tag ends an open element of the same sort.
fn closes_its_like(name: &LocalName) -> bool {
    is_heading(name)
        || is_table_part(name)
        || is_one_of!(name, "a" | "dd" | "dt" | "li" | "option" | "p" | "select" | "button")
}

fn is_heading(name: &LocalName) -> bool {
    is_one_of!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_table_part(name: &LocalName) -> bool {
    is_one_of!(
        name,
        "caption" | "colgroup" | "table" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr"
    )
}

/// Elements that an end tag inside of them does not reach beyond.
fn bounds_scope(name: &LocalName) -> bool {
    is_one_of!(
        name,
        "applet"
            | "caption"
            | "html"
            | "marquee"
            | "object"
            | "table"
            | "td"
            | "template"
            | "th"
            | "foreignObject"
            | "desc"
    )
}

/// Elements that stay open when a formatting element around them ends.
fn is_block(name: &LocalName) -> bool {
    is_heading(name)
        || is_table_part(name)
        || is_one_of!(
            name,
            "address"
                | "article"
                | "aside"
                | "blockquote"
                | "button"
                | "center"
                | "dd"
                | "details"
                | "dir"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "form"
                | "header"
                | "li"
                | "main"
                | "menu"
                | "nav"
                | "ol"
                | "p"
                | "pre"
                | "section"
                | "select"
                | "summary"
                | "ul"
        )
}
