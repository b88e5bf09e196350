//! Compares everything that only repeats the journal with it, and puts it right on request.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Error, Finding,
    journal::{self, network_chain, posting_rows},
    rebuild_tree::put_tree,
    verify_log,
};
use crate::{
    contract::audit::{Life, parties::registrations},
    ledger::{Entry, chain::chain_hash, merkle::leaf_hash},
    storage::{self, ChainHead, Connection, ContractPartyRow, EntryRow, PartyRow, PostingRow, projection},
    values::{ChainId, Digest, PartyId},
};

/// What a rebuild found and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Where stored rows differ from what the journal gives.
    pub differences: Vec<Finding>,
    /// Whether they were put right.
    pub written: bool,
}

/// Computes heads, columns of entries, postings, parties, states of contracts, signatures and the log's tree from the bodies
/// of the journal and compares them with what is stored; with `write`, puts them right in one transaction.
///
/// # Errors
/// A refusal `journal-invalid` when the journal itself, or something that does not follow from it, was changed; a refusal
/// `rebuild-incomplete` when not everything could be put right. Nothing is changed then.
pub fn rebuild_log(connection: &mut Connection, write: bool) -> Result<Rebuilt, Error> {
    if !write {
        return Ok(Rebuilt { differences: differences(connection)?, written: false });
    }
    connection.transaction(|connection| {
        let differences = differences(connection)?;
        if differences.is_empty() {
            return Ok(Rebuilt { differences, written: false });
        }
        let tree = differences.iter().any(is_of_tree);
        projection::unguarded(connection, |connection| Journal::load(connection)?.put_right(connection, tree))?;
        let verified = verify_log(connection)?;
        let Some(first) = verified.findings.first() else { return Ok(Rebuilt { differences, written: true }) };
        Err(incomplete(first.to_string()))
    })
}

/// Not everything could be put right.
pub(super) fn incomplete(reason: String) -> Error {
    let help = "nothing was changed; restore a copy: outcome-ledger restore --help";
    Error::refused("rebuild-incomplete", format!("not everything could be put right: {reason}"), help)
}

/// What differs; refused when more than projections differs.
fn differences(connection: &mut Connection) -> Result<Vec<Finding>, Error> {
    let verified = verify_log(connection)?;
    // Where the tree differs, so do the heads that entries recorded of it; verifying again shows whether they are right.
    let tree = verified.findings.iter().any(is_of_tree);
    let follows = |finding: &Finding| is_of_projection(finding) || tree && finding.code == "heads.differs";
    match verified.findings.iter().find(|finding| !follows(finding)) {
        None => Ok(verified.findings),
        Some(finding) => {
            let message = format!("the journal itself cannot be relied on: {finding}");
            let help = "restore a copy: outcome-ledger restore --help";
            Err(Error::refused("journal-invalid", message, help))
        }
    }
}

/// Whether a finding is about something that follows from the bodies of the journal alone. A head that contradicts the last
/// entry does not count: either of the two may have been changed.
fn is_of_projection(finding: &Finding) -> bool {
    match finding.table {
        "entry" => ["column.differs", "hash.changed"].contains(&finding.code),
        "chain_head" => ["head.missing", "head.behind", "column.differs", "row.extra"].contains(&finding.code),
        "contract" => finding.code == "column.differs",
        "posting" | "party" | "contract_party" => finding.code != "table.unreadable",
        _ => is_of_tree(finding),
    }
}

/// Whether a finding is about the log's tree, which follows from the journal and the order of the log.
fn is_of_tree(finding: &Finding) -> bool {
    match finding.table {
        "log_entry" | "log_node" | "sequenced" => finding.code != "table.unreadable",
        "sequencer" => finding.code == "column.differs",
        _ => false,
    }
}

/// The journal by its bodies.
struct Journal {
    rows: Vec<EntryRow>,
    chains: BTreeMap<ChainId, BTreeMap<i64, Entry>>,
    ends: BTreeMap<ChainId, ChainHead>,
}

