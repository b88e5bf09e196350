//! Takes back the postings of an entry that recorded a step of a payment wrongly.

use serde::Serialize;

use super::{Error, Outside, bookkeeping::Bookkeeping, journal::Receipt};
use crate::{
    contract::{money::MoneyAct, payload::Reversal},
    storage::{self, Connection},
    values::{Day, EntryId},
};

/// What was reversed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reversed {
    /// The contract's name.
    pub contract: String,
    /// The entry whose postings were taken back.
    pub entry: EntryId,
    /// The day for which that counts.
    pub on: Day,
    /// Why.
    pub reason: String,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Records the opposite of an entry's postings, once, naming it. It counts for the day of the entry, or for a later one.
///
/// # Errors
/// A refusal when the entry is no step of a payment, is reversed already, or a later step stands upon it.
pub fn reverse_entry(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    entry: &str,
    reason: &str,
    on: Option<Day>,
) -> Result<Reversed, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let entry = keeping.entry(connection, entry)?;
        let of_entry = storage::entry::find(connection, entry)?.and_then(|row| i32::try_from(row.effective_on).ok());
        let on = on.or(of_entry.map(Day)).unwrap_or_else(|| outside.today());
        let reversal = Reversal { entry, reason: reason.into() };
        let receipt = keeping.record(connection, outside, on, &MoneyAct::Reverse(reversal))?;
        Ok(Reversed { contract: contract.into(), entry, on, reason: reason.into(), receipt })
    })
}
