//! Arithmetic, comparisons, conditions and choices on whole columns.

use rust_decimal::Decimal;

use super::{
    super::formula::Operator,
    column::{Column, Gap, Values, joined, length, pick},
};
use crate::values::Rounding;

/// Applies a function to each pair of values that are there; an answer of none becomes the gap named.
pub fn zip<A, B, C>(
    len: usize,
    (a, b): (&[A], &[B]),
    gaps: &mut Option<Vec<Gap>>,
    on_none: Gap,
    f: impl Fn(A, B) -> Option<C>,
) -> Vec<C>
where
    A: Copy + Default,
    B: Copy + Default,
    C: Copy + Default,
{
    let mut out = Vec::with_capacity(len);
    for at in 0..len {
        if gaps.as_ref().is_some_and(|gaps| gaps[at] != Gap::None) {
            out.push(C::default());
            continue;
        }
        match f(pick(a, at), pick(b, at)) {
            Some(value) => out.push(value),
            None => {
                gaps.get_or_insert_with(|| vec![Gap::None; len])[at] = on_none;
                out.push(C::default());
            }
        }
    }
    out
}

/// Applies a function to each value that is there.
pub fn map<A, C>(a: &[A], gaps: &mut Option<Vec<Gap>>, on_none: Gap, f: impl Fn(A) -> Option<C>) -> Vec<C>
where
    A: Copy + Default,
    C: Copy + Default,
{
    zip(a.len(), (a, &[()]), gaps, on_none, |a, ()| f(a))
}

/// Computes an operator between two columns. Dates and durations are whole days.
pub fn binary(operator: Operator, left: &Column, right: &Column) -> Column<'static> {
    if matches!(operator, Operator::And | Operator::Or) {
        return logic(operator == Operator::And, left, right);
    }
    let len = length(&[left, right]);
    let mut gaps = joined(len, &[left, right]);
    match (&left.values, &right.values) {
        (Values::Decimal(a), Values::Decimal(b)) if operator.compares() => {
            let values = zip(len, (a, b), &mut gaps, Gap::Failed, |a, b| Some(holds(operator, a.cmp(&b))));
            Column::bools(values, gaps)
        }
        (Values::Int(a), Values::Int(b)) if operator.compares() => {
            let values = zip(len, (a, b), &mut gaps, Gap::Failed, |a, b| Some(holds(operator, a.cmp(&b))));
            Column::bools(values, gaps)
        }
        (Values::Bool(a), Values::Bool(b)) => {
            let values = zip(len, (a, b), &mut gaps, Gap::Failed, |a, b| Some(holds(operator, a.cmp(&b))));
            Column::bools(values, gaps)
        }
        (Values::Decimal(a), Values::Decimal(b)) => {
            let values = arithmetic(operator, len, a, b, &mut gaps);
            Column::decimals(values, gaps)
        }
        (Values::Int(a), Values::Int(b)) if operator == Operator::Divided => {
            let values =
                zip(len, (a, b), &mut gaps, Gap::Missing, |a, b| Decimal::from(a).checked_div(Decimal::from(b)));
            Column::decimals(values, gaps)
        }
        (Values::Int(a), Values::Int(b)) => {
            let minus = operator == Operator::Minus;
            let values =
                zip(
                    len,
                    (a, b),
                    &mut gaps,
                    Gap::Failed,
                    |a: i32, b: i32| if minus { a.checked_sub(b) } else { a.checked_add(b) },
                );
            Column::ints(values, gaps)
        }
        _ => left.all_gaps(Gap::Failed),
    }
}

fn arithmetic(
    operator: Operator,
    len: usize,
    a: &[Decimal],
    b: &[Decimal],
    gaps: &mut Option<Vec<Gap>>,
) -> Vec<Decimal> {
    match operator {
        Operator::Plus => zip(len, (a, b), gaps, Gap::Failed, Decimal::checked_add),
        Operator::Minus => zip(len, (a, b), gaps, Gap::Failed, Decimal::checked_sub),
        Operator::Times => zip(len, (a, b), gaps, Gap::Failed, Decimal::checked_mul),
        _ => {
            // A zero divisor leaves nothing to say; the checker has made the contract decide that case.
            let values = zip(
                len,
                (a, b),
                gaps,
                Gap::Missing,
                |a: Decimal, b: Decimal| if b.is_zero() { None } else { Some(a.checked_div(b)) },
            );
            map(&values, gaps, Gap::Failed, |quotient: Option<Decimal>| quotient)
        }
    }
}

