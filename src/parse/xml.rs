//! x
/// x
pub fn parse(_t: &str, _h: super::HtmlParser) -> crate::page::Page {
    Default::default()
}
