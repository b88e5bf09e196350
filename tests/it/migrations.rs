//! The tables: twins on both databases, made once, by one program at a time, and taken down without a trace.

use std::{collections::BTreeMap, thread};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use diesel_migrations::MigrationHarness;
use outcome_ledger::{
    operations::{check_log, verify_log},
    storage::{
        Connection,
        migrate::{self, Difference},
    },
};

use super::{
    databases::{execute, on_each_empty, on_postgres, on_sqlite},
    deal,
};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    described: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// Table, position, name, nullability and place in the primary key of each column, with its type.
type Columns = BTreeMap<String, String>;

const OF_SQLITE: &str = r#"
    SELECT t.name || ' ' || c.cid || ' ' || c.name || iif(c."notnull", '', ' null') || ' key' || c.pk AS described,
        c.type AS kind
    FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\_\_diesel%' ESCAPE '\'"#;

const OF_POSTGRES: &str = r"
    SELECT c.relname || ' ' || (a.attnum - 1) || ' ' || a.attname || CASE WHEN a.attnotnull THEN '' ELSE ' null' END
        || ' key' || coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) AS described,
        format_type(a.atttypid, a.atttypmod) AS kind
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\_\_diesel%'";

fn columns(connection: &mut Connection) -> Columns {
    let rows: Vec<Column> = match connection {
        Connection::Sqlite(c) => sql_query(OF_SQLITE).load(c).unwrap(),
        Connection::Postgres(c) => sql_query(OF_POSTGRES).load(c).unwrap(),
    };
    rows.into_iter().map(|column| (column.described, column.kind)).collect()
}

/// The types of PostgreSQL that stand for a type of SQLite; see the table in `src/storage/columns.rs`.
fn are_twins(sqlite: &str, postgres: &str) -> bool {
    match sqlite {
        "BLOB" => ["uuid", "bytea"].contains(&postgres),
        "TEXT" => ["text", "numeric(39,0)"].contains(&postgres),
        "INTEGER" => ["bigint", "integer", "smallint", "date", "boolean"].contains(&postgres),
        _ => false,
    }
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let of_sqlite = std::cell::RefCell::new(Columns::new());
    on_sqlite(|database| {
        migrate::run(&mut database.connect()).unwrap();
        *of_sqlite.borrow_mut() = columns(&mut database.connect());
    });
    let of_sqlite = of_sqlite.into_inner();
    // log 3, chain_head 3, party 4, entry 9, posting 7, contract 8, contract_party 4, amendment 5, key 3, subject 7, fact 9,
    // lines 11, receipt 5, sequencer 4, log_entry 4, log_node 3, sequenced 2, checkpoint 3, cosignature 3, webhook 10,
    // patient_read 6, aggregate_release 4.
    assert_eq!(of_sqlite.len(), 117);
    on_postgres(|database| {
        migrate::run(&mut database.connect()).unwrap();
        let of_postgres = columns(&mut database.connect());
        let names = |columns: &Columns| columns.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&of_sqlite), names(&of_postgres), "keep migrations/sqlite and migrations/postgres twins");
        for (column, kind) in &of_postgres {
            assert!(are_twins(&of_sqlite[column], kind), "{column}: {} on SQLite, {kind}", of_sqlite[column]);
        }
    });
}

fn names(folder: &str) -> Vec<String> {
    let folder = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn migrations_have_the_same_names() {
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn a_second_run_finds_nothing_to_do() {
    on_each_empty(|database| {
        let mut connection = database.connect();
        let all: Vec<String> = names("sqlite").iter().map(|name| name[..14].to_owned()).collect();
        assert!(all.len() > 4 && all.is_sorted());
        assert_eq!(migrate::compare(&mut connection).unwrap(), Difference { pending: all.len(), unknown: 0 });
        assert_eq!(migrate::run(&mut connection).unwrap(), all);
        assert_eq!(migrate::compare(&mut connection).unwrap(), Difference::default());
        assert!(migrate::run(&mut connection).unwrap().is_empty());
    });
}

#[test]
fn tables_of_a_newer_program_are_refused() {
    on_each_empty(|database| {
        let mut connection = database.connect();
        deal::found(&mut connection);
        check_log(&mut connection).unwrap();
        execute(&mut connection, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").unwrap();
        assert_eq!(migrate::compare(&mut connection).unwrap(), Difference { pending: 0, unknown: 1 });
        let refused = check_log(&mut connection).unwrap_err().to_string();
        assert!(refused.contains("newer program"), "{refused}");
        assert!(verify_log(&mut connection).is_err());
    });
}

#[test]
fn programs_that_start_together_take_turns() {
    on_each_empty(|database| {
        let done: usize = thread::scope(|scope| {
            let start = || scope.spawn(|| migrate::run(&mut database.connect()).unwrap().len());
            let programs: Vec<_> = (0..6).map(|_| start()).collect();
            programs.into_iter().map(|program| program.join().unwrap()).sum()
        });
        assert_eq!(done, names("sqlite").len(), "{:?}", database.address);
    });
}

#[test]
fn what_goes_up_comes_down_and_up_again() {
    on_each_empty(|database| {
        let mut connection = database.connect();
        migrate::run(&mut connection).unwrap();
        let before = columns(&mut connection);
        match &mut connection {
            Connection::Sqlite(c) => c.revert_all_migrations(migrate::SQLITE).map(drop),
            Connection::Postgres(c) => c.revert_all_migrations(migrate::POSTGRES).map(drop),
        }
        .unwrap();
        assert_eq!(columns(&mut connection), Columns::new());
        migrate::run(&mut connection).unwrap();
        assert_eq!(columns(&mut connection), before);
    });
}
