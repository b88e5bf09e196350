//! Whoever gets past the triggers is found out: every column of every row, deleted, copied and swapped rows, on both
//! databases.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use outcome_ledger::{
    contract::{
        Batch,
        seal::{Opening, SealedAt, seal, unseal},
    },
    operations::{Verified, verify_log},
    storage::{self, Connection},
    values::to_hex,
};

use super::{
    databases::{Database, execute, on_each},
    deal, signing,
};

/// A table, its key, what else is unique in it, and by what words a finding names a row.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    unique: &'static [&'static str],
    named_by: &'static [(&'static str, &'static str)],
}

const BATCH_KEY: &[&str] = &["contract_id", "seq", "item"];
const BATCH_NAMES: &[(&str, &str)] = &[("position ", "seq"), ("item ", "item")];

const TABLES: [Table; 18] = [
    Table { name: "log", key: &["log_id"], unique: &[], named_by: &[] },
    Table { name: "chain_head", key: &["chain_id"], unique: &[], named_by: &[] },
    Table { name: "party", key: &["party_id"], unique: &["name"], named_by: &[("", "party_id")] },
    Table { name: "entry", key: &["chain_id", "seq"], unique: &["entry_id"], named_by: &[("position ", "seq")] },
    Table { name: "posting", key: &["chain_id", "seq", "leg"], unique: &[], named_by: &[("position ", "seq")] },
    Table { name: "contract", key: &["contract_id"], unique: &["name"], named_by: &[("", "contract_id")] },
    Table { name: "contract_party", key: &["contract_id", "role"], unique: &[], named_by: &[("role `", "role")] },
    Table { name: "subject_key", key: &["contract_id", "subject_ref"], unique: &[], named_by: &[("", "subject_ref")] },
    Table { name: "subject", key: BATCH_KEY, unique: &["subject_ref", "label_hash"], named_by: BATCH_NAMES },
    Table { name: "fact", key: BATCH_KEY, unique: &[], named_by: BATCH_NAMES },
    Table { name: "settlement_line", key: BATCH_KEY, unique: &[], named_by: BATCH_NAMES },
    Table { name: "sequencer", key: &["one"], unique: &[], named_by: &[] },
    Table { name: "log_entry", key: &["log_index"], unique: &["seq"], named_by: &[("log index ", "log_index")] },
    Table { name: "log_node", key: &["level", "node_index"], unique: &[], named_by: &[("node ", "node_index")] },
    Table { name: "sequenced", key: &["chain_id"], unique: &[], named_by: &[("", "chain_id")] },
    Table { name: "checkpoint", key: &["size"], unique: &[], named_by: &[] },
    Table { name: "cosignature", key: &["size", "verifier_key"], unique: &[], named_by: &[] },
    Table { name: "receipt", key: &["idempotency"], unique: &["chain_id", "seq"], named_by: &[("position ", "seq")] },
];

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Text)]
    text: String,
}

fn texts(c: &mut Connection, sql: &str) -> Vec<String> {
    let rows: Vec<Cell> = match c {
        Connection::Sqlite(c) => sql_query(sql).load(c).unwrap(),
        Connection::Postgres(c) => sql_query(sql).load(c).unwrap(),
    };
    rows.into_iter().map(|cell| cell.text).collect()
}

fn is_sqlite(c: &Connection) -> bool {
    matches!(c, Connection::Sqlite(_))
}

/// Takes triggers, checks and references out of the way, as somebody with the file or the owner's password can.
pub fn disarm(c: &mut Connection) {
    if is_sqlite(c) {
        for name in texts(c, "SELECT name AS text FROM sqlite_master WHERE type = 'trigger'") {
            execute(c, &format!("DROP TRIGGER {name}")).unwrap();
        }
        execute(c, "PRAGMA foreign_keys = OFF").unwrap();
        execute(c, "PRAGMA ignore_check_constraints = ON").unwrap();
        return;
    }
    execute(c, "SET session_replication_role = replica").unwrap();
    for table in TABLES {
        execute(c, &format!("ALTER TABLE {} DISABLE TRIGGER USER", table.name)).unwrap();
    }
    let checks = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS text
        FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
    for statement in texts(c, checks) {
        execute(c, &statement).unwrap();
    }
    execute(c, "DROP INDEX log_is_one_row").unwrap();
}

/// Columns with the type that each database gives them.
fn columns(c: &mut Connection, table: &str) -> Vec<(String, String)> {
    let sql = if is_sqlite(c) {
        format!("SELECT name || ' ' || type AS text FROM pragma_table_info('{table}')")
    } else {
        format!(
            "SELECT column_name || ' ' || data_type AS text FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
        )
    };
    let split = |text: String| text.split_once(' ').map(|(name, kind)| (name.to_owned(), kind.to_owned())).unwrap();
    texts(c, &sql).into_iter().map(split).collect()
}

