//! Signed statements about the log in the formats of C2SP, so that logs, witnesses and verifiers of others understand ours.
//!
//! Lives here: signed notes and keys, checkpoints, cosignatures, tiles, inclusion proofs as text, policies, and what a witness
//! answers. Never here: files, the network, clocks, and where random seeds come from.
//!
//! Written to the texts at <https://github.com/C2SP/C2SP> as of 2026: `signed-note` 1.0, `tlog-checkpoint` 1.0,
//! `tlog-cosignature` (Ed25519, type 0x04), `tlog-tiles`, `tlog-proof` (version 1), `tlog-policy` and `tlog-witness`. Where
//! they leave a choice, the strict one is taken, and one statement has one form only.
//!
//! - [`encoding`]: base64 and decimal numbers, one form each
//! - [`lines`]: reading texts line by line, naming the line where it goes wrong
//! - [`key`]: keys that verify and keys that sign
//! - [`signed`]: notes and their signature lines
//! - [`checkpoint`]: origin, size and root of a log
//! - [`tile`]: paths of tiles and entry bundles
//! - [`bundle`]: contents of tiles and entry bundles
//! - [`proof`]: an inclusion proof together with its checkpoint
//! - [`policy`]: whose signatures make a checkpoint valid
//! - [`policy_file`]: reading a policy, with every error at its line
//! - [`request`]: what a log asks a witness
//! - [`witness`]: what a witness answers and remembers

pub mod bundle;
pub mod checkpoint;
pub mod encoding;
pub mod key;
pub mod lines;
pub mod policy;
pub mod policy_file;
pub mod proof;
pub mod request;
pub mod signed;
pub mod tile;
pub mod witness;

pub use bundle::{read_bundle, read_hashes, write_bundle, write_hashes};
pub use checkpoint::{Checkpoint, TreeHead};
pub use key::{KeyError, KeyId, KeyKind, SignerKey, VerifierKey};
pub use lines::LineError;
pub use policy::{Accepted, Policy, PolicyRefusal};
pub use policy_file::PolicyError;
pub use proof::TlogProof;
pub use request::AddCheckpoint;
pub use signed::{Note, NoteError, SignatureLine, Verified};
pub use tile::{Tile, TileContent};
pub use witness::{Cosigned, Refusal, Witness};

#[cfg(test)]
mod tests;
