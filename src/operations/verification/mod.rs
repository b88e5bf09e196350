//! The comparison of all tables with the journal, part by part.
//!
//! Lives here: what each table should hold by the journal, and findings. Never here: repairs; who reads the findings.
//!
//! - `finding`: what can be found, in codes and sentences
//! - `reading`: rows that cannot be read
//! - `history`: the journal itself, checked and read
//! - `parties`: parties against registrations
//! - `contracts`: contracts, roles and signatures against the contract's life
//! - `batches`: subjects, facts and lines against commitments
//! - `keys`: keys against what they open
//! - `facts`: facts against what the agreement knows and what they correct
//! - `agreements`: roles and signers against the document
//! - `settlements`: settlements computed again

pub mod agreements;
pub mod batches;
pub mod contracts;
pub mod facts;
pub mod finding;
pub mod history;
pub mod keys;
pub mod parties;
pub mod reading;
pub mod settlements;
