//! The one write path: an entry is appended to a chain, whose head is moved first.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Error, Outside};
pub(super) use crate::contract::identity::{actor, log_identity, network_chain};
use crate::{
    contract::content::encode,
    ledger::{Appended, ChainHead, Draft, Entry, EntryKind, Postings, verify::rows},
    storage::{self, Connection, EntryRow, LogRow, PostingRow},
    values::{ChainId, Day, Digest, EntryId},
};

/// Proves to the caller what was recorded where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The chain.
    pub chain: ChainId,
    /// The position in the chain.
    pub position: u64,
    /// The entry.
    pub entry: EntryId,
    /// The chain hash, which covers everything up to the entry; hexadecimal.
    pub hash: String,
}

impl Receipt {
    /// The receipt of a stored entry.
    pub(super) fn of(row: &EntryRow) -> Result<Self, Error> {
        let position =
            u64::try_from(row.seq).map_err(|_| Error::Stored(format!("position {} of an entry", row.seq)))?;
        Ok(Self { chain: row.chain_id, position, entry: row.entry_id, hash: row.hash.to_string() })
    }
}

/// Loads the identity of the log, or says that there is none yet.
pub(super) fn log(connection: &mut Connection) -> Result<LogRow, Error> {
    storage::log::load(connection)?.ok_or_else(no_ledger)
}

/// Says that the database holds no ledger yet.
pub(super) fn no_ledger() -> Error {
    Error::refused("no-ledger", "the database holds no ledger yet", "run `outcome-ledger init` first")
}

/// An end of a chain to which entries are appended.
pub(super) struct Chain {
    log: Digest,
    head: ChainHead,
}

impl Chain {
    /// Starts a chain that does not exist yet.
    pub(super) fn start(connection: &mut Connection, log: Digest, chain: ChainId) -> Result<Self, Error> {
        storage::chain_head::start(connection, chain)?;
        Ok(Self { log, head: ChainHead::start(chain) })
    }

    /// Loads where a chain ends and keeps it there for this transaction: other writers of the chain wait.
    pub(super) fn load(connection: &mut Connection, log: Digest, chain: ChainId) -> Result<Self, Error> {
        let rows = storage::chain_head::lock(connection, &[chain])?;
        Self::at(connection, log, &rows)?.pop().ok_or_else(|| no_head(chain))
    }

    /// Loads where a chain ends, in order to read.
    pub(super) fn read(connection: &mut Connection, log: Digest, chain: ChainId) -> Result<Self, Error> {
        let row = storage::chain_head::load(connection, chain)?.ok_or_else(|| no_head(chain))?;
        Self::at(connection, log, &[row])?.pop().ok_or_else(|| no_head(chain))
    }

    fn at(connection: &mut Connection, log: Digest, rows: &[storage::ChainHead]) -> Result<Vec<Self>, Error> {
        let recorded: BTreeMap<_, _> = storage::entry::recorded_at(connection, rows)?.into_iter().collect();
        let chain = |row: &storage::ChainHead| {
            let mut head = ChainHead::start(row.chain_id);
            head.recorded_at_micros = recorded.get(&row.chain_id).copied().unwrap_or(head.recorded_at_micros);
            let negative = |_| Error::Stored(format!("the head of {} is negative", row.chain_id));
            head.seq = u64::try_from(row.seq).map_err(negative)?;
            head.hash = row.hash;
            Ok(Self { log, head })
        };
        rows.iter().map(chain).collect()
    }

    /// The position of the last entry.
    pub(super) fn seq(&self) -> i64 {
        // Positions have at most 63 bits.
        i64::try_from(self.head.seq).unwrap_or(i64::MAX)
    }

    /// The day for which an entry would be recorded now: entries never go back in time, also when the clock does.
    pub(super) fn today(&self, outside: &Outside) -> Day {
        Day::of_micros(outside.now_micros.max(self.head.recorded_at_micros))
    }

    /// Appends an entry: moves the head, stores the entry and its postings.
    pub(super) fn append(&mut self, connection: &mut Connection, draft: Draft) -> Result<Receipt, Error> {
        let from = self.seq();
        let mut rows = Rows::default();
        let receipt = self.extend(draft, &mut rows)?;
        storage::chain_head::advance(connection, from, &self.stored())?;
        rows.insert(connection)?;
        Ok(receipt)
    }

    /// Appends an entry to the chain in memory.
    fn extend(&mut self, draft: Draft, rows: &mut Rows) -> Result<Receipt, Error> {
        let appended = self.head.append(self.log, draft)?;
        self.head = appended.head;
        let row = rows.add(appended, self.seq());
        Receipt::of(row)
    }

