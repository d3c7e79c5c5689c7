//! From where on a page has which verdict.

use crate::score::weights;

/// What a page must have for its verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Risk from which a page is suspicious, in decibans. Default: 0, even odds.
    pub suspicious: f64,
    /// Risk from which a page is injected or spam, in decibans. Default: 7.
    pub convicted: f64,
    /// Points of junk from which a page is junk, 0 to 100. Default: 50.
    pub junk: f64,
    /// Points of damage from which a page is damaged, 0 to 100. Default: 40.
    pub damaged: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            suspicious: weights::SUSPICIOUS_DB,
            convicted: weights::INJECTED_DB,
            junk: weights::JUNK_POINTS,
            damaged: weights::DAMAGED_POINTS,
        }
    }
}

impl Thresholds {
    /// Why these make no sense, in words.
    pub(crate) fn fault(&self) -> Option<String> {
        let points = |points: f64| !(0.0..=100.0).contains(&points);
        if !(-100.0..=100.0).contains(&self.suspicious)
            || !(-100.0..=100.0).contains(&self.convicted)
        {
            Some("a threshold of risk is between -100 and 100 dB".to_owned())
        } else if self.suspicious > self.convicted {
            Some(format!(
                "`suspicious` ({} dB) must not lie above `convicted` ({} dB)",
                self.suspicious, self.convicted
            ))
        } else if points(self.junk) || points(self.damaged) {
            Some("thresholds of junk and damage are points from 0 to 100".to_owned())
        } else {
            None
        }
    }
}
