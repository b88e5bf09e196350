//! What is written stays: both databases refuse to change, delete, truncate or replace rows of the journal.

use outcome_ledger::storage::{self, Connection, Error};

use super::{
    databases::{Database, execute, on_each_empty, on_postgres, on_sqlite},
    samples::{self, CONTRACT},
};

/// Columns that never change: a few of each append-only table, all the frozen ones of the tables that move in part.
const FROZEN: [(&str, &str); 53] = [
    ("log", "origin"),
    ("log", "log_id"),
    ("entry", "body"),
    ("entry", "hash"),
    ("entry", "chain_id"),
    ("posting", "amount_minor"),
    ("posting", "leg"),
    ("party", "name"),
    ("subject_key", "key"),
    ("subject", "sealed"),
    ("subject", "label_hash"),
    ("subject", "commitment"),
    ("fact", "sealed"),
    ("fact", "subject_ref"),
    ("fact", "commitment"),
    ("fact", "corrects"),
    ("settlement_line", "amount_minor"),
    ("settlement_line", "sealed"),
    ("settlement_line", "commitment"),
    ("chain_head", "chain_id"),
    ("contract", "contract_id"),
    ("contract", "name"),
    ("contract", "document"),
    ("contract", "files"),
    ("contract", "settings"),
    ("contract", "digest"),
    ("contract", "proposed_seq"),
    ("contract_party", "role"),
    ("contract_party", "party_id"),
    ("amendment", "document"),
    ("amendment", "seq"),
    ("receipt", "idempotency"),
    ("receipt", "request"),
    ("receipt", "answer"),
    ("sequencer", "one"),
    ("log_entry", "log_index"),
    ("log_entry", "chain_id"),
    ("log_entry", "seq"),
    ("log_entry", "leaf"),
    ("log_node", "level"),
    ("log_node", "node_index"),
    ("log_node", "hash"),
    ("sequenced", "chain_id"),
    ("checkpoint", "size"),
    ("checkpoint", "root"),
    ("checkpoint", "note"),
    ("cosignature", "line"),
    ("patient_read", "party_id"),
    ("patient_read", "operation"),
    ("patient_read", "row_count"),
    ("patient_read", "read_at"),
    ("aggregate_release", "seq"),
    ("aggregate_release", "counts"),
];

const TABLES: [&str; 21] = [
    "log",
    "chain_head",
    "entry",
    "posting",
    "party",
    "contract",
    "contract_party",
    "amendment",
    "subject_key",
    "subject",
    "fact",
    "settlement_line",
    "receipt",
    "sequencer",
    "log_entry",
    "log_node",
    "sequenced",
    "checkpoint",
    "cosignature",
    "patient_read",
    "aggregate_release",
];

fn filled(database: &Database) -> Connection {
    let mut connection = database.connect();
    storage::migrate::run(&mut connection).unwrap();
    samples::fill(&mut connection).unwrap();
    connection
}

