//! HL7 FHIR R4 to rows of facts: bundles and bulk files in, facts, withdrawals and reasons out.
//!
//! A contract says by codes which resources it wants (`code` in `docs/TERMS.md`, chapter 5). Records are read twice: once to
//! [`learn`](Reader::learn) who is who, once to [`read`](Reader::read) what happened. A resource gives a fact, takes one
//! back, or is named with the reason why it was not used; nothing is guessed and no value of a patient is repeated.
//!
//! Lives here: what FHIR says and means. Never here: opening files, what stands in the ledger already.
//!
//! Source: HL7 FHIR Release 4 (4.0.1), <https://hl7.org/fhir/R4/>.
//!
//! - [`bundle`]: documents, bundles within bundles, entries, deletions
//! - [`coding`]: codes of concepts, and whether the contract means them
//! - [`element`]: objects of JSON whose members are read one by one, numbers as they are written
//! - [`fact`]: one resource as facts of a contract
//! - [`lines`]: files of one document, or of one on each line
//! - [`mapping`]: what a contract wants of which resource
//! - [`moment`]: days and instants
//! - [`outcome`]: what was not used and why, as an OperationOutcome
//! - [`reader`]: many documents to one reading
//! - [`reference`](mod@reference): who a reference means
//! - [`shape`]: where each resource says what, who, when, and whether it holds
//! - [`source`]: which resource and which version of it said so
//! - [`ucum`]: units of measure and exact conversion between them
//! - [`value`]: the value of a field

pub mod bundle;
pub mod coding;
pub mod element;
pub mod fact;
pub mod lines;
pub mod mapping;
pub mod moment;
pub mod outcome;
pub mod reader;
pub mod reference;
pub mod shape;
pub mod source;
pub mod ucum;
pub mod value;

pub use outcome::{Issue, IssueCode, OperationOutcome, Place, Severity};
pub use reader::{Count, Options, Reader, Reading, SourcedFact, Withdrawal};
pub use source::Source;
