//! A request under an idempotency key is carried out once, however often and from however many sides it is asked.

use std::thread;

use outcome_ledger::{
    ledger::{ChainHead, Draft, Entry, EntryKind, Postings, Request},
    operations::{
        Asked, Done, Error, Outside, Receipt, Registered, approve_settlement, once, propose_settlement, register_party,
        retrying, verify_log,
    },
    storage::{self, Connection},
    values::{Day, Digest, EntryId, PartyId},
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, act, day},
};

fn ask(c: &mut Connection, asked: &Asked, name: &str) -> Result<Done<Registered>, Error> {
    act(c, |c, outside| once(c, outside, asked, |c, outside| register_party(c, outside, name, "insurer")))
}

fn asked(key: &str, name: &str) -> Asked {
    Asked::new("register_party", None, key, &name).unwrap()
}

fn now(done: Done<Registered>) -> Receipt {
    match done {
        Done::Now(registered) => registered.receipt,
        Done::Before(receipts) => panic!("done before: {receipts:?}"),
    }
}

fn entries(c: &mut Connection) -> i64 {
    storage::entry::count(c).unwrap()
}

#[test]
fn asked_again_the_receipt_is_shown_again() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let first = now(ask(c, &asked("k1", "Insurer B"), "Insurer B").unwrap());
        let before = entries(c);
        assert_eq!(ask(c, &asked("k1", "Insurer B"), "Insurer B").unwrap(), Done::Before(vec![first.clone()]));
        assert_eq!(entries(c), before);
        // The digest in the entry by its definition in docs/LEDGER-FORMAT.md.
        let log = storage::log::load(c).unwrap().unwrap().log_id;
        let key = b"register_party/-/k1";
        let tag = b"outcome-ledger/idempotency/v1\0";
        let row = storage::entry::find(c, first.entry).unwrap().unwrap();
        let digest = Digest::of(&[tag, &log.0, &[0, 0, 0, 0, 0, 0, 0, 19], key]);
        assert_eq!(Entry::decode(&row.body).unwrap().idempotency, Some(digest));
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn a_key_used_for_something_else_is_refused() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        now(ask(c, &asked("k1", "Insurer B"), "Insurer B").unwrap());
        let before = entries(c);
        match ask(c, &asked("k1", "Insurer C"), "Insurer C") {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "key-reused"),
            other => panic!("{other:?}"),
        }
        assert_eq!(entries(c), before);
        // The same word from somebody else, or for another operation, is another key.
        let of_maker = Asked::new("register_party", Some(PartyId::from_bytes([1; 16])), "k1", &"Insurer C").unwrap();
        now(ask(c, &of_maker, "Insurer C").unwrap());
        let elsewhere = Asked::new("add_party", None, "k1", &"Insurer D").unwrap();
        now(ask(c, &elsewhere, "Insurer D").unwrap());
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn what_was_refused_can_be_asked_again() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let taken = ask(c, &asked("k1", "Maker A"), "Maker A");
        assert!(matches!(&taken, Err(Error::Refused(refusal)) if refusal.code == "name-taken"), "{taken:?}");
        // Not under the key that failed: what follows on the same connection is written under none.
        act(c, |c, outside| register_party(c, outside, "Insurer B", "insurer")).unwrap();
        now(ask(c, &asked("k1", "Insurer C"), "Insurer C").unwrap());
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn bad_keys_are_refused() {
    let long = "k".repeat(201);
    for key in ["", "two words", "schlüssel", "a\nb", &long] {
        let refused = Asked::new("register_party", None, key, &"").map(drop);
        assert!(matches!(&refused, Err(Error::Refused(refusal)) if refusal.code == "bad-key"), "{key}: {refused:?}");
    }
}

