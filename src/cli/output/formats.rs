//! The formats of results, by the ending of the file's name: the one place where they are listed.

use std::path::{MAIN_SEPARATOR, Path};

use anyhow::bail;
use crawlint::report::csv::Csv;
use crawlint::report::junit::Junit;
use crawlint::report::markdown::Markdown;
use crawlint::report::sarif::Sarif;
use crawlint::report::terminal::escape;
use crawlint::report::writer::Gate;

use crate::cli::output::file::Packing;
#[cfg(feature = "parquet")]
use crate::cli::output::parquet;
use crate::cli::output::{Marks, Sink, desk, json, jsonl, pages};

/// A format of results.
pub(crate) struct Format {
    /// How names of its files end, in lower case.
    pub(crate) ending: &'static str,
    /// Pages between two cuts; none where the file is written whole and cannot be gone on with.
    pub(crate) every: Option<u64>,
    /// What a worker makes of each page for it.
    pub(crate) need: Need,
    /// Opens a file, to go on where the marks say; the gate is that of the run.
    pub(crate) open: fn(&Path, &Marks, &Gate) -> anyhow::Result<Box<dyn Sink>>,
}

/// What a format writes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The result itself.
    Report,
    /// Its line of JSON.
    Line,
    /// Its card on the desk.
    Card,
}

/// Pages between two cuts of a file of lines: enough to compress well, few to judge again.
pub(crate) const LINES: u64 = 1000;

/// All formats. The first row that fits wins.
pub(crate) const RESULTS: &[Format] = &[
    Format {
        ending: ".jsonl",
        every: Some(LINES),
        need: Need::Line,
        open: |path, marks, _| jsonl::Lines::open(path, Packing::Plain, marks),
    },
    Format {
        ending: ".jsonl.gz",
        every: Some(LINES),
        need: Need::Line,
        open: |path, marks, _| jsonl::Lines::open(path, Packing::Gzip, marks),
    },
    Format {
        ending: ".jsonl.zst",
        every: Some(LINES),
        need: Need::Line,
        open: |path, marks, _| jsonl::Lines::open(path, Packing::Zstd, marks),
    },
    Format {
        ending: ".json",
        every: None,
        need: Need::Line,
        open: |path, _, _| json::Array::open(path),
    },
    #[cfg(feature = "parquet")]
    Format {
        ending: ".parquet",
        every: None,
        need: Need::Report,
        open: |path, _, _| parquet::results(path),
    },
    // A folder of part files: each is whole, so a run can go on after the last of them.
    #[cfg(feature = "parquet")]
    Format {
        ending: ".parquet/",
        every: Some(parquet::PART),
        need: Need::Report,
        open: |folder, marks, _| parquet::parts(folder, marks),
    },
    Format {
        ending: ".html",
        every: None,
        need: Need::Card,
        open: |path, _, _| desk::Desk::open(path),
    },
    Format {
        ending: ".sarif",
        every: None,
        need: Need::Report,
        open: |path, _, gate| pages::Pages::open(path, Sarif::new(gate.clone())),
    },
    // Not `.xml` alone, which sitemaps and feeds are called, too.
    Format {
        ending: ".junit.xml",
        every: None,
        need: Need::Report,
        open: |path, _, gate| pages::Pages::open(path, Junit::new(gate.clone())),
    },
    Format {
        ending: ".csv",
        every: None,
        need: Need::Report,
        open: |path, _, _| pages::Pages::open(path, Csv::default()),
    },
    Format {
        ending: ".md",
        every: None,
        need: Need::Report,
        open: |path, _, gate| pages::Pages::open(path, Markdown::new(gate.clone())),
    },
];

/// The format a file's name asks for.
///
/// # Errors
/// When there is none; names those there are.
pub(crate) fn named(path: &Path) -> anyhow::Result<&'static Format> {
    let name = path.as_os_str().to_string_lossy().replace(MAIN_SEPARATOR, "/").to_lowercase();
    let format = RESULTS.iter().find(|format| name.ends_with(format.ending));
    let Some(format) = format else {
        let endings: Vec<&str> = RESULTS.iter().map(|format| format.ending).collect();
        let note = if cfg!(feature = "parquet") {
            ""
        } else {
            " (Parquet needs a build with the feature `parquet`)"
        };
        bail!(
            "the name of `{}` tells no format; names end in {}{note}",
            escape(&path.display().to_string()),
            endings.join(", ")
        );
    };
    Ok(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_the_format() {
        let ending = |name: &str| named(Path::new(name)).map(|format| format.ending).ok();
        assert_eq!(ending("a/results.jsonl"), Some(".jsonl"));
        assert_eq!(ending("RESULTS.JSONL.GZ"), Some(".jsonl.gz"));
        assert_eq!(ending("r.json"), Some(".json"));
        assert_eq!(ending("ci.junit.xml"), Some(".junit.xml"));
        for wrong in ["r", "r.txt", "r.xml", "r.jsonl.bz2", "jsonl"] {
            assert_eq!(ending(wrong), None, "{wrong}");
        }
        #[cfg(feature = "parquet")]
        {
            assert_eq!(ending("r.parquet"), Some(".parquet"));
            assert_eq!(ending("r.parquet/"), Some(".parquet/"));
        }
    }
}
