//! x
/// x
pub fn parse(text: &str, _html: super::HtmlParser) -> crate::page::Page {
    super::text::parse(text)
}
