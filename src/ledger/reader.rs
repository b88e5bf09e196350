//! Reading bytes strictly: every refusal names the byte and what belongs there.

use crate::values::{Digest, to_hex};

/// Says why bytes are not the body of an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: expected {expected}, found {found}")]
pub struct DecodeError {
    /// Where in the body, counted from 0.
    pub offset: usize,
    /// What belongs there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// Walks through a byte string from front to end.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The bytes that were not taken yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Takes the next `length` bytes.
    #[inline]
    pub(crate) fn slice(&mut self, length: usize, what: &str) -> Result<&'a [u8], DecodeError> {
        let rest = self.rest();
        let Some(taken) = rest.get(..length) else {
            return Err(self.refuse(0, format!("{length} bytes of {what}"), format!("{} bytes", rest.len())));
        };
        self.at += length;
        Ok(taken)
    }

    /// Takes the next `N` bytes.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(N, what)?);
        Ok(array)
    }

    /// Takes a digest for which zeros mean none.
    pub(crate) fn optional_digest(&mut self, what: &str) -> Result<Option<Digest>, DecodeError> {
        Ok(Some(Digest(self.array(what)?)).filter(|digest| *digest != Digest::ZERO))
    }

    /// Refuses what was read last, `width` bytes ago.
    #[cold]
    pub(crate) fn refuse(&self, width: usize, expected: impl Into<String>, found: impl Into<String>) -> DecodeError {
        DecodeError { offset: self.at.saturating_sub(width), expected: expected.into(), found: found.into() }
    }

    /// Refuses bytes after the end.
    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        match self.rest() {
            [] => Ok(()),
            [first, ..] => {
                let found = format!("{} more bytes from 0x{}", self.bytes.len() - self.at, to_hex(&[*first]));
                Err(self.refuse(0, "the end of the body", found))
            }
        }
    }
}
