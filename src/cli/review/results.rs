//! The results under review: a file of lines, plain or compressed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use crawlint::input::{self, Item, Record, Start};
use crawlint::report::terminal::escape;
use crawlint::{Origin, Scanner};
use flate2::bufread::MultiGzDecoder;

use crate::cli::desk::{Details, Judged, row};

/// Lines that are no results, named before the file is refused.
const FAULTS: usize = 3;

/// The lines of a file. Kept in memory are places and keys; the lines stay on the disk.
pub(super) struct Results {
    file: Mutex<BufReader<File>>,
    /// Where each line begins, and the end of the last.
    starts: Vec<u64>,
    /// Names that stay the same when the pages are scanned again.
    keys: Vec<String>,
    by_key: HashMap<String, usize>,
    /// Where the pages lie.
    source: PathBuf,
}

/// The lines of a file: where it lies, or, since a compressed file cannot be read from its middle,
/// in a copy without a name that ends with the program.
fn lines(path: &Path) -> std::io::Result<BufReader<File>> {
    let mut stored = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut unpacked: Box<dyn Read> = match stored.fill_buf()? {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(stored)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::with_buffer(stored)?),
        _ => return Ok(stored),
    };
    let mut copy = tempfile::tempfile()?;
    std::io::copy(&mut unpacked, &mut copy)?;
    copy.rewind()?;
    Ok(BufReader::with_capacity(1 << 16, copy))
}

/// The name of a page that is not among those `known`.
fn key(judged: &Judged, known: &HashMap<String, usize>) -> String {
    let it = &judged.source;
    let mut key = serde_json::json!([it.path, it.record, it.offset]).to_string();
    // A page that was scanned twice is there twice.
    let mut copies = 1;
    while known.contains_key(&key) {
        copies += 1;
        key = serde_json::json!([it.path, it.record, it.offset, copies]).to_string();
    }
    key
}

