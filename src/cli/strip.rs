//! `crawlint strip`: a page without its foreign parts.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use crawlint::Stripped;
use crawlint::report::terminal::{escape, verdict_style};
use crawlint::report::{Report, Verdict};

use crate::cli::args::StripArgs;
use crate::cli::words::count;
use crate::cli::{Exit, atomic, look_of, packs, say, sources};

/// Characters shown of what was removed.
const EXCERPT: usize = 80;

pub(crate) fn run(options: &StripArgs) -> anyhow::Result<Exit> {
    let scanner = packs::set_up(&options.scanner, |builder| builder)?;
    let record = sources::one(&options.page, options.scanner.max_bytes, "strip")?;
    let (origin, bytes) = sources::origin(record, options.page.reading.url.as_deref());
    let name = escape(&origin.path).into_owned();
    let stripped = scanner.strip(&bytes, &origin);
    if stripped.before.verdict == Verdict::Unreadable {
        let why = stripped.before.reason.map(|reason| reason.message).unwrap_or_default();
        bail!("{name} could not be judged: {}", escape(&why));
    }
    if let Some(path) = &options.output {
        atomic::replace(path, &stripped.bytes)
            .with_context(|| format!("cannot write {}", escape(&path.display().to_string())))?;
    } else {
        let mut out = io::stdout().lock();
        out.write_all(&stripped.bytes)?;
        out.flush()?;
    }
    say(&told(&stripped));
    Ok(if stripped.is_clean() { Exit::Passed } else { Exit::Gate })
}

/// What was removed, and the judgement before and after.
fn told(stripped: &Stripped) -> String {
    let look = look_of(&io::stderr());
    let mut text = String::new();
    for removed in &stripped.removed {
        let place = removed.source_span;
        let mut excerpt: String = removed.text.chars().take(EXCERPT).collect();
        if removed.text.chars().nth(EXCERPT).is_some() {
            excerpt.push('…');
        }
        let place = look.bold(format_args!("{}:{}", place.line, place.column));
        let rules = look.dim(removed.rules.join(", "));
        let _ = writeln!(text, "{place} {rules}\n    {}", escape(&excerpt));
    }
    let judged = |report: &Report| {
        let verdict = look.paint(verdict_style(report.verdict), report.verdict.name());
        format!("{verdict}, risk {} % ({:.1} dB)", report.risk, report.risk_db)
    };
    let after = if stripped.hollow { "nothing".to_owned() } else { judged(&stripped.after) };
    let places = count(stripped.removed.len(), "place");
    let _ = writeln!(text, "{places} removed; before: {}; left: {after}", judged(&stripped.before));
    text
}
