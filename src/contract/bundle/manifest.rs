//! What a bundle says about itself. All of it follows from the other files, and the founding from the log's identity.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Bundle, Malformed, Scope};
use crate::{
    contract::{
        audit::records::Opening,
        content::{decode, encode},
    },
    values::{ChainId, Digest},
};

/// The file's name.
pub const MANIFEST: &str = "manifest.json";
/// The version that this program writes and reads.
const VERSION: &str = "outcome-ledger/bundle/v1";

/// The manifest, keys in the order of the alphabet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Contents by state: closed, erased, opened.
    pub contents: BTreeMap<String, u64>,
    /// The contracts, in the order of their chains.
    pub contracts: Vec<ChainId>,
    /// Number of entries.
    pub entries: u64,
    /// Every other file.
    pub files: BTreeMap<String, FileHash>,
    /// When the log was founded, in microseconds since 1970-01-01T00:00:00Z.
    pub founded_at: i64,
    /// `contract` or `log`.
    pub scope: String,
    /// The version of the format.
    pub version: String,
}

/// Length and digest of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes with SHA-256 {}", self.bytes, self.sha256)
    }
}

impl FileHash {
    /// Of a content.
    pub fn of(content: &[u8]) -> Self {
        Self { bytes: content.len() as u64, sha256: Digest::of(&[content]).to_string() }
    }
}

impl Scope {
    const fn word(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Log => "log",
        }
    }
}

impl Manifest {
    /// The manifest of a bundle whose other files are these.
    pub fn of<'f>(bundle: &Bundle, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        let mut contents: BTreeMap<String, u64> = ["closed", "erased", "opened"].map(|state| (state.into(), 0)).into();
        for opening in bundle.contracts.values().flat_map(super::Contents::openings) {
            let state = match opening {
                Opening::Closed => "closed",
                Opening::Erased => "erased",
                Opening::Opened { .. } => "opened",
            };
            *contents.entry(state.into()).or_default() += 1;
        }
        Self {
            contents,
            contracts: bundle.contracts.keys().copied().collect(),
            entries: bundle.entries.len() as u64,
            files: files.into_iter().map(|(name, content)| (name.to_owned(), FileHash::of(content))).collect(),
            founded_at: bundle.founded_at_micros,
            scope: bundle.scope.word().into(),
            version: VERSION.into(),
        }
    }

    /// Writes it.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads it, in its one form only.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let wrong = |reason: String| Malformed { file: MANIFEST.into(), reason };
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        let Version { version } = decode(bytes).map_err(|error| wrong(error.to_string()))?;
        if version != VERSION {
            return Err(wrong(format!("version `{version}`, and this program knows `{VERSION}`; use a newer program")));
        }
        let manifest: Self = decode(bytes).map_err(|error| wrong(error.to_string()))?;
        let one_form = manifest.encode() == bytes;
        if one_form { Ok(manifest) } else { Err(wrong("it is not written in its one form".into())) }
    }

    /// What the bundle is about.
    pub fn scope(&self) -> Result<Scope, Malformed> {
        let scope = [Scope::Contract, Scope::Log].into_iter().find(|scope| scope.word() == self.scope);
        scope.ok_or_else(|| Malformed { file: MANIFEST.into(), reason: format!("scope `{}`", self.scope) })
    }
}
