//! Which pages are alike, and folds that never part them.

use std::collections::BTreeMap;

use crate::cli::eval::manifest::Entry;

/// The site of each page, by number: pages of one group or of one host, also by way of others.
pub(crate) fn sites(entries: &[Entry]) -> Vec<usize> {
    let mut first: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let mut leader: Vec<usize> = (0..entries.len()).collect();
    for (page, entry) in entries.iter().enumerate() {
        let host = entry.url.as_deref().and_then(host_of);
        let keys = [Some((false, entry.alike().to_owned())), host.map(|host| (true, host))];
        for key in keys.into_iter().flatten() {
            let other = *first.entry(key).or_insert(page);
            let (one, other) = (lead(&leader, page), lead(&leader, other));
            leader[one.max(other)] = one.min(other);
        }
    }
    (0..entries.len()).map(|page| lead(&leader, page)).collect()
}

fn lead(leader: &[usize], mut page: usize) -> usize {
    while leader[page] != page {
        page = leader[page];
    }
    page
}

/// The host of an address, in small letters, without user, port and `www.`.
fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

/// The fold of each page, so that bad and clean pages are spread evenly and no site is parted:
/// the largest sites first, each to the fold that has least of its kind.
pub(crate) fn folds(pages: &[(usize, bool)], folds: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
    let mut all = [0usize; 2];
    for &(site, bad) in pages {
        sizes.entry(site).or_default()[usize::from(bad)] += 1;
        all[usize::from(bad)] += 1;
    }
    // A bad page counts as much more as there are fewer of them.
    let share = |of: [usize; 2]| [0, 1].map(|kind| of[kind] as f64 / all[kind].max(1) as f64);
    let mut order: Vec<(usize, [usize; 2])> = sizes.into_iter().collect();
    order.sort_by(|a, b| {
        let size = |of: [usize; 2]| share(of).iter().sum::<f64>();
        size(b.1).total_cmp(&size(a.1)).then(a.0.cmp(&b.0))
    });
    let mut filled = vec![[0usize; 2]; folds];
    let mut fold_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (site, size) in order {
        let load = |fold: usize| {
            let (has, adds) = (share(filled[fold]), share(size));
            has[0] * adds[0] + has[1] * adds[1]
        };
        let least = (0..folds).min_by(|&a, &b| load(a).total_cmp(&load(b)));
        let fold = least.unwrap_or_default();
        filled[fold] = [0, 1].map(|kind| filled[fold][kind] + size[kind]);
        fold_of.insert(site, fold);
    }
    pages.iter().map(|(site, _)| fold_of[site]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str, more: &str) -> Entry {
        serde_json::from_str(&format!(r#"{{"file": "{file}", "label": "spam"{more}}}"#))
            .expect("the test's own text")
    }

    #[test]
    fn pages_of_a_group_or_host_are_one_site() {
        let entries = [
            entry("a", r#", "group": "x", "url": "https://www.tea.example/1""#),
            entry("b", r#", "url": "http://me@TEA.example:80?q""#),
            entry("c", r#", "group": "y", "url": "https://mug.example/""#),
            entry("d", r#", "group": "x""#),
            entry("e", r#", "group": "y", "url": "https://tea.example""#),
            entry("f", ""),
            entry("g", r#", "origin": "q:1""#),
            entry("h", r#", "origin": "q:2", "url": "no address""#),
        ];
        assert_eq!(sites(&entries), [0, 0, 0, 0, 0, 5, 6, 6]);
    }

    #[test]
    fn folds_part_no_site_and_spread_both_kinds() {
        // Twelve bad sites of two pages, nine clean sites of five.
        let mut pages = Vec::new();
        for site in 0..12 {
            pages.extend([(site, true); 2]);
        }
        for site in 12..21 {
            pages.extend([(site, false); 5]);
        }
        let fold_of = folds(&pages, 3);
        for (at, (site, _)) in pages.iter().enumerate() {
            let same = pages.iter().zip(&fold_of).filter(|((other, _), _)| other == site);
            assert!(same.into_iter().all(|(_, fold)| *fold == fold_of[at]), "site {site}");
        }
        let count = |fold: usize, kind: bool| {
            pages.iter().zip(&fold_of).filter(|((_, bad), f)| **f == fold && *bad == kind).count()
        };
        assert_eq!([0, 1, 2].map(|fold| count(fold, true)), [8; 3]);
        assert_eq!([0, 1, 2].map(|fold| count(fold, false)), [15; 3]);
    }
}
