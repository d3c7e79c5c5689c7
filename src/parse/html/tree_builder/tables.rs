//! Modes inside of tables.

use html5ever::local_name;

use crate::parse::html::names::NameId;
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::Traits;

use super::formatting::Entry;
use super::insertion::cut_runs;
use super::{Mode, Pending, Space, Step, Text, Token, TreeBuilder};

impl TreeBuilder {
    /// "In table".
    pub(super) fn in_table(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(_) | Token::Null => {
                if !self.stack.last_has(Traits::FOSTERING) {
                    return self.foster(token);
                }
                self.original_mode = self.mode;
                Step::Reprocess(Mode::InTableText)
            }
            Token::Comment(text) => self.insert_comment(*text),
            Token::Start(tag) => self.start_in_table(tag),
            Token::End(tag) => match *self.local(tag.name) {
                local_name!("table") => {
                    if self.stack.has_in_scope(Traits::TABLE_SCOPE, NameId::TABLE) {
                        self.stack.pop_through(NameId::TABLE);
                        self.mode = self.reset_mode();
                    }
                    Step::Done
                }
                table_parts!() | local_name!("body") | local_name!("html") => Step::Done,
                local_name!("template") => self.in_head(token),
                _ => self.foster(token),
            },
            Token::Eof => self.in_body(token),
        }
    }

    fn start_in_table(&mut self, tag: &Tag) -> Step {
        match *self.local(tag.name) {
            local_name!("caption") => {
                self.stack.clear_to(Traits::TABLE_SCOPE);
                self.formatting.push(Entry::Marker);
                self.insert(tag);
                self.mode = Mode::InCaption;
                Step::Done
            }
            local_name!("colgroup") => {
                self.stack.clear_to(Traits::TABLE_SCOPE);
                self.insert(tag);
                self.mode = Mode::InColumnGroup;
                Step::Done
            }
            local_name!("col") => {
                self.stack.clear_to(Traits::TABLE_SCOPE);
                self.insert_implied(NameId::COLGROUP);
                Step::Reprocess(Mode::InColumnGroup)
            }
            sections!() => {
                self.stack.clear_to(Traits::TABLE_SCOPE);
                self.insert(tag);
                self.mode = Mode::InTableBody;
                Step::Done
            }
            cells!() | local_name!("tr") => {
                self.stack.clear_to(Traits::TABLE_SCOPE);
                self.insert_implied(NameId::TBODY);
                Step::Reprocess(Mode::InTableBody)
            }
            local_name!("table") => {
                if !self.stack.has_in_scope(Traits::TABLE_SCOPE, NameId::TABLE) {
                    return Step::Done;
                }
                self.stack.pop_through(NameId::TABLE);
                Step::Reprocess(self.reset_mode())
            }
            names!["style", "script", "template"] => self.in_head(Token::Start(tag)),
            local_name!("input") if self.is_hidden_input(tag) => {
                self.insert_void(tag);
                Step::Done
            }
            local_name!("form") => {
                if self.form.is_none() && !self.stack.has_template() {
                    self.form = Some(self.insert_void(tag));
                }
                Step::Done
            }
            _ => self.foster(Token::Start(tag)),
        }
    }

    /// "Anything else" in a table: what the token makes goes in front of it.
    fn foster(&mut self, token: Token<'_>) -> Step {
        self.fostering = true;
        let step = self.in_body(token);
        self.fostering = false;
        step
    }

    /// "In table text".
    pub(super) fn in_table_text(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Null => Step::Done,
            Token::Text(text) => {
                let first_run = self.pending_runs.len();
                cut_runs(text, &mut self.pending_runs);
                let end_run = self.pending_runs.len();
                let space = text.space;
                self.pending.push(Pending { text: text.str(), space, first_run, end_run });
                Step::Done
            }
            _ => {
                self.insert_pending();
                Step::Reprocess(self.original_mode)
            }
        }
    }

    /// White space stays in the table; other text goes in front of it, with all white space.
    fn insert_pending(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        let mut runs = std::mem::take(&mut self.pending_runs);
        let text = |one: &Pending| Text {
            whole: one.text,
            runs: &runs[one.first_run..one.end_run],
            from: 0,
            to: one.text.len(),
            space: one.space,
        };
        if pending.iter().any(|one| self.holds_words(&text(one))) {
            for one in &pending {
                self.foster(Token::Text(&text(one)));
            }
        } else {
            for one in &pending {
                self.insert_text(&text(one));
            }
        }
        pending.clear();
        runs.clear();
        (self.pending, self.pending_runs) = (pending, runs);
    }

    /// "In caption".
    pub(super) fn in_caption(&mut self, token: Token<'_>) -> Step {
        let (Token::Start(tag) | Token::End(tag)) = token else { return self.in_body(token) };
        let is_start = matches!(token, Token::Start(_));
        match *self.local(tag.name) {
            local_name!("caption") => {}
            local_name!("table") if !is_start => {}
            sections!() | cells!() | names!["col", "colgroup", "tr"] if is_start => {}
            sections!() | cells!() | names!["body", "col", "colgroup", "html", "tr"]
                if !is_start =>
            {
                return Step::Done;
            }
            _ => return self.in_body(token),
        }
        if !self.stack.has_in_scope(Traits::TABLE_SCOPE, NameId::CAPTION) {
            return Step::Done;
        }
        self.stack.close_implied(Traits::IMPLIED, None);
        self.stack.pop_through(NameId::CAPTION);
        self.clear_formatting_to_marker();
        if !is_start && tag.name == NameId::CAPTION {
            self.mode = Mode::InTable;
            return Step::Done;
        }
        Step::Reprocess(Mode::InTable)
    }

    /// "In column group".
    pub(super) fn in_column_group(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(text @ Text { space: Space::Only, .. }) => return self.insert_text(text),
            Token::Comment(text) => return self.insert_comment(*text),
            Token::Start(tag) => match *self.local(tag.name) {
                local_name!("html") => return self.in_body(token),
                local_name!("col") => {
                    self.insert_void(tag);
                    return Step::Done;
                }
                local_name!("template") => return self.in_head(token),
                _ => {}
            },
            Token::End(tag) => match *self.local(tag.name) {
                local_name!("colgroup") => {
                    if self.stack.last_is(NameId::COLGROUP) {
                        self.stack.pop();
                        self.mode = Mode::InTable;
                    }
                    return Step::Done;
                }
                local_name!("col") => return Step::Done,
                local_name!("template") => return self.in_head(token),
                _ => {}
            },
            Token::Eof => return self.in_body(token),
            Token::Text(_) | Token::Null => {}
        }
        if !self.stack.last_is(NameId::COLGROUP) {
            return Step::Done;
        }
        self.stack.pop();
        Step::Reprocess(Mode::InTable)
    }

    /// "In table body".
    pub(super) fn in_table_body(&mut self, token: Token<'_>) -> Step {
        let ends_body = match token {
            Token::Start(tag) => match *self.local(tag.name) {
                local_name!("tr") => {
                    self.stack.clear_to(Traits::BODY_CONTEXT);
                    self.insert(tag);
                    self.mode = Mode::InRow;
                    return Step::Done;
                }
                cells!() => {
                    self.stack.clear_to(Traits::BODY_CONTEXT);
                    self.insert_implied(NameId::TR);
                    return Step::Reprocess(Mode::InRow);
                }
                columns!() | sections!() => true,
                _ => false,
            },
            Token::End(tag) => match *self.local(tag.name) {
                sections!() => {
                    if self.stack.has_in_scope(Traits::TABLE_SCOPE, tag.name) {
                        self.stack.clear_to(Traits::BODY_CONTEXT);
                        self.stack.pop();
                        self.mode = Mode::InTable;
                    }
                    return Step::Done;
                }
                columns!() | cells!() | names!["body", "html", "tr"] => return Step::Done,
                local_name!("table") => true,
                _ => false,
            },
            _ => false,
        };
        if !ends_body {
            return self.in_table(token);
        }
        // html5ever does not ask for `thead`; a table around it is in scope as well.
        let fits = |name: &html5ever::LocalName| matches!(*name, names!["table", "tbody", "tfoot"]);
        let found = self
            .stack
            .in_scope(Traits::TABLE_SCOPE, |open| open.is_html() && fits(self.local(open.name)));
        if !found {
            return Step::Done;
        }
        self.stack.clear_to(Traits::BODY_CONTEXT);
        self.stack.pop();
        Step::Reprocess(Mode::InTable)
    }

    /// "In row".
    pub(super) fn in_row(&mut self, token: Token<'_>) -> Step {
        let ends_row = match token {
            Token::Start(tag) => match *self.local(tag.name) {
                cells!() => {
                    self.stack.clear_to(Traits::ROW_CONTEXT);
                    self.insert(tag);
                    self.mode = Mode::InCell;
                    self.formatting.push(Entry::Marker);
                    return Step::Done;
                }
                columns!() | sections!() | local_name!("tr") => true,
                _ => false,
            },
            Token::End(tag) => match *self.local(tag.name) {
                local_name!("tr") => {
                    if self.end_row() {
                        self.mode = Mode::InTableBody;
                    }
                    return Step::Done;
                }
                sections!() => {
                    if !self.stack.has_in_scope(Traits::TABLE_SCOPE, tag.name) {
                        return Step::Done;
                    }
                    true
                }
                columns!() | cells!() | local_name!("body") | local_name!("html") => {
                    return Step::Done;
                }
                local_name!("table") => true,
                _ => false,
            },
            _ => false,
        };
        if !ends_row {
            self.in_table(token)
        } else if self.end_row() {
            Step::Reprocess(Mode::InTableBody)
        } else {
            Step::Done
        }
    }

    /// Ends the row, if there is one in scope; true if so.
    fn end_row(&mut self) -> bool {
        let found = self.stack.has_in_scope(Traits::TABLE_SCOPE, NameId::TR);
        if found {
            self.stack.clear_to(Traits::ROW_CONTEXT);
            self.stack.pop();
        }
        found
    }

    /// "In cell".
    pub(super) fn in_cell(&mut self, token: Token<'_>) -> Step {
        let ends_cell = match token {
            Token::Start(tag) => match *self.local(tag.name) {
                table_parts!() => {
                    self.stack.in_scope(Traits::TABLE_SCOPE, |open| open.traits.has(Traits::CELL))
                }
                _ => return self.in_body(token),
            },
            Token::End(tag) => match *self.local(tag.name) {
                cells!() => {
                    if self.stack.has_in_scope(Traits::TABLE_SCOPE, tag.name) {
                        self.stack.close_implied(Traits::IMPLIED, None);
                        self.stack.pop_through(tag.name);
                        self.clear_formatting_to_marker();
                        self.mode = Mode::InRow;
                    }
                    return Step::Done;
                }
                columns!() | local_name!("body") | local_name!("html") => return Step::Done,
                sections!() | local_name!("table") | local_name!("tr") => {
                    self.stack.has_in_scope(Traits::TABLE_SCOPE, tag.name)
                }
                _ => return self.in_body(token),
            },
            _ => return self.in_body(token),
        };
        if !ends_cell {
            return Step::Done;
        }
        self.stack.close_implied(Traits::IMPLIED, None);
        self.stack.pop_through_any(Traits::CELL);
        self.clear_formatting_to_marker();
        Step::Reprocess(Mode::InRow)
    }
}
