//! What a witness answers and remembers (`tlog-witness`): it cosigns a tree only when that continues the last one it cosigned.

use crate::ledger::merkle::{ProofError, empty_root, verify_consistency};

use super::{
    AddCheckpoint, Checkpoint, KeyKind, LineError, Note, NoteError, SignatureLine, SignerKey, TreeHead, VerifierKey,
};

/// Holds a witness: its key, and the logs it watches.
#[derive(Clone, Debug)]
pub struct Witness {
    key: SignerKey,
    logs: Vec<VerifierKey>,
}

/// Holds what a witness says, and what it has to remember before it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The answer.
    pub line: SignatureLine,
    /// The log.
    pub origin: String,
    /// The checkpoint with its signatures and this cosignature: what was seen last from now on.
    pub seen: Note,
}

/// Says why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request cannot be read.
    #[error("the request is malformed: {0}")]
    Malformed(#[from] NoteError),
    /// The note is no checkpoint.
    #[error("the note of the request is no checkpoint: {0}")]
    NoCheckpoint(#[from] LineError),
    /// The proof leads backwards.
    #[error("the old size {old_size} is above the size {size} of the checkpoint: a log only grows")]
    OldAboveNew {
        /// As requested.
        old_size: u64,
        /// Of the checkpoint.
        size: u64,
    },
    /// A log that this witness does not watch.
    #[error("this witness does not watch the log {origin:?}")]
    UnknownLog {
        /// Its name.
        origin: String,
    },
    /// The log did not sign.
    #[error("the checkpoint is not signed by its log: {0}")]
    Unsigned(NoteError),
    /// The request starts elsewhere than this witness stands.
    #[error("the request starts at size {old_size}, but the last checkpoint cosigned has size {}: prove it from there", seen.head.size)]
    OtherSize {
        /// As requested.
        old_size: u64,
        /// What was seen.
        seen: Box<Seen>,
    },
    /// Two trees of one size: the log has forked.
    #[error("two different trees of size {}: the log shows different histories to different people", seen.head.size)]
    Forked {
        /// What was seen.
        seen: Box<Seen>,
        /// What is shown now.
        shown: Box<Note>,
    },
    /// The proof does not hold: the log has forked, or the proof is wrong.
    #[error("nothing shows that the tree continues the one of size {} cosigned last: {error}", seen.head.size)]
    NotConsistent {
        /// What was seen.
        seen: Box<Seen>,
        /// What is shown now.
        shown: Box<Note>,
        /// What is wrong with the proof.
        error: ProofError,
    },
}

/// Holds what a witness saw last of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The tree; without leaves when nothing was seen.
    pub head: TreeHead,
    /// The checkpoint as it was cosigned; none when nothing was seen.
    pub note: Option<Note>,
}

impl Refusal {
    /// The status that `tlog-witness` gives to it in HTTP.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::NoCheckpoint(_) | Self::OldAboveNew { .. } => 400,
            Self::Unsigned(_) => 403,
            Self::UnknownLog { .. } => 404,
            Self::OtherSize { .. } | Self::Forked { .. } => 409,
            Self::NotConsistent { .. } => 422,
        }
    }

    /// The size that a conflict (409) answers with.
    pub fn conflicting_size(&self) -> Option<u64> {
        match self {
            Self::OtherSize { seen, .. } | Self::Forked { seen, .. } => Some(seen.head.size),
            _ => None,
        }
    }

    /// The two signed checkpoints that contradict each other, or that nothing connects: what was seen, what was shown.
    pub fn evidence(&self) -> Option<(&Note, &Note)> {
        match self {
            Self::Forked { seen, shown } | Self::NotConsistent { seen, shown, .. } => {
                Some((seen.note.as_ref()?, shown))
            }
            _ => None,
        }
    }
}

impl Witness {
    /// A witness with a key of type 0x04 that watches some logs; none with a key of another type.
    pub fn new(key: SignerKey, logs: Vec<VerifierKey>) -> Option<Self> {
        (key.verifier().kind() == KeyKind::Cosignature).then_some(Self { key, logs })
    }

    /// The key that others check its cosignatures with.
    pub const fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The logs it watches.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Reads back what was remembered of a log; none unless this witness cosigned it.
    pub fn recall(&self, note: Note) -> Option<(String, Seen)> {
        note.verify([self.key()]).ok()?;
        let checkpoint = Checkpoint::parse(note.text()).ok()?;
        Some((checkpoint.origin().to_owned(), Seen { head: checkpoint.head(), note: Some(note) }))
    }

    /// Reads a checkpoint that a log which this witness watches has signed.
    ///
    /// # Errors
    /// A refusal when it is none, of another log, or not signed.
    pub fn signed_by_log(&self, note: &Note) -> Result<Checkpoint, Refusal> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let mut keys = self.logs.iter().filter(|log| log.name() == checkpoint.origin()).peekable();
        if keys.peek().is_none() {
            return Err(Refusal::UnknownLog { origin: checkpoint.origin().to_owned() });
        }
        note.verify(keys).map_err(Refusal::Unsigned)?;
        Ok(checkpoint)
    }

    /// Answers a request. `last` tells what was seen last of a log; the instant is in seconds since 1970.
    ///
    /// Whoever calls this keeps others out from asking `last` until what was seen is stored for good.
    pub fn consider(
        &self,
        request: &AddCheckpoint,
        last: impl FnOnce(&str) -> Option<Seen>,
        instant: u64,
    ) -> Result<Cosigned, Refusal> {
        let checkpoint = self.signed_by_log(&request.checkpoint)?;
        let (origin, head) = (checkpoint.origin(), checkpoint.head());
        if request.old_size > head.size {
            return Err(Refusal::OldAboveNew { old_size: request.old_size, size: head.size });
        }
        continues(request, head, last(origin).unwrap_or_else(Seen::nothing))?;
        let line = self.key.sign(request.checkpoint.text(), instant);
        // Lines that nobody checked do not enter what is kept.
        let mut seen = request.checkpoint.clone().only_by(self.logs.iter().filter(|log| log.name() == origin));
        seen.add(line.clone());
        Ok(Cosigned { line, origin: origin.to_owned(), seen })
    }
}

impl Seen {
    /// Nothing yet: every tree continues it.
    pub fn nothing() -> Self {
        Self { head: TreeHead { size: 0, root: empty_root() }, note: None }
    }
}

/// Checks that a tree continues the one seen last.
fn continues(request: &AddCheckpoint, head: TreeHead, seen: Seen) -> Result<(), Refusal> {
    let (old_size, seen) = (request.old_size, Box::new(seen));
    if old_size != seen.head.size {
        return Err(Refusal::OtherSize { old_size, seen });
    }
    if head.size == seen.head.size && head.root != seen.head.root {
        return Err(Refusal::Forked { seen, shown: Box::new(request.checkpoint.clone()) });
    }
    let proven = verify_consistency(seen.head.size, &seen.head.root, head.size, &head.root, &request.proof);
    proven.map_err(|error| Refusal::NotConsistent { seen, shown: Box::new(request.checkpoint.clone()), error })
}