const fn holds(operator: Operator, order: std::cmp::Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::More => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// `and` and `or` of Kleene's logic: one side that decides needs no other.
fn logic(and: bool, left: &Column, right: &Column) -> Column<'static> {
    let len = length(&[left, right]);
    let (a, b) = (left.as_bools(), right.as_bools());
    if left.gaps.is_none() && right.gaps.is_none() {
        let values: Vec<bool> =
            (0..len).map(|at| if and { pick(a, at) & pick(b, at) } else { pick(a, at) | pick(b, at) }).collect();
        return Column::bools(values, None);
    }
    let mut gaps = vec![Gap::None; len];
    let mut values = Vec::with_capacity(len);
    for (at, gap) in gaps.iter_mut().enumerate() {
        let (left_gap, right_gap) = (left.gap(at), right.gap(at));
        let decides = |gap: Gap, value: bool| gap == Gap::None && value != and;
        let decided = decides(left_gap, pick(a, at)) || decides(right_gap, pick(b, at));
        if !decided {
            *gap = left_gap.max(right_gap);
        }
        values.push(decided != and);
    }
    Column::bools(values, Some(gaps))
}

/// `not`
pub fn not(column: &Column) -> Column<'static> {
    let values: Vec<bool> = column.as_bools().iter().map(|value| !value).collect();
    Column::bools(values, column.gaps.clone())
}

/// `-`
pub fn negative(column: &Column) -> Column<'static> {
    let mut gaps = column.gaps.clone();
    match &column.values {
        Values::Decimal(values) => {
            let values: Vec<Decimal> = values.iter().map(|value| -*value).collect();
            Column::decimals(values, gaps)
        }
        _ => {
            let values = map(column.as_ints(), &mut gaps, Gap::Failed, i32::checked_neg);
            Column::ints(values, gaps)
        }
    }
}

/// `is known`, or `is missing`; what is awaited counts as missing, or keeps the answer back.
pub fn is(column: &Column, known: bool, of_awaited: bool) -> Column<'static> {
    let values: Vec<bool> = (0..column.len()).map(|at| (column.gap(at) == Gap::None) == known).collect();
    let kept_back = |at: usize| match column.gap(at) {
        Gap::Awaited if !of_awaited => Gap::Awaited,
        Gap::Failed => Gap::Failed,
        _ => Gap::None,
    };
    let any = column.gaps.is_some() && (0..column.len()).any(|at| kept_back(at) != Gap::None);
    Column::bools(values, any.then(|| (0..column.len()).map(kept_back).collect()))
}

/// Takes the second column where the first is missing, or awaited if that is decided too.
pub fn default(column: &Column, otherwise: &Column, of_awaited: bool) -> Column<'static> {
    let len = length(&[column, otherwise]);
    let replaced = |gap: Gap| gap == Gap::Missing || (gap == Gap::Awaited && of_awaited);
    choose(len, |at| !replaced(column.gap(at)), column, otherwise, None)
}

/// Takes the first column where the condition holds, else the second.
pub fn choice(condition: &Column, yes: &Column, no: &Column) -> Column<'static> {
    let len = length(&[condition, yes, no]);
    choose(len, |at| condition.bool(at), yes, no, condition.gaps.as_ref().map(|_| condition))
}

fn choose(len: usize, first: impl Fn(usize) -> bool, a: &Column, b: &Column, over: Option<&Column>) -> Column<'static> {
    fn values<T: Copy + Default>(len: usize, first: impl Fn(usize) -> bool, a: &[T], b: &[T]) -> Vec<T> {
        (0..len).map(|at| if first(at) { pick(a, at) } else { pick(b, at) }).collect()
    }
    let any = a.gaps.is_some() || b.gaps.is_some() || over.is_some();
    let gap = |at: usize| {
        let chosen = if first(at) { a.gap(at) } else { b.gap(at) };
        match over.map_or(Gap::None, |condition| condition.gap(at)) {
            Gap::None => chosen,
            undecided => undecided,
        }
    };
    let gaps: Option<Vec<Gap>> = any.then(|| (0..len).map(gap).collect());
    match (&a.values, &b.values) {
        (Values::Decimal(a), Values::Decimal(b)) => Column::decimals(values(len, &first, a, b), gaps),
        (Values::Int(a), Values::Int(b)) => Column::ints(values(len, &first, a, b), gaps),
        (Values::Bool(a), Values::Bool(b)) => Column::bools(values(len, &first, a, b), gaps),
        _ => a.all_gaps(Gap::Failed),
    }
}

/// Rounds to a number of places.
pub fn round(rounding: Rounding, column: &Column, places: u32) -> Column<'static> {
    let values: Vec<Decimal> = column.as_decimals().iter().map(|value| rounding.round(*value, places)).collect();
    Column::decimals(values, column.gaps.clone())
}

/// The smallest or largest of two columns.
pub fn extreme(largest: bool, a: &Column, b: &Column) -> Column<'static> {
    fn of<T: Copy + Default + Ord>(largest: bool, len: usize, a: &[T], b: &[T]) -> Vec<T> {
        (0..len).map(|at| if largest { pick(a, at).max(pick(b, at)) } else { pick(a, at).min(pick(b, at)) }).collect()
    }
    let len = length(&[a, b]);
    let gaps = joined(len, &[a, b]);
    match (&a.values, &b.values) {
        (Values::Decimal(a), Values::Decimal(b)) => Column::decimals(of(largest, len, a, b), gaps),
        (Values::Int(a), Values::Int(b)) => Column::ints(of(largest, len, a, b), gaps),
        _ => a.all_gaps(Gap::Failed),
    }
}
