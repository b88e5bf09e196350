//! States what accounts hold: as of a day, as known at a position, with the sums that prove that nothing is lost.

use std::collections::{BTreeMap, btree_map::Entry};

use serde::Serialize;

use super::{Error, journal, known};
use crate::{
    ledger::{self, Balances, Trial, View, account::BalanceOverflow},
    storage::{self, Connection, ContractPartyRow, ContractRow},
    values::{ChainId, Currency, Day, PartyId},
};

/// What one account of a party holds under a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountBalance {
    /// The contract's name.
    pub contract: String,
    /// The party's name.
    pub party: String,
    /// The roles that it takes.
    pub roles: Vec<String>,
    /// The account.
    pub account: &'static str,
    /// The currency.
    pub currency: String,
    /// The balance in major units, debit positive: a payable below zero is owed by the party, a receivable above zero to it.
    pub balance: String,
}

/// The trial balance of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrialBalance {
    /// The currency.
    pub currency: String,
    /// The sum of all debit balances.
    pub debits: String,
    /// The sum of all credit balances.
    pub credits: String,
    /// Whether both are equal, as they are when every entry is balanced.
    pub balanced: bool,
}

/// What accounts hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatedBalances {
    /// The contract; none for the whole ledger.
    pub contract: Option<String>,
    /// The day up to which entries count; none when all do.
    pub as_of: Option<Day>,
    /// The position up to which entries are known; none when all are.
    pub known_at: Option<u64>,
    /// Accounts that hold something.
    pub accounts: Vec<AccountBalance>,
    /// The sums over all accounts, one for each currency.
    pub trial: Vec<TrialBalance>,
}

/// States what the accounts of a contract hold: what counts for days up to one, as known at a position of its chain.
///
/// # Errors
/// A refusal when there is no such contract or position.
pub fn state_balances(connection: &mut Connection, contract: &str, view: View) -> Result<StatedBalances, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let end = known.chain.seq().unsigned_abs();
        if let Some(position) = view.known_at.filter(|position| *position > end) {
            let message = format!("the chain of `{contract}` ends at position {end}, before {position}");
            return Err(Error::refused("unknown-position", message, format!("give a position up to {end}")));
        }
        let balances = balances(connection, known.row.contract_id, view)?;
        let accounts = in_names(connection, &balances, &[known.row])?;
        let (contract, View { as_of, known_at }) = (Some(contract.to_owned()), view);
        Ok(StatedBalances { contract, as_of, known_at, accounts, trial: trial(&balances)? })
    })
}

/// States what all accounts of the ledger hold, counting for days up to one.
///
/// # Errors
/// What the database answers.
pub fn state_all_balances(connection: &mut Connection, as_of: Option<Day>) -> Result<StatedBalances, Error> {
    connection.snapshot(|connection| {
        journal::log(connection)?;
        let contracts = storage::contract::list(connection)?;
        let mut balances = Balances::default();
        storage::entry::for_each(connection, |row| post(&mut balances, &row.body, View { as_of, known_at: None }))?;
        let accounts = in_names(connection, &balances, &contracts)?;
        Ok(StatedBalances { contract: None, as_of, known_at: None, accounts, trial: trial(&balances)? })
    })
}

/// What the accounts of one contract hold.
pub(super) fn balances_of(
    connection: &mut Connection,
    contract: &ContractRow,
    view: View,
) -> Result<Vec<AccountBalance>, Error> {
    let balances = balances(connection, contract.contract_id, view)?;
    in_names(connection, &balances, std::slice::from_ref(contract))
}

fn balances(connection: &mut Connection, chain: ChainId, view: View) -> Result<Balances, Error> {
    let mut balances = Balances::default();
    storage::entry::for_each_of_chain(connection, chain, |row| post(&mut balances, &row.body, view))?;
    Ok(balances)
}

fn post(balances: &mut Balances, body: &[u8], view: View) -> Result<(), Error> {
    let entry = ledger::Entry::decode(body).map_err(|error| Error::Stored(error.to_string()))?;
    let overflow = |error: BalanceOverflow| Error::Stored(error.to_string());
    if view.sees(&entry) { balances.post(entry.chain, &entry.postings).map_err(overflow) } else { Ok(()) }
}

fn trial(balances: &Balances) -> Result<Vec<TrialBalance>, Error> {
    let overflow = || Error::Stored("the sum of all balances leaves the range of 128 bits".into());
    let trials = balances.trial_balance().ok_or_else(overflow)?;
    let stated = |(currency, trial): (Currency, Trial)| TrialBalance {
        currency: currency.code().into(),
        debits: in_words(currency, trial.debits_minor),
        credits: in_words(currency, trial.credits_minor.saturating_neg()),
        balanced: trial.balances(),
    };
    Ok(trials.into_iter().map(stated).collect())
}

fn in_names(
    connection: &mut Connection,
    balances: &Balances,
    contracts: &[ContractRow],
) -> Result<Vec<AccountBalance>, Error> {
    let mut named = Vec::new();
    let mut names: BTreeMap<PartyId, String> = BTreeMap::new();
    let mut known: BTreeMap<ChainId, (&str, Vec<ContractPartyRow>)> = BTreeMap::new();
    for contract in contracts {
        let parties = storage::contract_party::of_contract(connection, contract.contract_id)?;
        known.insert(contract.contract_id, (&contract.name, parties));
    }
    for (account, currency, amount_minor) in balances.iter().filter(|(_, _, amount_minor)| *amount_minor != 0) {
        if let Entry::Vacant(place) = names.entry(account.party) {
            let row = storage::party::find(connection, account.party)?;
            place.insert(row.map_or_else(|| account.party.to_string(), |row| row.name));
        }
        let Some((contract, parties)) = known.get(&account.chain) else { continue };
        let taken = parties.iter().filter(|row| row.party_id == account.party);
        named.push(AccountBalance {
            contract: (*contract).to_owned(),
            party: names.get(&account.party).cloned().unwrap_or_default(),
            roles: taken.map(|row| row.role.clone()).collect(),
            account: account.kind.name(),
            currency: currency.code().into(),
            balance: in_words(currency, amount_minor),
        });
    }
    named.sort_by(|a, b| (&a.contract, &a.roles, &a.party).cmp(&(&b.contract, &b.roles, &b.party)));
    Ok(named)
}

fn in_words(currency: Currency, amount_minor: i128) -> String {
    let amount = currency.from_minor(amount_minor);
    amount.map_or_else(|| format!("{amount_minor} minor units"), |amount| amount.to_string())
}
