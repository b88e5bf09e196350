//! Reported texts become typed subjects and facts: every cell checked, every error of a file told at once.
//!
//! Lives here: the rows and cells of reports, whatever file or message brought them. Never here: opening files.
//!
//! - `assemble`: rows put together to data
//! - `cell`: one text as a value of its field
//! - `csv_file`: subjects and facts from CSV
//! - `row`: rows and what is wrong with them

pub mod assemble;
pub mod cell;
pub mod csv_file;
pub mod row;

pub use assemble::Assembly;
pub use csv_file::{facts, subjects};
pub use row::{FactRow, RowError, SubjectRow};
