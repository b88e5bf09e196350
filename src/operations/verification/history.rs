//! The journal as it is stored: rows checked against each other, bodies read for what follows.

use std::{cell::RefCell, collections::BTreeMap};

use super::reading::{READABLE, readable, row_number};
use crate::{
    contract::audit::{Code, Finding, Findings, History, log::records::Hashes},
    ledger::{
        ChainHead, Entry,
        verify::{Hashed, Report, verify_each},
    },
    operations::Error,
    storage::{self, Connection, reading::Each},
    values::{ChainId, Digest},
};

/// Rows that are read at once.
const PAGE: i64 = 1_000;

/// The journal, read.
pub struct Journal {
    /// What rows, heads and postings say about each other.
    pub report: Report,
    /// What the bodies say.
    pub history: History,
    /// What the bodies give.
    pub hashes: BTreeMap<(ChainId, i64), Hashes>,
    /// Heads that were moved: they keep the hash of the last entry, but not its position. Chain, their position, its own.
    pub moved_heads: Vec<(ChainId, u64, i64)>,
    /// Chains whose heads say that they have no entry.
    pub empty: Vec<ChainId>,
    /// Rows that cannot be read.
    pub unreadable: Vec<Finding>,
}

/// Checks entries, heads and postings against each other, and keeps what the bodies say.
pub fn read(connection: &mut Connection, log: Digest) -> Result<Journal, Error> {
    let notes = Notes::default();
    let (heads, empty) = heads(connection, &notes)?;
    let mut ends: BTreeMap<ChainId, (i64, Digest)> = BTreeMap::new();
    let history = RefCell::new(History::new());
    let shared = RefCell::new(connection);
    let entries = entries(&shared, &notes).inspect(|row| {
        ends.insert(row.chain_id, (row.seq, row.hash));
        if let Ok(entry) = Entry::decode(&row.body) {
            history.borrow_mut().entry(row.chain_id).or_default().insert(row.seq, entry);
        }
    });
    let mut hashes = BTreeMap::new();
    let postings = postings(&shared, &notes).map(Into::into);
    let report =
        verify_each(log, entries.map(Into::into), heads.clone(), postings, |Hashed { chain, seq, leaf, hash }| {
            hashes.insert((chain, seq), Hashes { leaf, chain: hash });
        });
    let connection = shared.into_inner();
    notes.count("entry", report.checked.entries, storage::entry::count(connection)?);
    notes.count("posting", report.checked.postings, storage::posting::count(connection)?);
    match notes.failed.into_inner() {
        Some(error) => Err(error),
        None => Ok(Journal {
            report,
            history: history.into_inner(),
            hashes,
            moved_heads: moved(&heads, &ends),
            empty,
            unreadable: notes.findings.into_inner(),
        }),
    }
}

fn moved(heads: &[ChainHead], ends: &BTreeMap<ChainId, (i64, Digest)>) -> Vec<(ChainId, u64, i64)> {
    let moved = heads.iter().filter_map(|head| {
        let (seq, hash) = *ends.get(&head.chain)?;
        (hash == head.hash && u64::try_from(seq) != Ok(head.seq)).then_some((head.chain, head.seq, seq))
    });
    moved.collect()
}

/// The heads, with the instants of the entries that they stand at, which they do not repeat; and the empty ones.
fn heads(connection: &mut Connection, notes: &Notes) -> Result<(Vec<ChainHead>, Vec<ChainId>), Error> {
    let mut heads = Vec::new();
    let rows = storage::chain_head::each(connection);
    for row in readable("chain_head", None, rows, row_number, &mut notes.findings.borrow_mut())? {
        // An entry that cannot be read is told of when the entries are read.
        let entry = storage::entry::page(connection, row.chain_id, row.seq.saturating_sub(1), 1).unwrap_or_default();
        let entry = entry.first().filter(|entry| entry.seq == row.seq);
        heads.push(ChainHead {
            chain: row.chain_id,
            // The table refuses negative positions; no entry has position 0.
            seq: u64::try_from(row.seq).unwrap_or_default(),
            hash: row.hash,
            recorded_at_micros: entry.map_or(i64::MIN, |entry| entry.recorded_at),
        });
    }
    // The head of a chain that has no entry yet says so itself.
    let is_empty = |head: &ChainHead| head.seq == 0 && head.hash == Digest::ZERO;
    let empty = heads.iter().filter(|head| is_empty(head)).map(|head| head.chain).collect();
    heads.retain(|head| !is_empty(head));
    Ok((heads, empty))
}

