//! Entries with fitting hashes from a writer that does not keep the rules.

use super::*;

/// Rewrites one entry and the chain after it, and gives the only finding.
fn only(chain: u8, seq: u8, change: impl FnOnce(&mut Entry)) -> (Code, ChainId, u64) {
    let mut store = store();
    store.rewrite_from(chain, seq, change);
    let findings = store.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    (findings[0].code, findings[0].chain, findings[0].seq)
}

#[test]
fn a_chain_written_anew_within_the_rules_is_for_checkpoints_to_find() {
    let mut store = store();
    store.rewrite_from(1, 2, |entry| entry.payload = b"another story".to_vec());
    assert_eq!(store.findings(), vec![]);
}

#[test]
fn unbalanced_postings_are_found() {
    let euro = |amount| leg(8, AccountKind::Cash, "EUR", amount);
    for legs in [vec![euro(5)], vec![euro(-1), euro(2)], vec![euro(0), euro(0)]] {
        let mut legs = legs;
        legs.sort_by_key(Posting::to_bytes);
        assert_eq!(only(1, 2, |entry| entry.postings = legs), (Code::Unbalanced, chain_id(1), 2));
    }
}

#[test]
fn an_entry_of_another_log_is_found() {
    assert_eq!(only(3, 2, |entry| entry.log = Digest([0x11; 32])), (Code::LogForeign, chain_id(3), 2));
}

#[test]
fn time_that_runs_backwards_is_found() {
    // The third entry was recorded at 1,000 µs, the fourth at 2,000.
    assert_eq!(only(1, 4, |entry| entry.recorded_at_micros = 999), (Code::TimeBackwards, chain_id(1), 4));
    let mut same = store();
    same.rewrite_from(1, 4, |entry| entry.recorded_at_micros = 1_000);
    assert_eq!(same.findings(), vec![]);
}

#[test]
fn a_correction_of_nothing_is_found() {
    let unknown = EntryId::from_bytes([0xdd; 16]);
    for target in [unknown, id(1, 3), id(1, 4), id(2, 1), id(3, 1)] {
        let (code, chain, seq) = only(1, 3, |entry| entry.corrects = Some(target));
        assert_eq!((code, chain, seq), (Code::CorrectsUnknown, chain_id(1), 3), "{target}");
    }
    assert_eq!(only(3, 3, |entry| entry.corrects = Some(id(1, 1))), (Code::CorrectsUnknown, chain_id(3), 3));
}

#[test]
fn a_name_used_twice_is_found() {
    assert_eq!(only(1, 4, |entry| entry.id = id(1, 1)), (Code::EntryDuplicate, chain_id(1), 4));
    assert_eq!(only(3, 4, |entry| entry.id = id(1, 1)), (Code::EntryDuplicate, chain_id(3), 4));
}

#[test]
fn a_body_of_an_unknown_version_is_found_and_the_chain_goes_on() {
    let mut store = store();
    let at = store.at(1, 5);
    store.entries[at].body[3] = b'2';
    store.entries[at].hash = chain_hash(&store.entries[at].prev_hash, &leaf_hash(&store.entries[at].body));
    store.heads[0].hash = store.entries[at].hash;
    let report = verify(LOG, store.entries.clone(), store.heads.clone(), store.postings.clone());
    assert_eq!(first(&store), (Code::BodyUndecodable, chain_id(1), 5, Some(id(1, 5))));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.not_checked[4], "Columns and postings of 1 entries whose bodies cannot be read.");
}
