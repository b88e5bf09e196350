//! Entries enter the log after their commit: each once, in the order of their chain, with the leaf that its bytes give, also
//! when several servers work at the same time and when one is stopped in the middle.

use std::thread;

use outcome_ledger::{
    contract::{content, payload::Heads},
    ledger::{
        Entry, EntryKind,
        heads::{LoggedHead, heads_root},
        merkle::{MerkleTree, leaf_hash},
    },
    operations::{self, Outside, record_heads, register_party, sequence_log},
    storage::{self, Connection, LogEntryRow},
    values::{ChainId, Digest},
};

use super::{
    databases::{Database, execute, on_each},
    deal,
    tamper::disarm,
};

/// Everything the log says about itself, compared with the entries.
pub fn assert_whole(c: &mut Connection) -> Vec<LogEntryRow> {
    let rows: Vec<_> = storage::log_entry::each(c).unwrap().into_iter().map(Result::unwrap).collect();
    let indexes: Vec<_> = rows.iter().map(|row| row.log_index).collect();
    assert_eq!(indexes, (0..rows.len() as i64).collect::<Vec<_>>());
    assert_eq!(storage::sequencer::load(c).unwrap().size, rows.len() as i64);
    for head in storage::chain_head::list(c).unwrap().iter().filter(|head| head.seq > 0) {
        let entries = storage::entry::page(c, head.chain_id, 0, i64::MAX).unwrap();
        let of_chain = || rows.iter().filter(|row| row.chain_id == head.chain_id);
        let positions: Vec<_> = of_chain().map(|row| row.seq).collect();
        assert_eq!(positions, (1..=of_chain().count() as i64).collect::<Vec<_>>());
        assert!(of_chain().zip(&entries).all(|(row, entry)| row.leaf == leaf_hash(&entry.body)));
    }
    let leaves: Vec<Digest> = rows.iter().map(|row| row.leaf).collect();
    let nodes = storage::log_node::nodes(c, 1, 0..i64::MAX).unwrap();
    let tiles: Vec<_> = leaves.chunks_exact(256).map(|tile| MerkleTree::new(tile.to_vec()).root()).collect();
    assert_eq!(nodes, tiles);
    rows
}

/// Registers a party; of several writers each draws bytes of its own.
pub fn register(c: &mut Connection, name: &str) {
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    let mut outside = Outside::new(1_767_225_600_000_000, &mut random);
    while let Err(error) = register_party(c, &mut outside, name, "insurer") {
        assert!(matches!(&error, operations::Error::Storage(error) if error.is_retryable()), "{error}");
    }
}

#[test]
fn all_entries_enter_once_and_a_second_run_finds_nothing_to_do() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let entries = storage::entry::count(c).unwrap();
        assert_eq!(sequence_log(c).unwrap().added, entries as u64);
        assert_eq!(assert_whole(c).len() as i64, entries);
        assert_eq!(sequence_log(c).unwrap(), operations::Sequenced { added: 0, size: entries as u64 });
        register(c, "Insurer B");
        assert_eq!(sequence_log(c).unwrap().added, 1);
        assert_whole(c);
    });
}

#[test]
fn full_tiles_leave_nodes() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        for number in 0..300 {
            register(c, &format!("Clinic {number}"));
            if number % 70 == 0 {
                sequence_log(c).unwrap();
            }
        }
        sequence_log(c).unwrap();
        // 300 clinics and the two of the deal: one full tile.
        assert_eq!(assert_whole(c).len(), 302);
        assert_eq!(storage::log_node::nodes(c, 1, 0..9).unwrap().len(), 1);
    });
}

#[test]
fn a_body_that_does_not_give_its_hash_stops_the_log() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        disarm(c);
        let before = storage::sequencer::load(c).unwrap();
        // Another actor: the body can be read all the same.
        let is_sqlite = matches!(c, Connection::Sqlite(_));
        let changed = match is_sqlite {
            true => "CAST(substr(body, 1, 130) || x'FF' || substr(body, 132) AS BLOB)",
            false => "overlay(body placing '\\xFF'::bytea from 131)",
        };
        execute(c, "CREATE TABLE kept AS SELECT * FROM entry").unwrap();
        assert!(execute(c, &format!("UPDATE entry SET body = {changed} WHERE seq = 2")).unwrap() > 0);
        let error = sequence_log(c).unwrap_err().to_string();
        assert!(error.contains("does not give its hash") && error.contains("entry 2 of chain"), "{error}");
        assert_eq!(storage::sequencer::load(c).unwrap(), before);
        assert!(storage::log_entry::each(c).unwrap().is_empty());
        execute(c, "DELETE FROM entry WHERE seq = 2").unwrap();
        let error = sequence_log(c).unwrap_err().to_string();
        assert!(error.contains("position 2 is missing"), "{error}");
        execute(c, "INSERT INTO entry SELECT * FROM kept WHERE seq = 2").unwrap();
        sequence_log(c).unwrap();
        assert_whole(c);
    });
}

