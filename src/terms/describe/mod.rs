//! The contract in plain words, English and Chinese, from the tree that runs.
//!
//! Lives here: from the checked document to a term sheet, and its words. Never here: texts about one contract; every
//! sentence comes from the document's own names and formulas.
//!
//! - [`language`]: the languages
//! - [`writing`]: numbers, amounts, days and lists in each language
//! - [`vocabulary`]: words for sorts of parties, units and models
//! - [`sheet`]: the term sheet as plain data
//! - [`markdown`]: the term sheet as text

pub mod language;
pub mod markdown;
pub mod sheet;
pub mod vocabulary;
pub mod writing;

pub use language::Language;
pub use sheet::{Block, Point, Section, TermSheet};
