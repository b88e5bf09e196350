//! Bundles and certificates: what an outsider with a file and a policy can prove, and what he finds.

use std::{borrow::Cow, collections::BTreeMap};

use outcome_ledger::{
    contract::{
        bundle::{Bundle, Checked, Logged, Scope, Verdict, check},
        content,
        payload::Heads,
    },
    ledger::{
        Entry, EntryKind,
        chain::chain_hash,
        heads::{HEADS_FIELD, LoggedHead, heads_root},
        merkle::{MerkleTree, leaf_hash},
        note::{Checkpoint, KeyKind, Note, Policy, SignerKey, TreeHead},
    },
    operations::{Export, export_bundle, record_heads, sequence_log},
    storage::{self, CheckpointRow, Connection},
    values::{ChainId, Digest},
};

use super::{
    databases::{Database, on_each, on_sqlite},
    deal,
};

mod amended;
mod bytes;
mod certificates;
mod erased;
mod forged;
mod held;
mod scopes;
pub mod second_verifier;

/// The name of the log of [`deal`].
pub const ORIGIN: &str = "ledger.example/one";

/// The log's key in these tests; another seed gives a stranger's.
pub fn key(origin: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(origin, KeyKind::Note, &[seed; 32]).unwrap()
}

/// Trusts one key.
pub fn policy(key: &SignerKey) -> Policy {
    Policy::parse(policy_text(key).as_bytes()).unwrap()
}

fn policy_text(key: &SignerKey) -> String {
    format!("log {}\nquorum none\n", key.verifier())
}

/// Puts everything into the log, records the heads and signs.
pub fn sign(c: &mut Connection) {
    sequence_log(c).unwrap();
    deal::act(c, record_heads).unwrap();
    sequence_log(c).unwrap();
    let leaves = storage::log_entry::leaves(c, 0..i64::MAX).unwrap();
    let head = TreeHead { size: leaves.len() as u64, root: MerkleTree::new(leaves).root() };
    let note = Checkpoint::sign(&key(ORIGIN, 1), head, 0).to_string();
    storage::checkpoint::insert(c, &CheckpointRow { size: head.size as i64, root: head.root, note }).unwrap();
}

const EVERYTHING: Export =
    Export { contract: None, from: None, to: None, closed: false, since: &[], policy: Some("# none\n") };
const CONTRACT: Export = Export { contract: Some(deal::CONTRACT), ..EVERYTHING };

fn export(c: &mut Connection, export: &Export) -> Vec<u8> {
    export_bundle(c, export).unwrap().archive
}

/// A database with a deal that is settled twice, in the log and signed.
fn signed(database: &Database) -> Connection {
    storage::migrate::run(&mut database.connect()).unwrap();
    let mut c = database.connect();
    deal::complete(&mut c);
    sign(&mut c);
    c
}

/// The archive of such a deal.
fn archive(what: &Export) -> Vec<u8> {
    let mut archive = Vec::new();
    let kept = std::cell::RefCell::new(&mut archive);
    on_sqlite(|database| **kept.borrow_mut() = export(&mut signed(database), what));
    archive
}

/// Checks against the policy that trusts the log's key.
fn verified(archive: &[u8]) -> Checked {
    check(archive, &policy(&key(ORIGIN, 1)), None).unwrap()
}

/// Codes and places of findings.
fn told(checked: &Checked) -> Vec<(&'static str, String)> {
    checked.findings.iter().map(|finding| (finding.code, finding.row.clone())).collect()
}

fn assert_told(checked: &Checked, code: &str, row: &str) {
    let found = checked.findings.iter().any(|finding| finding.code == code && finding.row.contains(row));
    assert!(found, "{code} `{row}` not in {:#?}", checked.findings);
    assert_eq!(checked.verdict, Verdict::Invalid);
    assert!(checked.findings.iter().all(|finding| !finding.meaning.is_empty()));
}

/// Writes a log bundle anew after its entries were changed: links, heads, tree and signature, as its operator could.
fn resealed(bundle: &mut Bundle, entries: Vec<Entry>, key: &SignerKey) {
    let mut ends: BTreeMap<ChainId, LoggedHead> = BTreeMap::new();
    let mut heads = Vec::new();
    bundle.entries.clear();
    for (index, mut entry) in (0..).zip(entries) {
        let end = ends.get(&entry.chain).copied();
        entry.seq = end.map_or(1, |end| end.seq + 1);
        entry.prev_hash = end.map_or(Digest::ZERO, |end| end.hash);
        if entry.kind == EntryKind::HeadsRecorded {
            heads = ends.values().copied().collect();
            entry.payload = content::encode(&Heads { count: heads.len() as u64, size: index });
            entry.commitments.iter_mut().for_each(|commitment| {
                assert_eq!(commitment.field, HEADS_FIELD);
                commitment.digest = heads_root(heads.iter().copied());
            });
        }
        let body = entry.encode().unwrap();
        let hash = chain_hash(&entry.prev_hash, &leaf_hash(&body));
        ends.insert(entry.chain, LoggedHead { chain: entry.chain, seq: entry.seq, hash });
        bundle.entries.push(Logged { index, body: Cow::Owned(body), proof: vec![] });
    }
    bundle.heads = heads;
    assert_eq!(bundle.scope, Scope::Log);
    let leaves: Vec<_> = bundle.entries.iter().map(|entry| leaf_hash(&entry.body)).collect();
    let head = TreeHead { size: leaves.len() as u64, root: MerkleTree::new(leaves).root() };
    bundle.checkpoint = Cow::Owned(Checkpoint::sign(key, head, 0).to_string());
}

fn decoded(bundle: &Bundle) -> Vec<Entry> {
    bundle.entries.iter().map(|entry| Entry::decode(&entry.body).unwrap()).collect()
}

/// The checkpoint of a bundle as a reader keeps it.
fn note_of(archive: &[u8]) -> (Note, TreeHead) {
    let (bundle, ..) = Bundle::read(archive).unwrap();
    let note = Note::parse(bundle.checkpoint.as_bytes()).unwrap();
    let head = Checkpoint::parse(note.text()).unwrap().head();
    (note, head)
}
