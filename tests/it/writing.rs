//! Transactions: all or nothing, one writer of a chain at a time, readers on an unchanging picture.

use std::thread;

use outcome_ledger::storage::{self, Connection, EntryRow, Error};

use super::{
    databases::{Database, on_each},
    samples::{self, CONTRACT},
};

fn started(database: &Database) -> Connection {
    let mut connection = database.connect();
    storage::chain_head::start(&mut connection, CONTRACT).unwrap();
    connection
}

/// Loads the head and appends the next entry, as every writer does.
fn append(connection: &mut Connection) -> Result<(), Error> {
    connection.transaction(|c| {
        let seq = storage::chain_head::load(c, CONTRACT)?.map_or(0, |head| head.seq);
        storage::chain_head::advance(c, seq, &samples::head(seq + 1))?;
        storage::entry::insert(c, &[samples::entry(seq + 1)])
    })
}

fn positions(connection: &mut Connection) -> Vec<i64> {
    let mut positions = Vec::new();
    storage::entry::for_each_of_chain(connection, CONTRACT, |entry| {
        positions.push(entry.seq);
        Ok::<_, Error>(())
    })
    .unwrap();
    positions
}

#[test]
fn an_error_undoes_everything() {
    on_each(|database| {
        let mut connection = started(database);
        let result = connection.transaction(|c| {
            storage::chain_head::advance(c, 0, &samples::head(1))?;
            storage::entry::insert(c, &[samples::entry(1)])?;
            storage::entry::insert(c, &[samples::entry(1)])
        });
        assert!(matches!(result, Err(Error::Exists(_))), "{result:?}");
        assert!(positions(&mut connection).is_empty());
        assert_eq!(storage::chain_head::load(&mut connection, CONTRACT).unwrap().unwrap().seq, 0);
        append(&mut connection).unwrap();
        assert_eq!(positions(&mut connection), [1]);
    });
}

#[test]
fn a_transaction_within_a_transaction_is_a_part_of_it() {
    on_each(|database| {
        let mut connection = started(database);
        connection
            .transaction(|c| {
                append(c)?;
                let failed = c.transaction(|c| {
                    append(c)?;
                    storage::entry::insert(c, &[samples::entry(1)])
                });
                assert!(matches!(failed, Err(Error::Exists(_))), "{failed:?}");
                append(c)
            })
            .unwrap();
        assert_eq!(positions(&mut connection), [1, 2], "the failed part is undone alone");
        let whole = connection.transaction(|c| {
            append(c)?;
            Err::<(), _>(Error::Moved("given up".into()))
        });
        assert!(whole.is_err());
        assert_eq!(positions(&mut connection), [1, 2], "a part is not committed before the whole");
    });
}

#[test]
fn an_old_head_does_not_move() {
    on_each(|database| {
        let mut connection = started(database);
        append(&mut connection).unwrap();
        let error = storage::chain_head::advance(&mut connection, 0, &samples::head(2)).unwrap_err();
        assert!(matches!(error, Error::Moved(_)) && error.is_retryable(), "{error:?}");
        let error = storage::contract::set_state(&mut connection, CONTRACT, "proposed", "in force").unwrap_err();
        assert!(matches!(error, Error::Moved(_)), "{error:?}");
        let error = storage::contract_party::sign(&mut connection, CONTRACT, "payer", 1).unwrap_err();
        assert!(matches!(error, Error::Moved(_)), "{error:?}");
    });
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    const WRITERS: i64 = 8;
    const EACH: i64 = 10;
    on_each(|database| {
        let mut connection = started(database);
        thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    let mut connection = database.connect();
                    for _ in 0..EACH {
                        while let Err(error) = append(&mut connection) {
                            assert!(error.is_retryable(), "{error:?}");
                        }
                    }
                });
            }
        });
        assert_eq!(positions(&mut connection), (1..=WRITERS * EACH).collect::<Vec<_>>());
        assert_eq!(storage::chain_head::load(&mut connection, CONTRACT).unwrap(), Some(samples::head(WRITERS * EACH)));
    });
}

#[test]
fn a_snapshot_does_not_see_later_writes() {
    on_each(|database| {
        let mut writer = started(database);
        append(&mut writer).unwrap();
        database
            .connect()
            .snapshot(|reader| {
                assert_eq!(positions(reader), [1]);
                append(&mut writer)?;
                assert_eq!(positions(reader), [1]);
                Ok::<_, Error>(())
            })
            .unwrap();
        assert_eq!(positions(&mut writer), [1, 2]);
    });
}

#[test]
fn reading_stops_where_the_reader_stops() {
    on_each(|database| {
        let mut connection = started(database);
        (0..5).for_each(|_| append(&mut connection).unwrap());
        let mut seen = Vec::new();
        let result = storage::entry::for_each(&mut connection, |entry: EntryRow| {
            seen.push(entry.seq);
            if entry.seq < 3 { Ok(()) } else { Err(Error::Moved("the reader".into())) }
        });
        assert!(matches!(result, Err(Error::Moved(_))));
        assert_eq!(seen, [1, 2, 3]);
        let pages = [(0, 2), (2, 2), (4, 2), (5, 2)].map(|(after, limit)| {
            let page = storage::entry::page(&mut connection, CONTRACT, after, limit).unwrap();
            page.into_iter().map(|entry| entry.seq).collect::<Vec<_>>()
        });
        assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![5], vec![]]);
    });
}
