//! Who meets the condition for enrolment, and which part of it the others do not meet.

use std::sync::Arc;

use super::{
    bind::Bound,
    column::Gap,
    data::Data,
    frame::Frame,
    run::{CHUNK, Run},
};
use crate::{
    terms::{
        Contract,
        check::{
            typed::{Form, Typed},
            types::Level,
        },
        formula::Operator,
        plan::{closure::fine_nodes, lower::find},
    },
    values::Day,
};

/// The parts of the condition for enrolment that each subject does not meet on a day by the data, in the words of the contract;
/// none for subjects that meet it, or of which it is not known yet.
pub fn unmet(contract: &Contract, data: &Data, as_of: Day) -> Vec<Vec<Arc<str>>> {
    let mut unmet = vec![Vec::new(); data.subjects()];
    let Some(condition) = &contract.checked.enrol else { return unmet };
    let mut parts = Vec::new();
    split(condition, &mut parts);
    let bound = Bound::new(contract, data, as_of);
    let run = Run::new(contract, &bound, CHUNK);
    for part in parts {
        let Some(id) = find(&contract.plan, &contract.checked, part, 0) else { continue };
        let coarse = run.coarse_of(0, &[id]);
        let words: Arc<str> = contract.source.text(part.span).into();
        for range in &run.chunks {
            let mut frame = Frame::new(&contract.plan, &bound, range.clone(), &coarse);
            frame.compute(&fine_nodes(&contract.plan, &[id]));
            let column = frame.column(id);
            for subject in range.clone() {
                let at = match part.level {
                    Level::Contract => 0,
                    Level::Group => bound.group_of.get(subject).copied().unwrap_or_default() as usize,
                    _ => subject - range.start,
                };
                if column.gap(at) == Gap::None && !column.bool(at) {
                    unmet[subject].push(words.clone());
                }
            }
        }
    }
    unmet
}

/// The parts that must all hold.
fn split<'t>(condition: &'t Typed, parts: &mut Vec<&'t Typed>) {
    match &condition.form {
        Form::Binary(Operator::And, a, b) => {
            split(a, parts);
            split(b, parts);
        }
        _ => parts.push(condition),
    }
}
