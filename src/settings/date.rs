//! Days, for entries that expire.

use std::fmt;

use serde::Deserialize;

/// A day of the calendar. The library has no clock: what day it is says
/// [`ScannerBuilder::today`](crate::ScannerBuilder::today).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day of a number of days since 1970-01-01, from 0.
    ///
    /// ```
    /// use crawlint::settings::Date;
    ///
    /// assert_eq!(Date::from_days(0).to_string(), "1970-01-01");
    /// assert_eq!(Date::from_days(19_782).to_string(), "2024-02-29");
    /// ```
    pub fn from_days(days: u32) -> Self {
        // Years that begin in March, so that the day of the leap year is the last of them.
        let shifted = u64::from(days) + 719_468;
        let era = shifted / 146_097;
        let of_era = shifted % 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }
}

impl TryFrom<toml::value::Datetime> for Date {
    type Error = &'static str;

    fn try_from(value: toml::value::Datetime) -> Result<Self, Self::Error> {
        match (value.date, value.time) {
            (Some(date), None) => Ok(Self { year: date.year, month: date.month, day: date.day }),
            _ => Err("write a day and nothing else: 2027-01-31"),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A day, without quotes: `2027-01-31`.",
            "type": "string",
            "format": "date"
        })
    }
}
