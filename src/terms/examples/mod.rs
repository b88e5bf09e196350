//! The worked cases inside a contract, run.
//!
//! Lives here: from a worked case to findings about it. Never here: files; their texts are handed in.
//!
//! - `inputs`: subjects and facts of a case
//! - `compare`: what is expected, compared with what comes out

mod compare;
mod inputs;

use super::{
    Contract, compile,
    document::{Document, Example, Files},
    evaluate::{self},
    finding::{Finding, Findings},
    source::Span,
};

/// Runs all worked cases of a contract and gives what is wrong with them. `settings` are those that the contract was
/// compiled with.
pub fn run(contract: &Contract, settings: &[(String, String)], files: Files) -> Vec<Finding> {
    let mut findings = Findings::new(&contract.source);
    for example in &contract.checked.document.examples {
        if example.set.is_empty() {
            Case { contract, example, findings: &mut findings, files }.run();
            continue;
        }
        let settings: Vec<_> = settings.iter().chain(&example.set).cloned().collect();
        let text: String = contract.source.chars().iter().collect();
        match compile(&contract.source.name, &text, &settings, files).0 {
            Some(contract) => Case { contract: &contract, example, findings: &mut findings, files }.run(),
            None => {
                let message = format!("the parameters set in the example `{}` do not fit the contract", example.name);
                findings.error("example-fails", example.span, message).help("check their names, types and bounds");
            }
        }
    }
    findings.finish()
}

struct Case<'c, 's> {
    contract: &'c Contract,
    example: &'c Example,
    findings: &'c mut Findings<'s>,
    files: Files<'c>,
}

impl Case<'_, '_> {
    fn fail(&mut self, span: Span, message: String) {
        let message = format!("example `{}`: {message}", self.example.name);
        self.findings
            .error("example-fails", span, message)
            .help("correct the example, or the terms that it shows to be wrong");
    }

    fn run(mut self) {
        let Some(as_of) = self.example.as_of else { return };
        let Some(data) = self.data() else { return };
        match evaluate::evaluate(self.contract, &data, as_of) {
            Ok(evaluation) => {
                self.compare_clauses(&evaluation);
                self.compare_pending(&evaluation);
                self.compare_measures(&data, as_of);
            }
            Err(error) => self.fail(self.example.span, error.to_string()),
        }
    }

    fn document(&self) -> &Document {
        &self.contract.checked.document
    }
}
