//! A small log is built, damaged in one place at a time, and the finding must name the damaged row.

mod heads_and_postings;
mod rows;
mod writers;

use crate::{
    ledger::{
        account::AccountKind,
        chain::{ChainHead, Draft, chain_hash},
        entry::Entry,
        kind::EntryKind,
        merkle::leaf_hash,
        posting::{Posting, Postings},
    },
    values::{ChainId, Currency, Day, Digest, EntryId, PartyId},
};

use super::*;

const LOG: Digest = Digest([0x10; 32]);
/// Entries of each chain.
const CHAINS: [(u8, u8); 3] = [(1, 5), (2, 1), (3, 4)];

/// What a database would hold.
#[derive(Clone, Debug, PartialEq)]
struct Store {
    entries: Vec<EntryRow>,
    heads: Vec<ChainHead>,
    postings: Vec<PostingRow>,
}

fn id(chain: u8, seq: u8) -> EntryId {
    EntryId::from_bytes([chain * 16 + seq; 16])
}

fn chain_id(chain: u8) -> ChainId {
    ChainId::from_bytes([chain; 16])
}

fn leg(party: u8, account: AccountKind, currency: &str, amount_minor: i128) -> Posting {
    let currency = Currency::parse(currency).unwrap();
    Posting { party: PartyId::from_bytes([party; 16]), account, currency, amount_minor }
}

/// Every second entry moves money; the third of a chain corrects the second.
fn draft(chain: u8, seq: u8) -> Draft {
    let legs = vec![
        leg(1, AccountKind::Payable, "EUR", -i128::from(seq) * 100),
        leg(2, AccountKind::Receivable, "EUR", i128::from(seq) * 100),
        leg(1, AccountKind::Accrued, "JPY", 7),
        leg(2, AccountKind::Accrued, "JPY", -7),
    ];
    Draft {
        id: id(chain, seq),
        kind: EntryKind::FactsRecorded,
        effective_on: Day(20_000 + i32::from(seq)),
        recorded_at_micros: 1_000 * i64::from(seq / 2),
        actor: Digest([0xac; 32]),
        idempotency: None,
        corrects: (seq == 3).then(|| id(chain, 2)),
        terms: None,
        postings: if seq.is_multiple_of(2) { Postings::balanced(legs).unwrap() } else { Postings::NONE },
        commitments: vec![],
        payload: vec![chain, seq],
    }
}

fn store() -> Store {
    let mut store = Store { entries: vec![], heads: vec![], postings: vec![] };
    for (chain, length) in CHAINS {
        let mut head = ChainHead::start(chain_id(chain));
        for seq in 1..=length {
            let appended = head.append(LOG, draft(chain, seq)).unwrap();
            store.entries.push(EntryRow::of(&appended));
            store.postings.extend(PostingRow::all_of(&appended.entry));
            head = appended.head;
        }
        store.heads.push(head);
    }
    store
}

impl Store {
    /// Sorts as a database would and verifies.
    fn findings(&self) -> Vec<Finding> {
        let mut sorted = self.clone();
        sorted.entries.sort_by_key(|row| (row.chain, row.seq));
        sorted.postings.sort_by_key(|row| (row.chain, row.seq, row.leg));
        let by = |at_once| {
            let Store { entries, heads, postings } = sorted.clone();
            let mut hashes = Vec::new();
            let report = verify_by(at_once, LOG, entries, heads, postings, |hashed| hashes.push(hashed));
            (report, hashes)
        };
        // One row at a time, all go the long way; many at a time, most go the short one.
        let long = by(1);
        for at_once in [2, 5, 4_096] {
            let short = by(at_once);
            let told = |report: &Report| {
                let mut told: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
                told.sort();
                told
            };
            assert_eq!(told(&short.0), told(&long.0), "{at_once} at once");
            assert_eq!((short.0.checked, &short.0.not_checked), (long.0.checked, &long.0.not_checked));
            assert_eq!(short.1, long.1);
        }
        verify(LOG, sorted.entries, sorted.heads, sorted.postings).findings
    }

    /// The position in `entries`.
    fn at(&self, chain: u8, seq: u8) -> usize {
        self.entries.iter().position(|row| row.id == id(chain, seq)).unwrap()
    }