/// Another value of the same type.
fn other(column: &str, kind: &str, by: i32) -> String {
    match kind {
        "BLOB" => format!("randomblob(coalesce(length({column}), 16))"),
        "TEXT" if column == "amount_minor" => format!("CAST(CAST({column} AS INTEGER) + {by} AS TEXT)"),
        "uuid" => "gen_random_uuid()".into(),
        "bytea" => format!("sha256({column})"),
        "TEXT" | "text" => format!("coalesce({column}, '') || 'x'"),
        "date" => format!("{column} + {by}"),
        "boolean" => format!("NOT {column}"),
        "INTEGER" if column == "retracted" => format!("1 - {column}"),
        _ => format!("coalesce({column}, 0) + {by}"),
    }
}

/// Conditions that pick each row of a table by its key, in the order of the key.
fn rows(c: &mut Connection, table: &Table) -> Vec<String> {
    let sqlite = is_sqlite(c);
    let quote = |column: &&str| match sqlite {
        true => format!("'{column} = ' || quote({column})"),
        false => format!("'{column} = ' || quote_literal({column}::text)"),
    };
    let conditions: Vec<_> = table.key.iter().map(quote).collect();
    let sql = format!(
        "SELECT {} AS text FROM {} ORDER BY {}",
        conditions.join(" || ' AND ' || "),
        table.name,
        table.key.join(", ")
    );
    texts(c, &sql)
}

/// The words that a finding has to use for a row.
fn names(c: &mut Connection, table: &Table, row: &str) -> Vec<String> {
    let sqlite = is_sqlite(c);
    let mut words = Vec::new();
    for (before, column) in table.named_by {
        let text = match (sqlite, *before) {
            (true, "") => format!("lower(hex({column}))"),
            (true, _) => format!("CAST({column} AS TEXT)"),
            (false, _) => format!("{column}::text"),
        };
        let found = texts(c, &format!("SELECT {text} AS text FROM {} WHERE {row}", table.name));
        let found = if before.is_empty() { hyphened(&found[0]) } else { found[0].clone() };
        words.push(format!("{before}{found}"));
    }
    words
}

/// An identifier as it is shown.
fn hyphened(text: &str) -> String {
    uuid::Uuid::parse_str(text).unwrap().to_string()
}

mod past_the_schema;

struct Case<'c> {
    table: &'c Table,
    what: String,
    statements: Vec<String>,
    /// Each list has to stand in one finding.
    named: Vec<Vec<String>>,
}

/// Tampers, verifies, and puts the table back as it was.
fn assert_found(c: &mut Connection, case: &Case) -> Verified {
    let table = case.table.name;
    execute(c, &format!("CREATE TABLE kept AS SELECT * FROM {table}")).unwrap();
    for statement in &case.statements {
        execute(c, statement).unwrap_or_else(|error| panic!("{}: {statement}: {error}", case.what));
    }
    let verified = verify_log(c).unwrap_or_else(|error| panic!("{}: {error}", case.what));
    execute(c, &format!("DELETE FROM {table}")).unwrap();
    execute(c, &format!("INSERT INTO {table} SELECT * FROM kept")).unwrap();
    execute(c, "DROP TABLE kept").unwrap();
    for words in &case.named {
        assert_named(&verified, case, words);
    }
    verified
}

fn assert_named(verified: &Verified, case: &Case, words: &[String]) {
    let names = |text: &str, word: &str| {
        // `item 1` is not named by `item 12`.
        text.match_indices(word).any(|(at, _)| !text[at + word.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    let found = verified
        .findings
        .iter()
        .any(|finding| finding.table == case.table.name && words.iter().all(|word| names(&finding.row, word)));
    assert!(!verified.valid && found, "{}: {words:?} not in {:#?}", case.what, verified.findings);
}

fn tampered(database: &Database, test: impl Fn(&mut Connection, &Table)) {
    let mut connection = database.connect();
    deal::complete(&mut connection);
    signing::sign_twice(&mut connection);
    disarm(&mut connection);
    for table in &TABLES {
        test(&mut connection, table);
    }
    let verified = verify_log(&mut connection).unwrap();
    assert!(verified.valid, "put back as it was: {:#?}", verified.findings);
}

/// Whoever also computes the commitment anew leaves rows that fit in themselves; the root in the journal gives them away.
#[test]
fn a_row_forged_with_its_commitment_is_found() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        disarm(c);
        let contract = storage::contract::find_by_name(c, deal::CONTRACT).unwrap().unwrap().contract_id;
        let facts = storage::fact::of_contract(c, contract).unwrap();
        let fact = facts.iter().find(|fact| (fact.seq, fact.item) == (6, 0)).unwrap();
        let at = SealedAt { contract, seq: 6, batch: Batch::Facts, item: 0 };
        let keys = storage::subject_key::of_contract(c, contract).unwrap();
        let key = &keys.iter().find(|row| Some(row.subject_ref) == fact.subject_ref).unwrap().key;
        let Opening { salt, content } = unseal(key, &at, fact.sealed.as_ref().unwrap()).unwrap();
        let forged = String::from_utf8(content.clone()).unwrap().replace("\"20000\"", "\"25000\"").into_bytes();
        assert_ne!(content, forged);
        let entry = &storage::entry::page(c, contract, 5, 1).unwrap()[0];
        let commitment = Batch::Facts.commit(contract, entry.entry_id, 0, &salt, &forged);
        let sealed = seal(key, &at, [1; 24], &salt, &forged).unwrap();
        let (hex, fact_id) = (to_hex(&sealed), fact.fact_id.0.simple());
        let (bytes, digest, id) = match is_sqlite(c) {
            true => (format!("x'{hex}'"), format!("x'{commitment}'"), format!("x'{fact_id}'")),
            false => (format!("'\\x{hex}'"), format!("'\\x{commitment}'"), format!("'{fact_id}'")),
        };
        let sql = format!("UPDATE fact SET sealed = {bytes}, commitment = {digest} WHERE fact_id = {id}");
        assert_eq!(execute(c, &sql).unwrap(), 1);
        let verified = verify_log(c).unwrap();
        let of_facts: Vec<_> = verified.findings.iter().filter(|finding| finding.table == "fact").collect();
        assert_eq!(of_facts.len(), 1, "{of_facts:#?}");
        assert_eq!((of_facts[0].code, of_facts[0].contract.as_deref()), ("batch.differs", Some(deal::CONTRACT)));
        assert!(of_facts[0].row.starts_with("position 6, "), "{}", of_facts[0].row);
        // The settlement of position 7 used the fact: 45,000 instead of the 40,000 that was posted for p1.
        let settled = verified.findings.iter().find(|finding| finding.row == "position 7, item 0").unwrap();
        assert!(settled.expected.contains("4500000 minor units"), "{settled}");
    });
}

