//! Posts what is earned as of a day and not settled yet, so that a month can be closed.

use serde::Serialize;

use super::{
    Error, Outside,
    bookkeeping::{Bookkeeping, RoleTotal, refuse_future_day},
    journal::Receipt,
    known,
    propose_settlement::posted_lines,
};
use crate::{
    contract::{
        Act,
        money::{MoneyAct, accrual},
        owed::earned,
        payload::Accrual,
    },
    storage::Connection,
    values::Day,
};

/// What was accrued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accrued {
    /// The contract's name.
    pub contract: String,
    /// The day as of which was accrued.
    pub as_of: Day,
    /// The currency.
    pub currency: String,
    /// The difference to what was accrued before.
    pub totals: Vec<RoleTotal>,
    /// Where it was posted; none when there is no difference.
    pub posted: Option<Receipt>,
}

/// Posts, as of a day, the difference between what is earned and not settled and what is accrued already. Doing so twice
/// posts nothing the second time.
///
/// # Errors
/// A refusal of days to come, of days before one that was accrued or settled, and when a clause cannot be computed.
pub fn accrue_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    as_of: Day,
) -> Result<Accrued, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        keeping.known.allow(Act::Settle, outside)?;
        refuse_future_day(outside, as_of)?;
        keeping.books.check_accrual_day(as_of)?;
        let reported = known::reported(connection, &keeping.known.row)?;
        let earned = earned(&keeping.known.versions, &reported, keeping.known.chain.seq(), as_of)?;
        let posted = posted_lines(connection, &keeping)?;
        let totals = accrual(&earned, &posted, keeping.books.accrued())?;
        let in_words = keeping.totals(&totals);
        let posted = match totals.is_empty() {
            true => None,
            false => {
                let act = MoneyAct::Accrue(Accrual { as_of, totals });
                Some(keeping.record(connection, outside, as_of, &act)?)
            }
        };
        let currency = keeping.known.contract().checked.document.header.currency.code().into();
        Ok(Accrued { contract: contract.into(), as_of, currency, totals: in_words, posted })
    })
}
