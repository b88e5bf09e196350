//! From the text of a document to a contract that can be run.

use super::{
    check::{self, Checked},
    document::{self, Files},
    exposure,
    finding::{Finding, Findings},
    plan::{self, Plan},
    source::Source,
    tree,
};

/// A contract that can be run.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The document with every formula typed.
    pub checked: Checked,
    /// Its operations on columns.
    pub plan: Plan,
    /// The text.
    pub source: Source,
}

/// Reads, checks and plans a document. `settings` replace defaults of parameters; `files` gives the text of files beside
/// the document. The contract is none when any finding is an error; findings come in the order of the document.
pub fn compile(
    name: &str,
    text: &str,
    settings: &[(String, String)],
    files: Files,
) -> (Option<Contract>, Vec<Finding>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source::new(name, text);
    let mut findings = Findings::new(&source);
    let checked = tree::read(text, &mut findings)
        .and_then(|root| document::read(&root, settings, files, &mut findings))
        .and_then(|document| check::check(document, &mut findings));
    if let Some(checked) = &checked {
        exposure::findings::note(checked, &mut findings);
    }
    let findings = findings.finish();
    let contract = checked.map(|checked| {
        let plan = plan::lower(&checked);
        Contract { checked, plan, source: source.clone() }
    });
    (contract, findings)
}