    /// Changes an entry as a whole, so that its row contradicts nothing but its neighbours.
    fn rewrite(&mut self, at: usize, change: impl FnOnce(&mut Entry)) {
        let mut entry = Entry::decode(&self.entries[at].body).unwrap();
        change(&mut entry);
        self.entries[at] = row(&entry);
    }

    /// Writes a chain anew from one entry on, as a writer would who does not keep the rules.
    fn rewrite_from(&mut self, chain: u8, seq: u8, change: impl FnOnce(&mut Entry)) {
        let mut change = Some(change);
        for at in 0..self.entries.len() {
            let mut entry = Entry::decode(&self.entries[at].body).unwrap();
            if entry.chain != chain_id(chain) || entry.seq < u64::from(seq) {
                continue;
            }
            if let Some(change) = change.take() {
                change(&mut entry);
                self.postings.retain(|posting| posting.chain != entry.chain || posting.seq != i64::from(seq));
                self.postings.extend(PostingRow::all_of(&entry));
            } else {
                entry.prev_hash = self.entries[at - 1].hash;
            }
            self.entries[at] = row(&entry);
            let head = self.heads.iter_mut().find(|head| head.chain == entry.chain).unwrap();
            (head.hash, head.recorded_at_micros) = (self.entries[at].hash, entry.recorded_at_micros);
        }
    }
}

fn row(entry: &Entry) -> EntryRow {
    let body = entry.encode().unwrap();
    EntryRow {
        chain: entry.chain,
        seq: i64::try_from(entry.seq).unwrap(),
        id: entry.id,
        kind: entry.kind.number().into(),
        effective_on: entry.effective_on.0.into(),
        recorded_at_micros: entry.recorded_at_micros,
        prev_hash: entry.prev_hash,
        hash: chain_hash(&entry.prev_hash, &leaf_hash(&body)),
        body,
    }
}

/// Code, chain, position and entry of the first finding.
fn first(store: &Store) -> (Code, ChainId, u64, Option<EntryId>) {
    let findings = store.findings();
    let finding = findings.first().expect("something is found");
    (finding.code, finding.chain, finding.seq, finding.entry)
}

/// Every entry of the log: chain and position.
fn everywhere() -> impl Iterator<Item = (u8, u8)> {
    CHAINS.into_iter().flat_map(|(chain, length)| (1..=length).map(move |seq| (chain, seq)))
}

fn is_last((chain, seq): (u8, u8)) -> bool {
    CHAINS.contains(&(chain, seq))
}

#[test]
fn an_untouched_log_is_clean_and_counted() {
    let store = store();
    assert_eq!(
        store.entries.iter().map(|entry| row(&Entry::decode(&entry.body).unwrap())).collect::<Vec<_>>(),
        store.entries
    );
    let report = verify(LOG, store.entries, store.heads, store.postings);
    assert_eq!(report.findings, vec![]);
    assert!(report.is_clean());
    assert_eq!(report.checked, Checked { chains: 3, entries: 10, postings: 16, heads: 3 });
    assert_eq!(report.not_checked.len(), 4);
}

#[test]
fn an_empty_store_and_an_empty_chain_are_clean() {
    assert!(verify(LOG, [], [], []).is_clean());
    assert!(verify(LOG, [], [ChainHead::start(chain_id(1))], []).is_clean());
}

#[test]
fn codes_are_distinct_and_findings_read_as_sentences() {
    let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len());
    let document = include_str!("../../../docs/LEDGER-FORMAT.md");
    for code in Code::ALL {
        assert!(document.contains(&format!("| `{}` | {} |", code.as_str(), code.meaning())), "{code:?}");
    }
    let mut store = store();
    let at = store.at(1, 2);
    store.entries[at].kind = 9;
    assert_eq!(
        store.findings()[0].to_string(),
        "column.differs: chain 01010101-0101-0101-0101-010101010101, position 2, entry \
         12121212-1212-1212-1212-121212121212: found kind 9, expected 8. A column beside the body says something else than \
         the body, so searches and reports are wrong."
    );
}
