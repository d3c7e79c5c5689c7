//! The formats of results, by the ending of the file's name: the one place where they are listed.

use std::path::{MAIN_SEPARATOR, Path};

use anyhow::bail;
use crawlint::report::terminal::escape;

use crate::cli::output::file::Packing;
#[cfg(feature = "parquet")]
use crate::cli::output::parquet;
use crate::cli::output::{Marks, Sink, json, jsonl};

/// A format of results.
pub(crate) struct Format {
    /// How names of its files end, in lower case.
    pub(crate) ending: &'static str,
    /// Pages between two cuts; none where the file is written whole and cannot be gone on with.
    pub(crate) every: Option<u64>,
    /// Opens a file, to go on where the marks say.
    pub(crate) open: fn(&Path, &Marks) -> anyhow::Result<Box<dyn Sink>>,
}

/// Pages between two cuts of a file of lines: enough to compress well, few to judge again.
pub(crate) const LINES: u64 = 1000;

/// All formats. The first row that fits wins.
pub(crate) const RESULTS: &[Format] = &[
    Format {
        ending: ".jsonl",
        every: Some(LINES),
        open: |path, marks| jsonl::Lines::open(path, Packing::Plain, marks),
    },
    Format {
        ending: ".jsonl.gz",
        every: Some(LINES),
        open: |path, marks| jsonl::Lines::open(path, Packing::Gzip, marks),
    },
    Format {
        ending: ".jsonl.zst",
        every: Some(LINES),
        open: |path, marks| jsonl::Lines::open(path, Packing::Zstd, marks),
    },
    Format { ending: ".json", every: None, open: |path, _| json::Array::open(path) },
    #[cfg(feature = "parquet")]
    Format { ending: ".parquet", every: None, open: |path, _| parquet::results(path) },
    // A folder of part files: each is whole, so a run can go on after the last of them.
    #[cfg(feature = "parquet")]
    Format { ending: ".parquet/", every: Some(parquet::PART), open: parquet::parts },
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
        for wrong in ["r", "r.txt", "r.jsonl.bz2", "jsonl"] {
            assert_eq!(ending(wrong), None, "{wrong}");
        }
        #[cfg(feature = "parquet")]
        {
            assert_eq!(ending("r.parquet"), Some(".parquet"));
            assert_eq!(ending("r.parquet/"), Some(".parquet/"));
        }
    }
}
