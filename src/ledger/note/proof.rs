//! An inclusion proof together with the checkpoint it leads to (`tlog-proof`): one file that proves one entry offline.

use std::fmt;

use crate::{
    ledger::merkle::{ProofError, verify_inclusion},
    values::Digest,
};

use super::{
    Accepted, LineError, Note, NoteError, Policy, PolicyRefusal,
    encoding::{decimal, digest_from_base64, from_base64, to_base64},
    lines::Lines,
};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes of a proof: one for each level of a tree of 2^64 leaves.
const LONGEST_PATH: usize = 64;

/// Holds the proof that a log has an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// What the writer wanted to add. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// Index of the entry in the log, from 0.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Digest>,
    /// The checkpoint, signed.
    pub checkpoint: Note,
}

/// Says why a proof does not prove.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// A line is wrong.
    #[error("the proof is malformed: {0}")]
    Malformed(#[from] LineError),
    /// The part behind the proof is no signed note.
    #[error("the checkpoint of the proof: {0}")]
    Note(#[from] NoteError),
    /// The policy does not accept the checkpoint.
    #[error("the checkpoint of the proof: {0}")]
    Policy(#[from] PolicyRefusal),
    /// The path does not lead to the checkpoint.
    #[error("the entry is not in the tree of the checkpoint: {0}")]
    Path(#[from] ProofError),
}

impl TlogProof {
    /// Reads a proof.
    pub fn parse(text: &str) -> Result<Self, TlogProofError> {
        let mut lines = Lines::new(text);
        lines.read(HEADER, |line| (line == HEADER).then_some(()))?;
        let extra = match lines.clone().take("the index")?.starts_with("extra ") {
            true => Some(lines.read("extra BASE64", |line| from_base64(line.strip_prefix("extra ")?))?),
            false => None,
        };
        let index = lines.read("index NUMBER", |line| decimal(line.strip_prefix("index ")?))?;
        let path = lines.read_until_empty("a hash, 32 bytes in base64", LONGEST_PATH, digest_from_base64)?;
        Ok(Self { extra, index, path, checkpoint: Note::parse(lines.rest().as_bytes())? })
    }

    /// Proves that an entry with this leaf hash is in a log that the policy knows, and that enough witnesses saw it.
    pub fn verify<'a>(&self, leaf: &Digest, policy: &'a Policy) -> Result<Accepted<'a>, TlogProofError> {
        let accepted = policy.check(&self.checkpoint)?;
        let head = accepted.checkpoint.head();
        verify_inclusion(&head.root, head.size, self.index, leaf, &self.path)?;
        Ok(accepted)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(&hash.0)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
