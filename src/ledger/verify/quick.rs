//! The short way for rows that fit: hashed and compared with themselves on all cores, then with the row before by a few
//! comparisons. Whatever does not fit in every respect goes the long way, which says what is wrong.

use crate::values::Digest;

use super::super::{
    body::{Body, postings_of, read_postings},
    chain::chain_hash,
    merkle::leaf_hash,
};
use super::{
    EntryRow, Hashed, PostingRow,
    claims::{Claim, Key},
    legs,
    seen::Seen,
    walk::{Correction, Judged, Walk},
};

/// What a row gives by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    /// The leaf of its body.
    pub(super) leaf: Digest,
    /// What to look at when body, columns, hash, log and postings agree; none when anything does not.
    pub(super) fits: Option<Fits>,
}

/// What few entries have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fits {
    /// It was written under a key, or corrects another.
    is_rare: bool,
    has_postings: bool,
}

impl Noted {
    /// Hashes the body and compares everything that needs no neighbour.
    pub(super) fn of(row: &EntryRow, log: &Digest) -> Self {
        let leaf = leaf_hash(&row.body);
        let fits = Body::read(&row.body).ok().filter(|body| {
            body.log == *log
                && is_row_of(row, body)
                && row.hash == chain_hash(&body.prev_hash, &leaf)
                && body.is_balanced()
        });
        let fits = fits.map(|body| Fits {
            is_rare: body.idempotency.is_some() || body.corrects.is_some(),
            has_postings: !body.postings().is_empty(),
        });
        Self { leaf, fits }
    }

    /// What is handed on.
    pub(super) fn hashed(&self, row: &EntryRow) -> Hashed {
        // Of a row that fits, the stored hash is the one that the body gives.
        let hash = if self.fits.is_some() { row.hash } else { Seen::of(row.clone()).computed };
        Hashed { chain: row.chain, seq: row.seq, leaf: self.leaf, hash }
    }
}

fn is_row_of(row: &EntryRow, body: &Body) -> bool {
    row.prev_hash == body.prev_hash
        && row.chain == body.chain
        && u64::try_from(row.seq) == Ok(body.seq)
        && row.id == body.id
        && row.kind == i64::from(body.kind.number())
        && row.effective_on == i64::from(body.effective_on.0)
        && row.recorded_at_micros == body.recorded_at_micros
}

impl<P: Iterator<Item = PostingRow>> Walk<P> {
    /// Takes the next rows in their order.
    pub(super) fn take_all(&mut self, rows: &[EntryRow], noted: &[Noted]) {
        for (at, (row, note)) in rows.iter().zip(noted).enumerate() {
            // The row behind tells that nothing else stands at this position.
            let next = rows.get(at + 1).zip(noted.get(at + 1)).filter(|(_, noted)| noted.fits.is_some());
            match note.fits.filter(|_| next.is_some_and(|(next, _)| self.is_plain(row, next))) {
                Some(fits) => self.judge_plain(row, fits),
                None => self.take(Seen::of(row.clone())),
            }
        }
    }

    /// Whether a row that fits continues the one before, and another one follows. What waits is judged when it may be.
    fn is_plain(&mut self, row: &EntryRow, next: &EntryRow) -> bool {
        let place = (row.chain, row.position());
        if (next.chain, next.position()) <= place || self.latest.is_some_and(|latest| place <= latest) {
            return false;
        }
        if !self.next.is_empty() {
            if !self.is_settled(row) {
                return false;
            }
            self.advance();
            self.advance();
        }
        match self.last.as_ref().filter(|last| last.chain == row.chain) {
            Some(last) => last.seq + 1 == place.1 && last.hashes == [row.prev_hash; 2],
            None => place.1 == 1 && row.prev_hash == Digest::ZERO,
        }
    }

    /// Whether what waits can be judged without the row that comes: it belongs to another chain, or everything up to that
    /// row is linked.
    fn is_settled(&self, row: &EntryRow) -> bool {
        match (&self.current[..], &self.next[..]) {
            (_, [next, ..]) if next.row.chain != row.chain => true,
            ([current], [next]) => {
                let links = |before: &Seen, (prev, seq): (Digest, u64)| {
                    before.fits(self.log) && before.row.hash == prev && before.row.position() + 1 == seq
                };
                links(next, (row.prev_hash, row.position()))
                    && links(current, (next.row.prev_hash, next.row.position()))
            }
            _ => false,
        }
    }

    fn judge_plain(&mut self, row: &EntryRow, fits: Fits) {
        let place @ (chain, seq) = (row.chain, row.position());
        if self.last.as_ref().is_none_or(|last| last.chain != chain) {
            self.end_chain();
            self.checked.chains += 1;
        }
        if self.end.0 != Some(chain) {
            self.end = (Some(chain), self.heads.get(&chain).map_or(u64::MAX, |head| head.seq));
        }
        self.checked.entries += 1;
        self.latest = Some(place);
        if seq >= self.end.1 || row.recorded_at_micros < self.latest_micros {
            let seen = Seen::of(row.clone());
            self.judge_head(&seen);
            self.judge_time(&seen);
        } else {
            self.latest_micros = row.recorded_at_micros;
        }
        self.names.add(row.id, Claim { chain, seq, sure: true });
        if fits.is_rare {
            self.note_rare(row, Claim { chain, seq, sure: true });
        }
        if fits.has_postings || self.legs.is_due(place) {
            let postings = postings_of(&row.body);
            if let Some(rows) = self.legs.unlike(place, postings) {
                self.findings.extend(legs::compare(&Seen::of(row.clone()), &read_postings(postings), rows));
            }
        }
        self.last = Some(Judged { chain, seq, id: row.id, hashes: [row.hash; 2], blamed: false });
    }

    /// Takes down what few entries have.
    fn note_rare(&mut self, row: &EntryRow, claim: Claim) {
        let Ok(body) = Body::read(&row.body) else { return };
        if let Some(key) = body.idempotency {
            self.keys.add(Key { key, entry: row.id }, claim);
        }
        if let Some(corrected) = body.corrects {
            self.corrections.push(Correction { corrected, entry: row.id, chain: claim.chain, seq: claim.seq });
        }
    }
}
