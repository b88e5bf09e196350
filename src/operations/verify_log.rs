//! Verifies a ledger: the journal against itself, every table against the journal, every settlement computed again.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Error, check_log,
    journal::{log_identity, network_chain, no_ledger},
    verification::{
        history::{self, Journal},
        log as tables_of_log,
        reading::{readable, row_number},
        receipts,
        stored::Stored,
    },
};
pub use crate::contract::audit::{Finding, Looked, Verified, log::HeldCheckpoint};
use crate::{
    contract::audit::{
        Code, Findings, Held, History, Life, check_contract, contracts,
        journal::in_tables,
        log::Journal as LogJournal,
        parties::{self, Registrations},
        records::{ContractRecord, Party},
    },
    ledger::Entry,
    storage::{self, Connection, LogRow, migrate::Difference},
    values::{ChainId, Digest},
};

/// Verifies everything that is stored. Changes nothing.
///
/// # Errors
/// A refusal when the database holds no ledger; what the database answers when it cannot be read.
pub fn verify_log(connection: &mut Connection) -> Result<Verified, Error> {
    verify_held(connection, &[])
}

/// Verifies everything that is stored, and that it is the log of the checkpoints that somebody kept. Changes nothing.
///
/// # Errors
/// As for [`verify_log`].
pub fn verify_held(connection: &mut Connection, held: &[HeldCheckpoint]) -> Result<Verified, Error> {
    if storage::migrate::compare(connection)? != Difference::default() {
        check_log(connection)?;
    }
    connection.snapshot(|connection| verify(connection, held))
}

fn verify(connection: &mut Connection, held: &[HeldCheckpoint]) -> Result<Verified, Error> {
    let mut findings = Vec::new();
    let log_rows = readable("log", None, storage::log::each(connection), row_number, &mut findings)?;
    let log = identity(connection, &log_rows)?;
    let Journal { report, history, hashes, moved_heads, empty, mut unreadable } = history::read(connection, log)?;
    findings.append(&mut unreadable);
    let network = network_chain(log);
    check_identity(&log_rows, log, &mut findings);
    let mut early = Vec::new();
    let mut lives: BTreeMap<ChainId, Life> = BTreeMap::new();
    for (chain, entries) in history.iter().filter(|(chain, _)| **chain != network) {
        lives.insert(*chain, Life::of(*chain, entries, &mut early));
    }
    for finding in &report.findings {
        let name = lives.get(&finding.chain).map(|life| life.name.clone());
        findings.push(in_tables(finding, name, finding.chain == network));
    }
    for (chain, seq, end) in moved_heads {
        let contract = lives.get(&chain).map(|life| life.name.as_str());
        let mut findings = Findings { list: &mut findings, table: "chain_head", contract };
        findings.compare(&format!("head of chain {chain}"), "seq", i128::from(seq), end.into());
    }
    for chain in empty.iter().filter(|chain| **chain != network && !history.contains_key(chain)) {
        let mut findings = Findings { list: &mut findings, table: "chain_head", contract: None };
        findings.add(Code::RowExtra, format!("head of chain {chain}"), "a head at position 0", "a chain with entries");
    }
    findings.append(&mut early);
    let mut looked_at = Looked {
        chains: report.checked.chains,
        entries: report.checked.entries,
        postings: report.checked.postings,
        ..Looked::default()
    };
    let rows = readable("party", None, storage::party::each(connection), row_number, &mut findings)?;
    looked_at.parties = rows.len() as u64;
    let receipts = readable("receipt", None, storage::receipt::each(connection), row_number, &mut findings)?;
    looked_at.receipts = receipts.len() as u64;
    receipts::check(&history, &receipts, &mut findings);
    let registered = parties::registrations(history.get(&network), &mut findings);
    parties::check(&registered, &rows.into_iter().map(Party::from).collect::<Vec<_>>(), &mut findings);
    let origin = log_rows.first().map_or("", |row| &row.origin);
    let journal = LogJournal { origin, hashes, network: history.get(&network), network_chain: network };
    let mut open = tables_of_log::check(connection, &journal, held, &mut findings)?;
    let known = Known { history, lives, registered };
    check_contracts(connection, &known, &mut looked_at, &mut findings, &mut open)?;
    Ok(Verified {
        valid: findings.is_empty(),
        log: log.to_string(),
        findings,
        looked_at,
        not_checked: not_checked(&report.not_checked, open),
    })
}

