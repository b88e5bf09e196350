//! Sixty-four writers at once, on one chain and on five hundred: nothing is lost, doubled or out of order, and nobody
//! waits in a circle.

use std::{collections::BTreeMap, thread};

use outcome_ledger::{
    ledger::{self, ChainHead, Draft, EntryKind, Postings, verify::rows},
    operations::{Error, Outside, append_many, retrying},
    storage::{self, Connection},
    values::{ChainId, Day, Digest, EntryId},
};

use super::{
    crash::Chance,
    databases::{Database, on_each},
    deal,
};

const WRITERS: u64 = 64;
/// Transactions of each writer.
const EACH: u64 = 4;
/// Entries of a transaction, each on a chain chosen by chance.
const ENTRIES: u64 = 3;

fn chain(number: u64) -> ChainId {
    ChainId::from_bytes((u128::from(number) + 1).to_be_bytes())
}

fn draft(id: EntryId, now: i64) -> Draft {
    Draft {
        id,
        kind: EntryKind::ContractProposed,
        effective_on: Day(20_000),
        recorded_at_micros: now,
        actor: Digest::ZERO,
        idempotency: None,
        corrects: None,
        terms: None,
        postings: Postings::NONE,
        commitments: Vec::new(),
        payload: Vec::new(),
    }
}

/// One writer with a connection of its own.
fn write(database: &Database, writer: u64, chains: u64) {
    let mut connection = database.connect();
    let mut chance = Chance(writer);
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    let mut outside = Outside::new(1_800_000_000_000_000, &mut random);
    for turn in 0..EACH {
        let drafts: Vec<_> = (0..ENTRIES)
            .map(|item| {
                let id = 1 + u128::from((writer * EACH + turn) * ENTRIES + item);
                let id = EntryId::from_bytes(id.to_be_bytes());
                // Clocks of writers differ.
                (chain(chance.below(chains)), draft(id, 1_800_000_000_000_000 - chance.below(1_000_000) as i64))
            })
            .collect();
        let append = |c: &mut Connection, _: &mut Outside| append_many(c, drafts.clone());
        let receipts = retrying(&mut connection, &mut outside, append).unwrap();
        assert_eq!(receipts.len() as u64, ENTRIES);
    }
}

/// All rows of the journal checked against each other.
fn assert_fits(c: &mut Connection) -> BTreeMap<EntryId, u32> {
    let log = storage::log::load(c).unwrap().unwrap().log_id;
    let mut names = BTreeMap::new();
    let mut entries: Vec<rows::EntryRow> = Vec::new();
    let mut last = BTreeMap::new();
    storage::entry::for_each(c, |row| {
        *names.entry(row.entry_id).or_default() += 1;
        last.insert(row.chain_id, row.recorded_at);
        entries.push(row.into());
        Ok::<_, storage::Error>(())
    })
    .unwrap();
    let heads = storage::chain_head::list(c).unwrap().into_iter().filter(|head| head.seq > 0);
    let heads = heads.map(|head| ChainHead {
        chain: head.chain_id,
        seq: head.seq.unsigned_abs(),
        hash: head.hash,
        recorded_at_micros: last.get(&head.chain_id).copied().unwrap_or_default(),
    });
    let report = ledger::verify(log, entries, heads, Vec::new());
    assert!(report.is_clean(), "{:#?}", report.findings);
    names
}

fn many_writers(chains: u64) {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        c.transaction(|c| (0..chains).try_for_each(|number| storage::chain_head::start(c, chain(number)).map(drop)))
            .map_err(|error: storage::Error| Error::from(error))
            .unwrap();
        let before = assert_fits(c).len();
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                scope.spawn(move || write(database, writer, chains));
            }
        });
        let names = assert_fits(c);
        assert!(names.values().all(|times| *times == 1));
        assert_eq!((names.len() - before) as u64, WRITERS * EACH * ENTRIES);
    });
}

#[test]
fn many_writers_of_one_chain_lose_nothing() {
    many_writers(1);
}

#[test]
fn many_writers_of_many_chains_lose_nothing() {
    many_writers(500);
}