#[test]
fn an_entry_cut_off_below_its_head_stops_the_log() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        disarm(c);
        execute(c, "DELETE FROM entry").unwrap();
        let error = sequence_log(c).unwrap_err().to_string();
        assert!(error.contains("a chain ends before its head"), "{error}");
    });
}

#[test]
fn servers_that_sequence_and_write_at_the_same_time_number_every_entry_once() {
    const WRITERS: usize = 3;
    const EACH: usize = 25;
    fn sequence(database: &Database) {
        let mut c = database.connect();
        for _ in 0..20 {
            match sequence_log(&mut c) {
                Ok(_) => {}
                Err(operations::Error::Storage(error)) if error.is_retryable() => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    on_each(|database| {
        deal::found(&mut database.connect());
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                scope.spawn(move || {
                    let mut c = database.connect();
                    (0..EACH).for_each(|number| register(&mut c, &format!("Clinic {writer}.{number}")));
                });
            }
            (0..3).for_each(|_| drop(scope.spawn(|| sequence(database))));
        });
        let c = &mut database.connect();
        sequence_log(c).unwrap();
        assert_eq!(assert_whole(c).len(), 2 + WRITERS * EACH);
    });
}

/// Makes the database refuse to write a table, as a full disk would.
pub fn obstruct(c: &mut Connection, table: &str, event: &str) {
    if matches!(c, Connection::Sqlite(_)) {
        let sql =
            format!("CREATE TRIGGER obstacle BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'obstacle'); END");
        execute(c, &sql).unwrap();
        return;
    }
    let function = "CREATE OR REPLACE FUNCTION obstacle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'obstacle'; END $$";
    execute(c, function).unwrap();
    let sql = format!("CREATE TRIGGER obstacle BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION obstacle()");
    execute(c, &sql).unwrap();
}

/// Takes the obstacle away.
pub fn clear(c: &mut Connection, table: &str) {
    let on = if matches!(c, Connection::Sqlite(_)) { String::new() } else { format!(" ON {table}") };
    execute(c, &format!("DROP TRIGGER obstacle{on}")).unwrap();
}

#[test]
fn what_is_stopped_at_any_table_is_done_by_the_next_run() {
    let places = [
        ("sequenced", "INSERT"),
        ("log_entry", "INSERT"),
        ("log_node", "INSERT"),
        ("sequenced", "UPDATE"),
        ("sequencer", "UPDATE OF size"),
    ];
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let mut number = 0;
        for (table, event) in places {
            // Enough for a node each time.
            for _ in 0..260 {
                number += 1;
                register(c, &format!("Clinic {number}"));
            }
            if (table, event) == ("sequenced", "INSERT") {
                deal::propose(c);
            }
            let before = storage::sequencer::load(c).unwrap();
            obstruct(c, table, event);
            let error = sequence_log(c).unwrap_err().to_string();
            assert!(error.contains("obstacle"), "{table}: {error}");
            assert_eq!(storage::sequencer::load(c).unwrap(), before, "{table}");
            clear(c, table);
            sequence_log(c).unwrap();
            assert_whole(c);
        }
    });
}

fn payload(c: &mut Connection, network: ChainId, position: u64) -> (Entry, Heads) {
    let row = &storage::entry::page(c, network, position as i64 - 1, 1).unwrap()[0];
    let entry = Entry::decode(&row.body).unwrap();
    let heads = content::decode(&entry.payload).unwrap();
    (entry, heads)
}

#[test]
fn heads_are_recorded_once_for_each_change() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let heads = |c: &mut Connection| deal::act(c, record_heads).unwrap();
        // Nothing is in the log yet.
        assert_eq!(heads(c), None);
        let size = sequence_log(c).unwrap().size;
        let logged = storage::sequenced::heads(c).unwrap();
        let recorded = heads(c).unwrap();
        assert_eq!((recorded.count, recorded.size), (2, size));
        let (entry, payload) = payload(c, recorded.receipt.chain, recorded.receipt.position);
        assert_eq!((entry.kind, payload), (EntryKind::HeadsRecorded, Heads { count: 2, size }));
        let leaf =
            |head: &storage::ChainHead| LoggedHead { chain: head.chain_id, seq: head.seq as u64, hash: head.hash };
        let root = heads_root(logged.iter().map(leaf));
        assert_eq!(entry.commitments.iter().map(|c| (c.field, c.digest)).collect::<Vec<_>>(), [(4, root)]);
        // Neither before nor after the entry itself is in the log does it call for another.
        assert_eq!(heads(c), None);
        sequence_log(c).unwrap();
        assert_eq!(heads(c), None);
        register(c, "Insurer B");
        assert_eq!(heads(c), None, "what is not in the log yet is not a head of the log");
        sequence_log(c).unwrap();
        assert_eq!(heads(c).unwrap().size, size + 2);
    });
}
