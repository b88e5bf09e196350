//! How fast entries are verified: each body decoded, hashed as a leaf and into its chain, compared with its columns, its
//! postings with their rows, and the root of the log over all of them.
//!
//! `cargo bench --bench verification` prints entries per second beside plain SHA-256 of the same bodies on one core, both in
//! one run. Figures of one run can be compared; machines differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{hint::black_box, time::Instant};

use outcome_ledger::{
    ledger::{
        AccountKind, ChainHead, Draft, EntryKind, Posting, Postings,
        merkle::root,
        verify::{EntryRow, PostingRow, verify_each},
    },
    values::{ChainId, Currency, Day, Digest, EntryId, PartyId},
};
use rayon::ThreadPoolBuilder;
use sha2::{Digest as _, Sha256};

const SIZES: [u32; 2] = [100_000, 1_000_000];
const CHAINS: u32 = 500;
const LOG: Digest = Digest([7; 32]);

/// A journal as it is stored.
#[derive(Clone)]
struct Journal {
    entries: Vec<EntryRow>,
    heads: Vec<ChainHead>,
    postings: Vec<PostingRow>,
}

/// Chains of equal length; every entry has two postings and a payload as a settlement of one pair has.
fn journal(size: u32) -> Journal {
    let (mut entries, mut heads, mut postings) = (Vec::new(), Vec::new(), Vec::new());
    for chain in 0..CHAINS {
        let mut head = ChainHead::start(ChainId::from_bytes(u128::from(chain + 1).to_be_bytes()));
        for number in 0..size / CHAINS {
            let appended = head.append(LOG, draft(chain * (size / CHAINS) + number)).unwrap();
            head = appended.head;
            postings.extend(PostingRow::all_of(&appended.entry));
            entries.push(EntryRow::of(&appended));
        }
        heads.push(head);
    }
    Journal { entries, heads, postings }
}

fn draft(number: u32) -> Draft {
    let currency = Currency::parse("CNY").unwrap();
    let leg = |party, account, amount_minor| Posting {
        party: PartyId::from_bytes([party; 16]),
        account,
        currency,
        amount_minor,
    };
    let amount = i128::from(number) + 1;
    let legs = vec![leg(1, AccountKind::Payable, -amount), leg(2, AccountKind::Receivable, amount)];
    let payload =
        r#"{"as_of":"2025-06-30","count":1,"totals":[{"amount_minor":"840000","payee":"insurer","payer":"maker"}]}"#;
    Draft {
        id: EntryId::from_bytes(u128::from(number + 1).to_be_bytes()),
        kind: EntryKind::SettlementPosted,
        effective_on: Day(20_000),
        recorded_at_micros: i64::from(number),
        actor: Digest::ZERO,
        idempotency: None,
        corrects: None,
        terms: Some(Digest([3; 32])),
        postings: Postings::balanced(legs).unwrap(),
        commitments: Vec::new(),
        payload: payload.into(),
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let from = Instant::now();
    work();
    from.elapsed().as_secs_f64()
}

/// Everything a verifier does with stored rows, as they come out of a database: they are handed over and not copied.
fn check(Journal { entries, heads, postings }: Journal) {
    let mut leaves = Vec::with_capacity(entries.len());
    let report = verify_each(LOG, entries, heads, postings, |hashed| leaves.push(hashed.leaf));
    assert!(report.findings.is_empty(), "{:?}", report.findings.first());
    black_box(root(&leaves));
}

fn main() {
    println!(
        "{:>9} {:>8} {:>12} {:>12} {:>7} {:>12} {:>8}",
        "entries", "bytes", "sha256/s", "verified/s", "ratio", "2 threads/s", "speed-up"
    );
    for size in SIZES {
        let journal = journal(size);
        let bytes: usize = journal.entries.iter().map(|row| row.body.len()).sum();
        let plain = seconds(|| journal.entries.iter().for_each(|row| _ = black_box(Sha256::digest(&row.body))));
        let on = |threads| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let journal = journal.clone();
            pool.install(|| seconds(|| check(journal)))
        };
        let (one, two) = (on(1), on(2));
        let rate = |seconds: f64| f64::from(size) / seconds;
        println!(
            "{size:>9} {:>8} {:>12.0} {:>12.0} {:>7.2} {:>12.0} {:>8.2}",
            bytes / journal.entries.len(),
            rate(plain),
            rate(one),
            plain / one,
            rate(two),
            one / two
        );
    }
}
