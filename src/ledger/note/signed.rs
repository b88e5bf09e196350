//! Signed notes (`signed-note`): a text and signatures of it that each stand on a line of their own.

use std::{fmt, str};

use super::{
    Checkpoint, KeyId, LineError, SignerKey, VerifierKey,
    encoding::{from_base64, to_base64},
    key::is_name,
    lines::Lines,
};

/// Most bytes of a note, so that nobody makes a reader work for nothing.
pub const LONGEST_NOTE: usize = 1_000_000;
/// Most signature lines of a note.
pub const MOST_SIGNATURES: usize = 100;

/// Holds a text and the signatures that came with it. Nothing in it is trusted before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// Holds one signature: `— NAME base64(key id || signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// Who is said to have signed.
    pub name: String,
    /// With which of their keys.
    pub key: KeyId,
    /// The bytes; what they are depends on the type of the key.
    pub signature: Vec<u8>,
}

/// Holds one signature that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The key that signed.
    pub key: &'a VerifierKey,
    /// When, in seconds since 1970; cosignatures only.
    pub instant: Option<u64>,
}

/// Says why a note is not what it claims.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than any note needs to be.
    #[error("the note has {bytes} bytes and may have {LONGEST_NOTE}")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8 from byte {offset} on: it was damaged or is no note")]
    NotUtf8 {
        /// Where, counted from 0.
        offset: usize,
    },
    /// A line is wrong.
    #[error(transparent)]
    Malformed(#[from] LineError),
    /// A known key is said to have signed and did not.
    #[error("the signature by {name} (key {key}) is wrong: text or signature were changed after signing")]
    InvalidSignature {
        /// The name of the key.
        name: String,
        /// The number of the key.
        key: KeyId,
    },
    /// No known key signed.
    #[error("none of the known keys signed the note (signatures are by: {})", signers.join(", "))]
    Unverified {
        /// Who is said to have signed.
        signers: Vec<String>,
    },
}

impl Note {
    /// Takes a text that nobody signed yet.
    pub fn new(text: String) -> Result<Self, LineError> {
        let mut lines = Lines::new(&text);
        loop {
            lines.read("text without control characters", |line| (!has_control(line)).then_some(()))?;
            if lines.is_at_end() {
                return Ok(Self { text, signatures: vec![] });
            }
        }
    }

    /// The text of a checkpoint, which a checkpoint made sure of.
    pub(super) fn of_checkpoint(checkpoint: &Checkpoint) -> Self {
        Self { text: checkpoint.to_string(), signatures: vec![] }
    }

    /// Reads a text with its signatures.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > LONGEST_NOTE {
            return Err(NoteError::TooLong { bytes: bytes.len() });
        }
        let note = str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 { offset: error.valid_up_to() })?;
        let no_signatures = || LineError {
            line: note.lines().count(),
            expected: "an empty line and signatures after the text".into(),
            found: "none".into(),
        };
        let end = note.rfind("\n\n").ok_or_else(no_signatures)? + 1;
        let mut read = Self::new(note[..end].to_owned())?;
        let mut lines = Lines::new(note);
        for _ in 0..=note[..end].matches('\n').count() {
            lines.take("text")?;
        }
        loop {
            let line = lines.read("a signature line (— NAME BASE64)", SignatureLine::parse)?;
            if read.signatures.len() == MOST_SIGNATURES {
                return Err(lines.refuse(&format!("at most {MOST_SIGNATURES} signatures"), "another one").into());
            }
            read.signatures.push(line);
            if lines.is_at_end() {
                return Ok(read);
            }
        }
    }

    /// The text that is signed, with the newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, checked or not.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Adds a signature; it takes the place of an earlier one by the same key.
    pub fn add(&mut self, line: SignatureLine) {
        self.signatures.retain(|other| other.key != line.key || other.name != line.name);
        self.signatures.push(line);
    }

    /// The note with the signatures that say they are by these keys, and no other.
    pub fn only_by<'a>(mut self, keys: impl IntoIterator<Item = &'a VerifierKey> + Clone) -> Self {
        self.signatures.retain(|line| keys.clone().into_iter().any(|key| key.signed(line)));
        self
    }

    /// The note with a signature more. The instant (seconds since 1970) enters cosignatures only.
    pub fn signed_by(mut self, key: &SignerKey, instant: u64) -> Self {
        self.add(key.sign(&self.text, instant));
        self
    }

    /// Checks the signatures by known keys and leaves out the others.
    ///
    /// A wrong signature by a known key spoils the note; of several by one key the first counts.
    pub fn verify<'a>(&self, known: impl IntoIterator<Item = &'a VerifierKey>) -> Result<Vec<Verified<'a>>, NoteError> {
        let mut verified = Vec::new();
        for key in known {
            let Some(line) = self.signatures.iter().find(|line| key.signed(line)) else { continue };
            let Some(instant) = key.verify(&self.text, &line.signature) else {
                return Err(NoteError::InvalidSignature { name: line.name.clone(), key: line.key });
            };
            verified.push(Verified { key, instant });
        }
        if verified.is_empty() {
            let signers = self.signatures.iter().map(|line| line.name.clone()).collect();
            return Err(NoteError::Unverified { signers });
        }
        Ok(verified)
    }
}

impl SignatureLine {
    /// Reads one line without its newline; none when it is no signature.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = from_base64(base64)?;
        let (key, signature) = bytes.split_first_chunk::<4>()?;
        let whole = is_name(name) && !signature.is_empty();
        let key = KeyId(u32::from_be_bytes(*key));
        whole.then(|| Self { name: name.to_owned(), key, signature: signature.to_vec() })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key.0.to_be_bytes().as_slice(), &self.signature].concat();
        writeln!(f, "— {} {}", self.name, to_base64(&bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

fn has_control(line: &str) -> bool {
    line.bytes().any(|byte| byte < b' ')
}
