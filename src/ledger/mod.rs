//! Entries, chains, the Merkle tree, postings, commitments and their verification: what happened in what order, and the proof.
//!
//! Lives here: everything `docs/LEDGER-FORMAT.md` defines, as pure functions over bytes and rows. Never here: databases,
//! clocks, randomness, keys in files, and anything about medicine or the meaning of a contract.
//!
//! - [`kind`]: the registry of entry kinds
//! - [`entry`]: one entry and its hashed body
//! - `body`: a body read where it stands
//! - [`reader`]: reading a body, naming the byte where it goes wrong
//! - [`chain`]: leaf and chain hashes, appending an entry to a chain
//! - [`account`]: accounts and their balances
//! - [`posting`]: debits and credits that sum to zero
//! - [`commitment`]: salted commitments and batches of them
//! - [`heads`]: the heads of all chains in one digest
//! - [`merkle`]: RFC 6962 trees and proofs
//! - [`note`]: signed checkpoints, tiles, policies, witnesses, in the formats of C2SP
//! - [`verify`](mod@verify): checking stored rows against each other

pub mod account;
mod body;
pub mod chain;
pub mod commitment;
pub mod entry;
pub mod heads;
pub mod kind;
pub mod merkle;
pub mod note;
pub mod posting;
pub mod reader;
pub mod verify;

pub use account::{Account, AccountKind, Balances, Trial, View};
pub use chain::{Appended, ChainHead, Draft};
pub use commitment::{Commitment, Request, Salt};
pub use entry::{Entry, FieldCommitment};
pub use kind::EntryKind;
pub use posting::{Posting, Postings};
pub use verify::{Finding, Report, verify};
