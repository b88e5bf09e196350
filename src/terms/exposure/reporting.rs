//! Who must report what by when, and what is still awaited for a settlement.

use std::collections::BTreeMap;

use serde::Serialize;

use super::names::Uses;
use crate::{
    terms::{
        Contract,
        document::Document,
        evaluate::{Data, EvaluationError, evaluate, obligation::NOBODY},
    },
    values::Day,
};

/// A fact that somebody must report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// The kind of fact.
    pub fact: String,
    /// The role that reports it; none when nobody is named.
    pub by: Option<String>,
    /// By when, as the contract writes it; none when no day is named.
    pub due: Option<String>,
    /// Whether it is reported exactly once.
    pub once: bool,
    /// The clauses that use it.
    pub clauses: Vec<String>,
}

/// The facts that clauses use, with who reports them by when.
pub fn duties(document: &Document) -> Vec<Duty> {
    let uses = Uses::new(document);
    let clauses: Vec<_> = (0..document.clauses.len()).map(|index| uses.all_of_clause(index)).collect();
    let mut duties = Vec::new();
    for fact in &document.facts {
        let name = &fact.name.text;
        let using = document.clauses.iter().zip(&clauses).filter(|(_, words)| words.names.contains(name));
        let using: Vec<String> = using.map(|(clause, _)| clause.name.text.clone()).collect();
        if !using.is_empty() {
            duties.push(Duty {
                fact: name.clone(),
                by: fact.by.as_ref().map(|by| by.text.clone()),
                due: fact.due.as_ref().map(ToString::to_string),
                once: fact.once,
                clauses: using,
            });
        }
    }
    duties
}

/// What a subject, or the contract, must still report before a settlement can say what is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The subject; none for what is reported for the whole contract.
    pub subject: Option<String>,
    /// The kind of fact.
    pub fact: String,
    /// The role that reports it; none when nobody is named.
    pub by: Option<String>,
    /// The clauses that wait for it.
    pub clauses: Vec<String>,
}

/// Lists what is awaited on a day, by subject.
pub fn missing(contract: &Contract, data: &Data, as_of: Day) -> Result<Vec<Missing>, EvaluationError> {
    let evaluation = evaluate(contract, data, as_of)?;
    let document = &contract.checked.document;
    let mut awaited: BTreeMap<(Option<String>, usize), Vec<String>> = BTreeMap::new();
    for pending in &evaluation.pending {
        let clause = &document.clauses[usize::from(pending.clause)].name.text;
        for kind in &pending.kinds {
            let of_contract = document.facts[*kind].of_contract || pending.subject == NOBODY;
            let subject = (!of_contract).then(|| evaluation.subjects[pending.subject as usize].to_string());
            let clauses = awaited.entry((subject, *kind)).or_default();
            if !clauses.contains(clause) {
                clauses.push(clause.clone());
            }
        }
    }
    let found = awaited.into_iter().map(|((subject, kind), clauses)| {
        let fact = &document.facts[kind];
        let by = fact.by.as_ref().map(|by| by.text.clone());
        Missing { subject, fact: fact.name.text.clone(), by, clauses }
    });
    Ok(found.collect())
}
