//! What a log asks a witness (`tlog-witness`, `add-checkpoint`): the checkpoint, and the proof that it continues the last one.

use std::{fmt, str};

use crate::values::Digest;

use super::{
    LineError, Note, NoteError,
    encoding::{decimal, digest_from_base64, to_base64},
    lines::Lines,
};

/// Most hashes of a consistency proof.
const LONGEST_PROOF: usize = 63;

/// Holds a request to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is thought to have seen last; 0 for none.
    pub old_size: u64,
    /// From the old size to that of the checkpoint.
    pub proof: Vec<Digest>,
    /// The checkpoint, signed.
    pub checkpoint: Note,
}

impl AddCheckpoint {
    /// Reads the body of a request.
    pub fn parse(body: &[u8]) -> Result<Self, NoteError> {
        let text = str::from_utf8(body).map_err(|error| NoteError::NotUtf8 { offset: error.valid_up_to() })?;
        let mut lines = Lines::new(text);
        let (old_size, proof) = Self::parse_head(&mut lines)?;
        Ok(Self { old_size, proof, checkpoint: Note::parse(lines.rest().as_bytes())? })
    }

    fn parse_head(lines: &mut Lines<'_>) -> Result<(u64, Vec<Digest>), LineError> {
        let old_size = lines.read("old SIZE, a decimal number", |line| decimal(line.strip_prefix("old ")?))?;
        Ok((old_size, lines.read_until_empty("a hash, 32 bytes in base64", LONGEST_PROOF, digest_from_base64)?))
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(&hash.0)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
