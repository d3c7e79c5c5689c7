//! Bytes that are no text.

use crate::decode::detect;

/// The kind of a file that is no text (`pdf`, `zip`, `nul` …), or `None` for what can be read.
///
/// Known by its first bytes, by a tenth of NUL bytes, or by control characters all over. UTF-16
/// and UTF-32 are text.
pub fn is_binary(bytes: &[u8]) -> Option<&'static str> {
    if let Some(name) = by_magic(bytes) {
        return Some(name);
    }
    if super::mark(bytes).is_some() || detect::wide(bytes).is_some() {
        return None;
    }
    let nul = memchr::memchr_iter(0, bytes).count();
    if nul * 10 > bytes.len() {
        return Some("nul");
    }
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    // Counted in bytes, which many at a time can be: a chunk has at most 128.
    let control: usize = sample
        .chunks(128)
        .map(|chunk| usize::from(chunk.iter().map(|&b| u8::from(is_control(b))).sum::<u8>()))
        .sum();
    (control >= 8 && control * 25 > sample.len()).then_some("control")
}

/// Control characters that no text holds; escape is part of text from terminals. Asked without a
/// branch, so that many bytes can be asked at once.
#[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
fn is_control(byte: u8) -> bool {
    let before_tab = (byte != 0) & (byte < b'\t');
    let after_return = (byte > b'\r') & (byte < b' ') & (byte != 0x1b);
    before_tab | (byte == 0x0b) | after_return | (byte == 0x7f)
}

/// First bytes and the kind they tell. Only signs that no text begins with.
const MAGIC: [(&[u8], &str); 41] = [
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xFF\xD8\xFF", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x1F\x8B\x08", "gzip"),
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xFD7zXZ\0", "xz"),
    (b"7z\xBC\xAF\x27\x1C", "7z"),
    (b"Rar!\x1A\x07", "rar"),
    (b"\x7FELF", "elf"),
    (b"\xCA\xFE\xBA\xBE", "class"),
    (b"\xCF\xFA\xED\xFE", "mach-o"),
    (b"\xCE\xFA\xED\xFE", "mach-o"),
    (b"\xFE\xED\xFA\xCE", "mach-o"),
    (b"\xFE\xED\xFA\xCF", "mach-o"),
    (b"\0asm", "wasm"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "ole"),
    (b"wOFF", "woff"),
    (b"wOF2", "woff2"),
    (b"OTTO\0", "otf"),
    (b"\0\x01\0\0\0", "ttf"),
    (b"\0\0\x01\0", "ico"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"OggS\0", "ogg"),
    (b"fLaC\0", "flac"),
    (b"ID3\x02", "mp3"),
    (b"ID3\x03", "mp3"),
    (b"ID3\x04", "mp3"),
    (b"\xFF\xFB\x90", "mp3"),
    (b"FLV\x01", "flv"),
    (b"FWS\x0A", "swf"),
    (b"\x1A\x45\xDF\xA3", "matroska"),
    (b"SQLite format 3\0", "sqlite"),
    (b"8BPS\0", "psd"),
    (b"\x04\x22\x4D\x18", "lz4"),
    (b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D", "onenote"),
];

fn by_magic(bytes: &[u8]) -> Option<&'static str> {
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    match (known, bytes) {
        // `BZh` could begin a text: the block size and the block's own magic must follow.
        (Some("bzip2"), _) => (bytes.get(4..10) == Some(b"1AY&SY")).then_some("bzip2"),
        (Some(name), _) => Some(name),
        (None, [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..]) => match kind.get(..4)? {
            b"WEBP" => Some("webp"),
            b"WAVE" => Some("wav"),
            b"AVI " => Some("avi"),
            _ => None,
        },
        (None, [0, 0, _, _, b'f', b't', b'y', b'p', ..]) => Some("mp4"),
        (None, _) if bytes.get(257..262) == Some(b"ustar") => Some("tar"),
        (None, _) => None,
    }
}