    fn stored(&self) -> storage::ChainHead {
        storage::ChainHead { chain_id: self.head.chain, seq: self.seq(), hash: self.head.hash }
    }
}

fn no_head(chain: ChainId) -> Error {
    Error::Stored(format!("the chain {chain} has no head"))
}

/// Rows to be stored.
#[derive(Default)]
struct Rows {
    entries: Vec<EntryRow>,
    postings: Vec<PostingRow>,
}

impl Rows {
    fn add(&mut self, appended: Appended, seq: i64) -> &EntryRow {
        self.postings.extend(posting_rows(&appended.entry, seq));
        self.entries.push(entry_row(appended, seq));
        &self.entries[self.entries.len() - 1]
    }

    fn insert(&self, connection: &mut Connection) -> Result<(), Error> {
        storage::entry::insert(connection, &self.entries)?;
        Ok(storage::posting::insert(connection, &self.postings)?)
    }
}

/// Appends many entries to chains that exist, all or none: each head moves once, rows go in together.
///
/// # Errors
/// As for a single entry; nothing is recorded then.
pub fn append_many(connection: &mut Connection, drafts: Vec<(ChainId, Draft)>) -> Result<Vec<Receipt>, Error> {
    connection.transaction(|connection| {
        let log = log(connection)?.log_id;
        let names: BTreeSet<ChainId> = drafts.iter().map(|(chain, _)| *chain).collect();
        let names: Vec<ChainId> = names.into_iter().collect();
        let heads = storage::chain_head::lock(connection, &names)?;
        let chains = Chain::at(connection, log, &heads)?;
        let mut chains: BTreeMap<ChainId, (i64, Chain)> =
            chains.into_iter().map(|chain| (chain.head.chain, (chain.seq(), chain))).collect();
        let mut rows = Rows::default();
        let mut receipts = Vec::with_capacity(drafts.len());
        for (name, draft) in drafts {
            let (_, chain) = chains.get_mut(&name).ok_or_else(|| no_head(name))?;
            receipts.push(chain.extend(draft, &mut rows)?);
        }
        let moves: Vec<_> = chains.values().map(|(from, chain)| (*from, chain.stored())).collect();
        storage::chain_head::advance_many(connection, &moves)?;
        rows.insert(connection)?;
        Ok(receipts)
    })
}

/// An entry of today that posts nothing, to be filled in.
pub(super) fn draft(outside: &mut Outside, kind: EntryKind, payload: &impl Serialize) -> Result<Draft, Error> {
    Ok(Draft {
        id: outside.entry_id()?,
        kind,
        effective_on: outside.today(),
        recorded_at_micros: outside.now_micros,
        actor: outside.acting.as_ref().map_or(Digest::ZERO, actor),
        idempotency: outside.request.take(),
        corrects: None,
        terms: None,
        postings: Postings::NONE,
        commitments: Vec::new(),
        payload: encode(payload),
    })
}

fn entry_row(appended: Appended, seq: i64) -> EntryRow {
    let entry = appended.entry;
    EntryRow {
        chain_id: entry.chain,
        seq,
        entry_id: entry.id,
        kind: entry.kind.number().into(),
        effective_on: entry.effective_on.0.into(),
        recorded_at: entry.recorded_at_micros,
        prev_hash: entry.prev_hash,
        hash: appended.head.hash,
        body: appended.body,
    }
}

/// The rows of an entry's postings.
pub(super) fn posting_rows(entry: &Entry, seq: i64) -> Vec<PostingRow> {
    let legs = entry.postings.iter().zip(0..);
    legs.map(|(posting, leg)| PostingRow {
        chain_id: entry.chain,
        seq,
        leg,
        party_id: posting.party,
        account: posting.account.number().into(),
        currency: posting.currency.code().into(),
        amount_minor: posting.amount_minor,
    })
    .collect()
}

impl From<EntryRow> for rows::EntryRow {
    fn from(row: EntryRow) -> Self {
        Self {
            chain: row.chain_id,
            seq: row.seq,
            id: row.entry_id,
            kind: row.kind,
            effective_on: row.effective_on,
            recorded_at_micros: row.recorded_at,
            prev_hash: row.prev_hash,
            hash: row.hash,
            body: row.body,
        }
    }
}

impl From<PostingRow> for rows::PostingRow {
    fn from(row: PostingRow) -> Self {
        Self {
            chain: row.chain_id,
            seq: row.seq,
            leg: row.leg,
            party: row.party_id,
            account: row.account,
            currency: row.currency.into(),
            amount_minor: row.amount_minor,
        }
    }
}
