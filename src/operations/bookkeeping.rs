//! A contract with its books: where its money stands, and entries that move it.

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known::{self, Known},
};
use crate::{
    contract::{
        money::{Books, Impossible, MoneyAct, Place},
        payload,
    },
    ledger::{Draft, Entry},
    storage::{self, Connection},
    values::{Day, EntryId, PartyId},
};

impl From<Impossible> for Error {
    fn from(impossible: Impossible) -> Self {
        Self::refused(impossible.code, impossible.message, impossible.help)
    }
}

/// A contract as it stands, and its money.
pub(super) struct Bookkeeping {
    /// The contract.
    pub known: Known,
    /// What follows from its entries about money.
    pub books: Books,
}

impl Bookkeeping {
    /// Loads a contract by its name in order to write, and follows its entries.
    pub(super) fn open(connection: &mut Connection, contract: &str) -> Result<Self, Error> {
        let known = known::contract(connection, contract)?;
        Self::of(connection, known)
    }

    /// Loads a contract by its name in order to read, and follows its entries.
    pub(super) fn read(connection: &mut Connection, contract: &str) -> Result<Self, Error> {
        let known = known::read(connection, contract)?;
        Self::of(connection, known)
    }

    fn of(connection: &mut Connection, known: Known) -> Result<Self, Error> {
        let roles = known.parties.iter().map(|row| (row.role.clone(), row.party_id)).collect();
        let signers = crate::contract::agreement::roles(known.contract()).filter(|(_, patients)| !patients);
        let signers: Vec<String> = signers.map(|(role, _)| role.to_owned()).collect();
        let mut books = Books::open(roles, signers, Some(known.contract().checked.document.header.currency))
            .with_arbiters(crate::contract::agreement::arbiters(known.contract()));
        storage::entry::for_each_of_chain(connection, known.row.contract_id, |row| {
            let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
            let Some(act) = MoneyAct::read(&entry) else { return Ok(()) };
            let wrong = |error: Impossible| Error::Stored(format!("position {}: {error}", row.seq));
            books.follow(row.seq, &entry, &act?).map_err(wrong)
        })?;
        Ok(Self { known, books })
    }

    /// Notes an act that counts for a day, and makes the entry that says so.
    pub(super) fn draft(&mut self, outside: &mut Outside, on: Day, act: &MoneyAct) -> Result<Draft, Error> {
        self.known.allow(act.in_life(), outside)?;
        refuse_future_day(outside, on)?;
        let mut draft = journal::draft(outside, act.kind(), act)?;
        let at = Place { seq: self.known.chain.seq() + 1, entry: draft.id, on, recorded_on: outside.today() };
        let effect = self.books.record(at, act)?;
        if let (Some(acting), Some(by)) = (outside.acting, effect.by)
            && acting != by
        {
            return Err(access::not_your_role());
        }
        draft.effective_on = on;
        draft.actor = effect.actor();
        draft.corrects = effect.corrects;
        draft.terms = Some(self.known.terms());
        draft.postings = effect.postings(self.known.contract().checked.document.header.currency)?;
        Ok(draft)
    }

    /// Records an act that counts for a day.
    pub(super) fn record(
        &mut self,
        connection: &mut Connection,
        outside: &mut Outside,
        on: Day,
        act: &MoneyAct,
    ) -> Result<Receipt, Error> {
        let draft = self.draft(outside, on, act)?;
        self.known.chain.append(connection, draft)
    }

    /// The party that takes a role.
    pub(super) fn party(&self, role: &str) -> Result<PartyId, Error> {
        Ok(self.books.party(role)?)
    }

    /// The entry that somebody names, by its identifier or by its position in the contract's chain.
    pub(super) fn entry(&self, connection: &mut Connection, name: &str) -> Result<EntryId, Error> {
        let chain = self.known.row.contract_id;
        let found = match (name.parse::<i64>(), name.parse()) {
            (Ok(position), _) if position > 0 => storage::entry::page(connection, chain, position - 1, 1)?
                .into_iter()
                .next()
                .filter(|row| row.seq == position),
            (_, Ok(id)) => storage::entry::find(connection, EntryId(id))?.filter(|row| row.chain_id == chain),
            _ => None,
        };
        let unknown = || {
            let message = format!("the contract `{}` has no entry `{name}`", self.known.row.name);
            Error::refused("unknown-entry", message, "give a position in its chain, or the identifier of an entry")
        };
        found.map(|row| row.entry_id).ok_or_else(unknown)
    }

    /// An amount in words, of a number of minor units.
    pub(super) fn amount(&self, amount_minor: i128) -> String {
        let amount = self.known.contract().checked.document.header.currency.from_minor(amount_minor);
        amount.map_or_else(|| format!("{amount_minor} minor units"), |amount| amount.to_string())
    }

    /// Totals in words.
    pub(super) fn totals(&self, totals: &[payload::Sum]) -> Vec<RoleTotal> {
        let minor = |sum: &payload::Sum| sum.amount_minor.parse().unwrap_or_default();
        let total = |sum: &payload::Sum| RoleTotal {
            payer: sum.payer.clone(),
            payee: sum.payee.clone(),
            amount: self.amount(minor(sum)),
        };
        totals.iter().map(total).collect()
    }
}

/// What one role owes another in all.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RoleTotal {
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// The amount in major units, as text; below zero it flows the other way.
    pub amount: String,
}

/// What is posted for a day to come would keep every day until then from being settled.
pub(super) fn refuse_future_day(outside: &Outside, on: Day) -> Result<(), Error> {
    let today = outside.today();
    if on <= today {
        return Ok(());
    }
    let message = format!("{on} is still to come; today is {today} (UTC)");
    Err(Error::refused(
        "future-day",
        message,
        "give today or an earlier day; what would be settled can be seen for any day",
    ))
}
