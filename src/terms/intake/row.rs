//! Rows of reports and what is wrong with them.

use std::fmt;

use serde::Serialize;

use super::super::{document::Field, scalar::Scalar};
use crate::values::Day;

/// A subject as it was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectRow {
    /// Line in the file, from 1, or number of the row.
    pub line: u64,
    /// The subject's identifier.
    pub subject: String,
    /// Day of enrolment.
    pub enrolled_on: Day,
    /// Fields in the order of the document; none where an optional one is empty.
    pub cells: Vec<Option<Scalar>>,
}

/// A fact as it was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct FactRow {
    /// Line in the file, from 1, or number of the row.
    pub line: u64,
    /// The subject, none for facts of the contract.
    pub subject: Option<String>,
    /// The day on which it happened.
    pub on: Day,
    /// Fields in the order of the document; none where an optional one is empty.
    pub cells: Vec<Option<Scalar>>,
}

/// Something wrong with a file of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The file.
    pub file: String,
    /// Line in the file, from 1.
    pub line: u64,
    /// The column's name, where one cell is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong. Names no patient and repeats no value of a patient.
    pub message: String,
    /// What was expected or what to do.
    pub help: String,
}

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Everything that is wrong with it.
    pub errors: Vec<RowError>,
    /// Whether nothing more can be read of the file, so that rows may be missing.
    pub ends: bool,
}

/// The most errors that are told of a report.
pub const MOST_ERRORS: usize = 1_000;

/// What is wrong with the files of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowErrors {
    /// The first errors, [`MOST_ERRORS`] of them at most.
    pub errors: Vec<RowError>,
    /// How many there are in all.
    pub total: usize,
}

impl RowErrors {
    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Adds errors; of those beyond the first `most` it keeps the number alone.
    pub fn add(&mut self, errors: Vec<RowError>, most: usize) {
        self.total += errors.len();
        self.errors.extend(errors.into_iter().take(most.saturating_sub(self.errors.len())));
    }

    /// Puts errors in the order of files and lines.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.errors.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        self
    }
}

impl From<Vec<RowError>> for RowErrors {
    fn from(errors: Vec<RowError>) -> Self {
        let mut all = Self::default();
        all.add(errors, MOST_ERRORS);
        all
    }
}

impl fmt::Display for RowErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            write!(f, "{}{error}", if at == 0 { "" } else { "\n" })?;
        }
        match self.total - self.errors.len() {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if let Some(field) = &self.field {
            write!(f, ", column `{field}`")?;
        }
        write!(f, ": {}; {}", self.message, self.help)
    }
}

/// Names the columns that a kind of report must and may have, in the order of the document.
pub fn columns(fields: &[Field]) -> String {
    fields
        .iter()
        .map(|field| format!("{}{}", field.name.text, if field.optional || !field.needed { "?" } else { "" }))
        .collect::<Vec<_>>()
        .join(",")
}
