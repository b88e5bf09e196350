//! Stored posting rows against the postings in bodies.

use std::{collections::BTreeMap, iter::Peekable, mem};

use crate::values::ChainId;

use super::super::posting::{POSTING_BYTES, Posting};
use super::{Code, CurrencyText, Finding, PostingRow, seen::Seen};

/// Reads posting rows alongside the entries and keeps those that belong to none so far.
pub(super) struct Legs<P: Iterator<Item = PostingRow>> {
    rows: Peekable<P>,
    orphans: BTreeMap<(ChainId, u64), Vec<PostingRow>>,
    /// Rows of one entry while they are compared.
    taken: Vec<PostingRow>,
    pub(super) count: u64,
}

impl<P: Iterator<Item = PostingRow>> Legs<P> {
    pub(super) fn new(rows: P) -> Self {
        Self { rows: rows.peekable(), orphans: BTreeMap::new(), taken: Vec::new(), count: 0 }
    }

    /// The rows of one entry; rows before it become orphans.
    pub(super) fn rows_of(&mut self, key: (ChainId, u64)) -> Vec<PostingRow> {
        let mut found = Vec::new();
        while let Some(row) = self.rows.next_if(|row| row.key() <= key) {
            self.count += 1;
            if row.key() == key { found.push(row) } else { self.orphans.entry(row.key()).or_default().push(row) }
        }
        found
    }

    /// Whether a row comes next that belongs to this place or to one before.
    pub(super) fn is_due(&mut self, key: (ChainId, u64)) -> bool {
        self.rows.peek().is_some_and(|row| row.key() <= key)
    }

    /// Takes the rows of an entry whose postings have these bytes. None when they are the same; else the rows.
    pub(super) fn unlike(&mut self, key: (ChainId, u64), postings: &[[u8; POSTING_BYTES]]) -> Option<Vec<PostingRow>> {
        self.taken.clear();
        for (leg, posting) in (0..).zip(postings) {
            let is_it = |row: &PostingRow| row.key() == key && row.leg == leg && has_bytes(row, posting);
            match self.rows.next_if(is_it) {
                Some(row) => self.taken.push(row),
                None => break,
            }
        }
        self.count += self.taken.len() as u64;
        if self.taken.len() == postings.len() && !self.is_due(key) {
            return None;
        }
        let mut rows = mem::take(&mut self.taken);
        rows.extend(self.rows_of(key));
        Some(rows)
    }

    /// Reads all rows that are left.
    pub(super) fn read_rest(&mut self) {
        for row in self.rows.by_ref() {
            self.count += 1;
            self.orphans.entry(row.key()).or_default().push(row);
        }
    }

    /// Gives the rows of an entry that stands elsewhere.
    pub(super) fn take_orphans(&mut self, key: (ChainId, u64)) -> Vec<PostingRow> {
        self.orphans.remove(&key).unwrap_or_default()
    }

    /// Gives the next rows that no entry took.
    pub(super) fn next_orphans(&mut self) -> Option<Vec<PostingRow>> {
        self.orphans.pop_first().map(|(_, rows)| rows)
    }
}

/// Compares the postings of an entry with its rows, leg by leg.
pub(super) fn compare(seen: &Seen, postings: &[Posting], rows: Vec<PostingRow>) -> Vec<Finding> {
    let is_same = |(at, (row, posting)): (i64, (&PostingRow, &Posting))| row.leg == at && is_row_of(row, posting);
    if rows.len() == postings.len() && (0..).zip(rows.iter().zip(postings)).all(is_same) {
        return Vec::new();
    }
    let mut open: BTreeMap<i64, &Posting> = (0..).zip(postings).collect();
    let mut findings = Vec::new();
    for row in rows {
        match open.remove(&row.leg) {
            None => findings.push(seen.finding(Code::PostingExtra, describe(&row), "no such row")),
            Some(posting) if !is_row_of(&row, posting) => {
                findings.push(seen.finding(Code::PostingDiffers, describe(&row), posting));
            }
            Some(_) => {}
        }
    }
    for (leg, posting) in open {
        findings.push(seen.finding(Code::PostingMissing, format!("no row for leg {leg}"), posting));
    }
    findings
}

/// Reports rows for which there is no entry.
pub(super) fn without_entry(rows: &[PostingRow]) -> impl Iterator<Item = Finding> {
    rows.iter().map(|row| Finding {
        chain: row.chain,
        seq: row.key().1,
        entry: None,
        code: Code::PostingExtra,
        found: describe(row),
        expected: "an entry at this position that posts it".to_owned(),
    })
}

fn is_row_of(row: &PostingRow, posting: &Posting) -> bool {
    row.party == posting.party
        && row.account == i64::from(posting.account.number())
        && row.currency == CurrencyText::Known(posting.currency)
        && row.amount_minor == posting.amount_minor
}

/// The same by the bytes of the body, whose scale is that of the currency.
fn has_bytes(row: &PostingRow, posting: &[u8; POSTING_BYTES]) -> bool {
    let is_currency =
        matches!(&row.currency, CurrencyText::Known(currency) if currency.code_bytes() == posting[17..20]);
    row.party.as_bytes() == &posting[..16]
        && row.account == i64::from(posting[16])
        && is_currency
        && row.amount_minor.to_be_bytes() == posting[21..]
}

fn describe(row: &PostingRow) -> String {
    let PostingRow { leg, amount_minor, currency, account, party, .. } = row;
    format!("leg {leg}: {amount_minor} minor units {currency} on account kind {account} of {party}")
}
