//! Operations on dates, tables and texts.

use rust_decimal::Decimal;

use super::{
    super::{
        check::{tables::Rows as TableRows, typed::Function, types::Kind},
        plan::node::Move,
        scalar::Scalar,
    },
    bind::Bound,
    column::{Column, Gap, Values, joined, length},
    kernel::{extreme, map, zip},
};
use crate::values::Day;

/// Moves days by durations; outside 1800–2400 the answer has failed.
pub fn shift(by: Move, days: &Column, durations: &Column) -> Column<'static> {
    let len = length(&[days, durations]);
    let mut gaps = joined(len, &[days, durations]);
    let moved = |day: i32, count: i32| {
        let count = if by.back { count.checked_neg()? } else { count };
        let day = Day(day);
        if by.months { day.plus_months(count) } else { day.plus_days(count) }.map(|day| day.0)
    };
    let values = zip(len, (days.as_ints(), durations.as_ints()), &mut gaps, Gap::Failed, moved);
    Column::ints(values, gaps)
}

/// Computes a function of single values.
pub fn call(function: Function, parts: &[std::sync::Arc<Column>]) -> Column<'static> {
    let first = &parts[0];
    let len = length(&parts.iter().map(|part| &**part).collect::<Vec<_>>());
    match function {
        Function::Min | Function::Max => {
            let largest = function == Function::Max;
            let start = extreme(largest, first, first);
            parts[1..].iter().fold(start, |so_far, part| extreme(largest, &so_far, part))
        }
        Function::Abs => match &first.values {
            Values::Decimal(values) => {
                Column::decimals(values.iter().map(Decimal::abs).collect::<Vec<_>>(), first.gaps.clone())
            }
            _ => {
                let mut gaps = first.gaps.clone();
                let values = map(first.as_ints(), &mut gaps, Gap::Failed, i32::checked_abs);
                Column::ints(values, gaps)
            }
        },
        Function::MonthsBetween | Function::YearsBetween => {
            let unit = if function == Function::MonthsBetween { 1 } else { 12 };
            let mut gaps = joined(len, &[first, &parts[1]]);
            let between =
                |from: i32, to: i32| Some(Decimal::from(Day(from).whole_months_until(Day(to)).div_euclid(unit)));
            let values = zip(len, (first.as_ints(), parts[1].as_ints()), &mut gaps, Gap::Failed, between);
            Column::decimals(values, gaps)
        }
        Function::Statistic(statistic) => super::statistics::statistic(statistic, parts),
        Function::YearOf | Function::MonthOf => {
            let mut gaps = first.gaps.clone();
            let of = |day: i32| {
                if function == Function::YearOf {
                    Decimal::from(Day(day).year())
                } else {
                    Decimal::from(Day(day).month())
                }
            };
            let values = map(first.as_ints(), &mut gaps, Gap::Failed, |day| Some(of(day)));
            Column::decimals(values, gaps)
        }
    }
}

/// Membership in a list of constants.
pub fn member(column: &Column, list: &[Scalar], bound: &Bound) -> Column<'static> {
    let values: Vec<bool> = match &column.values {
        Values::Decimal(values) => {
            let list: Vec<Decimal> = list.iter().filter_map(decimal_of).collect();
            values.iter().map(|value| list.contains(value)).collect()
        }
        Values::Int(values) => {
            let list: Vec<i32> = list.iter().map(|item| bound.int(item)).collect();
            values.iter().map(|value| list.contains(value)).collect()
        }
        Values::Bool(values) => values.iter().map(|value| list.contains(&Scalar::Truth(*value))).collect(),
    };
    Column::bools(values, column.gaps.clone())
}

const fn decimal_of(value: &Scalar) -> Option<Decimal> {
    match value {
        Scalar::Number(value) | Scalar::Money(value) => Some(*value),
        _ => None,
    }
}

