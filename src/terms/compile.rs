//! From the text of a document to a contract that can be run.

use super::{
    check::{self, Checked},
    document::{self, Files},
    exposure,
    finding::{Finding, Findings},
    plan::{self, Op, Plan},
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
    let contract = checked.map(|mut checked| {
        let plan = plan::lower(&checked);
        mark_needed(&mut checked, &plan);
        Contract { checked, plan, source: source.clone() }
    });
    (contract, findings)
}

/// Marks the fields that formulas use; the others need not be reported for a settlement.
fn mark_needed(checked: &mut Checked, plan: &Plan) {
    let used = |wanted: &Op| plan.nodes.iter().any(|node| node.op == *wanted);
    let group = checked.group;
    for (at, field) in checked.document.fields.iter_mut().enumerate() {
        field.needed = group == Some(at) || used(&Op::SubjectField(at));
    }
    for (kind, fact) in checked.document.facts.iter_mut().enumerate() {
        for (at, field) in fact.fields.iter_mut().enumerate() {
            let once = plan.nodes.iter().any(|node| matches!(node.op, Op::Once(k, Some(f), _) if k == kind && f == at));
            field.needed = once || used(&Op::RowField(kind, at));
        }
    }
}
