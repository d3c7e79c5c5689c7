//! Decisions, in a `SQLite` database beside the results.
//!
//! Nothing is ever changed or removed: a decision, a note, an undo are rows, each written through
//! to the disk before the answer goes out. So two windows, or two servers, lose nothing, and a
//! process that is killed loses at most what it had not answered yet.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

/// Version of the tables.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS decision (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        page TEXT NOT NULL,
        action TEXT,             -- accept, reject, relabel; none where there is only a note
        label TEXT,
        note TEXT NOT NULL,
        window TEXT NOT NULL,
        at INTEGER NOT NULL,     -- seconds since 1970, for people who look
        undoes INTEGER REFERENCES decision (seq)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS decision_page ON decision (page, seq);
    CREATE UNIQUE INDEX IF NOT EXISTS decision_undoes ON decision (undoes) WHERE undoes IS NOT NULL;
";

/// The row that counts for a page: its last that is no undo and was not taken back.
const STATE: &str = "
    SELECT action, label, note FROM decision AS row
    WHERE page = ?1 AND undoes IS NULL
      AND NOT EXISTS (SELECT 1 FROM decision WHERE undoes = row.seq)
    ORDER BY seq DESC LIMIT 1";

/// What is decided about a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Key of the page.
    pub(super) page: String,
    /// Number of the last row on the page, 0 where there is none.
    pub(super) seq: i64,
    pub(super) action: Option<String>,
    pub(super) label: Option<String>,
    pub(super) note: String,
}

/// A wish of a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) page: &'a str,
    /// None for a note, which leaves action and label as they are.
    pub(super) decision: Option<(&'a str, &'a str)>,
    pub(super) note: &'a str,
    pub(super) window: &'a str,
    /// Number of the last row on the page that the window knew of.
    pub(super) seen: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Kept(State),
    /// Another window was there before; this is what it decided.
    Conflict(State),
}

/// The database.
#[derive(Debug)]
pub(super) struct Store(Connection);

impl Store {
    /// Opens the database, and makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be written, or was made by a later version.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let set_up = || -> rusqlite::Result<(Connection, i64)> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Ok((connection, version))
        };
        let (connection, version) =
            set_up().with_context(|| format!("cannot open the decisions in {shown}"))?;
        match version {
            0 => {
                connection.execute_batch(TABLES)?;
                connection.pragma_update(None, "user_version", VERSION)?;
            }
            VERSION => {}
            other => bail!("{shown} is of a later crawlint (tables of version {other})"),
        }
        Ok(Self(connection))
    }

    /// Keeps a decision or a note, unless another window was there first.
    pub(super) fn decide(&mut self, wish: &Wish<'_>) -> rusqlite::Result<Answer> {
        let write = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let state = state(&write, wish.page)?;
        if state.seq != wish.seen {
            return Ok(Answer::Conflict(state));
        }
        let (action, label) = match wish.decision {
            Some((action, label)) => (Some(action), Some(label)),
            None => (state.action.as_deref(), state.label.as_deref()),
        };
        write.execute(
            "INSERT INTO decision (page, action, label, note, window, at) VALUES (?, ?, ?, ?, ?, ?)",
            params![wish.page, action, label, wish.note, wish.window, now()],
        )?;
        let state = self::state(&write, wish.page)?;
        write.commit()?;
        Ok(Answer::Kept(state))
    }

    /// Takes back the last row of a window that it has not taken back yet.
    pub(super) fn undo(&mut self, window: &str) -> rusqlite::Result<Option<State>> {
        let write = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = write
            .query_row(
                "SELECT seq, page FROM decision AS row
                 WHERE window = ?1 AND undoes IS NULL
                   AND NOT EXISTS (SELECT 1 FROM decision WHERE undoes = row.seq)
                 ORDER BY seq DESC LIMIT 1",
                [window],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        let Some((seq, page)) = last else { return Ok(None) };
        write.execute(
            "INSERT INTO decision (page, note, window, at, undoes) VALUES (?, '', ?, ?, ?)",
            params![page, window, now(), seq],
        )?;
        let state = state(&write, &page)?;
        write.commit()?;
        Ok(Some(state))
    }

    /// Pages with rows after `since`, as they stand now, and the number of the last row.
    pub(super) fn since(&mut self, since: i64) -> rusqlite::Result<(i64, Vec<State>)> {
        let read = self.0.transaction()?;
        let last =
            read.query_row("SELECT COALESCE(MAX(seq), 0) FROM decision", [], |r| r.get(0))?;
        let pages: Vec<String> = read
            .prepare("SELECT DISTINCT page FROM decision WHERE seq > ?1")?
            .query_map([since], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let states = pages.iter().map(|page| state(&read, page)).collect::<Result<_, _>>()?;
        Ok((last, states))
    }
}

fn state(read: &Transaction<'_>, page: &str) -> rusqlite::Result<State> {
    let seq = read.query_row(
        "SELECT COALESCE(MAX(seq), 0) FROM decision WHERE page = ?1",
        [page],
        |row| row.get(0),
    )?;
    let state = read
        .prepare_cached(STATE)?
        .query_row([page], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (action, label, note) = state.unwrap_or_default();
    Ok(State { page: page.to_owned(), seq, action, label, note })
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish<'a>(page: &'a str, label: &'a str, window: &'a str, seen: i64) -> Wish<'a> {
        Wish { page, decision: Some(("relabel", label)), note: "", window, seen }
    }

    fn kept(answer: Answer) -> State {
        match answer {
            Answer::Kept(state) => state,
            Answer::Conflict(state) => panic!("{state:?}"),
        }
    }

    #[test]
    fn the_second_window_is_told_and_may_overrule() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.sqlite");
        let (mut one, mut two) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
        let first = kept(one.decide(&wish("a", "spam", "1", 0)).unwrap());
        let Answer::Conflict(there) = two.decide(&wish("a", "clean", "2", 0)).unwrap() else {
            panic!("the first decision was overwritten");
        };
        assert_eq!(there, first);
        let second = kept(two.decide(&wish("a", "clean", "2", there.seq)).unwrap());
        // What the first window takes back is its own, which no longer counts.
        assert_eq!(one.undo("1").unwrap().unwrap().label.as_deref(), Some("clean"));
        assert_eq!(one.undo("1").unwrap(), None);
        // With the second taken back, too, nothing is decided.
        assert_eq!(two.undo("2").unwrap().unwrap().label, None);
        let (last, changed) = one.since(second.seq).unwrap();
        assert_eq!((last, changed.len()), (4, 1));
        assert_eq!(one.since(last).unwrap().1, []);
    }

    #[test]
    fn notes_leave_the_label_and_undo_brings_the_last_state_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.sqlite");
        let mut store = Store::open(&path).unwrap();
        let first = kept(store.decide(&wish("a", "junk", "1", 0)).unwrap());
        let note = Wish { decision: None, note: "odd", ..wish("a", "", "1", first.seq) };
        let second = kept(store.decide(&note).unwrap());
        assert_eq!((second.label.as_deref(), second.note.as_str()), (Some("junk"), "odd"));
        assert_eq!(store.undo("1").unwrap().unwrap().note, "");
        drop(store);
        let (_, states) = Store::open(&path).unwrap().since(0).unwrap();
        assert_eq!(states[0].label.as_deref(), Some("junk"));
    }

    #[test]
    fn tables_of_a_later_version_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.sqlite");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
        assert!(Store::open(&path).unwrap_err().to_string().contains("later crawlint"));
    }
}
