//! How well a detector does on labelled pages: pure functions over counts and scores.
//!
//! `crawlint eval` puts these figures into tables; they serve any other detector as well.

/// Quantile of the normal distribution for a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Lower and upper end of the 95 % interval of a share, by Wilson's score method: of `n` pages
/// `hits` were hit, so the true share lies between the two with 95 % confidence. Unlike the plain
/// share it says something where nothing was hit: 0 of 50 pages still allows for 7.1 %.
///
/// ```
/// let (lower, upper) = crawlint::eval::wilson(0, 50);
/// assert_eq!((lower, (upper * 1000.0).round()), (0.0, 71.0));
/// ```
pub fn wilson(hits: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let n = n as f64;
    let share = hits as f64 / n;
    let centre = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    // Where nothing, or everything, was hit the end is exact; rounding must not move it.
    let lower = if hits == 0 { 0.0 } else { (centre - reach) / scale };
    let upper = if share >= 1.0 { 1.0 } else { (centre + reach) / scale };
    (lower.max(0.0), upper.min(1.0))
}

/// A page as a ranking sees it: its score, and whether it is one to be found.
pub type Scored = (f64, bool);

/// A point of a precision-recall curve: what comes of raising every page that scores at least
/// `threshold`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Lowest score raised.
    pub threshold: f64,
    /// Bad pages raised.
    pub found: usize,
    /// Good pages raised.
    pub alarms: usize,
    /// Share of the bad pages that are raised, 0 to 1.
    pub recall: f64,
    /// Share of the raised pages that are bad, 0 to 1.
    pub precision: f64,
}

/// The precision-recall curve, one point per distinct score, from the highest score down. Pages
/// of equal score stand or fall together. Empty where there is nothing to be found.
pub fn curve(pages: &[Scored]) -> Vec<Point> {
    let bad = pages.iter().filter(|page| page.1).count();
    if bad == 0 {
        return Vec::new();
    }
    let mut ranked = pages.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut alarms) = (0, 0);
    ranked
        .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
        .map(|tied| {
            let hits = tied.iter().filter(|page| page.1).count();
            found += hits;
            alarms += tied.len() - hits;
            Point {
                threshold: tied[0].0,
                found,
                alarms,
                recall: found as f64 / bad as f64,
                precision: found as f64 / (found + alarms) as f64,
            }
        })
        .collect()
}

/// Average precision, 0 to 1: the precision at every point of a curve, weighted by the recall the
/// point adds, without interpolation. Nothing where the curve is empty.
pub fn average_precision(curve: &[Point]) -> Option<f64> {
    let mut before = 0.0;
    let mut sum = 0.0;
    for point in curve {
        sum += (point.recall - before) * point.precision;
        before = point.recall;
    }
    (!curve.is_empty()).then_some(sum)
}

/// Bad and good pages that score at least `threshold`.
pub fn raised_at(pages: &[Scored], threshold: f64) -> (usize, usize) {
    pages.iter().filter(|page| page.0 >= threshold).fold((0, 0), |(found, alarms), page| {
        if page.1 { (found + 1, alarms) } else { (found, alarms + 1) }
    })
}
