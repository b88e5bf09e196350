//! Lists payments under a contract, and what is open.

use serde::Serialize;

use super::{
    Error,
    bookkeeping::{Bookkeeping, RoleTotal},
};
use crate::{
    contract::money::Payment,
    storage::Connection,
    values::{Day, EntryId},
};

/// A payment as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedPayment {
    /// The position of the entry with which it was sent, by which it can be named.
    pub position: i64,
    /// That entry.
    pub entry: EntryId,
    /// The role that pays.
    pub from: String,
    /// The role that is paid.
    pub to: String,
    /// The amount in major units, as text, above zero.
    pub amount: String,
    /// What both banks call it.
    pub reference: String,
    /// The day it was sent.
    pub sent_on: Day,
    /// Where it stands: in flight, confirmed, failed or void.
    pub stage: &'static str,
    /// The day of its last step.
    pub on: Day,
}

/// Payments under a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payments {
    /// The contract's name.
    pub contract: String,
    /// The currency.
    pub currency: String,
    /// All payments in the order in which they were sent.
    pub payments: Vec<ListedPayment>,
    /// What settlements owe and no payment covers, those in flight included.
    pub open: Vec<RoleTotal>,
}

/// Lists all payments under a contract, and what settlements owe beyond them.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn list_payments(connection: &mut Connection, contract: &str) -> Result<Payments, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        let open = keeping.books.unpaid();
        let open = open.into_iter().filter(|(_, amount_minor)| *amount_minor != 0);
        Ok(Payments {
            contract: contract.into(),
            currency: keeping.known.contract().checked.document.header.currency.code().into(),
            payments: keeping.books.payments().iter().map(|payment| listed(&keeping, payment)).collect(),
            open: open
                .map(|((payer, payee), amount_minor)| RoleTotal { payer, payee, amount: keeping.amount(amount_minor) })
                .collect(),
        })
    })
}

pub(super) fn listed(keeping: &Bookkeeping, payment: &Payment) -> ListedPayment {
    let (from, to) = payment.sides();
    ListedPayment {
        position: payment.seq,
        entry: payment.entry,
        from: from.into(),
        to: to.into(),
        amount: keeping.amount(payment.amount_minor.saturating_abs()),
        reference: payment.sent.reference.clone(),
        sent_on: payment.sent_on,
        stage: payment.stage.word(),
        on: payment.on,
    }
}
