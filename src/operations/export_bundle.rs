//! Exports everything that proves a contract, or the whole log, as one archive.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::Serialize;

use super::{
    Error, journal, known, log_tree,
    log_tree::{column, number},
    verification::stored::Stored,
};
use crate::{
    contract::{
        audit::{
            ErasedOf,
            records::{AgreementText, Columns, Committed, Opening, Record},
        },
        bundle::{Bundle, Contents, Logged, Older, Scope},
        content,
        payload::{Heads, KeyAnnouncement, Registration},
    },
    ledger::{Entry, EntryKind, heads::LoggedHead},
    storage::{self, Connection, ContractRow, log_entry::ChainBody},
    values::{ChainId, Day, PartyId},
};

/// What is to be exported, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Export<'e> {
    /// The contract; none for the whole log.
    pub contract: Option<&'e str>,
    /// The first effective day of entries whose contents are opened.
    pub from: Option<Day>,
    /// The last such day.
    pub to: Option<Day>,
    /// Whether no content is opened.
    pub closed: bool,
    /// Sizes of the log for which the reader holds checkpoints.
    pub since: &'e [u64],
    /// The policy that the operator claims; one that trusts the key that the log announces when none is given.
    pub policy: Option<&'e str>,
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The archive.
    #[serde(skip)]
    pub archive: Vec<u8>,
    /// Its length in bytes.
    pub bytes: usize,
    /// The size of the log that is signed.
    pub size: u64,
    /// Entries in the archive.
    pub entries: usize,
    /// Contracts in the archive.
    pub contracts: usize,
    /// Entries that are not in it because they are not signed yet.
    pub not_signed: u64,
}

/// Makes the archive out of what the newest checkpoint covers. Changes nothing.
///
/// # Errors
/// A refusal when there is no such contract, or no checkpoint covers it; what the database answers.
pub fn export_bundle(connection: &mut Connection, export: &Export) -> Result<Exported, Error> {
    connection.snapshot(|connection| {
        let log = journal::log(connection)?;
        let checkpoint = storage::checkpoint::latest(connection)?.ok_or_else(no_checkpoint)?;
        let size = number(checkpoint.size)?;
        let scope = if export.contract.is_some() { Scope::Contract } else { Scope::Log };
        let network = journal::network_chain(log.log_id);
        let (contracts, entries) = match export.contract {
            Some(name) => of_contract(connection, name, network, size)?,
            None => of_log(connection, size)?,
        };
        let heads = heads(connection, &entries, network)?;
        let mut consistency = BTreeMap::new();
        for since in export.since {
            consistency.insert(*since, older(connection, *since, size)?);
        }
        let mut bundle = Bundle {
            scope,
            founded_at_micros: log.created_at,
            checkpoint: Cow::Owned(checkpoint.note),
            policy: match export.policy {
                Some(policy) => Cow::Borrowed(policy),
                None => Cow::Owned(claimed(connection, network)?),
            },
            entries: Vec::new(),
            heads,
            consistency,
            contracts: BTreeMap::new(),
        };
        for row in contracts {
            bundle.contracts.insert(row.contract_id, contents(connection, row, &entries, export)?);
        }
        bundle.entries = logged(connection, scope, entries, size)?;
        let archive = bundle.write();
        Ok(Exported {
            bytes: archive.len(),
            archive,
            size,
            entries: bundle.entries.len(),
            contracts: bundle.contracts.len(),
            not_signed: number(storage::entry::count(connection)?)?.saturating_sub(size),
        })
    })
}

fn no_checkpoint() -> Error {
    let message = "no checkpoint of the log is signed yet, and what is not signed proves nothing";
    Error::refused("no-checkpoint", message, "run `outcome-ledger checkpoint` first")
}

/// A policy that trusts the key that the log announced last, for the reader to compare with the own one.
fn claimed(connection: &mut Connection, network: ChainId) -> Result<String, Error> {
    let row = storage::entry::last_of_kind(connection, network, EntryKind::KeyAnnounced.number())?;
    let entry = row.and_then(|row| Entry::decode(&row.body).ok());
    let announced = entry.map(|entry| content::decode::<KeyAnnouncement>(&entry.payload)).transpose()?;
    let claim = "# What the operator claims. Trust a key that you know from elsewhere, in a policy of your own.\n";
    Ok(announced.map_or_else(
        || "# The operator claims no policy.\n".to_owned(),
        |KeyAnnouncement { verifier_key }| format!("{claim}log {verifier_key}\nquorum none\n"),
    ))
}

/// An entry with its place in the log.
struct Placed {
    index: u64,
    body: Vec<u8>,
    entry: Entry,
}

impl TryFrom<ChainBody> for Placed {
    type Error = Error;

    fn try_from(row: ChainBody) -> Result<Self, Error> {
        let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
        Ok(Self { index: number(row.log_index)?, body: row.body, entry })
    }
}

