//! x
use crate::page::Format;
/// x
pub fn sniff(_t: &str, _p: Option<&str>, _c: Option<&str>) -> Format {
    Format::Text
}
