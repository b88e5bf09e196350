//! Finds money that is owed and was never put forward, and what is earned beyond what is settled.

use std::collections::BTreeMap;

use super::{
    Caller, Error, Operation,
    bookkeeping::{Bookkeeping, RoleTotal},
    known,
    list_claims::{contracts_of, in_words},
    propose_settlement::{disputed_lines, posted_lines},
};
use crate::{
    contract::{
        Act, SettlementLine, difference,
        money::Pair,
        owed::{earned, owed},
        settlement::{sums, undisputed},
    },
    storage::Connection,
    values::Day,
};

/// What was never put forward between two roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnclaimedTotal {
    /// The role that pays.
    pub payer: String,
    /// The role that is paid.
    pub payee: String,
    /// The amount in major units, as text; below zero it flows the other way.
    pub amount: String,
    /// The earliest day on which some of it fell due.
    pub since: Day,
}

/// What was never put forward under a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclaimed {
    /// The contract's name.
    pub contract: String,
    /// The currency.
    pub currency: String,
    /// What is owed as of the day and was neither posted nor put forward, nor is in dispute.
    pub unclaimed: Vec<UnclaimedTotal>,
    /// What is earned as of the day and not settled, also what falls due later.
    pub earned: Vec<RoleTotal>,
    /// Whether the facts allow to compute it.
    pub computable: bool,
}

/// Finds what is unclaimed as of a day in contracts that a party may know of, after one of a name, in the order of names.
/// Contracts under which nothing is left are listed too, as nothing.
///
/// # Errors
/// What the database answers.
pub fn list_unclaimed(
    connection: &mut Connection,
    caller: &Caller,
    (as_of, after, most): (Day, Option<&str>, usize),
) -> Result<Vec<Unclaimed>, Error> {
    connection.snapshot(|connection| {
        let mut found = Vec::new();
        for contract in contracts_of(connection, caller, Operation::ListUnclaimed)? {
            if found.len() == most || after.is_some_and(|after| contract.as_str() <= after) {
                continue;
            }
            let keeping = Bookkeeping::read(connection, &contract)?;
            if keeping.known.state.after(Act::Settle).is_ok() {
                found.push(of_contract(connection, &keeping, as_of)?);
            }
        }
        Ok(found)
    })
}

fn of_contract(connection: &mut Connection, keeping: &Bookkeeping, as_of: Day) -> Result<Unclaimed, Error> {
    let known = &keeping.known;
    let currency = known.contract().checked.document.header.currency;
    let reported = known::reported(connection, &known.row)?;
    let posted = posted_lines(connection, keeping)?;
    let mut claimed = posted.clone();
    if let Some(open) = keeping.books.open_proposal() {
        let lines = known::lines(connection, &known.row)?.into_iter();
        let waiting =
            lines.filter(|(row, _)| row.seq == open.seq && keeping.books.dispute_of(row.seq, row.item).is_none());
        claimed.extend(waiting.filter_map(|(_, line)| line));
    }
    let seq = known.chain.seq();
    let owed = owed(&known.versions, &reported, seq, as_of).map(|(_, lines)| lines);
    let earned = earned(&known.versions, &reported, seq, as_of);
    let (contract, computable) = (known.row.name.clone(), owed.is_ok() && earned.is_ok());
    let code = currency.code().to_owned();
    let (Ok(owed), Ok(earned)) = (owed, earned) else {
        let (unclaimed, earned) = (Vec::new(), Vec::new());
        return Ok(Unclaimed { contract, currency: code, unclaimed, earned, computable });
    };
    let disputed = disputed_lines(connection, keeping)?;
    let left = undisputed(difference(&owed, &claimed)?, disputed.iter());
    let since = since(&left);
    let unclaimed = sums(&left)?.into_iter().filter_map(|sum| {
        let amount_minor: i128 = sum.amount_minor.parse().unwrap_or_default();
        let pair = (sum.payer, sum.payee);
        let since = *since.get(&pair)?;
        let (payer, payee) = pair;
        (amount_minor != 0).then(|| UnclaimedTotal { payer, payee, amount: in_words(currency, amount_minor), since })
    });
    let unclaimed = unclaimed.collect();
    let earned = keeping.totals(&sums(&difference(&earned, &posted)?)?);
    Ok(Unclaimed { contract, currency: code, unclaimed, earned, computable })
}

/// The earliest due date of each pair.
fn since(lines: &[SettlementLine]) -> BTreeMap<Pair, Day> {
    let mut since: BTreeMap<Pair, Day> = BTreeMap::new();
    for line in lines {
        let earliest = since.entry((line.key.payer.clone(), line.key.payee.clone())).or_insert(line.due_on);
        *earliest = line.due_on.min(*earliest);
    }
    since
}
