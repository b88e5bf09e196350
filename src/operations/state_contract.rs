//! States what was posted under a contract: all lines, what each party owes and is owed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Error,
    bookkeeping::Bookkeeping,
    journal, known,
    state_balances::{AccountBalance, balances_of},
};
use crate::{
    contract::{
        LineKey, SettlementLine, StatementLine,
        settlement::in_words,
        statement::{Total, totals},
    },
    ledger::View,
    storage::{self, Connection, SettlementLineRow},
    values::Day,
};

/// The reason of a line whose content was erased.
const ERASED: &str = "erased; due by the day of the settlement";

/// A posted line with the settlement that posted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostedLine {
    /// The position at which the settlement was posted.
    pub position: i64,
    /// The day as of which was settled.
    pub settled_as_of: Day,
    /// The line.
    #[serde(flatten)]
    pub line: StatementLine,
}

/// All that was posted under a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostedStatement {
    /// The contract's name.
    pub contract: String,
    /// Where the contract stands.
    pub state: &'static str,
    /// The last day that is included; none when all are.
    pub as_of: Option<Day>,
    /// The currency.
    pub currency: String,
    /// The lines in the order of posting.
    pub lines: Vec<PostedLine>,
    /// Sums of the lines by clause, payer and payee.
    pub totals: Vec<Total>,
    /// Balances by party and account, payments and accruals included.
    pub balances: Vec<AccountBalance>,
}

/// States all lines of settlements posted up to a day, or of all, and what accounts hold then.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn state_contract(
    connection: &mut Connection,
    contract: &str,
    as_of: Option<Day>,
) -> Result<PostedStatement, Error> {
    connection.snapshot(|connection| {
        let Bookkeeping { known, books } = Bookkeeping::read(connection, contract)?;
        let labels = known::labels(connection, &known.row)?;
        let currency = known.contract().checked.document.header.currency;
        let mut lines = Vec::new();
        let days: BTreeMap<i64, Day> =
            books.proposals().iter().map(|proposal| (proposal.seq, proposal.settlement.as_of)).collect();
        for (row, line) in known::lines(connection, &known.row)? {
            let Some(settled_as_of) = days.get(&row.seq) else { continue };
            let Some((position, on)) = books.posted_line(row.seq, row.item) else { continue };
            if as_of.is_some_and(|as_of| on > as_of) {
                continue;
            }
            let label = |subject| labels.get(&subject).cloned();
            let line = line.unwrap_or_else(|| what_remains(&row, *settled_as_of));
            let line = in_words(&line, currency, label)?;
            lines.push(PostedLine { position, settled_as_of: *settled_as_of, line });
        }
        lines.sort_by_key(|line: &PostedLine| line.position);
        let plain: Vec<StatementLine> = lines.iter().map(|line| line.line.clone()).collect();
        Ok(PostedStatement {
            contract: contract.into(),
            state: known.state.stored(),
            as_of,
            currency: currency.code().into(),
            totals: totals(&plain),
            balances: balances_of(connection, &known.row, View { as_of, known_at: None })?,
            lines,
        })
    })
}

/// What an erased line still tells: between whom, by which clause, how much.
pub(super) fn what_remains(row: &SettlementLineRow, settled_as_of: Day) -> SettlementLine {
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
    let patients: BTreeMap<&str, bool> = crate::contract::agreement::roles(known.contract()).collect();
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
        contract: known.row.name.clone(),
        document: known.contract().checked.document.header.id.clone(),
        state: known.state.stored(),
        digest: known.row.digest.to_string(),
        parties,
    })
}