/// The identity that the first entry names if any row of the log gives it or is gone; else the stored one.
fn identity(connection: &mut Connection, rows: &[LogRow]) -> Result<Digest, Error> {
    let first =
        storage::entry::page_of_all(connection, (ChainId::from_bytes([0; 16]), i64::MIN), 10).unwrap_or_default();
    let named = first.iter().flatten().find_map(|row| Entry::decode(&row.body).ok()).map(|entry| entry.log);
    let given: Vec<Digest> = rows.iter().flat_map(|row| [row.log_id, computed(row)]).collect();
    match named.filter(|named| rows.is_empty() || given.contains(named)) {
        Some(named) => Ok(named),
        None => given.first().copied().ok_or_else(no_ledger),
    }
}

fn computed(row: &LogRow) -> Digest {
    log_identity(&row.origin, row.created_at)
}

fn check_identity(rows: &[LogRow], log: Digest, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "log", contract: None };
    if rows.is_empty() {
        findings.add(Code::RowMissing, "the one row", "no row", format!("the log {log}"));
    }
    // With several rows, the one that fits best is the log, the others were added.
    let fits = |row: &&LogRow| usize::from(row.log_id == log) + usize::from(computed(row) == log);
    let best = rows.iter().max_by_key(fits);
    for row in rows.iter().filter(|row| best.is_none_or(|best| !std::ptr::eq(*row, best))) {
        findings.add(Code::RowExtra, format!("log {}", row.log_id), "a row", "one row");
    }
    if let Some(row) = best.filter(|row| fits(row) < 2) {
        let found = format!("log_id {}, origin `{}`, created_at {}", row.log_id, row.origin, row.created_at);
        findings.add(Code::LogDiffers, "the one row", found, format!("values that give the identity {log}"));
    }
}

/// What the journal says.
struct Known {
    history: History,
    lives: BTreeMap<ChainId, Life>,
    registered: Registrations,
}

/// Compares what is kept per contract, for every contract that the journal or any table knows.
fn check_contracts(
    connection: &mut Connection,
    known: &Known,
    looked_at: &mut Looked,
    findings: &mut Vec<Finding>,
    open: &mut Vec<String>,
) -> Result<(), Error> {
    let rows = readable("contract", None, storage::contract::each(connection), row_number, findings)?;
    looked_at.contracts = rows.len() as u64;
    let records: Vec<ContractRecord> = rows.into_iter().map(Into::into).collect();
    contracts::check(&known.lives, &records, findings);
    let records: BTreeMap<ChainId, &ContractRecord> = records.iter().map(|record| (record.chain, record)).collect();
    let mut chains: BTreeSet<ChainId> = known.lives.keys().chain(records.keys()).copied().collect();
    chains.extend(chains_in("contract_party", storage::contract_party::contracts(connection), findings)?);
    chains.extend(chains_in("amendment", storage::amendment::contracts(connection), findings)?);
    chains.extend(chains_in("subject_key", storage::subject_key::contracts(connection), findings)?);
    chains.extend(chains_in("subject", storage::subject::contracts(connection), findings)?);
    chains.extend(chains_in("fact", storage::fact::contracts(connection), findings)?);
    chains.extend(chains_in("settlement_line", storage::settlement_line::contracts(connection), findings)?);
    for chain in chains {
        let unknown = || Life::of(chain, &BTreeMap::new(), &mut Vec::new());
        let life = known.lives.get(&chain).cloned().unwrap_or_else(unknown);
        let stored = Stored::load(connection, (chain, &life.name), life.proposal.is_some(), findings)?;
        contracts::check_parties(&life, &stored.roles, findings);
        let held = Held {
            chain,
            life: &life,
            entries: known.history.get(&chain),
            text: records.get(&chain).map(|record| &record.text),
            amendments: &stored.amendments,
            subjects: &stored.subjects,
            facts: &stored.facts,
            lines: &stored.lines,
            // Rows say themselves whose they are.
            erased: &BTreeMap::new(),
        };
        check_contract(&held, &known.registered, looked_at, findings, open);
    }
    Ok(())
}

fn chains_in(
    table: &'static str,
    chains: Result<Vec<ChainId>, storage::Error>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<ChainId>, Error> {
    readable(table, None, chains.map(|chains| chains.into_iter().map(Ok).collect()), row_number, findings)
}

/// What remains open, with what the check of the journal left open because of damage.
fn not_checked(of_journal: &[String], of_contracts: Vec<String>) -> Vec<String> {
    let mut open = vec![
        "Who the actors were, and whether clocks were right.".to_owned(),
        "Whether reported facts are true.".to_owned(),
    ];
    // The first four are about contents and settlements, which were checked here, or are said above.
    open.extend(of_journal.iter().skip(4).cloned());
    open.extend(of_contracts);
    open
}
