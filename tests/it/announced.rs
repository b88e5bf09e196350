//! Forged entries about the log itself: keys and heads that no correct writer announces.

use outcome_ledger::{
    contract::{
        content::encode,
        identity::network_chain,
        payload::{Heads, KeyAnnouncement},
    },
    ledger::{
        Draft, EntryKind,
        entry::FieldCommitment,
        heads::{HEADS_FIELD, LoggedHead, heads_root},
        note::{KeyKind, SignerKey},
    },
    operations::{record_heads, sequence_log, verify_log},
    storage::{self, Connection},
    values::{Digest, EntryId},
};

use super::{
    databases::on_each,
    deal,
    forgery::{draft, forge},
};

/// Forges entries on the network's chain, one in each database; every one is named at its place, in words.
fn assert_named(forgeries: Vec<(&str, &str, Draft)>) {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        sequence_log(c).unwrap();
        deal::act(c, record_heads).unwrap();
        sequence_log(c).unwrap();
        assert!(verify_log(c).unwrap().valid);
        let network = network_chain(storage::log::load(c).unwrap().unwrap().log_id);
        for (number, (code, words, draft)) in (100..).zip(&forgeries) {
            let seq = forge(c, network, Draft { id: EntryId::from_bytes([number; 16]), ..draft.clone() });
            let named = |c: &mut Connection| {
                let findings = verify_log(c).unwrap().findings;
                let at = format!("position {seq} of the network's chain");
                let is_told = findings.iter().any(|finding| {
                    let said = format!("{}; {}", finding.found, finding.expected);
                    finding.code == *code && finding.row.starts_with(&at) && said.contains(words)
                });
                assert!(is_told, "{code} `{words}` at {seq} not in {findings:#?}");
            };
            named(c);
            // Also once it stands in the log.
            sequence_log(c).unwrap();
            named(c);
        }
    });
}

fn heads(count: u64, size: u64, root: Option<Digest>) -> Draft {
    let commitments = root.map(|digest| FieldCommitment { field: HEADS_FIELD, digest });
    let draft = draft(EntryKind::HeadsRecorded, encode(&Heads { count, size }));
    Draft { commitments: commitments.into_iter().collect(), ..draft }
}

fn key(verifier_key: String) -> Draft {
    draft(EntryKind::KeyAnnounced, encode(&KeyAnnouncement { verifier_key }))
}

#[test]
fn forged_heads_are_named() {
    // Of the first entry alone: the founding of the network by its first party.
    let one = std::cell::RefCell::new(Digest::ZERO);
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        sequence_log(c).unwrap();
        let first = &storage::log_entry::heads_at(c, 1).unwrap()[0];
        *one.borrow_mut() = heads_root([LoggedHead { chain: first.chain_id, seq: 1, hash: first.hash }]);
    });
    let (wrong, made_up) = (Digest([7; 32]), one.into_inner());
    assert_named(vec![
        ("heads.differs", "1 heads with root 0707", heads(1, 1, Some(wrong))),
        ("heads.differs", "2 heads with root", heads(2, 1, Some(made_up))),
        ("heads.differs", "1 heads with no root", heads(1, 1, None)),
        ("heads.differs", "0 heads with root", heads(0, 0, Some(wrong))),
        ("heads.differs", "heads of a log of 900 entries; a log before this entry", heads(2, 900, Some(wrong))),
        ("payload.unreadable", "a number of heads", draft(EntryKind::HeadsRecorded, b"{}".to_vec())),
        (
            "payload.unreadable",
            "a number of heads",
            draft(EntryKind::HeadsRecorded, b"{\"count\":-1,\"size\":1}".to_vec()),
        ),
    ]);
}

#[test]
fn forged_keys_are_named() {
    let verifier = |name: &str, kind| SignerKey::from_seed(name, kind, &[9; 32]).unwrap().verifier().to_string();
    let own = verifier("ledger.example/one", KeyKind::Note);
    // Another letter at the end of the key: neither its identifier nor its point fit.
    let cut = own[..own.len() - 2].to_owned();
    assert_named(vec![
        (
            "life.differs",
            "the key of a log, `ledger.example/two`; a key of the log `ledger.example/one`",
            key(verifier("ledger.example/two", KeyKind::Note)),
        ),
        ("life.differs", "the key of a witness", key(verifier("ledger.example/one", KeyKind::Cosignature))),
        ("payload.unreadable", "a verifier key", key(cut)),
        ("payload.unreadable", "a verifier key", key(String::new())),
        ("payload.unreadable", "a verifier key", draft(EntryKind::KeyAnnounced, b"not canonical".to_vec())),
    ]);
}
