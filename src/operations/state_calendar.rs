//! States who owes which report by when, as much of it as somebody may see.

use super::{Error, access::Sight, known};
use crate::{
    contract::calendar::{self, Calendar},
    storage::Connection,
    values::Day,
};

/// States the reports that are owed under a contract and have not come by a day. Who may see no rows about patients sees
/// reports about the contract as a whole only; who sees no labels sees pseudonyms.
///
/// # Errors
/// A refusal when there is no such contract, or a clause cannot be computed.
pub fn state_calendar(
    connection: &mut Connection,
    contract: &str,
    as_of: Day,
    sight: Sight,
) -> Result<Calendar, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let reported = known::reported(connection, &known.row)?;
        let mut calendar = calendar::calendar(&known.versions, &reported, known.chain.seq(), as_of)?;
        match sight {
            Sight::Sums => calendar.reports.retain(|item| item.label.is_none()),
            Sight::Pseudonyms => calendar.reports.iter_mut().for_each(|item| item.label = None),
            Sight::Named => {}
        }
        Ok(calendar)
    })
}
