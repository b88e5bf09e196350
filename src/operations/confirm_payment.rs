//! Records that a payment arrived, or that it came back.

use super::{
    Error, Outside,
    bookkeeping::Bookkeeping,
    send_payment::{RecordedPayment, recorded},
};
use crate::{
    contract::{
        money::MoneyAct,
        payload::{PaymentConfirmed, PaymentFailed},
    },
    storage::Connection,
    values::{Day, EntryId},
};

/// Records that a payment arrived on a day, today when left out. The payment is named by the position or the identifier of
/// the entry with which it was sent.
///
/// # Errors
/// A refusal when there is no such payment, or it arrived or came back already.
pub fn confirm_payment(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    payment: &str,
    on: Option<Day>,
) -> Result<RecordedPayment, Error> {
    step(connection, outside, contract, payment, on, |payment| MoneyAct::Confirm(PaymentConfirmed { payment }))
}

/// Records that a payment came back on a day, today when left out, with the bank's code for why.
///
/// # Errors
/// As for [`confirm_payment`], and a refusal of what is no bank's code.
pub fn fail_payment(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    payment: &str,
    reason: &str,
    on: Option<Day>,
) -> Result<RecordedPayment, Error> {
    let act = |payment| MoneyAct::Fail(PaymentFailed { payment, reason: reason.to_owned() });
    step(connection, outside, contract, payment, on, act)
}

fn step(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    payment: &str,
    on: Option<Day>,
    act: impl FnOnce(EntryId) -> MoneyAct,
) -> Result<RecordedPayment, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let payment = keeping.entry(connection, payment)?;
        let on = on.unwrap_or_else(|| outside.today());
        let receipt = keeping.record(connection, outside, on, &act(payment))?;
        recorded(&keeping, payment, receipt)
    })
}
