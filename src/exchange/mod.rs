//! Records of other systems in our words, and ours in theirs: encoding and decoding only.
//!
//! Lives here: formats that others have defined. Never here: files, databases, what a contract owes.
//!
//! - [`fhir`]: clinical records, HL7 FHIR R4, to facts
//! - [`spreadsheet`]: tables as CSV that no spreadsheet takes for formulas
//! - `webhook`: messages about what happened, Standard Webhooks (feature `server`)

pub mod fhir;
pub mod spreadsheet;
#[cfg(feature = "server")]
pub mod webhook;
