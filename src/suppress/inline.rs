//! Comments in a page that accept findings on it, for sources that are trusted.

/// What introduces one.
const MARK: &str = "crawlint:allow";

/// What a page accepts: names of rules and reasons, in the order they stand.
///
/// `<!-- crawlint:allow topics/loan-cluster we are a bank -->` accepts, for the whole page, what
/// the rule finds. The comment ends with `-->`, `*/` or the line.
pub(super) fn allowed(source: &str) -> Vec<(&str, &str)> {
    let behind = source.match_indices(MARK).map(|(at, _)| &source[at + MARK.len()..]);
    behind
        .filter(|rest| rest.starts_with([' ', '\t']))
        .filter_map(|rest| {
            let line = rest.lines().next()?;
            let line = line.split("-->").next()?.split("*/").next()?.trim();
            let (rule, reason) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            (!rule.is_empty()).then(|| (rule, reason.trim()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_a_rule_and_a_reason() {
        let page = "<!-- crawlint:allow tea/lure  we sell tea -->x /* crawlint:allow LEX */\n\
            crawlint:allow links/\n<!-- crawlint:allow --> crawlint:allowed tea";
        assert_eq!(allowed(page), [("tea/lure", "we sell tea"), ("LEX", ""), ("links/", "")]);
    }
}
