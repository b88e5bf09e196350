//! Certificates: one settlement on one page, with the proof that the log signed it.
//!
//! Lives here: the page, which follows from the entries below it; writing, reading, checking. Never here: databases, files.
//!
//! - `page`: what the entries say, in words
//! - `check`: whether page and entries belong together and are in a log that the reader trusts

pub mod check;
pub mod page;

use std::fmt;

use super::bundle::Malformed;
use crate::ledger::{
    Entry,
    note::{
        TlogProof,
        encoding::{from_base64, to_base64},
    },
};

pub use check::check;

/// The first line, by which a certificate is known.
pub const HEADER: &str = "outcome-ledger/certificate/v1\n";
/// Stands before each entry.
const SECTION: &str = "\n--- ";

/// A page and the entries that it repeats: the settlement, the proposal of its contract, registrations of its parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The page.
    pub page: String,
    /// The entries.
    pub proven: Vec<Proven>,
}

/// An entry with the proof that the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What the body says.
    pub entry: Entry,
    /// The hashed bytes.
    pub body: Vec<u8>,
    /// The proof.
    pub proof: TlogProof,
}

impl Certificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// What is not written as a certificate is.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        let wrong = |file: &str, reason: &dyn fmt::Display| Malformed { file: file.into(), reason: reason.to_string() };
        let rest =
            text.strip_prefix(HEADER).ok_or_else(|| wrong("line 1", &"it does not say that this is a certificate"))?;
        let mut parts = rest.split(SECTION);
        let page = parts.next().unwrap_or_default().to_owned();
        let mut proven = Vec::new();
        for (number, part) in (1..).zip(parts) {
            let file = format!("entry {number}");
            let (name, rest) = part.split_once('\n').unwrap_or((part, ""));
            let (body, proof) = rest.split_once('\n').unwrap_or((rest, ""));
            let body = body.strip_prefix("body ").and_then(from_base64);
            let body = body.ok_or_else(|| wrong(&file, &"expected `body` and base64"))?;
            let entry = Entry::decode(&body).map_err(|error| wrong(&file, &error))?;
            if name != entry.kind.name() {
                return Err(wrong(&file, &format!("`{name}` stands over a {}", entry.kind)));
            }
            let proof = TlogProof::parse(proof).map_err(|error| wrong(&file, &error))?;
            proven.push(Proven { entry, body, proof });
        }
        let certificate = Self { page, proven };
        let one_form = certificate.to_string() == text;
        if one_form { Ok(certificate) } else { Err(wrong("the certificate", &"it is not written in its one form")) }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}{}", self.page)?;
        for Proven { entry, body, proof } in &self.proven {
            write!(f, "{SECTION}{}\nbody {}\n{proof}", entry.kind, to_base64(body))?;
        }
        Ok(())
    }
}
