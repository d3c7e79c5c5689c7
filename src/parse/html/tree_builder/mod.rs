//! From tokens to the tree: the tree construction stage of the WHATWG standard (13.2.6), for a
//! whole document with scripting enabled.
//!
//! The standard's words are kept: an insertion mode is a [`Mode`], and what it says to do with a
//! token is found under the mode's name. Of what the standard leaves open, or html5ever and
//! scraper do otherwise, the tree is theirs, so that selectors see here what they see there.

mod document;
mod end_tags;
mod foreign;
mod formatting;
mod in_body;
mod insertion;
mod quirks;
mod stack;
mod tables;

use html5ever::LocalName;
use html5ever::interface::QuirksMode;
use html5ever::tokenizer::Doctype;
use html5ever::tokenizer::states::RawKind;

use crate::parse::html::TextRun;
use crate::parse::html::names::NameId;
use crate::parse::html::places::Places;
use crate::parse::html::store::Str;
use crate::parse::html::tokenizer::{Next, Tag};
use crate::parse::html::traits::Traits;
use crate::parse::html::tree::{Data, NodeId, Place, Tree};

use formatting::Entry;
use stack::Stack;

/// "Insertion mode".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    Text,
    InTable,
    InTableText,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
    InFrameset,
    AfterFrameset,
    AfterAfterBody,
    AfterAfterFrameset,
}

/// A token, or a part of one. Every kind holds no more than a reference: tokens are handed on from
/// step to step in registers.
#[derive(Clone, Copy, Debug)]
enum Token<'t> {
    Start(&'t Tag),
    End(&'t Tag),
    Comment(&'t Str),
    Text(&'t Text<'t>),
    Null,
    Eof,
}

/// A part of a text token.
#[derive(Clone, Copy, Debug)]
struct Text<'t> {
    whole: Str,
    /// What `whole` was read from.
    runs: &'t [TextRun],
    /// The part, in bytes of `whole`.
    from: usize,
    to: usize,
    space: Space,
}

/// What is known about the characters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    Unknown,
    Only,
    None,
}

impl Text<'_> {
    fn str(self) -> Str {
        self.whole.part(self.from, self.to)
    }
}

/// What is to be done after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    /// The same token again, in that mode.
    Reprocess(Mode),
    /// The same text again, cut where white space begins and ends.
    Split,
    /// Go on with raw text.
    Raw(RawKind),
    Plaintext,
    /// Go on after what html5ever treats as a pause.
    Resumed,
}

/// How much a tree builder holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    /// Open elements, and what is remembered beside them.
    pub(super) depth: usize,
    /// Formatting elements that are open, and those to be reopened.
    pub(super) formatting: usize,
}

/// Builds a tree.
#[derive(Debug)]
pub(super) struct TreeBuilder {
    pub(super) tree: Tree,
    pub(super) places: Places,
    /// Most attributes an element may collect from repeated `<html>` and `<body>` tags.
    attribute_limit: usize,
    mode: Mode,
    /// "Original insertion mode".
    original_mode: Mode,
    /// "Stack of template insertion modes".
    template_modes: Vec<Mode>,
    stack: Stack,
    /// "List of active formatting elements".
    formatting: Vec<Entry>,
    head: Option<NodeId>,
    form: Option<NodeId>,
    /// "Frameset-ok flag".
    frameset_ok: bool,
    /// "Foster parenting".
    fostering: bool,
    /// A line break is dropped if it comes next.
    ignores_line_break: bool,
    /// "Pending table character tokens".
    pending: Vec<Pending>,
    pending_runs: Vec<TextRun>,
    /// U+FFFD, once it was needed.
    replacement: Option<Str>,
    /// Room for runs of a part of a text.
    cut_runs: Vec<TextRun>,
}

/// Text in a table that waits for what follows.
#[derive(Clone, Copy, Debug)]
struct Pending {
    text: Str,
    space: Space,
    first_run: usize,
    end_run: usize,
}

impl TreeBuilder {
    /// For a tree that holds nothing but its root.
    pub(super) fn new(tree: Tree, attribute_limit: usize) -> Self {
        Self {
            tree,
            places: Places::default(),
            attribute_limit,
            mode: Mode::Initial,
            original_mode: Mode::InBody,
            template_modes: Vec::new(),
            stack: Stack::default(),
            formatting: Vec::new(),
            head: None,
            form: None,
            frameset_ok: true,
            fostering: false,
            ignores_line_break: false,
            pending: Vec::new(),
            pending_runs: Vec::new(),
            replacement: None,
            cut_runs: Vec::new(),
        }
    }

    pub(super) fn start_tag(&mut self, tag: &Tag) -> Next {
        self.process(Token::Start(tag))
    }

    pub(super) fn end_tag(&mut self, tag: &Tag) -> Next {
        self.process(Token::End(tag))
    }

    pub(super) fn comment(&mut self, text: Str) {
        self.process(Token::Comment(&text));
    }

    pub(super) fn null(&mut self) {
        self.process(Token::Null);
    }

    pub(super) fn end(&mut self) {
        self.process(Token::Eof);
    }

    /// Something came between the last token and the next.
    pub(super) fn interrupt(&mut self) {
        self.ignores_line_break = false;
    }

    pub(super) fn text(&mut self, whole: Str, runs: &[TextRun]) {
        let breaks = self.ignores_line_break && self.tree.store.get(whole).starts_with('\n');
        let (from, to) = (usize::from(breaks), whole.len());
        let mut text = Text { whole, runs, from, to, space: Space::Unknown };
        // What nearly all text comes to.
        if self.mode == Mode::InBody && from < to && !self.is_in_foreign_content() {
            self.ignores_line_break = false;
            self.text_in_body(&text);
            return;
        }
        while text.from < to && self.dispatch(Token::Text(&text)) == Step::Split {
            let first = self.split(&text);
            self.dispatch(Token::Text(&first));
            text.from = first.to;
        }
        self.ignores_line_break = false;
    }

