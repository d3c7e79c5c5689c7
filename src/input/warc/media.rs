//! What a crawl holds beside pages: images, fonts, programs.

use crate::decode::is_binary;

/// Bytes looked at.
const SAMPLE: usize = 1 << 16;

/// What content that is no page is, in one word; nothing for what is to be judged.
///
/// Types lie, so the bytes have the last word: text that is called an image is judged, an image
/// that is called text is not. Bytes that only claim to be text go on, and are called unreadable.
pub(super) fn passed_over(content_type: Option<&str>, body: &[u8]) -> Option<&'static str> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some("empty");
    }
    let declared = content_type.map_or("", |value| value.split(';').next().unwrap_or("").trim());
    let declared = declared.to_ascii_lowercase();
    let sample = &body[..body.len().min(SAMPLE)];
    match is_binary(sample) {
        Some("nul" | "control") => by_type(&declared),
        Some(magic) => Some(by_magic(magic)),
        None => text(&declared, sample),
    }
}

/// The kind of bytes without a sign of their own, by their type.
fn by_type(declared: &str) -> Option<&'static str> {
    let (family, kind) = declared.split_once('/')?;
    match (family, kind) {
        ("text", _) | (_, "xhtml+xml" | "xml" | "json" | "javascript") => None,
        ("image", _) => Some("image"),
        ("audio", _) => Some("audio"),
        ("video", _) => Some("video"),
        ("font", _) => Some("font"),
        (_, "pdf") => Some("pdf"),
        _ => Some("binary"),
    }
}

/// What bytes are, in one word, by the sign they begin with.
pub(in crate::input) fn by_magic(magic: &str) -> &'static str {
    match magic {
        "png" | "jpeg" | "gif" | "webp" | "ico" | "bmp" | "tiff" | "psd" => "image",
        "ogg" | "flac" | "mp3" | "wav" => "audio",
        "mp4" | "flv" | "swf" | "matroska" | "avi" => "video",
        "woff" | "woff2" | "otf" | "ttf" => "font",
        "pdf" => "pdf",
        "zip" | "gzip" | "zstd" | "bzip2" | "xz" | "7z" | "rar" | "lz4" | "tar" => "archive",
        _ => "binary",
    }
}

/// Text that is no page: it is for machines.
fn text(declared: &str, sample: &[u8]) -> Option<&'static str> {
    let kind = match declared {
        "image/svg+xml" => "image",
        "text/css" => "style",
        "text/javascript"
        | "application/javascript"
        | "application/x-javascript"
        | "application/ecmascript"
        | "text/ecmascript" => "script",
        _ => return None,
    };
    // Error pages come under the type of what was asked for.
    let start: Vec<u8> = sample
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .take(14)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let is_page = start.starts_with(b"<!doctype html") || start.starts_with(b"<html");
    (!is_page).then_some(kind)
}
