//! A witness follows a log by itself: fetches the checkpoint and the tiles that prove it, and cosigns.

use super::{
    CosignError, WitnessDesk, cosign_checkpoint,
    remote::{Remote, RemoteError},
};
use crate::ledger::note::{AddCheckpoint, Cosigned, Refusal, TreeHead, witness::Seen};

/// Says why a log that is followed was not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The log could not be read.
    #[error("the log cannot be read: {0}")]
    Remote(#[from] RemoteError),
    /// The tiles are not those of the checkpoint.
    #[error(
        "the tiles of the log do not give the root of its checkpoint of size {size}: they are damaged, or not its own"
    )]
    OtherTiles {
        /// The size of the checkpoint.
        size: u64,
    },
    /// An older checkpoint than the one seen last.
    #[error("the log shows a checkpoint of size {size}, but had shown {} before: it was set back, or this is an old copy", seen.head.size)]
    Older {
        /// The size it shows.
        size: u64,
        /// What was seen before.
        seen: Box<Seen>,
    },
    /// The witness does not cosign.
    #[error(transparent)]
    Cosign(#[from] CosignError),
}

impl From<Refusal> for FollowError {
    fn from(refusal: Refusal) -> Self {
        Self::Cosign(refusal.into())
    }
}

/// Fetches the newest checkpoint of a log and cosigns it when it continues what was seen last. The instant is in seconds
/// since 1970.
///
/// # Errors
/// When the log cannot be read, or does not continue what was seen; then the error holds both checkpoints.
pub fn follow_log(desk: &WitnessDesk, log: &Remote, instant: u64) -> Result<Cosigned, FollowError> {
    let checkpoint = log.checkpoint()?;
    // Nothing else is asked of the log before the checkpoint is known to be its own.
    let said = desk.witness().signed_by_log(&checkpoint)?;
    let seen = desk.last_seen(said.origin()).unwrap_or_else(Seen::nothing);
    let TreeHead { size, root } = said.head();
    if size < seen.head.size {
        return Err(FollowError::Older { size, seen: Box::new(seen) });
    }
    let mut tree = log.tree(size);
    if tree.root()? != root {
        return Err(FollowError::OtherTiles { size });
    }
    let proof = tree.consistency_proof(seen.head.size)?.unwrap_or_default();
    let request = AddCheckpoint { old_size: seen.head.size, proof, checkpoint };
    Ok(cosign_checkpoint(desk, &request, instant)?)
}