    pub(super) fn doctype(&mut self, doctype: Doctype) {
        self.ignores_line_break = false;
        if self.mode != Mode::Initial {
            return;
        }
        self.tree.quirks = quirks::mode_of(&doctype);
        let node = self.tree.add(Data::Doctype, Place::default());
        self.tree.append(NodeId::ROOT, node);
        self.tree.doctype = Some(doctype);
        self.mode = Mode::BeforeHtml;
    }

    /// Whether the content of an element is being read as text.
    pub(super) fn is_in_raw_text(&self) -> bool {
        self.mode == Mode::Text
    }

    pub(super) fn is_in_foreign_content(&self) -> bool {
        self.stack.last_has(Traits::FOREIGN)
    }

    /// Counts what it takes to find the way through open elements.
    pub(super) fn measure(&self) -> Size {
        let open = self.stack.all().iter();
        let formatting = open.filter(|open| open.traits.has(Traits::FORMATTING)).count();
        let entries = self.formatting.iter().filter(|entry| entry.element().is_some()).count();
        let beside = 1 + usize::from(self.head.is_some()) + usize::from(self.form.is_some());
        let plain = self.stack.len() - formatting + beside;
        // Open formatting elements are counted twice.
        let formatting = formatting + entries;
        Size { depth: plain + formatting.div_ceil(2), formatting }
    }

    fn process(&mut self, token: Token<'_>) -> Next {
        match self.dispatch(token) {
            Step::Raw(kind) => Next::Raw(kind),
            Step::Plaintext => Next::Plaintext,
            Step::Resumed => Next::Resumed,
            Step::Done | Step::Reprocess(_) | Step::Split => Next::Continue,
        }
    }

    /// "Tree construction dispatcher".
    fn dispatch(&mut self, token: Token<'_>) -> Step {
        self.ignores_line_break = false;
        loop {
            let step = if self.is_foreign(token) {
                self.in_foreign_content(token)
            } else {
                self.step(self.mode, token)
            };
            match step {
                Step::Reprocess(mode) => self.mode = mode,
                step => return step,
            }
        }
    }

    fn step(&mut self, mode: Mode, token: Token<'_>) -> Step {
        match mode {
            Mode::Initial => self.initial(token),
            Mode::BeforeHtml => self.before_html(token),
            Mode::BeforeHead => self.before_head(token),
            Mode::InHead => self.in_head(token),
            Mode::AfterHead => self.after_head(token),
            Mode::InBody => self.in_body(token),
            Mode::Text => self.in_text(token),
            Mode::InTable => self.in_table(token),
            Mode::InTableText => self.in_table_text(token),
            Mode::InCaption => self.in_caption(token),
            Mode::InColumnGroup => self.in_column_group(token),
            Mode::InTableBody => self.in_table_body(token),
            Mode::InRow => self.in_row(token),
            Mode::InCell => self.in_cell(token),
            Mode::InTemplate => self.in_template(token),
            Mode::AfterBody => self.after_body(token),
            Mode::InFrameset => self.in_frameset(token),
            Mode::AfterFrameset => self.after_frameset(token),
            Mode::AfterAfterBody => self.after_after_body(token),
            Mode::AfterAfterFrameset => self.after_after_frameset(token),
        }
    }

    /// The white space, or the other text, that a text begins with.
    fn split<'t>(&self, text: &Text<'t>) -> Text<'t> {
        let bytes = self.tree.store.get(text.str()).as_bytes();
        let space = bytes.first().is_some_and(u8::is_ascii_whitespace);
        let len = bytes.iter().position(|byte| byte.is_ascii_whitespace() != space);
        let to = len.map_or(text.to, |len| text.from + len);
        Text { to, space: if space { Space::Only } else { Space::None }, ..*text }
    }

    /// Whether a text holds something else than white space.
    fn holds_words(&self, text: &Text<'_>) -> bool {
        match text.space {
            Space::Only => false,
            Space::None => true,
            Space::Unknown => {
                let text = self.tree.store.get(text.str());
                text.bytes().any(|byte| !byte.is_ascii_whitespace())
            }
        }
    }

    fn local(&self, name: NameId) -> &LocalName {
        self.tree.store.names.local(name)
    }

    /// "Reset the insertion mode appropriately".
    fn reset_mode(&self) -> Mode {
        for (position, open) in self.stack.all().iter().enumerate().rev() {
            if !open.is_html() {
                continue;
            }
            let traits = open.traits;
            if traits.has(Traits::CELL) && position > 0 {
                return Mode::InCell;
            }
            match open.name {
                NameId::TR => return Mode::InRow,
                NameId::CAPTION => return Mode::InCaption,
                NameId::COLGROUP => return Mode::InColumnGroup,
                NameId::TABLE => return Mode::InTable,
                NameId::TEMPLATE => {
                    return self.template_modes.last().copied().unwrap_or(Mode::InBody);
                }
                NameId::HEAD if position > 0 => return Mode::InHead,
                NameId::BODY => return Mode::InBody,
                NameId::FRAMESET => return Mode::InFrameset,
                NameId::HTML if self.head.is_none() => return Mode::BeforeHead,
                NameId::HTML => return Mode::AfterHead,
                _ if traits.has(Traits::BODY_CONTEXT) => return Mode::InTableBody,
                _ => {}
            }
        }
        Mode::InBody
    }

    fn is_quirky(&self) -> bool {
        self.tree.quirks == QuirksMode::Quirks
    }
}
