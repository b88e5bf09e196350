//! The one write path: an entry is appended to a chain, whose head is moved first.

use serde::Serialize;

use super::{Error, Outside};
pub(super) use crate::contract::identity::{actor, log_identity, network_chain};
use crate::{
    contract::content::encode,
    ledger::{Appended, ChainHead, Draft, EntryKind, Postings, verify::rows},
    storage::{self, Connection, EntryRow, LogRow, PostingRow},
    values::{ChainId, Digest, EntryId},
};

/// Proves to the caller what was recorded where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

    /// Loads where a chain ends. Checks against what is loaded afterwards hold: appending fails if the head has moved.
    pub(super) fn load(connection: &mut Connection, log: Digest, chain: ChainId) -> Result<Self, Error> {
        let missing = || Error::Stored(format!("the chain {chain} has no head"));
        let row = storage::chain_head::load(connection, chain)?.ok_or_else(missing)?;
        let mut head = ChainHead::start(chain);
        if let Some(last) = storage::entry::page(connection, chain, row.seq - 1, 1)?.first() {
            head.recorded_at_micros = last.recorded_at;
        }
        head.seq = u64::try_from(row.seq).map_err(|_| Error::Stored(format!("the head of {chain} is negative")))?;
        head.hash = row.hash;
        Ok(Self { log, head })
    }

    /// The position of the last entry.
    pub(super) fn seq(&self) -> i64 {
        // Positions have at most 63 bits.
        i64::try_from(self.head.seq).unwrap_or(i64::MAX)
    }

    /// Appends an entry: moves the head, stores the entry and its postings.
    pub(super) fn append(&mut self, connection: &mut Connection, draft: Draft) -> Result<Receipt, Error> {
        let appended = self.head.append(self.log, draft)?;
        let from = self.seq();
        self.head = appended.head;
        let to = storage::ChainHead { chain_id: self.head.chain, seq: self.seq(), hash: self.head.hash };
        storage::chain_head::advance(connection, from, &to)?;
        storage::entry::insert(connection, &[entry_row(&appended, to.seq)])?;
        storage::posting::insert(connection, &posting_rows(&appended, to.seq))?;
        let Appended { entry, head, .. } = appended;
        Ok(Receipt { chain: entry.chain, position: entry.seq, entry: entry.id, hash: head.hash.to_string() })
    }
}

/// An entry of today that posts nothing, to be filled in.
pub(super) fn draft(outside: &mut Outside, kind: EntryKind, payload: &impl Serialize) -> Result<Draft, Error> {
    Ok(Draft {
        id: outside.entry_id()?,
        kind,
        effective_on: outside.today(),
        recorded_at_micros: outside.now_micros,
        actor: Digest::ZERO,
        idempotency: None,
        corrects: None,
        terms: None,
        postings: Postings::NONE,
        commitments: Vec::new(),
        payload: encode(payload),
    })
}

fn entry_row(appended: &Appended, seq: i64) -> EntryRow {
    let entry = &appended.entry;
    EntryRow {
        chain_id: entry.chain,
        seq,
        entry_id: entry.id,
        kind: entry.kind.number().into(),
        effective_on: entry.effective_on.0.into(),
        recorded_at: entry.recorded_at_micros,
        prev_hash: entry.prev_hash,
        hash: appended.head.hash,
        body: appended.body.clone(),
    }
}

fn posting_rows(appended: &Appended, seq: i64) -> Vec<PostingRow> {
    let legs = appended.entry.postings.iter().zip(0..);
    legs.map(|(posting, leg)| PostingRow {
        chain_id: appended.entry.chain,
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
            currency: row.currency,
            amount_minor: row.amount_minor,
        }
    }
}
