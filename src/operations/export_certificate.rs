//! Exports one settlement on one page, with the proof that the log signed it.

use std::collections::BTreeSet;

use super::{
    Error, journal, known,
    log_tree::{self, column, number},
};
use crate::{
    contract::{
        certificate::{Certificate, Proven, page::page},
        content,
        payload::{PostedSettlement, Registration},
    },
    ledger::{
        Entry, EntryKind,
        note::{Note, TlogProof},
    },
    storage::{self, Connection, log_entry::ChainBody},
    values::PartyId,
};

/// Writes the certificate of a settlement, by the position or identifier of its posting or its proposal. Changes nothing.
///
/// # Errors
/// A refusal when there is no such settlement, or no checkpoint covers it; what the database answers.
pub fn export_certificate(connection: &mut Connection, contract: &str, settlement: &str) -> Result<String, Error> {
    connection.snapshot(|connection| {
        let log = journal::log(connection)?;
        let checkpoint = storage::checkpoint::latest(connection)?.ok_or_else(not_signed)?;
        let note = Note::parse(checkpoint.note.as_bytes()).map_err(|error| Error::Stored(error.to_string()))?;
        let signed = Signed { note, size: number(checkpoint.size)? };
        let chain = known::read(connection, contract)?.row.contract_id;
        let of_contract = signed.chain(connection, chain, |_| true)?;
        let called = |entry: &Entry| entry.seq.to_string() == settlement || entry.id.to_string() == settlement;
        let proposed: Vec<_> = of_contract.iter().map(|proven| &proven.entry).filter(|entry| called(entry)).collect();
        let is_it = |proven: &&Proven| {
            let entry = &proven.entry;
            let posted = content::decode::<PostedSettlement>(&entry.payload);
            let of_it = posted.is_ok_and(|posted| proposed.iter().any(|entry| entry.id == posted.proposal));
            entry.kind == EntryKind::SettlementPosted && (called(entry) || of_it)
        };
        let settlement =
            of_contract.iter().find(is_it).ok_or_else(|| no_settlement(contract, settlement, &of_contract))?;
        let proposal = of_contract.first().ok_or_else(not_signed)?;
        let parties: BTreeSet<PartyId> = settlement.entry.postings.iter().map(|posting| posting.party).collect();
        let registers = |entry: &Entry| {
            let registration = content::decode::<Registration>(&entry.payload);
            registration.is_ok_and(|registration| parties.contains(&registration.party))
        };
        let registrations = signed.chain(connection, journal::network_chain(log.log_id), registers)?;
        let page = page(settlement, proposal, &registrations)?;
        let entries = [settlement.clone(), proposal.clone()].into_iter().chain(registrations);
        Ok(Certificate { page, proven: entries.collect() }.to_string())
    })
}

fn not_signed() -> Error {
    let message = "no checkpoint of the log is signed yet, and what is not signed proves nothing";
    Error::refused("no-checkpoint", message, "run `outcome-ledger checkpoint` first")
}

fn no_settlement(contract: &str, settlement: &str, chain: &[Proven]) -> Error {
    let settlements = chain.iter().filter(|proven| proven.entry.kind == EntryKind::SettlementPosted);
    let positions: Vec<_> = settlements.map(|proven| proven.entry.seq.to_string()).collect();
    let message = format!("`{contract}` has no settlement `{settlement}` that the newest checkpoint covers");
    let help = match positions.is_empty() {
        true => "post one, then run `outcome-ledger checkpoint`".to_owned(),
        false => format!("settlements stand at {}", positions.join(", ")),
    };
    Error::refused("no-settlement", message, help)
}

/// The tree that entries are proven to be in.
struct Signed {
    note: Note,
    size: u64,
}

impl Signed {
    /// The entries of a chain that are in the tree and wanted, proven.
    fn chain(
        &self,
        connection: &mut Connection,
        chain: crate::values::ChainId,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<Proven>, Error> {
        let rows = storage::log_entry::of_chain(connection, chain, column(self.size))?;
        let mut tree = log_tree::tree(connection, self.size);
        let mut proven = Vec::new();
        for ChainBody { log_index, body } in rows {
            let entry = Entry::decode(&body).map_err(|error| Error::Stored(error.to_string()))?;
            if wanted(&entry) {
                let index = number(log_index)?;
                let path = tree.inclusion_proof(index)?.unwrap_or_default();
                let proof = TlogProof { extra: None, index, path, checkpoint: self.note.clone() };
                proven.push(Proven { entry, body, proof });
            }
        }
        Ok(proven)
    }
}