#[test]
fn a_settlement_without_a_difference_leaves_no_receipt() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let propose = |c: &mut Connection, key: &str| {
            let asked = Asked::new("propose_settlement", None, key, &"2025-06-30").unwrap();
            let work = |c: &mut Connection, o: &mut Outside| propose_settlement(c, o, CONTRACT, day("2025-06-30"));
            act(c, |c, outside| once(c, outside, &asked, work)).unwrap()
        };
        let Done::Now(due) = propose(c, "k1") else { panic!("not done before") };
        let receipt = due.proposed.unwrap();
        assert_eq!(propose(c, "k1"), Done::Before(vec![receipt]));
        for role in &due.approvers {
            act(c, |c, o| approve_settlement(c, o, CONTRACT, None, role)).unwrap();
        }
        assert!(matches!(propose(c, "k2"), Done::Now(due) if due.proposed.is_none()));
        deal::correct(c);
        // Now there is a difference, and the key is still free.
        assert!(matches!(propose(c, "k2"), Done::Now(due) if due.proposed.is_some()));
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn the_same_request_from_many_sides_is_carried_out_once() {
    const SIDES: usize = 8;
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let before = entries(c);
        let outcomes: Vec<Done<Registered>> = thread::scope(|scope| {
            let side = |_| {
                scope.spawn(|| {
                    let asked = asked("k1", "Insurer B");
                    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
                    let mut outside = Outside::new(1_800_000_000_000_000, &mut random);
                    retrying(&mut database.connect(), &mut outside, |c, outside| {
                        once(c, outside, &asked, |c, outside| register_party(c, outside, "Insurer B", "insurer"))
                    })
                    .unwrap()
                })
            };
            let sides: Vec<_> = (0..SIDES).map(side).collect();
            sides.into_iter().map(|side| side.join().unwrap()).collect()
        });
        let done: Vec<_> = outcomes.iter().filter(|done| matches!(done, Done::Now(_))).collect();
        assert_eq!((done.len(), entries(c) - before), (1, 1), "{outcomes:?}");
        let Done::Now(Registered { receipt, .. }) = done[0] else { unreachable!() };
        let all_same = outcomes.iter().all(|done| match done {
            Done::Now(registered) => registered.receipt == *receipt,
            Done::Before(receipts) => receipts == std::slice::from_ref(receipt),
        });
        assert!(all_same, "{outcomes:?}");
        assert!(verify_log(c).unwrap().valid);
    });
}

/// Whoever can write past the program can put a second entry under a key; it is found.
#[test]
fn two_entries_under_one_key_are_found() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let first = now(ask(c, &asked("k1", "Insurer B"), "Insurer B").unwrap());
        let log = storage::log::load(c).unwrap().unwrap().log_id;
        let row = storage::entry::find(c, first.entry).unwrap().unwrap();
        let head =
            ChainHead { chain: first.chain, seq: first.position, hash: row.hash, recorded_at_micros: row.recorded_at };
        let draft = Draft {
            id: EntryId::from_bytes([200; 16]),
            kind: EntryKind::PartyRegistered,
            effective_on: Day(20_000),
            recorded_at_micros: row.recorded_at,
            actor: Digest::ZERO,
            idempotency: Some(Request::of(&log, b"register_party/-/k1", b"\"Insurer B\"")),
            corrects: None,
            terms: None,
            postings: Postings::NONE,
            commitments: Vec::new(),
            payload: Vec::new(),
        };
        let appended = head.append(log, draft).unwrap();
        let seq = row.seq + 1;
        let to = storage::ChainHead { chain_id: first.chain, seq, hash: appended.head.hash };
        storage::chain_head::advance(c, row.seq, &to).unwrap();
        let second = storage::EntryRow {
            seq,
            entry_id: appended.entry.id,
            effective_on: 20_000,
            prev_hash: row.hash,
            hash: appended.head.hash,
            body: appended.body,
            ..row
        };
        storage::entry::insert(c, &[second]).unwrap();
        let verified = verify_log(c).unwrap();
        let found = verified.findings.iter().find(|finding| finding.code == "key.duplicate").unwrap();
        assert!(found.row.starts_with(&format!("position {seq}")), "{found}");
        let missing = verified.findings.iter().find(|finding| finding.table == "receipt").unwrap();
        assert!(missing.code == "row.missing" && missing.row.contains(&format!("position {seq} ")), "{missing}");
    });
}
