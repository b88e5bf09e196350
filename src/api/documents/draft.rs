//! A document in a request, and what was found in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::Problem,
    operations::Error,
    terms::{self, Contract},
};

/// A small document that examples use.
pub const EXAMPLE: &str = "format: 1\nid: refund\ncurrency: CNY\nparties:\n  maker: { is: manufacturer }\n  insurer: { is: insurer }\nterm: { start: 2025-01-01, end: 2025-12-31 }\nsettle: once\nsubject: { is: patient }\nparameters:\n  refund: { type: money, default: 1_000 CNY, min: 0 CNY }\nfacts:\n  relapse: {}\nclauses:\n  refund:\n    pays: maker to insurer\n    per: subject\n    when: first(relapse.on) is known\n    due: enrolled_on + 1 year\n    amount: refund\n";

/// A document with the files beside it and values for its parameters.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "document": EXAMPLE, "settings": { "refund": "2_000 CNY" } }))]
pub struct Draft {
    /// The text of the document.
    #[schema(max_length = 1_048_576)]
    pub document: String,
    /// The texts of files that the document refers to, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Values that replace defaults of parameters, as written in documents.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// One thing that was found in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// `advice`, `warning` or `error`.
    #[schema(example = "error")]
    pub severity: String,
    /// A stable name for this sort of finding.
    #[schema(example = "unknown-name")]
    pub code: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The source line.
    pub excerpt: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub help: Option<String>,
}

impl From<terms::finding::Finding> for Finding {
    fn from(finding: terms::finding::Finding) -> Self {
        let terms::finding::Finding { severity, code, line, column, excerpt, message, help, .. } = finding;
        Self { severity: severity.to_string(), code: code.into(), line, column, excerpt, message, help }
    }
}

impl Draft {
    /// The settings as the compiler takes them.
    pub fn settings(&self) -> Vec<(String, String)> {
        self.settings.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Gives the text of a file of the request.
    ///
    /// # Errors
    /// When the request brings no such file.
    pub fn file(&self, name: &str) -> Result<String, String> {
        self.files.get(name).cloned().ok_or_else(|| "the request brings no such file in `files`".into())
    }

    /// Compiles the document; none when any finding is an error.
    pub fn compile(&self) -> (Option<Contract>, Vec<terms::finding::Finding>) {
        terms::compile("document", &self.document, &self.settings(), &|name| self.file(name))
    }

    /// Compiles a document that is needed.
    ///
    /// # Errors
    /// A problem with all findings.
    pub fn needed(&self) -> Result<Contract, Problem> {
        let (contract, findings) = self.compile();
        contract.ok_or_else(|| Problem::from(Error::Document(findings)))
    }
}
