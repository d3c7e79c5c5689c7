//! x
use crate::page::Format;
/// x
pub fn sniff(t: &str, p: Option<&str>, _c: Option<&str>) -> Format {
    let t = t.trim_start();
    if t.starts_with('<') {
        return Format::Html;
    }
    if p == Some("md") || t.starts_with("---") || t.starts_with("# ") {
        return Format::Markdown;
    }
    Format::Text
}
