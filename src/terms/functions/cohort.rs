//! A cohort under follow-up: for each person the time observed and whether the event ended it.

use super::Undefined;
use super::undefined::{not_negative, same_length};
use crate::values::Decimal;

/// Borrows two columns of equal length: the time each person was followed (usually days) and whether the event happened
/// at that time; without the event the person was censored then.
#[derive(Clone, Copy, Debug)]
pub struct Cohort<'a> {
    times: &'a [Decimal],
    events: &'a [bool],
}

impl<'a> Cohort<'a> {
    /// Joins the columns. Undefined when they are empty, differ in length or hold a negative time.
    pub fn new(times: &'a [Decimal], events: &'a [bool]) -> Result<Self, Undefined> {
        same_length(("times", times.len()), ("events", events.len()))?;
        if times.is_empty() {
            return Err(Undefined::Empty("people in the cohort"));
        }
        times.iter().try_for_each(|time| not_negative("a follow-up time", *time).map(drop))?;
        Ok(Self { times, events })
    }

    /// How many people the cohort has.
    pub fn size(&self) -> u64 {
        self.times.len() as u64
    }

    /// Each person's time and event, in the order given.
    pub(super) fn people(&self) -> impl Iterator<Item = (Decimal, bool)> {
        self.times.iter().copied().zip(self.events.iter().copied())
    }
}
