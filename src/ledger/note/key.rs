//! Keys in the text forms of Go's `sumdb/note`: a verifier key may be published, a signer key stays with its owner.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::values::Digest;

use super::{
    SignatureLine,
    encoding::{from_base64, to_base64},
};

/// Says what signatures of a key look like, and what they state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Type 0x01: an Ed25519 signature of the text. Logs sign so.
    Note,
    /// Type 0x04: an Ed25519 signature of the text and an instant. Witnesses sign so.
    Cosignature,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Note),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// Names a key, together with the name of its owner; too short to be proof of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Says why a text is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Parts are missing, or one is written otherwise than the format says.
    #[error("this is no {expected}: check that it was copied whole")]
    Malformed {
        /// What was expected, with its form.
        expected: &'static str,
    },
    /// The name cannot stand in a signature line.
    #[error(
        "{name:?} cannot name a key: a name has at least one character, no space, no plus sign and no control character"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A type of signature that this program cannot check.
    #[error(
        "signature type 0x{kind:02x} is not supported: give a key of type 0x01 (log) or 0x04 (witness), both Ed25519"
    )]
    UnsupportedKind {
        /// The type.
        kind: u8,
    },
    /// Name or key were changed or mixed up.
    #[error("the key has id {computed}, not {written}: name, id and key do not belong together")]
    WrongId {
        /// What stands in the text.
        written: String,
        /// What name and key give.
        computed: KeyId,
    },
    /// No point of the curve, or one that makes signatures worthless.
    #[error("the key is not a public Ed25519 key that signatures can be checked with")]
    Weak,
}

const VERIFIER_FORM: &str = "verifier key (NAME+ID+KEY)";
const SIGNER_FORM: &str = "signer key (PRIVATE+KEY+NAME+ID+KEY)";

/// Checks signatures of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    id: KeyId,
    public: VerifyingKey,
}

impl VerifierKey {
    /// Takes a public key of 32 bytes under a name.
    pub fn new(name: &str, kind: KeyKind, public: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name { name: name.to_owned() });
        }
        let public = VerifyingKey::from_bytes(public).ok().filter(|key| !key.is_weak()).ok_or(KeyError::Weak)?;
        Ok(Self { name: name.to_owned(), kind, id: key_id(name, kind, &public), public })
    }

    /// Reads `NAME+ID+KEY`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, kind, public) = parts(text).ok_or(KeyError::Malformed { expected: VERIFIER_FORM })??;
        Self::new(name, kind, &public)?.with_id(id)
    }

    fn with_id(self, written: &str) -> Result<Self, KeyError> {
        let right = self.id.to_string() == written;
        if right { Ok(self) } else { Err(KeyError::WrongId { written: written.to_owned(), computed: self.id }) }
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures look like.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its number.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The public key itself, by which two keys are the same under whatever name.
    pub fn public_key(&self) -> [u8; 32] {
        self.public.to_bytes()
    }

    /// Whether a line says that it was signed with this key.
    pub fn signed(&self, line: &SignatureLine) -> bool {
        self.id == line.key && self.name == line.name
    }

    /// Checks a signature of a text: none when it is wrong, else the instant it states (seconds since 1970, cosignatures only).
    pub fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        match self.kind {
            KeyKind::Note => self.verify_bytes(text.as_bytes(), signature).then_some(None),
            KeyKind::Cosignature => {
                let (instant, signature) = signature.split_first_chunk::<8>()?;
                let instant = u64::from_be_bytes(*instant);
                let in_range = i64::try_from(instant).is_ok();
                (in_range && self.verify_bytes(&cosigned_message(text, instant), signature)).then_some(Some(instant))
            }
        }
    }

    fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        // The strict check: one signature is valid for everybody or for nobody.
        Signature::from_slice(signature).is_ok_and(|signature| self.public.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, to_base64(&typed(self.kind, self.public.as_bytes())))
    }
}

/// Signs notes. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl SignerKey {
    /// Makes a key from 32 random bytes.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().as_bytes())?;
        Ok(Self { verifier, secret })
    }

    /// Reads `PRIVATE+KEY+NAME+ID+KEY`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let parts = text.strip_prefix("PRIVATE+KEY+").and_then(parts);
        let (name, id, kind, seed) = parts.ok_or(KeyError::Malformed { expected: SIGNER_FORM })??;
        let Self { verifier, secret } = Self::from_seed(name, kind, &seed)?;
        Ok(Self { verifier: verifier.with_id(id)?, secret })
    }

    /// The text to keep in a file that only its owner can read.
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, id, kind, .. } = &self.verifier;
        format!("PRIVATE+KEY+{name}+{id}+{}", to_base64(&typed(*kind, self.secret.as_bytes())))
    }

    /// The key that checks its signatures.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text that ends in a newline. The instant (seconds since 1970) enters cosignatures only.
    pub fn sign(&self, text: &str, instant: u64) -> SignatureLine {
        let signature = match self.verifier.kind {
            KeyKind::Note => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyKind::Cosignature => {
                let signature = self.secret.sign(&cosigned_message(text, instant));
                [instant.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
            }
        };
        SignatureLine { name: self.verifier.name.clone(), key: self.verifier.id, signature }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, secret withheld)", self.verifier)
    }
}

/// Whether a name can stand in a signature line.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c < ' ' || c.is_whitespace())
}

/// What a witness signs (`tlog-cosignature`): the instant, then the whole text of the note.
fn cosigned_message(text: &str, instant: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {instant}\n{text}").into_bytes()
}

fn key_id(name: &str, kind: KeyKind, public: &VerifyingKey) -> KeyId {
    let [a, b, c, d, ..] = Digest::of(&[name.as_bytes(), b"\n", &typed(kind, public.as_bytes())]).0;
    KeyId(u32::from_be_bytes([a, b, c, d]))
}

fn typed(kind: KeyKind, key: &[u8; 32]) -> Vec<u8> {
    [[kind.byte()].as_slice(), key].concat()
}

/// Name, id, type and key of a text; none when it has not these parts.
type Parts<'a> = (&'a str, &'a str, KeyKind, [u8; 32]);

fn parts(text: &str) -> Option<Result<Parts<'_>, KeyError>> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let key = from_base64(key)?;
    let (kind, key) = key.split_first()?;
    let Some(kind) = KeyKind::of(*kind) else { return Some(Err(KeyError::UnsupportedKind { kind: *kind })) };
    Some(Ok((name, id, kind, key.try_into().ok()?)))
}
