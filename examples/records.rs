//! What the readers make of files: one JSON line per item, and with `--bytes DIR` the pages
//! themselves, by their number. `bench/compare_warc.py` compares both with another reader.
//!
//! ```sh
//! cargo run --release --example records -- crawl.warc.gz
//! ```

use std::io::Write as _;
use std::path::PathBuf;

use crawlint::input::{Item, Options, Start, items};
use serde_json::json;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let mut folder = None;
    if arguments.next_if(|argument| argument == "--bytes").is_some() {
        folder = arguments.next().map(PathBuf::from);
    }
    let mut out = std::io::stdout().lock();
    let starts = arguments.map(|path| Start::Path(path.into()));
    for (number, pull) in items(starts, &Options::default()).enumerate() {
        let line = match pull.item() {
            Item::Page(page) => {
                if let Some(folder) = &folder {
                    std::fs::write(folder.join(number.to_string()), &page.bytes)?;
                }
                json!({
                    "item": "page", "number": number, "path": page.path, "member": page.member,
                    "offset": page.offset, "url": page.url, "content_type": page.content_type,
                    "date": page.date, "bytes": page.bytes.len(),
                })
            }
            Item::Skipped { at, kind } => json!({
                "item": "skipped", "number": number, "kind": kind, "path": at.path,
                "member": at.member, "offset": at.offset, "url": at.url,
            }),
            Item::Fault { at, error } => json!({
                "item": "fault", "number": number, "code": error.code(),
                "message": error.to_string(), "path": at.path, "member": at.member,
                "offset": at.offset, "url": at.url,
            }),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}
