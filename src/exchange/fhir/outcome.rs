//! What was not used and why, as a FHIR OperationOutcome (<https://hl7.org/fhir/R4/operationoutcome.html>).

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::json;

/// How much it matters that a resource was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document could not be read at all.
    Fatal,
    /// The contract wants this resource, and it cannot be used as it is.
    Error,
    /// The contract wants this resource, and it says of itself that it does not count, or not yet.
    Warning,
    /// The contract wants nothing of this resource.
    Information,
}

/// The sort of reason: codes of the value set `issue-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssueCode {
    /// The text is not the JSON that FHIR asks for.
    Structure,
    /// An element that is needed is not there.
    Required,
    /// An element holds something that cannot be used.
    Value,
    /// A code of a value set that is not known, or a status that does not count.
    CodeInvalid,
    /// The contract wants nothing of it.
    NotSupported,
    /// An extension changes the meaning of the resource, and it is not understood.
    Extension,
    /// A reference leads nowhere.
    NotFound,
    /// A reference or a code leads to several places.
    MultipleMatches,
    /// The same resource is there twice.
    Duplicate,
    /// The same resource is there twice, and says different things.
    Conflict,
    /// A bound of this reader is exceeded.
    TooCostly,
    /// The resource is fit for use, and the rules of the contract or of this reader do not allow it.
    BusinessRule,
}

impl Severity {
    /// The code of FHIR.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

impl IssueCode {
    /// The code of FHIR.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::CodeInvalid => "code-invalid",
            Self::NotSupported => "not-supported",
            Self::Extension => "extension",
            Self::NotFound => "not-found",
            Self::MultipleMatches => "multiple-matches",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::TooCostly => "too-costly",
            Self::BusinessRule => "business-rule",
        }
    }
}

/// Where a resource stands: file, and line where each line is a document of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file.
    pub file: std::sync::Arc<str>,
    /// Line of the file, from 1; none where the file is one document.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// What is wrong with an element, or why it is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How much it matters.
    pub severity: Severity,
    /// The sort of reason.
    pub code: IssueCode,
    /// The element, in FHIRPath.
    pub path: String,
    /// The reason, and what was expected; without values of a patient.
    pub reason: String,
}

impl Fault {
    /// An error.
    pub fn error(code: IssueCode, path: &str, reason: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, path: path.into(), reason: reason.into() }
    }

    /// The same at another severity.
    pub fn with(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The fault as an issue at a place.
    pub fn at(self, place: &Place) -> Issue {
        Issue { place: place.clone(), severity: self.severity, code: self.code, path: self.path, reason: self.reason }
    }
}

/// One resource that was not used, or a document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where it stands.
    pub place: Place,
    /// How much it matters.
    pub severity: Severity,
    /// The sort of reason.
    pub code: IssueCode,
    /// The element, in FHIRPath.
    pub path: String,
    /// The reason, and what was expected.
    pub reason: String,
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}", self.place, self.path, self.reason)
    }
}

/// All issues as one OperationOutcome; without any, it says that all was used.
#[derive(Clone, Copy, Debug)]
pub struct OperationOutcome<'i>(pub &'i [Issue]);

/// The list of an outcome, one after the other, because there may be a million.
struct List<'i>(&'i [Issue]);

impl Serialize for OperationOutcome<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut outcome = serializer.serialize_struct("OperationOutcome", 2)?;
        outcome.serialize_field("resourceType", "OperationOutcome")?;
        outcome.serialize_field("issue", &List(self.0))?;
        outcome.end()
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            // FHIR asks for at least one issue (`issue` is 1..*).
            let diagnostics = "all resources were used";
            return serializer.collect_seq([
                json!({ "severity": "information", "code": "informational", "diagnostics": diagnostics }),
            ]);
        }
        serializer.collect_seq(self.0.iter().map(|issue| {
            json!({
                "severity": issue.severity.code(),
                "code": issue.code.code(),
                "diagnostics": format!("{}: {}", issue.place, issue.reason),
                "expression": [issue.path],
            })
        }))
    }
}
