//! Why an amount is what it is: the tree from the amount down to the reported facts.
//!
//! The values are read off the very columns that the settlement computes, so an explanation cannot tell another story.
//! Lives here: the tree. Never here: how it is shown.
//!
//! - `step`: one step and its children
//! - `sentence`: the same in one plain sentence
//! - `walk`: from typed formulas and columns to steps
//! - `facts`: the facts behind a step

pub mod facts;
pub mod sentence;
pub mod step;
pub mod walk;

use std::fmt;

use serde::Serialize;

pub use step::Step;

use super::{
    Contract,
    evaluate::{
        Data,
        bind::Bound,
        evaluate,
        run::{Run, covered},
    },
};
use crate::values::Day;

/// Why a clause yields what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// In one plain sentence.
    pub sentence: String,
    /// As a tree, from the amount down to the facts.
    pub tree: Step,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.sentence, self.tree)
    }
}

/// Names the line to explain.
#[derive(Clone, Debug, Default)]
pub struct Question<'q> {
    /// The clause.
    pub clause: &'q str,
    /// The subject, for a clause that pays per subject.
    pub subject: Option<&'q str>,
    /// The group, for a clause that pays per group.
    pub group: Option<&'q str>,
    /// The number of the period, from 1, for a clause with `each`.
    pub period: Option<u32>,
}

/// Explains what a clause yields for one member in one period; the error says what the question lacks.
pub fn explain(contract: &Contract, data: &Data, as_of: Day, question: &Question) -> Result<Explanation, String> {
    let document = &contract.checked.document;
    let clauses = || document.clauses.iter().map(|clause| clause.name.text.as_str()).collect::<Vec<_>>().join(", ");
    let index = document.clauses.iter().position(|clause| clause.name.text == question.clause);
    let index = index.ok_or_else(|| format!("`{}` is not a clause; the clauses are {}", question.clause, clauses()))?;
    let evaluation = evaluate(contract, data, as_of).map_err(|error| error.to_string())?;
    let (data, _) = covered(contract, data, as_of);
    let bound = Bound::new(contract, &data, as_of);
    let run = Run::new(contract, &bound, 1_024);
    let tree = walk::clause(contract, &run, &bound, index, question)?;
    let sentence = sentence::sentence(contract, &evaluation, index, question, &tree);
    Ok(Explanation { sentence, tree })
}
