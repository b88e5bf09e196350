//! The journal as it is stored: rows checked against each other, bodies read for what follows.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use super::finding::Finding;
use crate::{
    ledger::{self, ChainHead, Entry, verify::Report},
    operations::Error,
    storage::{self, Connection},
    values::{ChainId, Digest},
};

/// Rows that are read at once.
const PAGE: i64 = 1_000;

/// The readable entries of all chains, each at the position that its row gives.
pub type History = BTreeMap<ChainId, BTreeMap<i64, Entry>>;

/// The journal, read.
pub struct Journal {
    /// What rows, heads and postings say about each other.
    pub report: Report,
    /// What the bodies say.
    pub history: History,
    /// Heads that were moved: they keep the hash of the last entry, but not its position. Chain, their position, its own.
    pub moved_heads: Vec<(ChainId, u64, i64)>,
}

/// Checks entries, heads and postings against each other, and keeps what the bodies say.
pub fn read(connection: &mut Connection, log: Digest) -> Result<Journal, Error> {
    let heads = heads(connection)?;
    let mut ends: BTreeMap<ChainId, (i64, Digest)> = BTreeMap::new();
    let history = RefCell::new(History::new());
    let failed: Cell<Option<storage::Error>> = Cell::new(None);
    let shared = RefCell::new(connection);
    let entries = entries(&shared, &failed).inspect(|row| {
        ends.insert(row.chain_id, (row.seq, row.hash));
        if let Ok(entry) = Entry::decode(&row.body) {
            history.borrow_mut().entry(row.chain_id).or_default().insert(row.seq, entry);
        }
    });
    let report =
        ledger::verify(log, entries.map(Into::into), heads.clone(), postings(&shared, &failed).map(Into::into));
    match failed.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(Journal { report, history: history.into_inner(), moved_heads: moved(&heads, &ends) }),
    }
}

fn moved(heads: &[ChainHead], ends: &BTreeMap<ChainId, (i64, Digest)>) -> Vec<(ChainId, u64, i64)> {
    let moved = heads.iter().filter_map(|head| {
        let (seq, hash) = *ends.get(&head.chain)?;
        (hash == head.hash && u64::try_from(seq) != Ok(head.seq)).then_some((head.chain, head.seq, seq))
    });
    moved.collect()
}

/// The heads, with the instants of the entries that they stand at, which they do not repeat.
fn heads(connection: &mut Connection) -> Result<Vec<ChainHead>, Error> {
    let mut heads = Vec::new();
    for row in storage::chain_head::list(connection)? {
        let entry = storage::entry::page(connection, row.chain_id, row.seq.saturating_sub(1), 1)?;
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
    heads.retain(|head| head.seq > 0 || head.hash != Digest::ZERO);
    Ok(heads)
}

type Shared<'s, 'c> = &'s RefCell<&'c mut Connection>;
type Failed<'s> = &'s Cell<Option<storage::Error>>;

/// All entries, page by page.
fn entries<'s>(shared: Shared<'s, '_>, failed: Failed<'s>) -> impl Iterator<Item = storage::EntryRow> {
    let start = (ChainId::from_bytes([0; 16]), i64::MIN);
    pages(
        failed,
        start,
        |row: &storage::EntryRow| (row.chain_id, row.seq),
        move |after| storage::entry::page_of_all(&mut shared.borrow_mut(), after, PAGE),
    )
}

/// All postings, page by page.
fn postings<'s>(shared: Shared<'s, '_>, failed: Failed<'s>) -> impl Iterator<Item = storage::PostingRow> {
    let start = (ChainId::from_bytes([0; 16]), i64::MIN, i32::MIN.into());
    pages(
        failed,
        start,
        |row: &storage::PostingRow| (row.chain_id, row.seq, row.leg),
        move |after| storage::posting::page_of_all(&mut shared.borrow_mut(), after, PAGE),
    )
}

/// Goes through pages until one is empty; an error ends it and is kept.
fn pages<T, K: Copy>(
    failed: &Cell<Option<storage::Error>>,
    start: K,
    key: impl Fn(&T) -> K,
    mut load: impl FnMut(K) -> Result<Vec<T>, storage::Error>,
) -> impl Iterator<Item = T> {
    let mut after = start;
    let mut page = Vec::new().into_iter();
    std::iter::from_fn(move || {
        if page.len() == 0 {
            match load(after) {
                Ok(rows) => page = rows.into_iter(),
                Err(error) => failed.set(Some(error)),
            }
        }
        let row: T = page.next()?;
        after = key(&row);
        Some(row)
    })
}

/// A finding of the ledger's own check in the words of tables and contracts.
pub fn in_tables(finding: &ledger::Finding, name: Option<String>, is_network: bool) -> Finding {
    let code = finding.code.as_str();
    let table = match code.split('.').next() {
        Some("posting") if code != "posting.unbalanced" => "posting",
        Some("head") => "chain_head",
        _ => "entry",
    };
    let mut row = format!("position {}", finding.seq);
    if let Some(entry) = finding.entry {
        row += &format!(", entry {entry}");
    }
    if is_network {
        row += " of the network's chain";
    } else if name.is_none() {
        row += &format!(" of chain {}", finding.chain);
    }
    Finding {
        code,
        table,
        contract: name,
        row,
        found: finding.found.clone(),
        expected: finding.expected.clone(),
        meaning: finding.code.meaning(),
    }
}
