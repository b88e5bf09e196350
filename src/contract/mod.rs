//! How subjects and facts become settlements: pure functions between what the terms yield and what the journal holds.
//!
//! Lives here: statements, settlement by difference. Never here: databases, files, clocks.
//!
//! - `statement`: lines of a settlement with names, totals, what is awaited

pub mod statement;

pub use statement::{Statement, StatementLine};
