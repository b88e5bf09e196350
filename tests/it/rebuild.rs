//! What only repeats the journal is compared with it and put right; what the journal is made of is not touched.

use outcome_ledger::{
    operations::{Error, rebuild_log, verify_log},
    storage::{self, projection},
};

use super::{
    databases::{execute, on_each},
    deal,
    sequencing::{self, register},
    signing::sign_twice,
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

/// Damage to the tree of a log of more than two tiles, with the table that it is found in.
const OF_THE_TREE: [(&str, &str); 10] = [
    ("UPDATE log_entry SET leaf = (SELECT hash FROM entry WHERE seq = 3 LIMIT 1) WHERE log_index = 7", "log_entry"),
    ("DELETE FROM log_entry WHERE log_index = 300", "log_entry"),
    ("DELETE FROM log_entry WHERE log_index > 290 AND log_index < 310", "log_entry"),
    ("DELETE FROM log_entry WHERE log_index = (SELECT max(log_index) FROM log_entry)", "log_entry"),
    (
        "UPDATE log_node SET hash = (SELECT root FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint))",
        "log_node",
    ),
    ("DELETE FROM log_node WHERE node_index = 1", "log_node"),
    (
        "INSERT INTO log_node (level, node_index, hash) SELECT 1, 9, root FROM checkpoint ORDER BY size LIMIT 1",
        "log_node",
    ),
    ("UPDATE sequenced SET seq = seq - 1", "sequenced"),
    ("DELETE FROM sequenced", "sequenced"),
    ("UPDATE sequencer SET size = size - 3", "sequencer"),
];

#[test]
fn the_tree_is_found_and_put_right() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        (0..520).for_each(|number| register(c, &format!("Clinic {number}")));
        sign_twice(c);
        let before = sequencing::assert_whole(c);
        for (damage, table) in OF_THE_TREE {
            let broken = c.transaction(|c| projection::unguarded(c, |c| execute(c, damage).map(drop)));
            broken.unwrap();
            let found = rebuild_log(c, false).unwrap_or_else(|error| panic!("{damage}: {error}"));
            assert!(
                found.differences.iter().any(|finding| finding.table == table),
                "{damage}: {:#?}",
                found.differences
            );
            assert!(rebuild_log(c, true).unwrap_or_else(|error| panic!("{damage}: {error}")).written, "{damage}");
            assert_eq!(sequencing::assert_whole(c), before, "{damage}");
            let verified = verify_log(c).unwrap();
            assert!(verified.valid, "{damage}: {:#?}", verified.findings);
            let refused = execute(c, "DELETE FROM log_node");
            assert!(matches!(refused, Err(storage::Error::Refused(_))), "{damage}: {refused:?}");
        }
    });
}

/// An order that the checkpoints contradict, or that nothing tells any more, is not made up.
#[test]
fn an_order_that_is_lost_is_not_made_up() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        sign_twice(c);
        let signed = storage::checkpoint::latest(c).unwrap().unwrap();
        // Neighbours of two chains, neither of which can be told from the other.
        let rows = sequencing::assert_whole(c);
        let at = rows.windows(2).find(|pair| pair[0].chain_id != pair[1].chain_id).unwrap()[0].log_index;
        let other_connection = &mut database.connect();
        disarm(c);
        let other = "(SELECT l.chain_id FROM log_entry AS l WHERE l.chain_id <> log_entry.chain_id LIMIT 1)";
        let both = format!("log_index IN ({at}, {})", at + 1);
        for (damage, said) in [
            (format!("DELETE FROM log_entry WHERE {both}"), "2 chains can stand there"),
            (format!("UPDATE log_entry SET chain_id = {other}, seq = seq + 100000 WHERE {both}"), "as signed"),
            ("DELETE FROM log_entry".into(), "2 chains can stand there"),
        ] {
            execute(c, "CREATE TABLE kept AS SELECT * FROM log_entry").unwrap();
            execute(c, &damage).unwrap();
            let error = rebuild_log(other_connection, true).unwrap_err().to_string();
            assert!(error.contains("not everything could") && error.contains(said), "{damage}: {error}");
            execute(c, "DELETE FROM log_entry").unwrap();
            execute(c, "INSERT INTO log_entry SELECT * FROM kept").unwrap();
            execute(c, "DROP TABLE kept").unwrap();
            assert_eq!(sequencing::assert_whole(c), rows, "{damage}");
        }
        assert_eq!(storage::checkpoint::latest(c).unwrap().unwrap(), signed);
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
