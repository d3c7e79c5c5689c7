//! The manifest: which pages there are, and what is known of them.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use anyhow::{Context as _, bail};
use crawlint::report::terminal::escape;
use serde::{Deserialize, Serialize};

use crate::cli::args::Part;
use crate::cli::words::count;

/// Name of the manifest in its folder.
const NAME: &str = "manifest.jsonl";

/// Faults named before the rest is only counted.
const FAULTS: usize = 8;

/// A line of the manifest; keys that are not named here are passed over.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    /// Path below the folder of the manifest.
    pub(crate) file: String,
    pub(crate) label: Label,
    /// Kind of page within its label: `essay-mill`, `forum` …
    pub(crate) category: Option<String>,
    /// ISO 639-1 code.
    pub(crate) language: Option<String>,
    /// Whether the page was made for the purpose.
    #[serde(default)]
    synthetic: Option<bool>,
    /// `hard`: a bad page that hides itself well.
    difficulty: Option<String>,
    /// A clean page on a topic that spam likes.
    hard: Option<bool>,
    /// Address the page was read from.
    pub(crate) url: Option<String>,
    /// Pages of one group are alike (one site, one campaign): they stay in one part.
    group: Option<String>,
    /// Where the page is from; what stands before its first colon serves as the group where none
    /// is given.
    origin: Option<String>,
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Label {
    Clean,
    Damaged,
    Suspicious,
    Injected,
    Spam,
    Junk,
    /// Readers disagree: in no figure.
    Ambiguous,
}

impl Label {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Damaged => "damaged",
            Self::Suspicious => "suspicious",
            Self::Injected => "injected",
            Self::Spam => "spam",
            Self::Junk => "junk",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Whether a scanner should raise the page.
    pub(crate) fn is_bad(self) -> bool {
        !matches!(self, Self::Clean | Self::Ambiguous)
    }

    /// Whether the page is one of those that the risk axis ranks above clean ones.
    pub(crate) fn is_risky(self) -> bool {
        matches!(self, Self::Injected | Self::Spam)
    }
}

impl Entry {
    pub(crate) fn is_synthetic(&self) -> bool {
        self.synthetic == Some(true)
    }

    pub(crate) fn is_hard(&self) -> bool {
        self.hard == Some(true)
    }

    /// The group of pages it is counted in: synthetic pages, and hard ones, are counted apart.
    pub(crate) fn counted_in(&self) -> String {
        match self.label {
            Label::Ambiguous => self.label.name().to_owned(),
            Label::Clean if self.is_hard() => "clean, hard".to_owned(),
            Label::Clean => "clean, ordinary".to_owned(),
            label if self.is_synthetic() => format!("synthetic {}", label.name()),
            label if self.difficulty.as_deref() == Some("hard") => {
                format!("real {}, hard", label.name())
            }
            label => format!("real {}", label.name()),
        }
    }

    /// The pages it is like: its group, else what stands before the first colon of its origin,
    /// else itself alone.
    pub(crate) fn alike(&self) -> &str {
        let origin = self.origin.as_deref().unwrap_or(&self.file);
        self.group.as_deref().unwrap_or_else(|| origin.split(':').next().unwrap_or(origin))
    }

    /// The label of results that counts like a verdict on pages of its category.
    pub(crate) fn telling_label(&self) -> Option<&'static str> {
        match self.category.as_deref() {
            Some("comment-spam") => Some("ugc_spam"),
            Some("prompt-injection") => Some("prompt_injection"),
            _ => None,
        }
    }

    /// The part it belongs to. A checksum of the group's name decides, so a page added later
    /// moves no other.
    pub(crate) fn part(&self) -> Part {
        if crc32(self.alike().as_bytes()).is_multiple_of(4) { Part::Aside } else { Part::Open }
    }
}

/// The pages a folder's manifest names, in its order.
pub(crate) fn load(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let path = folder.join(NAME);
    let shown = escape(&path.display().to_string()).into_owned();
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the pages' labels in {shown}"))?;
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let entry = match serde_json::from_str::<Entry>(line) {
            Ok(entry) => entry,
            Err(error) => {
                faults.push(format!("line {}: {error}", index + 1));
                continue;
            }
        };
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(&entry.file).components().all(inside) {
            faults.push(format!("line {}: `{}` is not below the folder", index + 1, entry.file));
        } else if !seen.insert(entry.file.clone()) {
            faults.push(format!("line {}: `{}` is listed twice", index + 1, entry.file));
        } else {
            entries.push(entry);
        }
    }
    if !faults.is_empty() {
        let number = count(faults.len(), "fault");
        let more = if faults.len() > FAULTS { "\n  …" } else { "" };
        faults.truncate(FAULTS);
        bail!("{shown} has {number}\n  {}{more}", escape_lines(&faults));
    }
    if entries.is_empty() {
        bail!("{shown} names no page");
    }
    Ok(entries)
}

fn escape_lines(lines: &[String]) -> String {
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n  ")
}

/// The checksum of zip and gzip (CRC-32, ISO-HDLC).
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let step = |rest: u32| (rest >> 1) ^ (POLYNOMIAL & (rest & 1).wrapping_neg());
    !bytes.iter().fold(!0, |rest, byte| (0..8).fold(rest ^ u32::from(*byte), |rest, _| step(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(json: &str) -> Entry {
        serde_json::from_str(json).expect("the test's own text")
    }

    #[test]
    fn the_checksum_is_the_common_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn parts_follow_the_group_then_the_origin_then_the_file() {
        // crc32 of `a` is 0xe8b7be43, of `c` 0x06b9df6f, of `d` 0x98dd4acc: only the last is a
        // multiple of four.
        let part = |more: &str| entry(&format!(r#"{{"file": "a", "label": "spam"{more}}}"#)).part();
        assert_eq!(part(""), Part::Open);
        assert_eq!(part(r#", "origin": "d:page.html""#), Part::Aside);
        assert_eq!(part(r#", "origin": "d:page.html", "group": "c""#), Part::Open);
        assert_eq!(part(r#", "group": "d""#), Part::Aside);
    }

    #[test]
    fn synthetic_and_hard_pages_are_counted_apart() {
        let counted = |more: &str| entry(&format!(r#"{{"file": "a", {more}}}"#)).counted_in();
        assert_eq!(counted(r#""label": "clean""#), "clean, ordinary");
        assert_eq!(counted(r#""label": "clean", "hard": true"#), "clean, hard");
        assert_eq!(counted(r#""label": "junk", "hard": true"#), "real junk");
        assert_eq!(counted(r#""label": "spam", "difficulty": "hard""#), "real spam, hard");
        assert_eq!(
            counted(r#""label": "injected", "difficulty": "hard", "synthetic": true"#),
            "synthetic injected"
        );
        assert_eq!(counted(r#""label": "ambiguous", "synthetic": null"#), "ambiguous");
    }
}