impl Results {
    /// Reads through a file once.
    ///
    /// # Errors
    /// When it cannot be read, or its lines are no results.
    pub(super) fn open(path: &Path, source: &Path) -> anyhow::Result<Self> {
        let shown = escape(&path.display().to_string()).into_owned();
        let mut reader = lines(path).with_context(|| format!("cannot read {shown}"))?;
        let source = std::fs::canonicalize(source)
            .with_context(|| format!("cannot read the folder {}", source.display()))?;
        let (mut starts, mut keys, mut by_key) = (Vec::new(), Vec::new(), HashMap::new());
        let (mut at, mut line, mut faults) = (0, Vec::new(), Vec::new());
        for number in 1.. {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if length == 0 {
                break;
            }
            let begin = at;
            at += length as u64;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match Judged::read(&line) {
                Ok(judged) => {
                    let key = key(&judged, &by_key);
                    by_key.insert(key.clone(), keys.len());
                    keys.push(key);
                    starts.push(begin);
                }
                Err(error) => faults.push(format!("line {number}: {error}")),
            }
            if faults.len() == FAULTS {
                break;
            }
        }
        if !faults.is_empty() {
            let faults = escape(&faults.join("; ")).into_owned();
            bail!(
                "{shown} holds no results of `crawlint scan --format jsonl`, or not only: {faults}"
            );
        }
        if keys.is_empty() {
            bail!("{shown} holds no results");
        }
        starts.push(at);
        Ok(Self { file: Mutex::new(reader), starts, keys, by_key, source })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The name of a page in the decisions.
    pub(super) fn key(&self, page: usize) -> Option<&str> {
        self.keys.get(page).map(String::as_str)
    }

    /// The page of a name, if it is among the results.
    pub(super) fn page(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    fn line(&self, page: usize) -> anyhow::Result<Vec<u8>> {
        let (Some(begin), Some(end)) = (self.starts.get(page), self.starts.get(page + 1)) else {
            bail!("there is no page {page}");
        };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(*begin))?;
        let mut line = vec![0; usize::try_from(end - begin)?];
        file.read_exact(&mut line)?;
        Ok(line)
    }

    /// The result of a page.
    ///
    /// # Errors
    /// When the file was changed, or there is no such page.
    pub(super) fn judged(&self, page: usize) -> anyhow::Result<Judged> {
        let line = self.line(page)?;
        Judged::read(line.trim_ascii()).context("the results were changed: start again")
    }

    /// All rows.
    pub(super) fn rows(&self) -> anyhow::Result<Vec<u8>> {
        let mut rows = Vec::new();
        for page in 0..self.len() {
            rows.extend(row(&self.judged(page)?, None));
        }
        Ok(rows)
    }

    /// Pages whose results hold a text, upper and lower case alike.
    pub(super) fn search(&self, text: &str) -> anyhow::Result<Vec<usize>> {
        let wanted = text.to_lowercase();
        let mut found = Vec::new();
        for page in 0..self.len() {
            let judged = self.judged(page)?;
            let mut texts = judged.findings.iter().flat_map(|it| [&it.text, &it.message]);
            if texts.any(|text| text.to_lowercase().contains(&wanted)) {
                found.push(page);
            }
        }
        Ok(found)
    }

    /// The file of a path of the results: at the path itself or below the folder of sources, and
    /// never outside of that.
    pub(super) fn locate(&self, path: &str) -> Option<PathBuf> {
        let whole = Path::new(path);
        let mut rest = whole.components();
        let mut tried = vec![whole.to_owned(), self.source.join(whole)];
        // `crawl/a/b.html` is `a/b.html` where the folder is `crawl`.
        while rest.next().is_some() {
            tried.push(self.source.join(rest.as_path()));
        }
        let found = tried.into_iter().filter_map(|path| std::fs::canonicalize(path).ok());
        found.into_iter().find(|path| path.starts_with(&self.source) && path.is_file())
    }

    /// What is shown of a page when it is opened: with its text where the page is at hand.
    ///
    /// # Errors
    /// When the results cannot be read.
    pub(super) fn details(&self, scanner: &Scanner, page: usize) -> anyhow::Result<Details> {
        let judged = self.judged(page)?;
        let note = match self.bytes(scanner, &judged) {
            Ok((bytes, origin)) => {
                let seen = scanner.inspect(&bytes, &origin);
                let now = Judged::of(&seen.report);
                let places = |judged: &Judged| -> Vec<_> {
                    judged.findings.iter().map(|it| (it.rule.clone(), it.span)).collect()
                };
                if places(&now) == places(&judged) {
                    return Ok(Details::seen(&judged, &seen));
                }
                "The page or the rules have changed since the scan, so the text is not shown: scan again."
            }
            Err(note) => note,
        };
        Ok(Details::unseen(&judged, Some(note.to_owned())))
    }

    /// A page's bytes, or why they are not at hand.
    fn bytes(&self, scanner: &Scanner, judged: &Judged) -> Result<(Vec<u8>, Origin), &'static str> {
        let it = &judged.source;
        let file = self.locate(&it.path).ok_or(
            "The page is not below the folder of --source, so only the findings are shown.",
        )?;
        let limits =
            input::Limits { max_bytes: scanner.max_bytes() as u64, ..input::Limits::default() };
        let options = input::Options { limits, ..input::Options::default() };
        let is_it = |page: &Record| page.member == it.record && page.offset == it.offset;
        let at_once = it.offset.and_then(|offset| input::record_at(&file, offset, &options));
        let record = at_once.filter(is_it).or_else(|| {
            let pages = input::items([Start::Path(file)], &options);
            let mut pages = pages.filter_map(|pull| match pull.item() {
                Item::Page(record) => Some(record),
                _ => None,
            });
            pages.find(is_it)
        });
        let record = record.ok_or(
            "The record is no longer where the results say, so only the findings are shown.",
        )?;
        let origin = Origin {
            path: it.path.clone(),
            url: record.url.or_else(|| it.url.clone()),
            content_type: record.content_type,
            record: it.record.clone(),
            offset: it.offset,
            date: record.date,
        };
        Ok((record.bytes, origin))
    }
}
