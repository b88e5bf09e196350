//! The rows of a chain, compared with each other: order, links, heads, names.
//!
//! Rows are judged with one position of look-ahead. A break between two rows is blamed on the later one only when its own
//! successor does not know it either; otherwise the later one is anchored and the earlier one was replaced.

use std::{collections::BTreeMap, mem};

use crate::values::{ChainId, Digest, EntryId};

use super::super::chain::ChainHead;
use super::{
    Checked, Code, Finding, PostingRow, Report,
    claims::{Claim, Claims, Key},
    gaps::Gap,
    legs::{self, Legs},
    seen::Seen,
};

/// Holds what is remembered of the row judged last.
pub(super) struct Judged {
    pub(super) chain: ChainId,
    pub(super) seq: u64,
    pub(super) id: EntryId,
    pub(super) hashes: [Digest; 2],
    /// Whether a broken link was blamed on it already.
    pub(super) blamed: bool,
}

/// Holds what an entry says that it corrects.
pub(super) struct Correction {
    pub(super) corrected: EntryId,
    pub(super) entry: EntryId,
    pub(super) chain: ChainId,
    pub(super) seq: u64,
}

/// Walks through all rows once.
pub(super) struct Walk<P: Iterator<Item = PostingRow>> {
    pub(super) log: Digest,
    pub(super) heads: BTreeMap<ChainId, ChainHead>,
    /// The chain that was looked up last among the heads, and the position of its head.
    pub(super) end: (Option<ChainId>, u64),
    pub(super) legs: Legs<P>,
    /// Rows of one position, waiting for their successors.
    pub(super) current: Vec<Seen>,
    /// Rows of the next position, perhaps not all yet.
    pub(super) next: Vec<Seen>,
    /// The place of the last row that was in order.
    pub(super) latest: Option<(ChainId, u64)>,
    pub(super) last: Option<Judged>,
    pub(super) latest_micros: i64,
    beyond_head: bool,
    pub(super) names: Claims<EntryId>,
    /// The keys that entries were written under.
    pub(super) keys: Claims<Key>,
    /// Rows that stand where they do not belong, by where they belong.
    pub(super) strays: BTreeMap<(ChainId, u64), Vec<Seen>>,
    pub(super) gaps: Vec<Gap>,
    pub(super) corrections: Vec<Correction>,
    pub(super) findings: Vec<Finding>,
    pub(super) checked: Checked,
    undecodable: u64,
}

impl<P: Iterator<Item = PostingRow>> Walk<P> {
    pub(super) fn new(log: Digest, heads: impl IntoIterator<Item = ChainHead>, postings: P) -> Self {
        let mut walk = Self {
            log,
            heads: BTreeMap::new(),
            end: (None, u64::MAX),
            legs: Legs::new(postings),
            current: Vec::new(),
            next: Vec::new(),
            latest: None,
            last: None,
            latest_micros: i64::MIN,
            beyond_head: false,
            names: Claims::new(),
            keys: Claims::new(),
            strays: BTreeMap::new(),
            gaps: Vec::new(),
            corrections: Vec::new(),
            findings: Vec::new(),
            checked: Checked::default(),
            undecodable: 0,
        };
        for head in heads {
            walk.checked.heads += 1;
            if let Some(first) = walk.heads.get(&head.chain) {
                let found = format!("a second head at position {}", head.seq);
                let expected = format!("one head at position {}", first.seq);
                walk.find(head.chain, head.seq, None, Code::HeadExtra, found, expected);
            } else {
                walk.heads.insert(head.chain, head);
            }
        }
        walk
    }

    /// Takes the next row; judges those before it that are complete.
    pub(super) fn take(&mut self, seen: Seen) {
        self.checked.entries += 1;
        self.undecodable += u64::from(seen.entry.is_err());
        let place = seen.place();
        let latest = self.latest;
        if place != seen.home() || place.1 == 0 {
            self.stray(seen);
        } else if latest.is_some_and(|latest| place < latest) {
            let expected = "rows in the order of chain and position";
            self.findings.push(seen.finding(Code::RowOutOfOrder, "a row after later ones", expected));
            self.stray(seen);
        } else if latest == Some(place) {
            self.next.push(seen);
        } else {
            self.advance();
            self.latest = Some(place);
            self.next.push(seen);
        }
    }

    /// Judges what waits, then everything that needs all rows.
    pub(super) fn finish(mut self) -> Report {
        self.advance();
        self.advance();
        self.end_chain();
        self.heads_without_entries();
        self.legs.read_rest();
        let broken_links = self.gaps.iter().map(|gap| gap.to - gap.from + 1).fold(0, u64::saturating_add);
        for gap in mem::take(&mut self.gaps) {
            self.close_gap(&gap);
        }
        self.rest_of_strays();
        self.rest_of_postings();
        self.doubled();
        self.unknown_corrections();
        self.checked.postings = self.legs.count;
        Report {
            findings: self.findings,
            checked: self.checked,
            not_checked: not_checked(self.undecodable, broken_links),
        }
    }