/// Beginning of texts.
pub fn starts_with(column: &Column, prefix: &str, bound: &Bound) -> Column<'static> {
    let starts: Vec<bool> = bound.texts.list().iter().map(|text| text.starts_with(prefix)).collect();
    let at = |code: &i32| usize::try_from(*code).ok().and_then(|at| starts.get(at)).copied().unwrap_or(false);
    Column::bools(column.as_ints().iter().map(at).collect::<Vec<_>>(), column.gaps.clone())
}

/// Looks values up in a table.
pub fn lookup(table: usize, column: &Column, bound: &Bound) -> Column<'static> {
    let data = &bound.tables[table];
    let numbers: Vec<Decimal> = match &column.values {
        Values::Decimal(values) => values.to_vec(),
        Values::Int(values) => values.iter().map(|value| Decimal::from(*value)).collect(),
        Values::Bool(_) => Vec::new(),
    };
    let mut gaps = column.gaps.clone();
    match &data.rows {
        TableRows::Bands(bands) => {
            let found = map(&numbers, &mut gaps, Gap::Missing, |at| bands.iter().position(|band| band.holds(at)));
            answers(&found, &data.result, |row| &bands[row].is, gaps, bound)
        }
        TableRows::Since(rows) => {
            let found = map(&numbers, &mut gaps, Gap::Missing, |at| {
                rows.partition_point(|(from, _)| *from <= at).checked_sub(1)
            });
            answers(&found, &data.result, |row| &rows[row].1, gaps, bound)
        }
        TableRows::Keys(rows) => {
            let keys = &bound.keys[table];
            let found = map(column.as_ints(), &mut gaps, Gap::Missing, |code| keys.get(&code).copied());
            answers(&found, &data.result, |row| &rows[row].1, gaps, bound)
        }
        TableRows::Marginal(slices) => {
            let values = map(&numbers, &mut gaps, Gap::Failed, |at| marginal(slices, at));
            Column::decimals(values, gaps)
        }
        TableRows::Points(points) => {
            let inside =
                |at: Decimal| points.first().is_some_and(|p| p.0 <= at) && points.last().is_some_and(|p| at <= p.0);
            let found = map(&numbers, &mut gaps, Gap::Missing, |at| inside(at).then_some(at));
            let values = map(&found, &mut gaps, Gap::Failed, |at| interpolated(points, at));
            Column::decimals(values, gaps)
        }
    }
}

/// The rows' answers; places with a gap take any.
fn answers<'r>(
    found: &[usize],
    kind: &Kind,
    row: impl Fn(usize) -> &'r Scalar,
    gaps: Option<Vec<Gap>>,
    bound: &Bound,
) -> Column<'static> {
    match kind {
        Kind::Number | Kind::Money => {
            let values: Vec<Decimal> = found.iter().map(|at| decimal_of(row(*at)).unwrap_or_default()).collect();
            Column::decimals(values, gaps)
        }
        Kind::Truth => Column::bools(found.iter().map(|at| *row(*at) == Scalar::Truth(true)).collect::<Vec<_>>(), gaps),
        _ => Column::ints(found.iter().map(|at| bound.int(row(*at))).collect::<Vec<_>>(), gaps),
    }
}

/// The sum over slices of the part of the value that lies in the slice, times the slice's rate.
fn marginal(slices: &[(Decimal, Option<Decimal>, Decimal)], at: Decimal) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for (lower, upper, rate) in slices {
        let reached = upper.map_or(at, |upper| at.min(upper));
        if reached > *lower {
            sum = sum.checked_add(reached.checked_sub(*lower)?.checked_mul(*rate)?)?;
        }
    }
    Some(sum)
}

/// The value on the straight line between the points on both sides; multiplies before it divides.
fn interpolated(points: &[(Decimal, Decimal)], at: Decimal) -> Option<Decimal> {
    let next = points.partition_point(|(x, _)| *x < at);
    let (x1, y1) = points[next.min(points.len() - 1)];
    if x1 == at || next == 0 {
        return Some(y1);
    }
    let (x0, y0) = points[next - 1];
    let rise = y1.checked_sub(y0)?.checked_mul(at.checked_sub(x0)?)?;
    y0.checked_add(rise.checked_div(x1.checked_sub(x0)?)?)
}
