//! Checkpoints (`tlog-checkpoint`): what a log says of itself at one moment, signed as a note.

use std::fmt;

use crate::values::Digest;

use super::{
    LineError, Note, SignerKey,
    encoding::{decimal, digest_from_base64, to_base64},
    lines::Lines,
};

/// Fixes a tree: so many leaves, this root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// Holds the text of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// What the owner of a key says of the log that has the key's name as its origin.
    fn of(key: &SignerKey, head: TreeHead) -> Self {
        Self { origin: key.verifier().name().to_owned(), head, extensions: vec![] }
    }

    /// Reads the text of a note.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let mut lines = Lines::new(text);
        let not_empty = |line: &str| (!line.is_empty()).then(|| line.to_owned());
        let origin = lines.read("the origin, the name of the log", not_empty)?;
        let size = lines.read("the size of the tree, a decimal number without leading zeros", decimal)?;
        let root = lines.read("the root, 32 bytes in base64", digest_from_base64)?;
        let mut extensions = Vec::new();
        while !lines.is_at_end() {
            extensions.push(lines.read("an extension line, which is not empty", not_empty)?);
        }
        Ok(Self { origin, head: TreeHead { size, root }, extensions })
    }

    /// Which log speaks.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The tree it speaks of.
    pub const fn head(&self) -> TreeHead {
        self.head
    }

    /// Lines that mean something to this log only.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The checkpoint as the owner of the key signs it. The key's name is the origin, which no line break can enter.
    pub fn sign(key: &SignerKey, head: TreeHead, instant: u64) -> Note {
        Note::of_checkpoint(&Self::of(key, head)).signed_by(key, instant)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.head;
        write!(f, "{}\n{size}\n{}\n", self.origin, to_base64(&root.0))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