/// What is noted while pages are read.
#[derive(Default)]
struct Notes {
    findings: RefCell<Vec<Finding>>,
    failed: RefCell<Option<Error>>,
}

impl Notes {
    fn add(&self, code: Code, table: &'static str, row: String, found: impl ToString, expected: &str) {
        let mut list = Vec::new();
        Findings { list: &mut list, table, contract: None }.add(code, row, found, expected);
        // A row at the end of a page is read again with the next page.
        let mut findings = self.findings.borrow_mut();
        list.retain(|finding| !findings.contains(finding));
        findings.append(&mut list);
    }

    /// Rows with the key of another can hide between pages; they are told by their number.
    fn count(&self, table: &'static str, read: u64, stored: i64) {
        let complete = self.findings.borrow().iter().all(|finding| finding.table != table);
        if complete && i64::try_from(read) != Ok(stored) {
            let found = format!("{stored} rows, {read} of them with keys of their own");
            self.add(Code::RowExtra, table, "all rows".into(), found, "one row for each key");
        }
    }
}

type Shared<'s, 'c> = &'s RefCell<&'c mut Connection>;

/// All entries, page by page.
fn entries<'s>(shared: Shared<'s, '_>, notes: &'s Notes) -> impl Iterator<Item = storage::EntryRow> {
    let start = (ChainId::from_bytes([0; 16]), i64::MIN);
    let key = |row: &storage::EntryRow| (row.chain_id, row.seq);
    let shown = |(chain, seq)| format!("after position {seq} of chain {chain}");
    let load = move |after| storage::entry::page_of_all(&mut shared.borrow_mut(), after, PAGE);
    pages(notes, "entry", start, key, shown, load)
}

/// All postings, page by page.
fn postings<'s>(shared: Shared<'s, '_>, notes: &'s Notes) -> impl Iterator<Item = storage::PostingRow> {
    let start = (ChainId::from_bytes([0; 16]), i64::MIN, i32::MIN.into());
    let key = |row: &storage::PostingRow| (row.chain_id, row.seq, row.leg);
    let shown = |(chain, seq, leg)| format!("after position {seq}, leg {leg} of chain {chain}");
    let load = move |after| storage::posting::page_of_all(&mut shared.borrow_mut(), after, PAGE);
    pages(notes, "posting", start, key, shown, load)
}

/// Goes through pages until one brings no row that is further on; what cannot be read is noted.
fn pages<T, K: Copy + Ord>(
    notes: &Notes,
    table: &'static str,
    start: K,
    key: impl Fn(&T) -> K,
    shown: impl Fn(K) -> String,
    mut load: impl FnMut(K) -> Result<Each<T>, storage::Error>,
) -> impl Iterator<Item = T> {
    let mut asked = None;
    let mut after = start;
    let mut page = Vec::new().into_iter();
    std::iter::from_fn(move || {
        loop {
            match page.next() {
                Some(Ok(row)) if asked.is_some_and(|asked| key(&row) <= asked) => {
                    let found = "a row that comes before";
                    notes.add(Code::Unreadable, table, shown(after), found, "rows in the order of their keys");
                    page = Vec::new().into_iter();
                }
                Some(Ok(row)) => {
                    after = key(&row);
                    return Some(row);
                }
                Some(Err(error)) => notes.add(Code::Unreadable, table, shown(after), error, READABLE),
                None if asked == Some(after) => return None,
                None => {
                    asked = Some(after);
                    match load(after) {
                        Ok(rows) => page = rows.into_iter(),
                        Err(error) => {
                            let mut list = notes.findings.borrow_mut();
                            let rows = readable::<T>(table, None, Err(error), row_number, &mut list);
                            notes.failed.replace(rows.err());
                        }
                    }
                }
            }
        }
    })
}
