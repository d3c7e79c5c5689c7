//! The zones a rule looks in.

use crate::page::Zone;

/// A set of zones, asked for every block of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zones {
    bits: u32,
    /// Where a finding without a place in the text stands.
    pub(super) default: Zone,
}

impl Zones {
    /// The set of some zones. What has no place in the text stands in the body, or else in the
    /// first of them.
    pub(super) fn new(zones: &[Zone]) -> Self {
        let bits = zones.iter().fold(0, |bits, &zone| bits | bit(zone));
        let body = bits & bit(Zone::Body) != 0;
        let first = zones.first().copied().unwrap_or(Zone::Body);
        Self { bits, default: if body { Zone::Body } else { first } }
    }

    /// Whether a zone is among them.
    pub(super) fn contains(self, zone: Zone) -> bool {
        self.bits & bit(zone) != 0
    }

    /// Whether any of some zones is.
    pub(super) fn contains_any(self, zones: &[Zone]) -> bool {
        zones.iter().any(|&zone| self.contains(zone))
    }
}

fn bit(zone: Zone) -> u32 {
    1 << zone as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_a_bit() {
        for zone in Zone::ALL {
            let zones = Zones::new(&[zone]);
            let held = Zone::ALL.into_iter().filter(|other| zones.contains(*other));
            assert_eq!(held.collect::<Vec<_>>(), [zone]);
            assert_eq!(zones.default, zone);
        }
        assert_eq!(Zones::new(&[Zone::Title, Zone::Body]).default, Zone::Body);
        assert!(!Zones::new(&[]).contains_any(&Zone::ALL));
    }
}
