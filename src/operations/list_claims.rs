//! Lists claims over all contracts that a party may know of: what awaits it, what is disputed, open, paid.

use super::{Caller, Error, Operation, access::Scope, bookkeeping::Bookkeeping};
use crate::{
    contract::money::claims::{Claim, ClaimStage},
    storage::{self, Connection, overview::Wanted},
    values::{Currency, Day},
};

/// Contracts that are looked at together.
const TOGETHER: i64 = 500;

/// Which side of a claim a party is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It is paid.
    Receivable,
    /// It pays.
    Payable,
    /// Others pay and are paid, or it does both.
    Other,
}

impl Side {
    /// The word by which it is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Payable => "payable",
            Self::Other => "other",
        }
    }
}

/// A claim with its contract, as one party sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedClaim {
    /// The contract's name.
    pub contract: String,
    /// The currency.
    pub currency: Currency,
    /// The claim.
    pub claim: Claim,
    /// The side of the party.
    pub side: Side,
    /// Whether the party has to do something.
    pub awaits_me: bool,
    /// Days since it stands there.
    pub age: i32,
}

impl ListedClaim {
    /// An amount of the claim in major units, as text.
    pub fn amount(&self, amount_minor: i128) -> String {
        in_words(self.currency, amount_minor)
    }

    /// What it is ordered by: contract, settlement, dispute, payer, payee.
    pub fn key(&self) -> String {
        let Claim { settlement, dispute, payer, payee, .. } = &self.claim;
        format!("{}\n{settlement:020}\n{:020}\n{payer}\n{payee}", self.contract, dispute.unwrap_or_default())
    }
}

pub(super) fn in_words(currency: Currency, amount_minor: i128) -> String {
    let amount = currency.from_minor(amount_minor);
    amount.map_or_else(|| format!("{amount_minor} minor units"), |amount| amount.to_string())
}

/// All claims that a party may know of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The claims, in the order of their keys.
    pub claims: Vec<ListedClaim>,
    /// Settlements that were posted.
    pub posted: u32,
    /// Those posted without a dispute, and without a rejection before.
    pub straight: u32,
}

/// Lists all claims that a party may know of, as they stand on a day.
///
/// # Errors
/// What the database answers.
pub fn list_claims(connection: &mut Connection, caller: &Caller, today: Day) -> Result<Claims, Error> {
    connection.snapshot(|connection| {
        let mut all = Claims::default();
        for contract in contracts_of(connection, caller, Operation::ListClaims)? {
            let keeping = Bookkeeping::read(connection, &contract)?;
            let currency = keeping.known.contract().checked.document.header.currency;
            let mine = roles_of(&keeping, caller);
            let (posted, straight) = keeping.books.straight_through();
            (all.posted, all.straight) = (all.posted + posted, all.straight + straight);
            for claim in keeping.books.claims() {
                let is_mine = |role: &String| mine.contains(&role.as_str());
                let (payer, payee) =
                    if claim.amount_minor < 0 { (&claim.payee, &claim.payer) } else { (&claim.payer, &claim.payee) };
                let side = match (is_mine(payer), is_mine(payee)) {
                    (false, true) => Side::Receivable,
                    (true, false) => Side::Payable,
                    _ => Side::Other,
                };
                let awaits_me = claim.stage != ClaimStage::Paid && claim.awaited.iter().any(is_mine);
                let age = today.0.saturating_sub(claim.since.0).max(0);
                all.claims.push(ListedClaim { contract: contract.clone(), currency, claim, side, awaits_me, age });
            }
        }
        all.claims.sort_by_cached_key(ListedClaim::key);
        Ok(all)
    })
}

/// The names of the contracts that a party may know of.
pub(super) fn contracts_of(
    connection: &mut Connection,
    caller: &Caller,
    operation: Operation,
) -> Result<Vec<String>, Error> {
    let of = (operation.scope(caller.role) == Scope::Own).then_some(caller.party);
    let mut names: Vec<String> = Vec::new();
    loop {
        let wanted = Wanted { of, after: names.last().cloned(), limit: TOGETHER, ..Wanted::default() };
        let found = storage::overview::page(connection, &wanted)?;
        if found.is_empty() {
            return Ok(names);
        }
        names.extend(found.into_iter().map(|headline| headline.name));
    }
}

/// The roles that a party takes in a contract.
fn roles_of<'k>(keeping: &'k Bookkeeping, caller: &Caller) -> Vec<&'k str> {
    let mine = keeping.known.parties.iter().filter(|row| row.party_id == caller.party);
    mine.map(|row| row.role.as_str()).collect()
}
