//! What a check can find, in stable codes for programs and one sentence for people.

use std::fmt;

use crate::values::{ChainId, EntryId};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $meaning:literal;)*) => {
        /// Says what kind of thing was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Lists all codes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable text for programs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    /// The body cannot be read.
    BodyUndecodable = "body.undecodable", "The stored bytes are not the body of an entry, so what happened here cannot be read.";
    /// Body and stored hash disagree.
    BodyChanged = "body.changed", "The body does not give the stored hash: it was changed after it was written.";
    /// The stored hash was changed, the body was not.
    HashChanged = "hash.changed", "The stored hash was changed; the next entry confirms the hash that the body gives.";
    /// A column beside the body disagrees with it.
    ColumnDiffers = "column.differs", "A column beside the body says something else than the body, so searches and reports are wrong.";
    /// The entry names another predecessor.
    LinkBroken = "link.broken", "The entry does not continue the one before it: it was changed or put here.";
    /// The successor recorded another entry.
    EntryReplaced = "entry.replaced", "The next entry recorded another hash for this position: the entry was replaced as a whole.";
    /// A position has no row.
    RowMissing = "row.missing", "Entries that existed are gone.";
    /// A row too many.
    RowExtra = "row.extra", "The row is not part of the chain: its position is taken by the entry the others link to.";
    /// Rows are not in order.
    RowOutOfOrder = "row.out_of_order", "The row stands after rows that come later: rows were swapped or moved.";
    /// A chain has no head.
    HeadMissing = "head.missing", "The chain has entries but no stored head, so nothing tells whether its end was cut off.";
    /// A head has no chain.
    HeadExtra = "head.extra", "The head belongs to no stored entries: it was added, or the whole chain is gone.";
    /// Head and entry disagree.
    HeadDiffers = "head.differs", "The head does not fit the entry at its position: the head or the entry was changed.";
    /// Entries lie beyond the head.
    HeadBehind = "head.behind", "Entries lie beyond the head: they were added, or the head was set back.";
    /// A posting row is gone.
    PostingMissing = "posting.missing", "A posting of the entry has no row, so balances are wrong.";
    /// A posting row too many.
    PostingExtra = "posting.extra", "A posting row belongs to no posting of an entry, so balances are wrong.";
    /// A posting row was changed.
    PostingDiffers = "posting.differs", "A posting row says something else than the entry, so balances are wrong.";
    /// The postings of a body do not balance.
    Unbalanced = "posting.unbalanced", "The entry moves money from nowhere or to nowhere; no correct writer accepts that.";
    /// The entry belongs to another log.
    LogForeign = "log.foreign", "The entry was written for another log and copied here.";
    /// Time runs backwards.
    TimeBackwards = "time.backwards", "The entry was recorded before its predecessor; a writer never does that.";
    /// The corrected entry is unknown.
    CorrectsUnknown = "corrects.unknown", "The entry corrects one that is not earlier in its chain.";
    /// Two entries have one name.
    EntryDuplicate = "entry.duplicate", "Two entries have the same name, so that references to it are ambiguous.";
    /// Two entries were written under one key.
    KeyDuplicate = "key.duplicate", "Two entries were written under one idempotency key: what was asked for once was done twice.";
}

/// Holds one thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The chain.
    pub chain: ChainId,
    /// The position in the chain; 0 when a row has none.
    pub seq: u64,
    /// The entry; none when no row names it.
    pub entry: Option<EntryId>,
    /// What kind of thing was found.
    pub code: Code,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: chain {}, position {}", self.code.as_str(), self.chain, self.seq)?;
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry}")?;
        }
        write!(f, ": found {}, expected {}. {}", self.found, self.expected, self.code.meaning())
    }
}

/// Counts what was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Chains with entries.
    pub chains: u64,
    /// Entry rows.
    pub entries: u64,
    /// Posting rows.
    pub postings: u64,
    /// Stored heads.
    pub heads: u64,
}

/// Holds the outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Everything that does not fit; empty when all is well.
    pub findings: Vec<Finding>,
    /// How much was checked.
    pub checked: Checked,
    /// What was not checked, in sentences.
    pub not_checked: Vec<String>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}
