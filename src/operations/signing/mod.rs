//! Who signs checkpoints, and what keeps it from ever signing two logs under one name.
//!
//! Lives here: the signer as operations see it, and one that keeps key and memory in files. Never here: what is signed and when;
//! that is in `sign_checkpoint`.
//!
//! - `signer`: what a signer does, and what it refuses
//! - `file_signer`: a signer whose key and memory are files
//! - `durable_file`: files that are there as a whole or not at all

pub mod durable_file;
pub mod file_signer;
pub mod signer;

pub use file_signer::{FileSigner, KeyFiles};
pub use signer::{Signer, check_continues};