#[test]
fn a_changed_column_of_any_row_is_found_and_named() {
    on_each(|database| {
        tampered(database, |c, table| {
            for row in rows(c, table) {
                let named = names(c, table, &row);
                for (column, kind) in columns(c, table.name) {
                    let is_unique = [table.key, table.unique].concat().contains(&column.as_str());
                    let by = if is_unique { 1_000 } else { 1 };
                    let statement =
                        format!("UPDATE {} SET {column} = {} WHERE {row}", table.name, other(&column, &kind, by));
                    let what = format!("{}.{column} where {row}", table.name);
                    assert_found(c, &Case { table, what, statements: vec![statement], named: vec![named.clone()] });
                }
            }
        });
    });
}

#[test]
fn a_deleted_row_is_found_and_named() {
    on_each(|database| {
        tampered(database, |c, table| {
            for row in rows(c, table) {
                let statements = vec![format!("DELETE FROM {} WHERE {row}", table.name)];
                let named = vec![names(c, table, &row)];
                assert_found(c, &Case { table, what: format!("{} without {row}", table.name), statements, named });
            }
        });
    });
}

#[test]
fn a_copied_row_is_found() {
    on_each(|database| {
        tampered(database, |c, table| {
            let columns = columns(c, table.name);
            let fresh = |name: &str| table.key.contains(&name) || table.unique.contains(&name);
            // One copy with every key new, and one within the same contract and entry.
            for within in [false, true] {
                let stays = |name: &str| within && name != table.key[table.key.len() - 1] && table.key.contains(&name);
                let values: Vec<_> = columns
                    .iter()
                    .map(
                        |(name, kind)| {
                            if fresh(name) && !stays(name) { other(name, kind, 1_000) } else { name.clone() }
                        },
                    )
                    .collect();
                for row in rows(c, table) {
                    let name = table.name;
                    let statement = format!("INSERT INTO {name} SELECT {} FROM {name} WHERE {row}", values.join(", "));
                    let what = format!("{name} with a copy of {row}, within: {within}");
                    assert_found(c, &Case { table, what, statements: vec![statement], named: vec![vec![]] });
                }
            }
        });
    });
}

#[test]
fn two_rows_with_their_contents_swapped_are_found_and_named() {
    on_each(|database| {
        tampered(database, |c, table| {
            let rows = rows(c, table);
            let columns = columns(c, table.name);
            for pair in rows.windows(2) {
                let insert = |keys: &str, contents: &str| {
                    let value = |name: &String| match table.key.contains(&name.as_str()) {
                        true => format!("(SELECT {name} FROM kept WHERE {keys})"),
                        false => name.clone(),
                    };
                    let values: Vec<_> = columns.iter().map(|(name, _)| value(name)).collect();
                    format!("INSERT INTO {} SELECT {} FROM kept WHERE {contents}", table.name, values.join(", "))
                };
                let statements = vec![
                    format!("DELETE FROM {} WHERE {}", table.name, pair[0]),
                    format!("DELETE FROM {} WHERE {}", table.name, pair[1]),
                    insert(&pair[0], &pair[1]),
                    insert(&pair[1], &pair[0]),
                ];
                // Which of two entries of different chains came first, only a checkpoint tells, and it tells of all before it.
                let named = match table.name {
                    "log_entry" => vec![vec![]],
                    _ => pair.iter().map(|row| names(c, table, row)).collect(),
                };
                let what = format!("{}: {} and {} swapped", table.name, pair[0], pair[1]);
                assert_found(c, &Case { table, what, statements, named });
            }
        });
    });
}