    /// Reports something that no row at hand stands for.
    pub(super) fn find(
        &mut self,
        chain: ChainId,
        seq: u64,
        entry: Option<EntryId>,
        code: Code,
        found: String,
        expected: String,
    ) {
        self.findings.push(Finding { chain, seq, entry, code, found, expected });
    }

    /// Sets a row aside that stands where it does not belong.
    fn stray(&mut self, seen: Seen) {
        self.findings.extend(seen.findings(self.log, &[]));
        let (chain, seq) = seen.home();
        self.names.add(seen.id(), Claim { chain, seq, sure: false });
        self.strays.entry((chain, seq)).or_default().push(seen);
    }

    /// Moves on by one position.
    pub(super) fn advance(&mut self) {
        let group = mem::take(&mut self.current);
        if let Some(chain) = group.first().map(|seen| seen.row.chain) {
            if self.last.as_ref().is_some_and(|last| last.chain != chain) {
                self.end_chain();
            }
            self.judge_group(group);
        }
        self.current = mem::take(&mut self.next);
    }

    /// The hashes by which the next position, or else the head, knows the row at `place`.
    fn claims(&self, (chain, seq): (ChainId, u64)) -> Vec<Digest> {
        let follows = self.next.first().is_some_and(|next| next.row.chain == chain && next.row.position() == seq + 1);
        let next = self.next.iter().filter(|_| follows).flat_map(Seen::prevs);
        let head = self.heads.get(&chain).filter(|head| head.seq == seq).map(|head| head.hash);
        next.chain(head).collect()
    }

    /// Picks the row that its neighbours know; the others of the same position are extra.
    fn judge_group(&mut self, mut group: Vec<Seen>) {
        let Some(place) = group.first().map(Seen::place) else { return };
        let claims = self.claims(place);
        let known = self.known_before(place.1);
        let score = |seen: &Seen| {
            let after = seen.hashes().iter().any(|hash| claims.contains(hash));
            let before = known.as_ref().is_some_and(|known| seen.prevs().iter().any(|prev| known.contains(prev)));
            u8::from(after) * 4 + u8::from(before) * 2 + u8::from(!seen.altered)
        };
        let best = (0..group.len()).rev().max_by_key(|at| score(&group[*at])).unwrap_or_default();
        let genuine = group.swap_remove(best);
        for extra in group {
            let found = format!("a second row at position {} with hash {}", place.1, extra.row.hash);
            self.findings.push(extra.finding(Code::RowExtra, found, format!("only {}", genuine.row.hash)));
        }
        self.judge(genuine, &claims, known);
    }

    /// The hashes of the row before; zeros before the first; none after a gap.
    fn known_before(&self, seq: u64) -> Option<Vec<Digest>> {
        match &self.last {
            Some(last) => (last.seq + 1 == seq).then(|| last.hashes.to_vec()),
            None => (seq == 1).then(|| vec![Digest::ZERO]),
        }
    }

    fn judge(&mut self, seen: Seen, claims: &[Digest], known: Option<Vec<Digest>>) {
        let (chain, seq) = seen.place();
        let reached = self.last.as_ref().map_or(0, |last| last.seq);
        if self.last.is_none() {
            self.checked.chains += 1;
        }
        if seq > reached + 1 {
            let before = self.last.as_ref().map_or(vec![Digest::ZERO], |last| last.hashes.to_vec());
            let after = seen.prevs().to_vec();
            self.gaps.push(Gap { chain, from: reached + 1, to: seq - 1, before, after, whole_chain: false });
        }
        self.findings.extend(seen.findings(self.log, claims));
        let blamed = known.is_some_and(|known| self.judge_link(&seen, claims, &known));
        self.judge_head(&seen);
        self.judge_time(&seen);
        self.note_claims(&seen);
        let rows = self.legs.rows_of((chain, seq));
        if let Ok(entry) = &seen.entry {
            self.findings.extend(legs::compare(&seen, &entry.postings, rows));
        }
        self.last = Some(Judged { chain, seq, id: seen.id(), hashes: seen.hashes(), blamed });
    }

    /// Checks the link to the row before; tells whether a break is this row's fault.
    fn judge_link(&mut self, seen: &Seen, claims: &[Digest], known: &[Digest]) -> bool {
        if known.contains(&seen.prev()) {
            return false;
        }
        let anchored = seen.hashes().iter().any(|hash| claims.contains(hash));
        match &self.last {
            Some(last) if anchored && !seen.altered => {
                if !last.blamed {
                    let (chain, seq, id) = (last.chain, last.seq, last.id);
                    let found = format!("an entry with hash {}", last.hashes[0]);
                    let expected = format!("the entry with hash {}", seen.prev());
                    self.find(chain, seq, Some(id), Code::EntryReplaced, found, expected);
                }
                false
            }
            _ => {
                let found = format!("the predecessor's hash {}", seen.prev());
                self.findings.push(seen.finding(Code::LinkBroken, found, known[0]));
                true
            }
        }
    }

