//! The rows a verifier is given, as wide as a database can keep them.

use std::fmt;

use crate::values::{ChainId, Currency, Digest, EntryId, PartyId};

use super::super::{chain::Appended, entry::Entry};

/// Holds one stored entry: its body and the columns beside it. A value of the wrong width or type is given as zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The chain.
    pub chain: ChainId,
    /// The position in the chain, from 1.
    pub seq: i64,
    /// The entry.
    pub id: EntryId,
    /// The number of the entry kind.
    pub kind: i64,
    /// The effective day, in days since 1970-01-01.
    pub effective_on: i64,
    /// The recorded instant, in microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at_micros: i64,
    /// The chain hash of the position before.
    pub prev_hash: Digest,
    /// The chain hash of this entry.
    pub hash: Digest,
    /// The hashed bytes.
    pub body: Vec<u8>,
}

/// A currency as a column names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurrencyText {
    /// One of the list.
    Known(Currency),
    /// Something else.
    Other(String),
}

impl From<String> for CurrencyText {
    fn from(text: String) -> Self {
        Currency::parse(&text).map_or(Self::Other(text), Self::Known)
    }
}

impl fmt::Display for CurrencyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(currency) => currency.fmt(f),
            Self::Other(text) => text.fmt(f),
        }
    }
}

/// Holds one stored posting: a projection of the entry's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostingRow {
    /// The chain of the entry.
    pub chain: ChainId,
    /// The position of the entry.
    pub seq: i64,
    /// The number of the posting within the entry, from 0, in the order of the body.
    pub leg: i64,
    /// Whose account.
    pub party: PartyId,
    /// The number of the account kind.
    pub account: i64,
    /// The currency.
    pub currency: CurrencyText,
    /// The amount in minor units: debit positive, credit negative.
    pub amount_minor: i128,
}

impl EntryRow {
    /// The row to store for an appended entry.
    pub fn of(appended: &Appended) -> Self {
        let entry = &appended.entry;
        Self {
            chain: entry.chain,
            // A body that was encoded has a position within 63 bits.
            seq: i64::try_from(entry.seq).unwrap_or_default(),
            id: entry.id,
            kind: entry.kind.number().into(),
            effective_on: entry.effective_on.0.into(),
            recorded_at_micros: entry.recorded_at_micros,
            prev_hash: entry.prev_hash,
            hash: appended.head.hash,
            body: appended.body.clone(),
        }
    }

    /// The position; 0, which no entry has, for a negative number.
    pub(super) fn position(&self) -> u64 {
        u64::try_from(self.seq).unwrap_or_default()
    }
}

impl PostingRow {
    /// The rows to store for the postings of an entry.
    pub fn all_of(entry: &Entry) -> Vec<Self> {
        let seq = i64::try_from(entry.seq).unwrap_or_default();
        let rows = (0..).zip(&entry.postings).map(|(leg, posting)| Self {
            chain: entry.chain,
            seq,
            leg,
            party: posting.party,
            account: posting.account.number().into(),
            currency: CurrencyText::Known(posting.currency),
            amount_minor: posting.amount_minor,
        });
        rows.collect()
    }

    /// Chain and position; position 0, which no entry has, for a negative number.
    pub(super) fn key(&self) -> (ChainId, u64) {
        (self.chain, u64::try_from(self.seq).unwrap_or_default())
    }
}
