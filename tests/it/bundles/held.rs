//! The reader's own memory: newer, older and contradicting checkpoints.

use super::*;

/// The deal signed after the first settlement, and again at its end: the earlier bundle and the later database.
fn twice(test: impl Fn(Vec<u8>, &mut Connection)) {
    on_sqlite(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        let c = &mut database.connect();
        deal::follow_up(c);
        deal::settle(c, "2025-06-30").unwrap();
        sign(c);
        let earlier = export(c, &CONTRACT);
        deal::correct(c);
        deal::settle(c, "2025-06-30").unwrap();
        sign(c);
        test(earlier, c);
    });
}

fn against(archive: &[u8], held: &[u8]) -> Checked {
    let (note, head) = note_of(held);
    check(archive, &policy(&key(ORIGIN, 1)), Some((&note, head))).unwrap()
}

#[test]
fn a_log_that_continues_what_was_held_is_valid() {
    twice(|earlier, c| {
        let size = note_of(&earlier).1.size;
        let proven = export(c, &Export { since: &[size], ..CONTRACT });
        let whole = export(c, &EVERYTHING);
        for archive in [&proven, &whole] {
            assert_eq!(against(archive, &earlier).verdict, Verdict::Valid);
            assert_eq!(against(archive, archive).verdict, Verdict::Valid);
        }
        let unproven = against(&export(c, &CONTRACT), &earlier);
        assert_told(&unproven, "consistency.fails", &format!("size {size}"));
        assert!(unproven.findings[0].expected.contains(&format!("--since {size}")));
    });
}

#[test]
fn what_is_older_than_what_was_held_is_stale() {
    twice(|earlier, c| {
        let checked = against(&earlier, &export(c, &CONTRACT));
        assert_eq!((told(&checked), checked.verdict, checked.verdict.exit_code()), (vec![], Verdict::Stale, 20));
    });
}

/// The operator writes the whole log anew and signs it: nothing in it is wrong, but somebody remembers.
#[test]
fn a_chain_replaced_as_a_whole_is_caught_by_a_held_checkpoint() {
    twice(|earlier, c| {
        let whole = export(c, &EVERYTHING);
        let (mut bundle, ..) = Bundle::read(&whole).unwrap();
        let mut entries = decoded(&bundle);
        entries.iter_mut().for_each(|entry| entry.recorded_at_micros += 1);
        resealed(&mut bundle, entries, &key(ORIGIN, 1));
        let forged = bundle.write();
        assert_eq!((told(&verified(&forged)), verified(&forged).verdict), (vec![], Verdict::Valid));
        for held in [&earlier, &whole] {
            let checked = against(&forged, held);
            assert_eq!((checked.verdict, checked.verdict.exit_code()), (Verdict::Diverged, 30));
            let both = checked.diverged.unwrap();
            assert_eq!(both, [note_of(&forged).0.to_string(), note_of(held).0.to_string()]);
        }
    });
}

/// A bundle of one contract proves by the older root that it names.
#[test]
fn an_older_root_that_contradicts_what_was_held_is_a_fork() {
    twice(|earlier, c| {
        let whole = export(c, &EVERYTHING);
        let (mut bundle, ..) = Bundle::read(&whole).unwrap();
        let mut entries = decoded(&bundle);
        entries.iter_mut().for_each(|entry| entry.recorded_at_micros += 1);
        resealed(&mut bundle, entries, &key(ORIGIN, 1));
        let leaves: Vec<_> = bundle.entries.iter().map(|entry| leaf_hash(&entry.body)).collect();
        let tree = MerkleTree::new(leaves);
        let size = note_of(&earlier).1.size;
        let older = outcome_ledger::contract::bundle::Older {
            root: tree.root_at(size as usize).unwrap(),
            proof: tree.consistency_proof(size as usize).unwrap(),
        };
        bundle.consistency.insert(size, older);
        bundle.scope = Scope::Contract;
        for (entry, index) in bundle.entries.iter_mut().zip(0..) {
            entry.proof = tree.inclusion_proof(index).unwrap();
        }
        assert_eq!(told(&verified(&bundle.write())), []);
        assert_eq!(against(&bundle.write(), &earlier).verdict, Verdict::Diverged);
        // An older root that the proof does not lead to proves nothing.
        bundle.consistency.get_mut(&size).unwrap().root = note_of(&earlier).1.root;
        assert_told(&verified(&bundle.write()), "consistency.fails", &format!("size {size}"));
    });
}
