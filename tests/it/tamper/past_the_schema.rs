//! Rows that the schema forbids, written by somebody who changed the schema: too wide, twice, unreadable.

use outcome_ledger::{operations::verify_log::Finding, values::ChainId};

use super::*;
use crate::databases::on_sqlite;

/// 2³² more looks like the same number to whoever reads 32 bits only. PostgreSQL's columns are as narrow as the numbers.
#[test]
fn a_number_too_wide_for_its_column_is_found_and_named() {
    on_sqlite_with_tables(|database| {
        tampered(database, |c, table| {
            for row in rows(c, table) {
                let named = names(c, table, &row);
                for (column, _) in columns(c, table.name).into_iter().filter(|(_, kind)| kind == "INTEGER") {
                    let name = table.name;
                    let statement =
                        format!("UPDATE {name} SET {column} = coalesce({column}, 0) + 4294967296 WHERE {row}");
                    let what = format!("{name}.{column} where {row}, 2^32 more");
                    assert_found(c, &Case { table, what, statements: vec![statement], named: vec![named.clone()] });
                }
            }
        });
    });
}

/// Takes the keys of a table away, so that rows can stand there twice.
fn without_keys(c: &mut Connection, table: &str) {
    let statements = match is_sqlite(c) {
        true => vec![
            format!("CREATE TABLE copy AS SELECT * FROM {table}"),
            format!("DROP TABLE {table}"),
            format!("ALTER TABLE copy RENAME TO {table}"),
        ],
        false => texts(
            c,
            &format!(
                "SELECT format('ALTER TABLE {table} DROP CONSTRAINT %I CASCADE', conname) AS text FROM pg_constraint
                 WHERE contype IN ('p', 'u') AND conrelid = '{table}'::regclass"
            ),
        ),
    };
    for statement in statements {
        execute(c, &statement).unwrap();
    }
}

#[test]
fn the_same_row_twice_is_found_and_named() {
    on_each(|database| {
        tampered(database, |c, table| {
            let rows = rows(c, table);
            without_keys(c, table.name);
            for row in rows {
                let named = vec![names(c, table, &row)];
                let statements = vec![format!("INSERT INTO {0} SELECT * FROM {0} WHERE {row}", table.name)];
                assert_found(c, &Case { table, what: format!("{}: {row} twice", table.name), statements, named });
            }
        });
    });
}

#[test]
fn a_row_that_cannot_be_read_is_found_and_hides_no_other() {
    on_sqlite_with_tables(|database| {
        tampered(database, |c, table| {
            for row in rows(c, table) {
                for (column, _) in columns(c, table.name).into_iter().filter(|(_, kind)| kind == "BLOB") {
                    let statements = vec![
                        format!("UPDATE {} SET {column} = x'00' WHERE {row}", table.name),
                        "UPDATE contract_party SET signed_seq = 9 WHERE role = 'insurer'".into(),
                    ];
                    let what = format!("{}.{column} where {row} of one byte", table.name);
                    let verified =
                        assert_found(c, &Case { table, what: what.clone(), statements, named: vec![vec![]] });
                    let other =
                        |finding: &Finding| finding.table == "contract_party" && finding.row == "role `insurer`";
                    assert!(verified.findings.iter().any(other), "{what}: {:#?}", verified.findings);
                    if table.name != "contract_party" {
                        execute(c, "UPDATE contract_party SET signed_seq = 3 WHERE role = 'insurer'").unwrap();
                    }
                }
            }
        });
    });
}

/// A head without entries covers nothing; contracts begin with their proposal.
#[test]
fn a_head_without_entries_is_found() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let chain = ChainId::from_bytes([7; 16]);
        storage::chain_head::start(c, chain).unwrap();
        let verified = verify_log(c).unwrap();
        let found: Vec<_> = verified.findings.iter().map(|finding| (finding.table, finding.row.clone())).collect();
        assert_eq!(found, [("chain_head", format!("head of chain {chain}"))]);
    });
}

fn on_sqlite_with_tables(test: impl Fn(&Database)) {
    on_sqlite(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        test(database);
    });
}
