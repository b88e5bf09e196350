//! What a signer does, and what it refuses. It trusts nobody: the database it is asked by may be an old copy.

use crate::{
    ledger::{
        merkle::{ProofError, verify_consistency},
        note::{Checkpoint, Note, TreeHead, VerifierKey},
    },
    operations::Error,
};

/// Signs checkpoints of one log. It remembers the last one by itself, apart from the database.
pub trait Signer {
    /// The key that verifies what it signs; its name is the origin of the log.
    fn verifier(&self) -> &VerifierKey;

    /// What it signed last; a tree without leaves at the start.
    ///
    /// # Errors
    /// When its memory is gone or unreadable.
    fn last(&self) -> Result<Checkpoint, Error>;

    /// Signs a tree, given a proof that it continues the last one it signed. The same tree may be signed again.
    ///
    /// # Errors
    /// A refusal as of [`check_continues`]; when it cannot remember what it is to sign.
    fn sign(&mut self, head: TreeHead, proof: &[crate::values::Digest]) -> Result<Note, Error>;
}

/// Checks that a tree continues another.
///
/// # Errors
/// A refusal when it is smaller, or the proof does not show that it is the same log.
pub fn check_continues(last: TreeHead, head: TreeHead, proof: &[crate::values::Digest]) -> Result<(), Error> {
    match verify_consistency(last.size, &last.root, head.size, &head.root, proof) {
        Ok(()) => Ok(()),
        Err(ProofError::Shrunk { .. }) => Err(older(last.size, head.size)),
        Err(error) => Err(forked(last.size, &error.to_string())),
    }
}

/// The database holds less than what was signed.
pub(in crate::operations) fn older(signed: u64, size: u64) -> Error {
    Error::refused(
        "older-database",
        format!(
            "the log has {size} entries, but {signed} were signed: this database is older than its last checkpoint"
        ),
        "restore the newest copy of the database; going on with this one would fork the log",
    )
}

/// The database holds something else than what was signed.
pub(in crate::operations) fn forked(signed: u64, reason: &str) -> Error {
    Error::refused(
        "forked-log",
        format!("the log does not continue the checkpoint of {signed} entries that was signed last: {reason}"),
        "run `outcome-ledger verify`, and restore the database that was signed; this one has another past",
    )
}

/// The database holds another log.
pub(in crate::operations) fn other_log(signed: &str, origin: &str) -> Error {
    let message = format!("the key signs for `{signed}`, and this log is `{origin}`");
    Error::refused("other-log", message, "give the key of this log: --key FILE")
}