    /// Compares the row with the stored head of its chain.
    pub(super) fn judge_head(&mut self, seen: &Seen) {
        let Some(head) = self.heads.get(&seen.row.chain) else { return };
        let seq = seen.row.position();
        let recorded = seen.entry.as_ref().ok().filter(|_| !seen.altered).map(|entry| entry.recorded_at_micros);
        if seq == head.seq && !seen.hashes().contains(&head.hash) {
            let found = format!("a head with hash {}", head.hash);
            self.findings.push(seen.finding(Code::HeadDiffers, found, seen.row.hash));
        } else if let Some(micros) = recorded.filter(|micros| seq == head.seq && *micros != head.recorded_at_micros) {
            let found = format!("a head recorded at {} µs", head.recorded_at_micros);
            self.findings.push(seen.finding(Code::HeadDiffers, found, format!("{micros} µs")));
        }
        if seq > head.seq && !self.beyond_head {
            self.beyond_head = true;
            let found = format!("an entry at position {seq}");
            self.findings.push(seen.finding(Code::HeadBehind, found, format!("{} as the last position", head.seq)));
        }
    }

    /// Checks the instant against the entries before.
    pub(super) fn judge_time(&mut self, seen: &Seen) {
        let Some(entry) = seen.entry.as_ref().ok().filter(|_| !seen.altered) else { return };
        if entry.recorded_at_micros < self.latest_micros {
            let (found, expected) = (entry.recorded_at_micros, format!("{} µs or later", self.latest_micros));
            self.findings.push(seen.finding(Code::TimeBackwards, format!("{found} µs"), expected));
        }
        self.latest_micros = self.latest_micros.max(entry.recorded_at_micros);
    }

    /// Takes down the entry's name and key, and what it corrects.
    fn note_claims(&mut self, seen: &Seen) {
        let (chain, seq) = seen.place();
        let claim = Claim { chain, seq, sure: !seen.altered };
        if let Ok(entry) = &seen.entry {
            if let Some(corrected) = entry.corrects {
                self.corrections.push(Correction { corrected, entry: seen.id(), chain, seq });
            }
            if let Some(key) = entry.idempotency.filter(|_| claim.sure) {
                self.keys.add(Key { key, entry: seen.id() }, claim);
            }
        }
        self.names.add(seen.id(), claim);
        if seen.row.id != seen.id() {
            self.names.add(seen.row.id, Claim { sure: false, ..claim });
        }
    }

    /// Names and keys that more than one entry has.
    fn doubled(&mut self) {
        for (key, first, Claim { chain, seq, .. }) in self.keys.doubled() {
            let found = format!("a key used at position {} of chain {}", first.seq, first.chain);
            self.find(chain, seq, Some(key.entry), Code::KeyDuplicate, found, "a key of its own".to_owned());
        }
        for (id, first, Claim { chain, seq, .. }) in self.names.doubled() {
            let found = format!("a name used at position {} of chain {}", first.seq, first.chain);
            self.find(chain, seq, Some(id), Code::EntryDuplicate, found, "a name of its own".to_owned());
        }
    }

    /// Corrections of what is not earlier in the chain.
    fn unknown_corrections(&mut self) {
        let corrections = mem::take(&mut self.corrections);
        let origins = self.names.origins(corrections.iter().map(|correction| correction.corrected));
        for Correction { corrected, entry, chain, seq } in corrections {
            if !origins.get(&corrected).is_some_and(|origin| origin.chain == chain && origin.seq < seq) {
                let (found, expected) = (format!("entry {corrected}"), "an earlier entry of the chain".to_owned());
                self.find(chain, seq, Some(entry), Code::CorrectsUnknown, found, expected);
            }
        }
    }

    /// Compares the end of a chain with its head.
    pub(super) fn end_chain(&mut self) {
        self.latest_micros = i64::MIN;
        self.beyond_head = false;
        let Some(Judged { chain, seq, id, hashes, .. }) = self.last.take() else { return };
        match self.heads.remove(&chain) {
            None => {
                let expected = format!("a head at position {seq}");
                self.find(chain, seq, Some(id), Code::HeadMissing, "no head".to_owned(), expected);
            }
            Some(head) if head.seq > seq => {
                let (before, after) = (hashes.to_vec(), vec![head.hash]);
                self.gaps.push(Gap { chain, from: seq + 1, to: head.seq, before, after, whole_chain: false });
            }
            Some(_) => {}
        }
    }
}

/// Says what this verification leaves open.
fn not_checked(undecodable: u64, missing: u64) -> Vec<String> {
    let mut open = vec![
        "Whether these are all chains and the newest entries: compare the log with a checkpoint signed for you."
            .to_owned(),
        "Contents behind commitments, and whether erased contents are gone everywhere.".to_owned(),
        "Whether settlements follow from the contract and the facts.".to_owned(),
        "The meaning of payloads, who the actors were, and whether clocks were right.".to_owned(),
    ];
    if undecodable > 0 {
        open.push(format!("Columns and postings of {undecodable} entries whose bodies cannot be read."));
    }
    if missing > 0 {
        open.push(format!("What stood at {missing} positions without a row in its place, and the links around them."));
    }
    open
}
