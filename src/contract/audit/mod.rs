//! The audit of a ledger: everything that is held, compared with the journal and computed again.
//!
//! Lives here: what each record should hold by the journal, and findings, as pure functions over plain records. The same
//! checks serve a database and a file that somebody else was given. Never here: where records come from, who reads findings.
//!
//! - `records`: what is held beside a chain; contents opened, closed or erased
//! - `finding`: what can be found, in codes and sentences
//! - `outcome`: findings, how much was looked at, what was not checked
//! - `journal`: findings of the ledger's own check in the words of contracts
//! - `parties`: parties against registrations
//! - `life`: what the chain of a contract says about it
//! - `contracts`: contracts, roles and signatures against the contract's life
//! - `batches`: subjects, facts and lines against commitments
//! - `erasures`: what is erased against the entries that say so
//! - `facts`: facts against what the agreement knows and what they correct
//! - `agreements`: roles and signers against the document
//! - `amendments`: what later versions say against what was signed
//! - `settlements`: settlements computed again
//! - `disputes`: what is disputed against the lines
//! - `in_part`: those of which somebody was erased since, as far as that goes
//! - `log`: the log compared with the journal, and checkpoints
//! - `check_contract`: all of it for one contract

pub mod agreements;
pub mod amendments;
pub mod batches;
pub mod check_contract;
pub mod contracts;
pub mod disputes;
pub mod erasures;
pub mod facts;
pub mod finding;
pub mod in_part;
pub mod journal;
pub mod life;
pub mod log;
pub mod outcome;
pub mod parties;
pub mod records;
pub mod settlements;

pub use check_contract::{ErasedOf, Held, check_contract};
pub use finding::{Code, Finding, Findings};
pub use journal::History;
pub use life::Life;
pub use outcome::{Looked, Verified};
