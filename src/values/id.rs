//! Typed identifiers: sixteen bytes each, never mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes an identifier from its sixteen bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes, as they are hashed.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}

id! {
    /// Names one chain of entries: a contract's, or the network's own.
    ChainId,
    /// Names one entry of the journal.
    EntryId,
    /// Names a party: a manufacturer, an insurer, a hospital.
    PartyId,
    /// Names a subject by the pseudonym it has in one contract.
    SubjectRef,
    /// Names one reported fact.
    FactId,
    /// Names a place where a party is told of what happens.
    WebhookId,
    /// Names one reading of what is known about patients.
    ReadId,
}