fn assert_refused(connection: &mut Connection, sql: &str) {
    match execute(connection, sql) {
        Err(Error::Refused(_)) => {}
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn frozen_columns_do_not_change() {
    on_each_empty(|database| {
        let mut connection = filled(database);
        for (table, column) in FROZEN {
            assert_refused(&mut connection, &format!("UPDATE {table} SET {column} = {column}"));
        }
    });
}

#[test]
fn rows_are_not_deleted() {
    on_each_empty(|database| {
        let mut connection = filled(database);
        for table in TABLES {
            assert_refused(&mut connection, &format!("DELETE FROM {table}"));
        }
    });
}

#[test]
fn the_columns_that_move_move_one_way() {
    on_each_empty(|database| {
        let mut connection = filled(database);
        let c = &mut connection;
        storage::contract::set_state(c, CONTRACT, "proposed", "in force").unwrap();
        storage::contract_party::sign(c, CONTRACT, "payer", 2).unwrap();
        storage::chain_head::advance(c, 1, &samples::head(2)).unwrap();
        assert_refused(c, "UPDATE contract_party SET signed_seq = 3 WHERE role = 'payer'");
        assert_refused(c, "UPDATE contract_party SET signed_seq = NULL WHERE role = 'payer'");
        assert_refused(c, "UPDATE chain_head SET seq = 1");
        assert_refused(c, "UPDATE chain_head SET seq = seq");
        assert_eq!(storage::chain_head::load(c, CONTRACT).unwrap().unwrap(), samples::head(2));
        for numbers in ["size = size - 1", "checkpoints = checkpoints - 1", "cosignatures = cosignatures - 1"] {
            assert_refused(c, &format!("UPDATE sequencer SET {numbers}"));
        }
        assert_refused(c, "UPDATE sequenced SET seq = seq");
        assert_refused(c, "UPDATE sequenced SET seq = seq - 1");
    });
}

#[test]
fn sqlite_does_not_replace_rows() {
    on_sqlite(|database| {
        let mut connection = filled(database);
        // With the pragma, REPLACE runs into the delete triggers; without it, the insert guards must hold alone.
        for recursive_triggers in ["ON", "OFF"] {
            execute(&mut connection, &format!("PRAGMA recursive_triggers = {recursive_triggers}")).unwrap();
            for table in TABLES {
                let sql = format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}");
                assert!(matches!(execute(&mut connection, &sql), Err(Error::Exists(_))), "{sql}");
            }
            // A new primary key that collides in another unique column deletes the old row all the same.
            for (table, columns, values) in [
                ("party", "party_id, name, kind, chain_seq", "randomblob(16), name, kind, chain_seq"),
                ("contract_party", "contract_id, role, party_id", "contract_id, role, randomblob(16)"),
                (
                    "receipt",
                    "idempotency, request, chain_id, seq, answer",
                    "randomblob(32), request, chain_id, seq, answer",
                ),
                (
                    "entry",
                    "chain_id, seq, entry_id, kind, effective_on, recorded_at, prev_hash, hash, body",
                    "chain_id, seq + 1, entry_id, kind, effective_on, recorded_at, prev_hash, hash, x'00'",
                ),
                (
                    "subject",
                    "contract_id, subject_ref, label_hash, sealed, commitment, seq, item",
                    "contract_id, randomblob(16), label_hash, sealed, commitment, seq, item + 9",
                ),
            ] {
                let sql = format!("INSERT OR REPLACE INTO {table} ({columns}) SELECT {values} FROM {table}");
                assert!(matches!(execute(&mut connection, &sql), Err(Error::Exists(_))), "{sql}");
            }
        }
    });
}

#[test]
fn sqlite_keeps_no_hidden_row_numbers() {
    on_sqlite(|database| {
        let mut connection = filled(database);
        for table in TABLES {
            let error = execute(&mut connection, &format!("UPDATE {table} SET rowid = 1")).unwrap_err();
            assert!(error.to_string().contains("no such column: rowid"), "{table}: {error}");
        }
    });
}

#[test]
fn postgres_does_not_truncate_or_upsert() {
    on_postgres(|database| {
        let mut connection = filled(database);
        for table in TABLES {
            assert_refused(&mut connection, &format!("TRUNCATE {table} CASCADE"));
        }
        for (table, key, column) in [("party", "name", "kind"), ("entry", "entry_id", "body")] {
            let sql = format!(
                "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}"
            );
            assert_refused(&mut connection, &sql);
        }
    });
}

#[test]
fn postgres_triggers_stay_awake_in_a_replica_session() {
    on_postgres(|database| {
        let mut connection = filled(database);
        execute(&mut connection, "SET session_replication_role = replica").unwrap();
        for (table, column) in FROZEN {
            assert_refused(&mut connection, &format!("UPDATE {table} SET {column} = {column}"));
        }
        for table in TABLES {
            assert_refused(&mut connection, &format!("DELETE FROM {table}"));
            assert_refused(&mut connection, &format!("TRUNCATE {table} CASCADE"));
        }
        assert_refused(&mut connection, "UPDATE chain_head SET seq = 0");
        assert_refused(&mut connection, "UPDATE sequenced SET seq = 0");
        assert_refused(&mut connection, "UPDATE sequencer SET size = 0");
    });
}
