//! Records that a payment left.

use serde::Serialize;

use super::{
    Error, Outside,
    bookkeeping::Bookkeeping,
    journal::Receipt,
    list_payments::{ListedPayment, listed},
};
use crate::{
    contract::{money::MoneyAct, payload::PaymentSent},
    storage::Connection,
    values::{Day, Decimal, to_hex},
};

/// A payment that somebody makes.
#[derive(Clone, Copy, Debug)]
pub struct PaymentOrder<'o> {
    /// The role that pays.
    pub from: &'o str,
    /// The role that is paid.
    pub to: &'o str,
    /// The amount in major units, above zero.
    pub amount: Decimal,
    /// What both banks call it; left out, 32 random digits.
    pub reference: Option<&'o str>,
    /// The day on which it left; today when left out.
    pub on: Option<Day>,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedPayment {
    /// The contract's name.
    pub contract: String,
    /// The payment as it stands now.
    pub payment: ListedPayment,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Records that a payment left. It pays what settlements owe from one role to the other, or, where corrections left less
/// owed than was paid, pays back.
///
/// # Errors
/// A refusal when more is paid than is open, those in flight included, or the reference is none or taken.
pub fn send_payment(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    order: &PaymentOrder,
) -> Result<RecordedPayment, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let currency = keeping.known.contract().checked.document.header.currency;
        let amount_minor =
            currency.to_minor(order.amount).filter(|amount_minor| *amount_minor > 0).ok_or_else(|| {
                let help = format!("give an amount above zero with at most {} decimals", currency.minor_units());
                Error::refused("bad-amount", format!("{} {currency} cannot be paid", order.amount), help)
            })?;
        let reference = match order.reference {
            Some(reference) => reference.to_owned(),
            None => to_hex(&outside.bytes::<16>()?),
        };
        let sent = sent(&keeping, order, amount_minor, reference);
        let on = order.on.unwrap_or_else(|| outside.today());
        let receipt = keeping.record(connection, outside, on, &MoneyAct::Send(sent))?;
        recorded(&keeping, receipt.entry, receipt)
    })
}

/// Pays what is open in the direction of the payment; else back what is owed in the other direction below zero.
fn sent(keeping: &Bookkeeping, order: &PaymentOrder, amount_minor: i128, reference: String) -> PaymentSent {
    let (from, to) = (order.from.to_owned(), order.to.to_owned());
    let open = keeping.books.unpaid();
    let owed = |payer: &String, payee: &String| open.get(&(payer.clone(), payee.clone())).copied().unwrap_or_default();
    let back = owed(&from, &to) <= 0 && owed(&to, &from) < 0;
    let (payer, payee, amount_minor) = if back { (to, from, -amount_minor) } else { (from, to, amount_minor) };
    PaymentSent { amount_minor: amount_minor.to_string(), payee, payer, reference }
}

/// A payment as it stands after a step.
pub(super) fn recorded(
    keeping: &Bookkeeping,
    payment: crate::values::EntryId,
    receipt: Receipt,
) -> Result<RecordedPayment, Error> {
    let gone = || Error::Stored(format!("entry {payment} sent no payment"));
    let payment = listed(keeping, keeping.books.payment(payment).ok_or_else(gone)?);
    Ok(RecordedPayment { contract: keeping.known.row.name.clone(), payment, receipt })
}
