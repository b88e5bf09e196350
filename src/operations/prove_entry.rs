//! Proves that an entry is in the log, and that the log only grew.

use serde::Serialize;

use super::{
    Error, journal,
    log_tree::{self, column, number},
    read_log::with_cosignatures,
};
use crate::{
    ledger::note::{Note, TlogProof},
    storage::{self, Connection, LogEntryRow},
    values::{ChainId, Digest},
};

/// A proof that an entry is in the log, for somebody who has its body and knows the log's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryProof {
    /// The entry's place in the log.
    pub index: u64,
    /// The size of the log in the checkpoint.
    pub size: u64,
    /// The leaf hash of the entry's body, hexadecimal.
    pub leaf: String,
    /// Path and checkpoint as C2SP `tlog-proof` writes them.
    pub proof: String,
}

/// The chain of a contract, by its name; the network's own without one.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn find_chain(connection: &mut Connection, contract: Option<&str>) -> Result<ChainId, Error> {
    let Some(name) = contract else { return Ok(journal::network_chain(journal::log(connection)?.log_id)) };
    let row = storage::contract::find_by_name(connection, name)?;
    let unknown = || Error::refused("unknown-contract", format!("there is no contract `{name}`"), "check the name");
    Ok(row.ok_or_else(unknown)?.contract_id)
}

/// Proves that the entry at a position of a chain is in the log of the newest checkpoint.
///
/// # Errors
/// A refusal when there is no such entry or no checkpoint covers it yet.
pub fn prove_inclusion(connection: &mut Connection, chain: ChainId, position: u64) -> Result<EntryProof, Error> {
    let checkpoint = storage::checkpoint::latest(connection)?;
    let row = storage::log_entry::find(connection, chain, column(position))?;
    let covering = checkpoint.zip(row).filter(|(checkpoint, row)| row.log_index < checkpoint.size);
    let Some((checkpoint, LogEntryRow { log_index, leaf, .. })) = covering else {
        let message = format!("no checkpoint covers an entry at position {position} of chain {chain}");
        return Err(Error::refused("not-covered", message, "check the position, or run `outcome-ledger checkpoint`"));
    };
    let (index, size) = (number(log_index)?, number(checkpoint.size)?);
    let path = log_tree::tree(connection, size).inclusion_proof(index)?.unwrap_or_default();
    let note = with_cosignatures(connection, checkpoint)?;
    let checkpoint = Note::parse(note.as_bytes()).map_err(|error| Error::Stored(error.to_string()))?;
    let proof = TlogProof { extra: None, index, path, checkpoint };
    Ok(EntryProof { index, size, leaf: leaf.to_string(), proof: proof.to_string() })
}

/// Proves that the log of `new` entries continues the log of `old` entries: nodes as in RFC 6962, section 2.1.2.
///
/// # Errors
/// A refusal when the log has fewer entries.
pub fn prove_consistency(connection: &mut Connection, old: u64, new: u64) -> Result<Vec<Digest>, Error> {
    let size = log_tree::size(connection)?;
    let proof = if new <= size { log_tree::tree(connection, new).consistency_proof(old)? } else { None };
    let message = || format!("the log has {size} entries; {old} to {new} is no part of its growth");
    proof.ok_or_else(|| {
        Error::refused("beyond-log", message(), "give an earlier size, then a later one up to the log's")
    })
}