/// The contract, its chain, and of the network's chain the registrations of its parties and the newest heads.
fn of_contract(
    connection: &mut Connection,
    name: &str,
    network: ChainId,
    size: u64,
) -> Result<(Vec<ContractRow>, Vec<Placed>), Error> {
    let known = known::read(connection, name)?;
    let parties: BTreeSet<PartyId> = known.parties.iter().map(|party| party.party_id).collect();
    let rows = storage::log_entry::of_chain(connection, known.row.contract_id, column(size))?;
    let mut entries: Vec<Placed> = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    if entries.is_empty() {
        let message = format!("no entry of `{name}` is covered by the newest checkpoint");
        return Err(Error::refused("no-checkpoint", message, "run `outcome-ledger checkpoint` first"));
    }
    let mut newest_heads = None;
    for row in storage::log_entry::of_chain(connection, network, column(size))? {
        let placed = Placed::try_from(row)?;
        match placed.entry.kind {
            EntryKind::HeadsRecorded => newest_heads = Some(placed),
            EntryKind::PartyRegistered => {
                let Registration { party, .. } = content::decode(&placed.entry.payload)?;
                entries.extend(parties.contains(&party).then_some(placed));
            }
            _ => {}
        }
    }
    entries.extend(newest_heads);
    entries.sort_by_key(|placed| placed.index);
    Ok((vec![known.row], entries))
}

/// All contracts and all entries.
fn of_log(connection: &mut Connection, size: u64) -> Result<(Vec<ContractRow>, Vec<Placed>), Error> {
    let rows = storage::log_entry::bodies(connection, 0..column(size))?;
    let entries: Vec<Placed> = rows
        .into_iter()
        .map(|row| Placed::try_from(ChainBody { log_index: row.log_index, body: row.body }))
        .collect::<Result<_, _>>()?;
    let chains: BTreeSet<ChainId> = entries.iter().map(|placed| placed.entry.chain).collect();
    let mut contracts = storage::contract::list(connection)?;
    contracts.retain(|row| chains.contains(&row.contract_id));
    Ok((contracts, entries))
}

/// The heads that the newest heads entry commits to.
fn heads(connection: &mut Connection, entries: &[Placed], network: ChainId) -> Result<Vec<LoggedHead>, Error> {
    let is_heads = |placed: &&Placed| placed.entry.chain == network && placed.entry.kind == EntryKind::HeadsRecorded;
    let Some(newest) = entries.iter().rev().find(is_heads) else { return Ok(Vec::new()) };
    let Heads { size, .. } = content::decode(&newest.entry.payload)?;
    let rows = storage::log_entry::heads_at(connection, column(size))?.into_iter();
    rows.map(|row| Ok(LoggedHead { chain: row.chain_id, seq: number(row.seq)?, hash: row.hash })).collect()
}

/// An older tree and the proof that the newest continues it.
fn older(connection: &mut Connection, since: u64, size: u64) -> Result<Older, Error> {
    let later = || {
        let message = format!("the newest checkpoint covers {size} entries, and you asked for a proof from {since}");
        Error::refused("no-proof", message, "give sizes of checkpoints that the reader holds")
    };
    let proof = log_tree::tree(connection, size).consistency_proof(since)?.ok_or_else(later)?;
    Ok(Older { root: log_tree::tree(connection, since).root()?, proof })
}

/// Entries with their proofs, where the bundle does not have all of them.
fn logged(
    connection: &mut Connection,
    scope: Scope,
    entries: Vec<Placed>,
    size: u64,
) -> Result<Vec<Logged<'static>>, Error> {
    let mut tree = log_tree::tree(connection, size);
    let mut logged = Vec::with_capacity(entries.len());
    for Placed { index, body, .. } in entries {
        let proof = match scope {
            Scope::Contract => tree.inclusion_proof(index)?.unwrap_or_default(),
            Scope::Log => Vec::new(),
        };
        logged.push(Logged { index, body: Cow::Owned(body), proof });
    }
    Ok(logged)
}

/// What is stored of a contract up to its last entry in the bundle, opened as far as the reader may see it.
fn contents(
    connection: &mut Connection,
    row: ContractRow,
    entries: &[Placed],
    export: &Export,
) -> Result<Contents, Error> {
    let of_chain = entries.iter().map(|placed| &placed.entry).filter(|entry| entry.chain == row.contract_id);
    let days: BTreeMap<i64, Day> = of_chain.map(|entry| (column(entry.seq), entry.effective_on)).collect();
    let mut findings = Vec::new();
    let stored = Stored::load(connection, (row.contract_id, &row.name), true, &mut findings)?;
    if let Some(finding) = findings.first() {
        return Err(Error::Stored(finding.to_string()));
    }
    let text = AgreementText { document: row.document, files: row.files, settings: row.settings };
    let mut amendments = stored.amendments;
    amendments.retain(|seq, _| days.contains_key(seq));
    let mut erased = ErasedOf::new();
    let subjects = given(stored.subjects, &days, export, &mut erased);
    let facts = given(stored.facts, &days, export, &mut erased);
    let lines = given(stored.lines, &days, export, &mut erased);
    Ok(Contents { text, amendments, subjects, facts, lines, erased })
}

/// Leaves out what belongs to entries beyond the bundle, and closes what the reader is not to see.
fn given<C: Committed + Columns>(
    records: Vec<Record<C>>,
    days: &BTreeMap<i64, Day>,
    export: &Export,
    erased: &mut ErasedOf,
) -> Vec<Record<C>> {
    let open = |day: &Day| {
        !export.closed && export.from.is_none_or(|from| *day >= from) && export.to.is_none_or(|to| *day <= to)
    };
    let within = records.into_iter().filter_map(|record| days.get(&record.seq).map(|day| (record, open(day))));
    within
        .map(|(mut record, open)| {
            let subject = record.columns.take().and_then(|columns| columns.subject());
            if record.opening == Opening::Erased {
                erased.extend(subject.map(|subject| ((C::BATCH, record.seq, record.item), subject)));
            } else if !open {
                record.opening = Opening::Closed;
            }
            record
        })
        .collect()
}
