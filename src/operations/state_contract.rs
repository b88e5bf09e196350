//! States what was posted under a contract: all lines, what each party owes and is owed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Error, journal, known};
use crate::{
    contract::{
        LineKey, SettlementLine, StatementLine,
        settlement::{in_words, settled_as_of},
        statement::{Total, totals},
    },
    ledger::{Balances, Entry},
    storage::{self, Connection, SettlementLineRow},
    values::{Day, PartyId},
};

/// The reason of a line whose content was erased.
const ERASED: &str = "erased; due by the day of the settlement";

/// A posted line with the settlement that posted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostedLine {
    /// The position of the settlement in the contract's chain.
    pub position: i64,
    /// The day as of which was settled.
    pub settled_as_of: Day,
    /// The line.
    #[serde(flatten)]
    pub line: StatementLine,
}

/// What one account of a party holds under the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyBalance {
    /// The party's name.
    pub party: String,
    /// The roles that it takes.
    pub roles: Vec<String>,
    /// The account.
    pub account: &'static str,
    /// The balance in major units, debit positive: a payable below zero is owed by the party, a receivable above zero to it.
    pub balance: String,
}

/// All that was posted under a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostedStatement {
    /// The contract's name.
    pub contract: String,
    /// Where the contract stands.
    pub state: &'static str,
    /// The last settlement day that is included; none when all are.
    pub as_of: Option<Day>,
    /// The currency.
    pub currency: String,
    /// The lines in the order of posting.
    pub lines: Vec<PostedLine>,
    /// Sums of the lines by clause, payer and payee.
    pub totals: Vec<Total>,
    /// Balances by party and account.
    pub balances: Vec<PartyBalance>,
}

/// States everything posted by settlements up to a day, or by all.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn state_contract(
    connection: &mut Connection,
    contract: &str,
    as_of: Option<Day>,
) -> Result<PostedStatement, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let reported = known::reported(connection, &known.row)?;
        let (days, balances) = settlements(connection, &known, as_of)?;
        let labels = reported.labels();
        let currency = known.contract.checked.document.header.currency;
        let mut lines = Vec::new();
        for (row, line) in known::posted(connection, &known.row)? {
            let Some(settled_as_of) = days.get(&row.seq) else { continue };
            let label = |subject| labels.get(&subject).map(|label| (*label).to_owned());
            let line = line.unwrap_or_else(|| what_remains(&row, *settled_as_of));
            let line = in_words(&line, currency, label)?;
            lines.push(PostedLine { position: row.seq, settled_as_of: *settled_as_of, line });
        }
        let plain: Vec<StatementLine> = lines.iter().map(|line| line.line.clone()).collect();
        Ok(PostedStatement {
            contract: contract.into(),
            state: known.state.word(),
            as_of,
            currency: currency.code().into(),
            totals: totals(&plain),
            balances: in_names(connection, &known, &balances)?,
            lines,
        })
    })
}

/// What an erased line still tells: between whom, by which clause, how much.
fn what_remains(row: &SettlementLineRow, settled_as_of: Day) -> SettlementLine {
    let key = LineKey {
        clause: row.clause.clone(),
        payer: row.payer.clone(),
        payee: row.payee.clone(),
        subject: row.subject_ref,
        group: None,
        period: None,
        part: u8::try_from(row.part).unwrap_or(u8::MAX),
    };
    SettlementLine { key, due_on: settled_as_of, amount_minor: row.amount_minor, reason: ERASED.into() }
}

/// The days of settlements by position, and the balances that they leave.
fn settlements(
    connection: &mut Connection,
    known: &known::Known,
    as_of: Option<Day>,
) -> Result<(BTreeMap<i64, Day>, Balances), Error> {
    let mut days = BTreeMap::new();
    let mut balances = Balances::default();
    storage::entry::for_each_of_chain(connection, known.row.contract_id, |row| {
        let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
        let day = settled_as_of(&entry).filter(|day| as_of.is_none_or(|as_of| *day <= as_of));
        if let Some(day) = day {
            days.insert(row.seq, day);
            balances.post(entry.chain, &entry.postings).map_err(|error| Error::Stored(error.to_string()))?;
        }
        Ok::<_, Error>(())
    })?;
    Ok((days, balances))
}

fn in_names(
    connection: &mut Connection,
    known: &known::Known,
    balances: &Balances,
) -> Result<Vec<PartyBalance>, Error> {
    let parties: BTreeSet<PartyId> = balances.iter().map(|(account, ..)| account.party).collect();
    let mut names = BTreeMap::new();
    for id in parties {
        names.insert(id, storage::party::find(connection, id)?.map_or_else(|| id.to_string(), |row| row.name));
    }
    let roles = |party| {
        let of_party = known.parties.iter().filter(move |row| row.party_id == party);
        of_party.map(|row| row.role.clone()).collect()
    };
    let mut named = Vec::new();
    for (account, currency, minor) in balances.iter().filter(|(_, _, minor)| *minor != 0) {
        let amount =
            currency.from_minor(minor).map_or_else(|| format!("{minor} minor units"), |amount| amount.to_string());
        let party = names.get(&account.party).cloned().unwrap_or_default();
        named.push(PartyBalance { party, roles: roles(account.party), account: account.kind.name(), balance: amount });
    }
    Ok(named)
}

/// A contract in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractSummary {
    /// Its name.
    pub contract: String,
    /// The document's own id.
    pub document: String,
    /// Where it stands.
    pub state: &'static str,
    /// The digest that is signed, hexadecimal.
    pub digest: String,
    /// Who takes which role.
    pub parties: Vec<RoleTaken>,
}

/// Who takes a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleTaken {
    /// The role.
    pub role: String,
    /// The party's name.
    pub party: String,
    /// The position of its signature; none while it has not signed.
    pub signed_at: Option<i64>,
    /// Whether the role stands for patients, who do not sign.
    pub patients: bool,
}

/// Lists all contracts by name.
///
/// # Errors
/// What the database answers.
pub fn list_contracts(connection: &mut Connection) -> Result<Vec<ContractSummary>, Error> {
    connection.snapshot(|connection| {
        journal::log(connection)?;
        let rows = storage::contract::list(connection)?;
        rows.iter().map(|row| summary(connection, &row.name)).collect()
    })
}

/// Shows one contract.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn show_contract(connection: &mut Connection, contract: &str) -> Result<ContractSummary, Error> {
    connection.snapshot(|connection| summary(connection, contract))
}

fn summary(connection: &mut Connection, contract: &str) -> Result<ContractSummary, Error> {
    let known = known::read(connection, contract)?;
    let patients: BTreeMap<&str, bool> = crate::contract::agreement::roles(&known.contract).collect();
    let mut parties = Vec::new();
    for row in &known.parties {
        let party = storage::party::find(connection, row.party_id)?;
        parties.push(RoleTaken {
            role: row.role.clone(),
            party: party.map_or_else(|| row.party_id.to_string(), |party| party.name),
            signed_at: row.signed_seq,
            patients: patients.get(row.role.as_str()).copied().unwrap_or_default(),
        });
    }
    Ok(ContractSummary {
        contract: known.row.name,
        document: known.contract.checked.document.header.id.clone(),
        state: known.state.word(),
        digest: known.row.digest.to_string(),
        parties,
    })
}
