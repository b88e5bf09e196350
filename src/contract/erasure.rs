//! Erasing a person: on what grounds, and what proves which rows were meant.

use serde::{Deserialize, Serialize};

use super::Batch;
use crate::{
    ledger::{
        FieldCommitment,
        commitment::{Commitment, batch_tree},
    },
    values::Digest,
};

/// The field of the commitment by which an entry names what is erased.
pub const FIELD: u16 = 5;

macro_rules! bases {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// On what grounds somebody is erased. The grounds of Article 17(1) of the General Data Protection Regulation have
        /// their letters beside them; other laws know the same ones by other names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Basis { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl Basis {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word that is recorded.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

bases! {
    /// The person asked for it.
    Request = "request",
    /// The content is not needed any more, and the time for which it had to be kept is over (a).
    RetentionOver = "retention_over",
    /// Consent was withdrawn (b).
    ConsentWithdrawn = "consent_withdrawn",
    /// The person objected (c).
    Objection = "objection",
    /// The content should never have been here (d).
    Unlawful = "unlawful",
    /// A law asks for it (e).
    LegalObligation = "legal_obligation",
    /// A court ordered it.
    CourtOrder = "court_order",
}

/// A row that is erased: position and item of its leaf, its batch, its commitment.
pub type ErasedRow = (i64, Batch, i32, Digest);

/// The root over the commitments of all rows erased, ordered by position, batch and item.
pub fn root(mut rows: Vec<ErasedRow>) -> FieldCommitment {
    rows.sort_by_key(|(seq, batch, item, _)| (*seq, *batch, *item));
    let commitments: Vec<_> = rows.iter().map(|(.., commitment)| Commitment(*commitment)).collect();
    FieldCommitment { field: FIELD, digest: batch_tree(&commitments).root() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::merkle::{leaf_hash, node_hash};

    #[test]
    fn the_root_does_not_depend_on_the_order_in_which_rows_are_found() {
        let [a, b, c] = [1, 2, 3].map(|byte| Digest([byte; 32]));
        let rows = vec![(7, Batch::Lines, 0, c), (5, Batch::Subjects, 3, a), (6, Batch::Facts, 12, b)];
        let [a, b, c] = [a, b, c].map(|digest| leaf_hash(&digest.0));
        let expected = FieldCommitment { field: 5, digest: node_hash(&node_hash(&a, &b), &c) };
        assert_eq!(root(rows.clone()), expected);
        assert_eq!(root(rows.into_iter().rev().collect()), expected);
    }

    #[test]
    fn grounds_are_recorded_by_their_words() {
        for basis in Basis::ALL {
            let json = serde_json::to_string(basis).unwrap();
            assert_eq!(json, format!("\"{}\"", basis.code()));
            assert_eq!(serde_json::from_str::<Basis>(&json).unwrap(), *basis);
        }
        assert!(serde_json::from_str::<Basis>("\"because\"").is_err());
    }
}
