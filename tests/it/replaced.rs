//! One chain of a kept log written anew as a whole, by somebody with the file and by somebody with the key as well.

use outcome_ledger::{
    contract::{content, identity::network_chain, payload::Heads},
    ledger::{
        Entry, EntryKind,
        chain::chain_hash,
        heads::{LoggedHead, heads_root},
        merkle::{MerkleTree, leaf_hash},
        note::{Checkpoint, KeyKind, Note, SignerKey, TreeHead},
    },
    operations::{HeldCheckpoint, record_heads, sequence_log, verify_held, verify_log},
    storage::{self, CheckpointRow, Connection, SequencerRow},
    values::{ChainId, Digest, to_hex},
};

use super::{
    databases::{execute, on_each},
    deal,
    tamper::disarm,
};

fn key() -> SignerKey {
    SignerKey::from_seed("ledger.example/one", KeyKind::Note, &[1; 32]).unwrap()
}

/// Bytes as a statement has them.
fn hex(c: &Connection, bytes: &[u8]) -> String {
    let hex = to_hex(bytes);
    if matches!(c, Connection::Sqlite(_)) { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
}

/// An identifier as a statement has it.
fn identifier(c: &Connection, chain: ChainId) -> String {
    if matches!(c, Connection::Sqlite(_)) { hex(c, chain.as_bytes()) } else { format!("'{chain}'::uuid") }
}

fn root(c: &mut Connection, size: usize) -> Digest {
    let leaves = storage::log_entry::leaves(c, 0..size as i64).unwrap();
    assert_eq!(leaves.len(), size);
    MerkleTree::new(leaves).root()
}

fn signed(head: TreeHead) -> String {
    Checkpoint::sign(&key(), head, 0).to_string()
}

/// Signs the log as it stands; gives the checkpoint as a reader keeps it.
fn sign(c: &mut Connection) -> HeldCheckpoint {
    sequence_log(c).unwrap();
    deal::act(c, record_heads).unwrap();
    let size = sequence_log(c).unwrap().size;
    let head = TreeHead { size, root: root(c, size as usize) };
    let note = signed(head);
    storage::checkpoint::insert(c, &CheckpointRow { size: size as i64, root: head.root, note: note.clone() }).unwrap();
    let numbers = storage::sequencer::load(c).unwrap();
    storage::sequencer::advance(c, &SequencerRow { checkpoints: numbers.checkpoints + 1, ..numbers }).unwrap();
    HeldCheckpoint { name: "kept".into(), note: Note::parse(note.as_bytes()).unwrap(), beside: false }
}

/// Writes a chain anew: links, columns, head and leaves fit.
fn rewrite(c: &mut Connection, chain: ChainId, mut change: impl FnMut(&mut Connection, &mut Entry)) {
    let (mut end, at) = (Digest::ZERO, identifier(c, chain));
    for row in storage::entry::page(c, chain, 0, 1_000).unwrap() {
        let mut entry = Entry::decode(&row.body).unwrap();
        entry.prev_hash = end;
        change(c, &mut entry);
        let body = entry.encode().unwrap();
        let leaf = leaf_hash(&body);
        let previous = std::mem::replace(&mut end, chain_hash(&entry.prev_hash, &leaf));
        execute(c, &format!("UPDATE receipt SET answer = replace(answer, '{}', '{end}')", row.hash)).unwrap();
        let [body, end, previous, leaf] = [&body[..], &end.0, &previous.0, &leaf.0].map(|bytes| hex(c, bytes));
        let micros = entry.recorded_at_micros;
        let here = format!("WHERE chain_id = {at} AND seq = {}", row.seq);
        let sql = format!(
            "UPDATE entry SET body = {body}, hash = {end}, prev_hash = {previous}, recorded_at = {micros} {here}"
        );
        execute(c, &sql).unwrap();
        execute(c, &format!("UPDATE log_entry SET leaf = {leaf} {here}")).unwrap();
    }
    let end = hex(c, &end.0);
    execute(c, &format!("UPDATE chain_head SET hash = {end} WHERE chain_id = {at}")).unwrap();
}

/// The chain of the contract, recorded a microsecond later: another past that fits in itself.
fn replace_the_contract(c: &mut Connection) {
    let chain = storage::contract::find_by_name(c, deal::CONTRACT).unwrap().unwrap().contract_id;
    disarm(c);
    rewrite(c, chain, |_, entry| entry.recorded_at_micros += 1);
}

fn told(c: &mut Connection, held: &[HeldCheckpoint]) -> Vec<String> {
    let findings = verify_held(c, held).unwrap().findings;
    findings.iter().map(|finding| format!("{}: {}, {}", finding.code, finding.table, finding.row)).collect()
}

#[test]
fn a_replaced_chain_contradicts_the_heads_the_signature_and_what_was_kept() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let held = [sign(c)];
        assert_eq!(told(c, &held), [""; 0]);
        replace_the_contract(c);
        let size = held[0].note.text().lines().nth(1).unwrap().to_owned();
        let told = told(c, &held);
        let expected = [
            "heads.differs: entry, position 4 of the network's chain",
            &format!("log.order: log_entry, checkpoint of {size} entries"),
            "held.differs: checkpoint, held checkpoint kept",
        ];
        assert!(
            told.len() == 3 && expected.iter().all(|start| told.iter().any(|told| told.starts_with(start))),
            "{told:#?}"
        );
    });
}

/// Whoever has the key as well writes the heads anew and signs again. Nothing contradicts that but what others kept.
#[test]
fn a_replaced_chain_that_was_signed_again_contradicts_what_was_kept() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let held = [sign(c)];
        let network = network_chain(storage::log::load(c).unwrap().unwrap().log_id);
        replace_the_contract(c);
        rewrite(c, network, |c, entry| {
            if entry.kind == EntryKind::HeadsRecorded {
                let Heads { size, .. } = content::decode(&entry.payload).unwrap();
                let ends = storage::log_entry::heads_at(c, size as i64).unwrap().into_iter();
                let heads = ends.map(|end| LoggedHead { chain: end.chain_id, seq: end.seq as u64, hash: end.hash });
                entry.commitments[0].digest = heads_root(heads);
            }
        });
        let row = storage::checkpoint::latest(c).unwrap().unwrap();
        let head = TreeHead { size: row.size as u64, root: root(c, row.size as usize) };
        assert_ne!(head.root, row.root);
        let (root, note) = (hex(c, &head.root.0), signed(head));
        execute(c, &format!("UPDATE checkpoint SET root = {root}, note = '{note}'")).unwrap();
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        let verified = verify_held(c, &held).unwrap();
        assert_eq!(told(c, &held), ["held.differs: checkpoint, held checkpoint kept"]);
        assert!(verified.findings[0].found.ends_with(&format!("with root {}", head.root)), "{}", verified.findings[0]);
        assert!(verified.findings[0].expected.contains(&format!("with root {}", row.root)), "{}", verified.findings[0]);
        // Held against its own new checkpoint nothing is wrong with it.
        let own = HeldCheckpoint { note: Note::parse(note.as_bytes()).unwrap(), ..held[0].clone() };
        assert_eq!(told(c, &[own]), [""; 0]);
    });
}
