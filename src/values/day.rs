//! Calendar days: four bytes, ISO 8601 text, calendar arithmetic.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Holds a calendar day as days since 1970-01-01, without time or time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Days between 0001-01-01 and 1970-01-01, the shift between the two counts.
const EPOCH_FROM_CE: i32 = 719_163;

/// The first day that is accepted anywhere: 1800-01-01.
pub const FIRST: Day = Day(-62_091);
/// The last day that is accepted anywhere: 2400-12-31.
pub const LAST: Day = Day(157419);

impl Day {
    /// Makes a day from year, month (1–12) and day of the month; none when the calendar has no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from)
    }

    /// Reads `2025-01-31`; none for any other text and for days outside 1800–2400.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| -> Option<u32> {
            bytes[from..to].iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
        };
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let day = Self::from_ymd(i32::try_from(digits(0, 4)?).ok()?, digits(5, 7)?, digits(8, 10)?)?;
        (FIRST..=LAST).contains(&day).then_some(day)
    }

    /// The day of an instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
    pub fn of_micros(micros: i64) -> Self {
        const MICROS_PER_DAY: i64 = 86_400_000_000;
        Self(i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or_default())
    }

    /// Adds calendar months; a day that the target month lacks becomes its last day (31 January + 1 month = 28 or 29
    /// February). None outside 1800–2400.
    pub fn plus_months(self, months: i32) -> Option<Self> {
        let date = NaiveDate::from(self);
        let moved = if months >= 0 {
            date.checked_add_months(Months::new(months.unsigned_abs()))
        } else {
            date.checked_sub_months(Months::new(months.unsigned_abs()))
        };
        moved.map(Self::from).filter(|day| (FIRST..=LAST).contains(day))
    }

    /// Adds days; none outside 1800–2400.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        self.0.checked_add(days).map(Self).filter(|day| (FIRST..=LAST).contains(day))
    }

    /// Counts the whole calendar months from `self` to `later`, negative when `later` is earlier: the greatest `n` for
    /// which `self + n months` is not after `later`.
    pub fn whole_months_until(self, later: Self) -> i32 {
        let (from, to) = (NaiveDate::from(self), NaiveDate::from(later));
        let months = (to.year() - from.year()) * 12 + to.month0() as i32 - from.month0() as i32;
        let reached = self.plus_months(months).is_some_and(|day| day <= later);
        if reached { months } else { months - 1 }
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        NaiveDate::from(self).year()
    }

    /// The calendar month, 1–12.
    pub fn month(self) -> u32 {
        NaiveDate::from(self).month()
    }

    /// The day of the month, 1–31.
    pub fn day(self) -> u32 {
        NaiveDate::from(self).day()
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH_FROM_CE)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        // Every constructor keeps days far inside chrono's range; the fallback is unreachable.
        Self::from_num_days_from_ce_opt(day.0.saturating_add(EPOCH_FROM_CE)).unwrap_or_default()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = NaiveDate::from(*self);
        // As `%Y-%m-%d`, without reading that pattern for each of a million days.
        if f.width().is_some() { f.pad(&date.to_string()) } else { fmt::Display::fmt(&date, f) }
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a day like 2025-01-31")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_iso_days() {
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("1800-01-01"), Some(FIRST));
        assert_eq!(Day::parse("2400-12-31"), Some(LAST));
        for bad in ["2025-1-1", "2025/01/01", "2025-02-30", "20250101", "1799-12-31", "+025-01-01", "２０25-01-0"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn months_follow_the_calendar() {
        let day = |text| Day::parse(text).unwrap();
        for (from, months, to) in [
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-01-31", 1, "2025-02-28"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2025-03-31", -1, "2025-02-28"),
        ] {
            assert_eq!(day(from).plus_months(months), Some(day(to)), "{from} + {months}");
        }
        for (from, to, months) in [
            ("2025-01-15", "2025-02-14", 0),
            ("2025-01-15", "2025-02-15", 1),
            ("2025-01-31", "2025-02-28", 1),
            ("2025-02-15", "2025-01-15", -1),
            ("2025-02-15", "2025-01-20", -1),
        ] {
            assert_eq!(day(from).whole_months_until(day(to)), months, "{from} to {to}");
        }
    }
}
