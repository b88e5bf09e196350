//! Days and instants of FHIR: `2026-01-31`, `2026-01-31T23:59:59.000+02:00`; `2026` and `2026-01` name no day.

use chrono::DateTime;

use super::{
    element::Element,
    outcome::{Fault, IssueCode},
};
use crate::values::Day;

/// The day of a `date`, `dateTime` or `instant`: the calendar day in the offset that it is written with.
pub fn day(text: &str) -> Result<Day, &'static str> {
    let partial = (text.len() == 4 || text.len() == 7) && Day::parse(&format!("{text}-01-01")[..10]).is_some();
    if partial {
        return Err("only a year or a month is given, and a fact needs its day");
    }
    let timed = text.len() > 10 && text.as_bytes()[10] == b'T' && DateTime::parse_from_rfc3339(text).is_ok();
    let date = if timed { text.get(..10) } else { Some(text) };
    date.and_then(Day::parse).ok_or("this is not a day of the calendar as FHIR writes it, such as 2026-01-31")
}

/// Microseconds since 1970 of an instant; none when the text is none.
pub fn instant(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.timestamp_micros())
}

/// The day of a member that holds one.
pub fn day_of(element: &Element, name: &str) -> Result<Option<Day>, Fault> {
    let Some(text) = element.text(name)? else { return Ok(None) };
    day(&text).map(Some).map_err(|reason| element.fault_at(name, IssueCode::Value, reason))
}

/// The day of a choice such as `effective[x]`: of a period, its first day.
pub fn day_of_choice(element: &Element, name: &str) -> Result<Option<Day>, Fault> {
    match element.choice(name)? {
        None => Ok(None),
        Some((member, "DateTime" | "Instant" | "Date")) => day_of(element, member),
        Some((member, "Period")) => match element.child(member)? {
            Some(period) => start_of(&period).map(Some),
            None => Ok(None),
        },
        Some((member, _)) => {
            Err(element.fault_at(member, IssueCode::Value, "this names no day; a date or a period is needed"))
        }
    }
}

/// The first day of a period.
pub fn start_of(period: &Element) -> Result<Day, Fault> {
    let missing = || period.fault_at("start", IssueCode::Required, "the period does not say when it began");
    day_of(period, "start")?.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_in_the_offset_given() {
        for (text, expected) in [
            ("2026-01-31", "2026-01-31"),
            ("2026-01-31T23:59:59+14:00", "2026-01-31"),
            ("2026-01-31T00:00:00.000Z", "2026-01-31"),
            ("2025-12-31T23:30:00-05:00", "2025-12-31"),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Ok(expected), "{text}");
        }
        for partial in ["2026", "2026-01"] {
            assert!(day(partial).unwrap_err().contains("year or a month"), "{partial}");
        }
        for bad in [
            "",
            "2026-13",
            "26-01-01",
            "2026-02-30",
            "2026-01-31T",
            "2026-01-31T10:00",
            "2026-01-31T25:00:00Z",
            "2026-01-31 10:00:00Z",
            "2026-01-31T10:00:00",
            "2026-W05-6",
            "99999",
            "二〇二六",
            "2026-01-3１",
        ] {
            assert!(day(bad).unwrap_err().contains("not a day"), "{bad}");
        }
    }

    #[test]
    fn instants_are_compared_across_offsets() {
        assert_eq!(instant("2026-01-01T01:00:00+01:00"), instant("2026-01-01T00:00:00.000Z"));
        assert_eq!(instant("2026-01-01"), None);
    }
}
