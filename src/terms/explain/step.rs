//! One step of an explanation and its children.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// A value with the values it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is, in the words of the contract.
    pub what: String,
    /// Its value.
    pub value: String,
    /// How it comes about, where the words do not say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Line of the contract document, from 1; none for facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What it comes from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Self>,
}

impl Step {
    /// A step without children.
    pub fn leaf(what: impl Into<String>, value: impl Into<String>, how: Option<String>) -> Self {
        Self { what: what.into(), value: value.into(), how, line: None, from: Vec::new() }
    }

    fn write(&self, f: &mut String, lead: &str, mark: &str, below: &str) {
        let how = self.how.as_ref().map(|how| format!("   ({how})")).unwrap_or_default();
        let line = self.line.map(|line| format!("   [line {line}]")).unwrap_or_default();
        let _ = writeln!(f, "{lead}{mark}{} = {}{how}{line}", self.what, self.value);
        let lead = format!("{lead}{below}");
        for (at, step) in self.from.iter().enumerate() {
            let last = at + 1 == self.from.len();
            step.write(f, &lead, if last { "└─ " } else { "├─ " }, if last { "   " } else { "│  " });
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, "", "", "");
        f.write_str(&text)
    }
}
