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
