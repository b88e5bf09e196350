//! What only repeats the journal is compared with it and put right; what the journal is made of is not touched.

use outcome_ledger::{
    operations::{Error, rebuild_log, verify_log},
    storage::{self, projection},
};

use super::{
    databases::{execute, on_each},
    deal,
    tamper::disarm,
};

/// Damage that follows from nothing and can be put right, with the table that it is found in.
const REPAIRABLE: [(&str, &str); 11] = [
    (
        "UPDATE chain_head SET seq = seq - 1, hash = (SELECT hash FROM entry
            WHERE entry.chain_id = chain_head.chain_id AND entry.seq = chain_head.seq - 1) WHERE seq > 1",
        "chain_head",
    ),
    ("DELETE FROM posting WHERE leg = 0", "posting"),
    ("UPDATE posting SET account = 3 WHERE leg = 1", "posting"),
    ("UPDATE party SET kind = 'payer' WHERE name = 'Maker A'", "party"),
    ("UPDATE party SET name = 'Maker B' WHERE name = 'Maker A'", "party"),
    ("UPDATE contract SET state = 'proposed'", "contract"),
    ("UPDATE contract SET name = 'other', proposed_seq = 2", "contract"),
    ("UPDATE contract_party SET signed_seq = NULL WHERE role = 'insurer'", "contract_party"),
    ("DELETE FROM contract_party WHERE role = 'insurer'", "contract_party"),
    ("UPDATE entry SET kind = 9 WHERE seq = 2", "entry"),
    ("UPDATE entry SET recorded_at = recorded_at + 1 WHERE seq = 3", "entry"),
];

/// Damage to the journal itself, or to what does not follow from it.
const BEYOND_REPAIR: [&str; 5] = [
    "DELETE FROM entry WHERE seq = 4",
    "UPDATE entry SET body = prev_hash WHERE seq = 3",
    "UPDATE contract SET document = document || ' '",
    "DELETE FROM fact WHERE item = 0",
    "UPDATE settlement_line SET amount_minor = '1' WHERE item = 0",
];

#[test]
fn a_whole_ledger_needs_no_rebuilding() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        for write in [false, true] {
            let rebuilt = rebuild_log(c, write).unwrap();
            assert!(rebuilt.differences.is_empty() && !rebuilt.written, "{:#?}", rebuilt.differences);
        }
    });
}

#[test]
fn what_repeats_the_journal_is_found_and_put_right() {
    on_each(|database| {
        deal::complete(&mut database.connect());
        for (damage, table) in REPAIRABLE {
            let mut armed = database.connect();
            // The guards are lifted for the damage alone, and stand again before it is put right.
            let broken = armed.transaction(|c| projection::unguarded(c, |c| execute(c, damage).map(drop)));
            broken.unwrap();
            let c = &mut database.connect();
            let found = rebuild_log(c, false).unwrap();
            assert!(!found.written && found.differences.iter().any(|finding| finding.table == table), "{damage}");
            assert!(!verify_log(c).unwrap().valid, "{damage}: looking changes nothing");
            let rebuilt = rebuild_log(c, true).unwrap_or_else(|error| panic!("{damage}: {error}"));
            assert!(rebuilt.written, "{damage}");
            let verified = verify_log(c).unwrap();
            assert!(verified.valid, "{damage}: {:#?}", verified.findings);
            // The guards stand.
            let refused = execute(c, "DELETE FROM posting");
            assert!(matches!(refused, Err(storage::Error::Refused(_))), "{damage}: {refused:?}");
        }
    });
}

#[test]
fn a_journal_that_was_changed_is_not_rebuilt_from() {
    for damage in BEYOND_REPAIR {
        on_each(|database| {
            let c = &mut database.connect();
            deal::complete(c);
            disarm(c);
            execute(c, damage).unwrap();
            let before = verify_log(c).unwrap();
            for write in [false, true] {
                match rebuild_log(c, write) {
                    Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "journal-invalid", "{damage}"),
                    other => panic!("{damage}: {other:?}"),
                }
            }
            assert_eq!(verify_log(c).unwrap(), before, "{damage}: nothing was changed");
        });
    }
}
