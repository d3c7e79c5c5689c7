//! A page as a WARC record: the original where it can be found again, else a `resource`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::time::UNIX_EPOCH;

use crawlint::Origin;
use crawlint::page::Format;
use crawlint::report::Report;
use crawlint::text::{HASH_SEED, hash_step};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

/// Longest header of a record, in bytes.
const MAX_HEADER: usize = 1 << 16;

/// The record of a page as one gzip member.
pub(super) fn record(origin: &Origin, bytes: &[u8], report: &Report, max_bytes: u64) -> Vec<u8> {
    let original = origin
        .offset
        .zip(origin.record.as_deref())
        .and_then(|(offset, id)| original(&origin.path, offset, id, max_bytes).ok().flatten());
    original.unwrap_or_else(|| {
        let mut record = header(origin, bytes, report).into_bytes();
        record.extend_from_slice(bytes);
        record.extend_from_slice(b"\r\n\r\n");
        member(&record)
    })
}

fn member(bytes: &[u8]) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = member.write_all(bytes);
    member.finish().unwrap_or_default()
}

/// The record of this id that begins at this place of a file; none where something else does.
fn original(path: &str, offset: u64, id: &str, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut start = [0; 5];
    file.read_exact(&mut start)?;
    file.seek(SeekFrom::Start(offset))?;
    let most = max_bytes.saturating_add(MAX_HEADER as u64);
    let mut reader = BufReader::new(file);
    let mut record = Vec::new();
    if start == *b"WARC/" {
        let mut buffer = vec![0; 4096];
        // Up to the end of the header, and then the rest of the record.
        while header_of(&record).is_none() && record.len() < MAX_HEADER {
            let read = reader.read(&mut buffer)?;
            if read == 0 {
                return Ok(None);
            }
            record.extend_from_slice(&buffer[..read]);
        }
        let Some(length) = length(&record, id).filter(|length| *length <= most) else {
            return Ok(None);
        };
        let missing = length.saturating_sub(record.len() as u64);
        reader.take(missing).read_to_end(&mut record)?;
        if (record.len() as u64) < length {
            return Ok(None);
        }
        record.truncate(length as usize);
        record.extend_from_slice(b"\r\n\r\n");
        return Ok(Some(member(&record)));
    }
    if !start.starts_with(&[0x1f, 0x8b]) {
        return Ok(None);
    }
    let mut decoder = GzDecoder::new(reader);
    decoder.by_ref().take(most).read_to_end(&mut record)?;
    // A member that holds just this record is copied as it is stored.
    let whole = length(&record, id).is_some_and(|length| {
        usize::try_from(length).ok().and_then(|length| record.get(length..)) == Some(b"\r\n\r\n")
    });
    if !whole {
        return Ok(None);
    }
    let mut reader = decoder.into_inner();
    let stored = reader.stream_position()?.saturating_sub(offset);
    reader.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    reader.take(stored).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The header of a record, without the empty line that ends it.
fn header_of(record: &[u8]) -> Option<&[u8]> {
    let end = record.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(&record[..end])
}

/// Length of the record of this id, header and body, in bytes.
fn length(record: &[u8], id: &str) -> Option<u64> {
    let header = header_of(record)?;
    let text = std::str::from_utf8(header).ok()?;
    let field = |name: &str| {
        let mut lines = text.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    // Ids stand between angle brackets, which reports leave out.
    let bare = |id: &str| id.trim_matches(['<', '>']).to_owned();
    let same = text.starts_with("WARC/") && field("WARC-Record-ID").map(bare) == Some(bare(id));
    let body: u64 = field("Content-Length")?.parse().ok()?;
    same.then_some(())?;
    body.checked_add(header.len() as u64 + 4)
}

/// The header of a `resource` record.
fn header(origin: &Origin, bytes: &[u8], report: &Report) -> String {
    let kind = match report.format {
        Format::Html => "text/html",
        Format::Markdown => "text/markdown",
        Format::Json => "application/json",
        Format::Xml => "application/xml",
        _ => "text/plain",
    };
    let fields = [
        ("WARC-Type", "resource".to_owned()),
        ("WARC-Record-ID", identity(origin, bytes)),
        ("WARC-Date", date(origin)),
        ("WARC-Target-URI", origin.url.clone().unwrap_or_else(|| file_address(origin))),
        ("Content-Type", origin.content_type.clone().unwrap_or_else(|| kind.to_owned())),
        ("Crawlint-Verdict", report.verdict.name().to_owned()),
        ("Content-Length", bytes.len().to_string()),
    ];
    let mut header = "WARC/1.1\r\n".to_owned();
    for (name, value) in fields {
        // What comes from a page must not begin a line of its own.
        let value: String = value.chars().filter(|char| !char.is_control()).collect();
        let _ = write!(header, "{name}: {value}\r\n");
    }
    header.push_str("\r\n");
    header
}

/// An identity made of the page and its place, so that the same run gives the same file. The form
/// is that of a UUID of version 8, which is free in what it is made of.
fn identity(origin: &Origin, bytes: &[u8]) -> String {
    let place = format!("{}!{:?}!{:?}", origin.path, origin.record, origin.offset);
    let hash = |seed: u64| {
        let place = place.bytes().fold(seed, hash_step);
        bytes.iter().fold(place, |state, byte| hash_step(state, *byte))
    };
    let (high, low) = (hash(HASH_SEED), hash(!HASH_SEED));
    format!(
        "<urn:uuid:{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}>",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

/// When the page was fetched, or else when its file was written.
fn date(origin: &Origin) -> String {
    let recorded = origin.date.as_deref().filter(|date| {
        let form = b"dddd-dd-ddTdd:dd:dd";
        date.ends_with('Z')
            && date.len() > form.len()
            && form.iter().zip(date.bytes()).all(|(form, byte)| match form {
                b'd' => byte.is_ascii_digit(),
                form => *form == byte,
            })
    });
    recorded.map_or_else(
        || {
            let changed = std::fs::metadata(&origin.path).and_then(|data| data.modified());
            let since = changed.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            in_words(since.map_or(0, |since| since.as_secs()))
        },
        str::to_owned,
    )
}

/// Seconds since 1970 as RFC 3339. The day is counted from the first of March of the year 0, so
/// that leap days come last.
fn in_words(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The place of a page without an address.
fn file_address(origin: &Origin) -> String {
    let member = origin.record.as_ref().map(|name| format!("!{name}")).unwrap_or_default();
    let mut address = "file:".to_owned();
    for byte in format!("{}{member}", origin.path).bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawlint::Scanner;

    fn unpacked(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn dates() {
        assert_eq!(in_words(0), "1970-01-01T00:00:00Z");
        assert_eq!(in_words(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(in_words(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(in_words(1_767_225_599), "2025-12-31T23:59:59Z");
    }

    #[test]
    fn a_page_cannot_write_headers() {
        let origin = Origin {
            path: "a b.html".to_owned(),
            content_type: Some("text/html\r\nWARC-Type: response".to_owned()),
            date: Some("2026-01-02T03:04:05Z".to_owned()),
            ..Origin::default()
        };
        let report = Scanner::new().unwrap().scan(b"<p>tea</p>", &origin);
        let text = unpacked(&record(&origin, b"<p>tea</p>", &report, 1000));
        assert_eq!(text.matches("\r\nWARC-Type:").count(), 1);
        assert!(text.contains("\r\nWARC-Target-URI: file:a%20b.html\r\n"), "{text}");
        assert!(text.contains("\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"));
        assert!(text.ends_with("Content-Length: 10\r\n\r\n<p>tea</p>\r\n\r\n"));
    }

    #[test]
    fn the_original_is_found_again_only_under_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let record = |id: &str, body: &str| {
            format!(
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: {id}\r\n\
                 Content-Length: {}\r\n\r\n{body}\r\n\r\n",
                body.len()
            )
        };
        let (one, two) = (record("<urn:a>", "first"), record("<urn:b>", "second"));
        let plain = folder.path().join("a.warc");
        std::fs::write(&plain, format!("{one}{two}")).unwrap();
        let packed = folder.path().join("a.warc.gz");
        let (first, second) = (member(one.as_bytes()), member(two.as_bytes()));
        std::fs::write(&packed, [first.clone(), second.clone()].concat()).unwrap();
        let single = folder.path().join("b.warc.gz");
        std::fs::write(&single, member(format!("{one}{two}").as_bytes())).unwrap();

        let find = |path: &std::path::Path, offset: usize, id: &str| {
            original(path.to_str().unwrap(), offset as u64, id, 1000).ok().flatten()
        };
        assert_eq!(unpacked(&find(&plain, one.len(), "<urn:b>").unwrap()), two);
        assert_eq!(find(&packed, first.len(), "<urn:b>"), Some(second));
        assert_eq!(find(&packed, 0, "<urn:a>"), Some(first));
        for (path, offset, id) in
            [(&plain, 0, "<urn:b>"), (&packed, 3, "<urn:a>"), (&single, 0, "<urn:a>")]
        {
            assert_eq!(find(path, offset, id), None, "{id}");
        }
    }
}
