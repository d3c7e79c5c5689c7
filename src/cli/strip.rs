//! `crawlint strip`: a page without its foreign parts.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use crawlint::Stripped;
use crawlint::report::terminal::{escape, verdict_style};
use crawlint::report::{Report, Verdict};

use crate::cli::args::StripArgs;
use crate::cli::words::count;
use crate::cli::{Exit, look_of, packs, say, sources};

/// Characters shown of what was removed.
const EXCERPT: usize = 80;

pub(crate) fn run(options: &StripArgs) -> anyhow::Result<Exit> {
    let max_bytes = options.limits.max_bytes;
    let scanner = packs::set_up(&options.rules, &options.settings, max_bytes, |builder| builder)?;
    let record = sources::one(&options.file, max_bytes, "strip")?;
    let (origin, bytes) = sources::origin(record, options.url.as_deref());
    let name = escape(&origin.path).into_owned();
    let stripped = scanner.strip(&bytes, &origin);
    if stripped.before.verdict == Verdict::Unreadable {
        let why = stripped.before.reason.map(|reason| reason.message).unwrap_or_default();
        bail!("{name} could not be judged: {}", escape(&why));
    }
    if let Some(path) = &options.output {
        replace(path, &stripped.bytes)
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

/// Writes a file so that at every moment there is either the old or the whole new content: under
/// another name beside it, which then takes its place.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = match fs::metadata(&target) {
        // A pipe or device cannot be replaced, only written to.
        Ok(old) if !old.is_file() => return fs::write(&target, bytes),
        Ok(old) => Some(old.permissions()),
        Err(_) => None,
    };
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let beside =
        target.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let written = (|| {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        if let Some(permissions) = old {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, &target)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
