//! Values of measures, for worked cases and explanations.

use super::{
    bind::Bound,
    column::{Column, Gap, Values},
    data::Data,
    frame::Frame,
    run::{Run, covered},
};
use crate::{
    terms::{
        Contract,
        check::types::{Kind, Level},
        plan::closure::fine_nodes,
        scalar::Scalar,
    },
    values::Day,
};

/// The value of something: there, missing, awaited or not computable.
pub type Found = Result<Scalar, Gap>;

/// The values of a measure that does not depend on a period: one for the contract, or one for each group or subject
/// with its name. None for a measure that depends on a period.
pub fn measure(contract: &Contract, data: &Data, as_of: Day, index: usize) -> Option<Vec<(String, Found)>> {
    let node = contract.plan.measures[index]?;
    let (data, _) = covered(contract, data, as_of);
    let bound = Bound::new(contract, &data, as_of);
    let run = Run::new(contract, &bound, usize::MAX);
    let coarse = run.coarse_of(0, &[node]);
    let mut frame = Frame::new(&contract.plan, &bound, 0..data.subjects(), &coarse);
    frame.compute(&fine_nodes(&contract.plan, &[node]));
    let column = frame.column(node);
    let kind = &contract.checked.measures[index].is.kind;
    let names: Vec<String> = match contract.checked.document.measures[index].level.level() {
        Level::Contract => vec![String::new()],
        Level::Group => bound.groups.iter().map(|code| bound.texts.text(*code).to_owned()).collect(),
        _ => data.ids.iter().map(|id| id.to_string()).collect(),
    };
    Some(names.into_iter().enumerate().map(|(at, name)| (name, value(&column, at, kind, &bound))).collect())
}

/// The value at a place of a column, as a value of its sort.
pub fn value(column: &Column, at: usize, kind: &Kind, bound: &Bound) -> Found {
    match column.gap(at) {
        Gap::None => {}
        gap => return Err(gap),
    }
    Ok(match (&column.values, kind) {
        (Values::Decimal(_), Kind::Money) => Scalar::Money(column.decimal(at)),
        (Values::Decimal(_), _) => Scalar::Number(column.decimal(at)),
        (Values::Bool(_), _) => Scalar::Truth(column.bool(at)),
        (Values::Int(_), Kind::Date) => Scalar::Date(Day(column.int(at))),
        (Values::Int(_), Kind::Months) => Scalar::Months(column.int(at)),
        (Values::Int(_), Kind::Text(_)) => Scalar::Text(bound.texts.text(column.int(at)).to_owned()),
        (Values::Int(_), _) => Scalar::Days(column.int(at)),
    })
}