impl Journal {
    fn load(connection: &mut Connection) -> Result<Self, Error> {
        let mut journal = Self { rows: Vec::new(), chains: BTreeMap::new(), ends: BTreeMap::new() };
        storage::entry::for_each(connection, |row| journal.take(row))?;
        Ok(journal)
    }

    fn take(&mut self, row: EntryRow) -> Result<(), Error> {
        let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
        let hash = chain_hash(&entry.prev_hash, &leaf_hash(&row.body));
        self.ends.insert(row.chain_id, ChainHead { chain_id: row.chain_id, seq: row.seq, hash });
        self.rows.push(EntryRow {
            entry_id: entry.id,
            kind: entry.kind.number().into(),
            effective_on: entry.effective_on.0.into(),
            recorded_at: entry.recorded_at_micros,
            prev_hash: entry.prev_hash,
            hash,
            ..row
        });
        self.chains.entry(entry.chain).or_default().insert(row.seq, entry);
        Ok(())
    }

    fn put_right(&self, connection: &mut Connection, tree: bool) -> Result<(), Error> {
        for row in &self.rows {
            projection::put_entry(connection, row)?;
        }
        self.put_heads(connection)?;
        let parties = self.put_parties(connection)?;
        for (chain, entries) in &self.chains {
            let postings = |(seq, entry): (&i64, &Entry)| posting_rows(entry, *seq);
            let postings: Vec<PostingRow> = entries.iter().flat_map(postings).collect();
            projection::replace_postings(connection, *chain, &postings)?;
            put_contract(connection, *chain, entries)?;
        }
        for party in parties {
            projection::drop_party(connection, party)?;
        }
        if tree { put_tree(connection, &self.rows) } else { Ok(()) }
    }

    fn put_heads(&self, connection: &mut Connection) -> Result<(), Error> {
        for head in self.ends.values() {
            projection::put_head(connection, head)?;
        }
        let network = network_of(connection)?;
        for head in storage::chain_head::list(connection)? {
            if head.chain_id != network && !self.ends.contains_key(&head.chain_id) {
                projection::drop_head(connection, head.chain_id)?;
            }
        }
        Ok(())
    }

    /// Puts all registered parties there; gives those that nobody registered, which other rows may still name.
    fn put_parties(&self, connection: &mut Connection) -> Result<BTreeSet<PartyId>, Error> {
        let network = network_of(connection)?;
        let registered = registrations(self.chains.get(&network), &mut Vec::new());
        for (party_id, (chain_seq, registration)) in &registered {
            let (name, kind) = (registration.name.clone(), registration.kind.clone());
            let row = PartyRow { party_id: *party_id, name, kind, chain_seq: *chain_seq };
            projection::put_party(connection, &row)?;
        }
        let stored = storage::party::list(connection)?.into_iter().map(|row| row.party_id);
        Ok(stored.filter(|party| !registered.contains_key(party)).collect())
    }
}

fn network_of(connection: &mut Connection) -> Result<ChainId, Error> {
    Ok(network_chain(journal::log(connection)?.log_id))
}

/// Puts a contract's row and its roles right, as far as its chain tells them.
fn put_contract(connection: &mut Connection, chain: ChainId, entries: &BTreeMap<i64, Entry>) -> Result<(), Error> {
    let life = Life::of(chain, entries, &mut Vec::new());
    let (Some((seq, proposal)), Some(mut row)) = (&life.proposal, storage::contract::find(connection, chain)?) else {
        return Ok(());
    };
    row.name = proposal.name.clone();
    row.digest = Digest::parse(&proposal.digest).unwrap_or(row.digest);
    row.state = life.state.stored().into();
    row.proposed_seq = *seq;
    projection::put_contract(connection, &row)?;
    let role = |(role, party): (&String, &PartyId)| ContractPartyRow {
        contract_id: chain,
        role: role.clone(),
        party_id: *party,
        signed_seq: life.signed.get(role).copied(),
    };
    let roles: Vec<_> = proposal.roles.iter().map(role).collect();
    Ok(projection::replace_roles(connection, chain, &roles)?)
}
