//! One stream of items from all that a user names.

use std::io::{self, Read, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::input::feed::Feed;
use crate::input::open::{Input, Opened, open, unpacked};
use crate::input::{
    Container, InputFormat, Item, Options, Place, ReadError, Record, WalkOptions, page, walk,
};

/// What a user names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A file, or a folder with all files below it.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// A name that could not be had: a list that breaks off.
    Broken {
        /// What is reported.
        path: PathBuf,
        /// What is wrong, as a clause.
        message: String,
    },
}

/// Bytes of all files at and below what is named, for a sense of how much there is. Nothing where
/// standard input is among it.
pub fn size(starts: impl IntoIterator<Item = Start>, options: &WalkOptions) -> Option<u64> {
    let mut total = 0;
    for start in starts {
        match start {
            Start::Path(path) => {
                let files = walk(std::slice::from_ref(&path), options).flatten();
                let sizes = files.filter_map(|entry| std::fs::metadata(entry.path).ok());
                total += sizes.map(|data| data.len()).sum::<u64>();
            }
            Start::Stdin => return None,
            Start::Broken { .. } => {}
        }
    }
    Some(total)
}

/// The items of all that is named, one after the other. Files are opened when their turn comes.
pub fn items<I: IntoIterator<Item = Start>>(starts: I, options: &Options) -> Items<I::IntoIter> {
    Items {
        starts: starts.into_iter(),
        found: Box::new(std::iter::empty()),
        container: None,
        at: Place::default(),
        options: options.clone(),
    }
}

/// The items of what a reader gives, which is called `name`: a page, or the records of a container.
pub fn records(
    name: impl Into<String>,
    reader: impl Read + Send + 'static,
    options: &Options,
) -> Items<std::iter::Empty<Start>> {
    let stream = Found::Stream(name.into(), Box::new(reader));
    Items { found: Box::new(std::iter::once(stream)), ..items(std::iter::empty(), options) }
}

/// The page whose record begins at `offset` of a file as stored, [as it was told](Record::offset),
/// without a look at what stands before it. None where no record can be read from there alone: only
/// those of WARC files, plain or compressed one by one, and lines of JSON can.
pub fn record_at(path: &Path, offset: u64, options: &Options) -> Option<Record> {
    let (mut file, _) = page::open(path).ok()?;
    file.seek(SeekFrom::Start(offset)).ok()?;
    let at = Place::path(shown(path));
    let feed = Feed::part(file, Some(offset));
    let input = Input { at: at.clone(), feed, file: None, size: None, depth: 0 };
    let (input, format) = unpacked(input, options);
    // An archive would be read from its end, or to its end.
    if !matches!(format, InputFormat::Warc | InputFormat::Jsonl) {
        return None;
    }
    let Opened::Container(container) = open(input, options) else { return None };
    let mut items = items(std::iter::empty(), options);
    (items.container, items.at) = (Some(container), at);
    match items.next()?.item() {
        Item::Page(record) if record.offset == Some(offset) => Some(record),
        _ => None,
    }
}

/// See [`items`].
pub struct Items<I> {
    starts: I,
    /// Files at and below the last start.
    found: Box<dyn Iterator<Item = Found> + Send>,
    /// The container being read.
    container: Option<Container>,
    /// The file it is in.
    at: Place,
    options: Options,
}

/// Something to be opened, or that cannot be.
enum Found {
    File(PathBuf),
    Stream(String, Box<dyn Read + Send>),
    Broken { path: PathBuf, message: String },
}

/// Something taken from a source. Sources give things in order and are asked by one thread at a
/// time; what need not be done in order is put off until [`Pull::item`].
pub struct Pull(Work);

enum Work {
    Done(Item),
    Later(Box<dyn FnOnce() -> Item + Send>),
}

impl Pull {
    /// Does the rest of the work, which may read a file.
    pub fn item(self) -> Item {
        match self.0 {
            Work::Done(item) => item,
            Work::Later(work) => work(),
        }
    }
}

impl<I: Iterator<Item = Start>> Iterator for Items<I> {
    type Item = Pull;

    fn next(&mut self) -> Option<Pull> {
        loop {
            if let Some(container) = &mut self.container {
                // One file must not end the scan of a thousand.
                match catch_unwind(AssertUnwindSafe(|| container.next())) {
                    Ok(Some(item)) => return Some(Pull(Work::Done(item))),
                    Ok(None) => self.container = None,
                    Err(_) => {
                        self.container = None;
                        let (at, error) = (self.at.clone(), ReadError::Internal);
                        return Some(Pull(Work::Done(Item::Fault { at, error })));
                    }
                }
            }
            let Some(found) = self.found.next() else {
                self.found = below(self.starts.next()?, &self.options);
                continue;
            };
            match self.open(found) {
                Ok(Opened::Page(page)) => {
                    return Some(Pull(Work::Later(Box::new(|| page.read()))));
                }
                Ok(Opened::Container(container)) => self.container = Some(container),
                Err(item) => return Some(Pull(Work::Done(*item))),
            }
        }
    }
}

impl<I> Items<I> {
    fn open(&mut self, found: Found) -> Result<Opened, Box<Item>> {
        let meter = self.options.meter.clone();
        let input = match found {
            Found::Stream(name, reader) => Input {
                at: Place::path(name),
                feed: Feed::plain(meter.on(reader)),
                file: None,
                size: None,
                depth: 0,
            },
            Found::File(path) => {
                let at = Place::path(shown(&path));
                match page::open(&path) {
                    Ok((file, size)) => Input {
                        at,
                        feed: Feed::plain(meter.on(file)),
                        file: Some(path),
                        size: Some(size),
                        depth: 0,
                    },
                    Err(error) => return Err(Box::new(Item::Fault { at, error })),
                }
            }
            Found::Broken { path, message } => {
                let error = ReadError::Listing(message);
                return Err(Box::new(Item::Fault { at: Place::path(shown(&path)), error }));
            }
        };
        self.at = input.at.clone();
        Ok(open(input, &self.options))
    }
}

fn below(start: Start, options: &Options) -> Box<dyn Iterator<Item = Found> + Send> {
    match start {
        Start::Stdin => {
            Box::new(std::iter::once(Found::Stream("-".to_owned(), Box::new(io::stdin()))))
        }
        Start::Broken { path, message } => {
            Box::new(std::iter::once(Found::Broken { path, message }))
        }
        Start::Path(path) => {
            let files: Vec<Found> = walk(&[path], &options.walk)
                .map(|entry| match entry {
                    Ok(entry) => Found::File(entry.path),
                    Err(error) => Found::Broken { path: error.path, message: error.message },
                })
                .collect();
            Box::new(files.into_iter())
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
