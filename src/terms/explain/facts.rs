//! The facts behind a step.

use super::{
    super::{
        Contract,
        check::{
            constant::kind_of,
            typed::{Aggregate, Collection, Gather},
        },
        evaluate::{
            bind::Bound,
            data::{Store, Stored},
            frame::Frame,
        },
        plan::NodeId,
        scalar::Scalar,
    },
    step::Step,
};
use crate::{terms::check::types::Kind, values::Day};

/// The most facts or members that are listed under one step.
const MOST_LISTED: usize = 40;

/// A stored value as a value of its sort; none where it is missing.
fn cell(column: &Stored, row: usize, kind: &Kind, bound: &Bound) -> Option<Scalar> {
    if column.missing.as_ref().is_some_and(|missing| missing[row]) {
        return None;
    }
    Some(match (&column.values, kind) {
        (Store::Decimal(values), Kind::Money) => Scalar::Money(values[row]),
        (Store::Decimal(values), _) => Scalar::Number(values[row]),
        (Store::Bool(values), _) => Scalar::Truth(values[row]),
        (Store::Int(values), Kind::Date) => Scalar::Date(Day(values[row])),
        (Store::Int(values), Kind::Text(_)) => Scalar::Text(bound.texts.text(values[row]).to_owned()),
        (Store::Int(values), _) => Scalar::Days(values[row]),
    })
}

/// One fact in words: its kind, day and fields.
pub fn fact(contract: &Contract, bound: &Bound, kind: usize, row: usize) -> Step {
    let declared = &contract.checked.document.facts[kind];
    let rows = &bound.data.facts[kind];
    let currency = contract.checked.document.header.currency;
    let fields: Vec<String> = declared
        .fields
        .iter()
        .zip(&rows.fields)
        .filter_map(|(field, column)| {
            let kind = kind_of(field);
            let value = cell(column, row, &kind, bound)?;
            let unit = if kind == Kind::Money { format!(" {currency}") } else { String::new() };
            Some(format!("{} {value}{unit}", field.name.text))
        })
        .collect();
    let value = if fields.is_empty() { "reported".to_string() } else { fields.join(", ") };
    Step::leaf(format!("{} on {}", declared.name.text, Day(rows.on[row])), value, Some("fact".into()))
}

/// The facts or members that a function gathered; `value` and `filter` are the nodes that it read.
pub fn members(
    contract: &Contract,
    bound: &Bound,
    frame: &Frame,
    aggregate: &Aggregate,
    at: usize,
    filter: Option<NodeId>,
    last_day: Option<i32>,
) -> Vec<Step> {
    let Collection::Rows(kind) = aggregate.over else { return Vec::new() };
    let rows = &bound.data.facts[kind];
    let owner = if rows.of_contract { 0 } else { frame.subjects.start + at };
    let first = if rows.of_contract { 0 } else { rows.offsets[frame.subjects.start] as usize };
    let range = rows.offsets[owner] as usize..rows.offsets[owner + 1] as usize;
    let counts = |row: &usize| {
        let kept = filter.is_none_or(|id| frame.column(id).bool(*row - first));
        kept && last_day.is_none_or(|last| rows.on[*row] <= last)
    };
    let mut found: Vec<usize> = range.filter(counts).collect();
    match aggregate.gather {
        Gather::First => found.truncate(1),
        Gather::Last => drop(found.drain(..found.len().saturating_sub(1))),
        _ => {}
    }
    let mut steps: Vec<Step> = found.iter().take(MOST_LISTED).map(|row| fact(contract, bound, kind, *row)).collect();
    if found.len() > MOST_LISTED {
        steps.push(Step::leaf("…", format!("{} more", found.len() - MOST_LISTED), None));
    }
    steps
}
