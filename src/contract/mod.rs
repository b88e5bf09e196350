//! How subjects and facts become settlements: pure functions between what the terms yield and what the journal holds.
//!
//! Lives here: what is agreed, life of a contract, the bytes that are committed to, settlement by difference, money,
//! statements, and the audit of all of it. Never here: databases, files, clocks, randomness.
//!
//! - `agreement`: what the parties sign, and its digest
//! - `identity`: identities of logs, chains and actors
//! - `amendment`: new versions of it, signed by all
//! - `versions`: which version an obligation belongs to
//! - `continuity`: what an amendment leaves as it is
//! - `remark`: why something was done
//! - `lifecycle`: where a contract stands, and what may happen there
//! - `course`: how a contract is suspended, resumed and ended
//! - `pseudonym`: names of subjects and beneficiaries
//! - `content`: the bytes of subjects, facts and lines
//! - `payload`: what entries say in their payload
//! - `batch`: many rows, one root in the journal
//! - `reported`: subjects and facts known at a position
//! - `owed`: what is owed for them
//! - `seal`: contents encrypted under the key of a person (feature `server`)
//! - `erasure`: on what grounds somebody is erased, and what proves what was meant
//! - `settlement`: what is owed, less what was posted
//! - `money`: approvals, payments, reversals, accruals, and what may follow on what
//! - `calendar`: who owes which report by when, and what it costs that it has not come
//! - `aggregate`: figures about patients that tell nothing of any few of them
//! - `statement`: lines of a settlement with names, totals, what is awaited
//! - `audit`: everything that is held compared with the journal
//! - `bundle`: everything that proves a contract, in one file
//! - `certificate`: one settlement on one page, with its proof

pub mod aggregate;
pub mod agreement;
pub mod amendment;
pub mod audit;
pub mod batch;
pub mod bundle;
pub mod calendar;
pub mod certificate;
pub mod content;
pub mod continuity;
pub mod course;
pub mod erasure;
pub mod identity;
pub mod lifecycle;
pub mod money;
pub mod owed;
pub mod payload;
pub mod pseudonym;
pub mod remark;
pub mod reported;
#[cfg(feature = "server")]
pub mod seal;
pub mod settlement;
pub mod statement;
pub mod versions;

pub use agreement::Agreement;
pub use batch::Batch;
pub use lifecycle::{Act, State};
pub use settlement::{LineKey, SettlementLine, difference};
pub use statement::{Statement, StatementLine};
pub use versions::{Version, Versions};
