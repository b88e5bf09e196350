//! Proves one fact: what was reported, and the path from it to the entry that commits to it.

use serde::Serialize;

use super::{Error, known, sealing::Keys};
use crate::{
    contract::{Batch, pseudonym::fact_name},
    ledger::{
        Commitment, Entry,
        commitment::{batch_tree, verify_in_batch},
    },
    storage::{self, Connection, FactRow},
    values::{EntryId, FactId, to_hex},
};

/// What opens the commitment of a fact. Whoever has it knows the fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactOpening {
    /// The salt, hexadecimal.
    pub salt: String,
    /// The content, byte for byte.
    pub content: String,
}

/// A fact with its proof; everything but the opening may be shown to anybody. Digests are hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactProof {
    /// The contract's name.
    pub contract: String,
    /// The fact.
    pub fact: FactId,
    /// What was reported; none when it was erased.
    pub opening: Option<FactOpening>,
    /// Its commitment.
    pub commitment: String,
    /// Its place in the batch, from 0.
    pub item: u32,
    /// Number of commitments in the batch.
    pub count: u64,
    /// The nodes from the commitment's leaf up to the root.
    pub path: Vec<String>,
    /// The root of the batch, as the entry has it.
    pub root: String,
    /// The entry.
    pub entry: EntryId,
    /// Its position in the contract's chain.
    pub position: i64,
    /// Its body, whose leaf in the log proves the rest.
    pub body: String,
}

/// Proves a fact of a contract. Nothing is written.
///
/// # Errors
/// A refusal when there is no such fact; [`Error::Stored`] when what is stored does not give the proof.
pub fn prove_fact(connection: &mut Connection, contract: &str, fact: FactId) -> Result<FactProof, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let unknown = || {
            let message = format!("`{contract}` has no fact {fact}");
            Error::refused("unknown-fact", message, "take the name of a fact from its content or from an export")
        };
        let entry = entry_of(connection, &known, fact)?.ok_or_else(unknown)?;
        let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
        let rows = storage::fact::of_entry(connection, known.row.contract_id, seq)?;
        let at = rows.iter().position(|row| row.fact_id == fact).ok_or_else(unknown)?;
        let (path, root) = path(&entry, &rows, at)?;
        let row = &rows[at];
        let opening = Keys::load(connection, known.row.contract_id)?.open(row);
        let opening = opening.map_err(|error| Error::Stored(error.to_string()))?.map(|opening| FactOpening {
            salt: to_hex(&opening.salt),
            content: String::from_utf8_lossy(&opening.content).into_owned(),
        });
        Ok(FactProof {
            contract: contract.into(),
            fact,
            opening,
            commitment: row.commitment.to_string(),
            item: row.item.unsigned_abs(),
            count: rows.len() as u64,
            path,
            root,
            entry: entry.id,
            position: seq,
            body: to_hex(&entry.encode()?),
        })
    })
}

/// The entry that recorded a fact, which its name tells.
fn entry_of(connection: &mut Connection, known: &known::Known, fact: FactId) -> Result<Option<Entry>, Error> {
    let [.., a, b, c, d] = *fact.as_bytes();
    let item = u32::from_be_bytes([a, b, c, d]);
    let mut found = None;
    storage::entry::for_each_of_chain(connection, known.row.contract_id, |row| {
        if fact_name(row.entry_id)(item) == fact {
            let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
            found = Some(entry).filter(|entry| Batch::of(entry.kind) == Some(Batch::Facts));
        }
        Ok::<_, Error>(())
    })?;
    Ok(found)
}

/// The path of a row to the root in the entry, tried before it is given away.
fn path(entry: &Entry, rows: &[FactRow], at: usize) -> Result<(Vec<String>, String), Error> {
    let commitments: Vec<_> = rows.iter().map(|row| Commitment(row.commitment)).collect();
    let path = batch_tree(&commitments).inclusion_proof(at).unwrap_or_default();
    let root = Batch::Facts.root_in(&entry.commitments).unwrap_or_default();
    let item = u32::try_from(at).unwrap_or(u32::MAX);
    verify_in_batch(&root, rows.len() as u64, item, &commitments[at], &path)
        .map_err(|error| Error::Stored(format!("the batch of position {}: {error}", entry.seq)))?;
    Ok((path.iter().map(ToString::to_string).collect(), root.to_string()))
}
