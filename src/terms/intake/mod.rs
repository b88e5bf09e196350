//! Reported texts become typed subjects and facts: every cell checked, every error of a file told at once.
//!
//! Lives here: the rows and cells of reports, whatever file or message brought them. Never here: opening files.
//!
//! - `assemble`: rows put together to data
//! - `cell`: one text as a value of its field
//! - `table`: rows of texts under named columns; `csv_file`, `lines_file`: from CSV, from JSON line by line
//! - `reader`: subjects and facts row by row
//! - `row`: rows and what is wrong with them

pub mod assemble;
pub mod cell;
mod csv_file;
mod lines_file;
pub mod reader;
pub mod row;
pub mod table;

pub use assemble::Assembly;
pub use reader::{Facts, facts, subjects};
pub use row::{FactRow, MOST_ERRORS, Refused, RowError, RowErrors, SubjectRow};
pub use table::Format;
