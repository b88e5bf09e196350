//! The periods of a rhythm: calendar periods of the term, or dates reckoned from a day of each subject.

use std::sync::Arc;

use super::{
    super::{check::clauses::Distance, document::Term},
    column::{Column, Gap, joined},
    kernel::map,
};
use crate::values::Day;

/// The period in which formulas are read.
#[derive(Clone, Debug)]
pub enum Current {
    /// None.
    None,
    /// The same for all: number from 1, first day, last day.
    Calendar(u32, Day, Day),
    /// Dates of their own: number from 1, first days, last days.
    Dates(u32, Arc<Column<'static>>, Arc<Column<'static>>),
}

impl Current {
    /// The number, from 1; 0 when there is no period.
    pub const fn number(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::Calendar(number, ..) | Self::Dates(number, ..) => *number,
        }
    }

    /// The first and last day for the member at a place.
    pub fn days(&self, at: usize) -> (Day, Day) {
        match self {
            Self::None => (Day(0), Day(0)),
            Self::Calendar(_, start, end) => (*start, *end),
            Self::Dates(_, start, end) => (Day(start.int(at)), Day(end.int(at))),
        }
    }
}

/// The calendar periods of a term that have begun by a day: so many months each, the last one cut at the term's end.
pub fn calendar(term: Option<Term>, months: i32, as_of: Day) -> Vec<Current> {
    let mut periods = Vec::new();
    let Some(term) = term else { return periods };
    let last = term.end.min(as_of);
    for number in 1u32.. {
        let at =
            |n: u32| i32::try_from(n).ok().and_then(|n| n.checked_mul(months)).and_then(|n| term.start.plus_months(n));
        let Some(start) = at(number - 1).filter(|start| *start <= last) else { break };
        let end = at(number).and_then(|next| next.plus_days(-1)).map_or(term.end, |end| end.min(term.end));
        periods.push(Current::Calendar(number, start, end));
    }
    periods
}

/// The dates of a schedule for one chunk; none when no member's date has come by the day of the settlement.
pub fn dated(number: u32, from: &Column, distances: &[Distance], as_of: Day) -> Option<Current> {
    let at = (number as usize).checked_sub(1)?;
    let end = moved(from, *distances.get(at)?);
    let start = match at.checked_sub(1) {
        None => end.clone(),
        Some(before) => moved(&moved(from, distances[before]), Distance::Days(1)),
    };
    let come = (0..end.len()).any(|place| end.gap(place) == Gap::None && end.int(place) <= as_of.0);
    let waits = number == 1 && (0..end.len()).any(|place| end.gap(place) == Gap::Awaited);
    (come || waits).then(|| Current::Dates(number, Arc::new(start), Arc::new(end)))
}

fn moved(days: &Column, distance: Distance) -> Column<'static> {
    let mut gaps = joined(days.len(), &[days]);
    let values = map(days.as_ints(), &mut gaps, Gap::Failed, |day| match distance {
        Distance::Days(count) => Day(day).plus_days(count).map(|day| day.0),
        Distance::Months(count) => Day(day).plus_months(count).map(|day| day.0),
    });
    Column::ints(values, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_start_with_the_term_and_end_with_it() {
        let day = |text| Day::parse(text).unwrap();
        let term = Some(Term { start: day("2025-01-31"), end: day("2025-06-15"), run_out_days: 0 });
        let periods = |as_of| -> Vec<String> {
            calendar(term, 3, day(as_of))
                .iter()
                .map(|p| format!("{} {} {}", p.number(), p.days(0).0, p.days(0).1))
                .collect()
        };
        assert_eq!(periods("2026-01-01"), ["1 2025-01-31 2025-04-29", "2 2025-04-30 2025-06-15"]);
        assert_eq!(periods("2025-04-29"), ["1 2025-01-31 2025-04-29"]);
        assert!(periods("2025-01-30").is_empty());
    }
}
