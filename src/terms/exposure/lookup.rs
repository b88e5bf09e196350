//! What a table can answer for a range of arguments.

use rust_decimal::Decimal;

use super::{domain::Domain, range::Range};
use crate::terms::check::tables::{BandData, Rows, TableData};

/// The answers that are possible.
pub fn results(table: &TableData, argument: &Domain) -> Domain {
    let at = argument.range();
    let found = match &table.rows {
        Rows::Bands(bands) => {
            let reached = bands.iter().filter(|band| reaches(band, at));
            reached.map(|band| Domain::of(&band.is)).reduce(Domain::union)
        }
        Rows::Keys(rows) => {
            let meant = rows.iter().filter(|(key, _)| match argument {
                Domain::Texts(Some(texts)) => texts.contains(key),
                _ => true,
            });
            meant.map(|(_, is)| Domain::of(is)).reduce(Domain::union)
        }
        Rows::Since(rows) => {
            let first = at.low.map_or(0, |low| rows.partition_point(|(from, _)| *from <= low).saturating_sub(1));
            let last = at.high.map_or(rows.len(), |high| rows.partition_point(|(from, _)| *from <= high));
            rows[first.min(last)..last].iter().map(|(_, is)| Domain::of(is)).reduce(Domain::union)
        }
        Rows::Points(points) => points.iter().map(|(_, is)| Domain::Range(Range::of(*is))).reduce(Domain::union),
        Rows::Marginal(slices) => Some(Domain::Range(marginal(slices, at))),
    };
    found.unwrap_or_else(|| Domain::of_kind(&table.result))
}

fn reaches(band: &BandData, at: Range) -> bool {
    let above =
        band.lower.zip(at.high).is_none_or(|((edge, included), high)| high > edge || (included && high == edge));
    let below = band.upper.zip(at.low).is_none_or(|((edge, included), low)| low < edge || (included && low == edge));
    above && below
}

type Slice = (Decimal, Option<Decimal>, Decimal);

/// The range of a sum of slices: its greatest and smallest values lie at the ends and at the edges.
fn marginal(slices: &[Slice], at: Range) -> Range {
    let edges = slices.iter().flat_map(|(low, high, _)| [Some(*low), *high]).flatten();
    let inside = edges.filter(|edge| at.low.is_none_or(|low| low < *edge) && at.high.is_none_or(|high| *edge < high));
    let places: Vec<Decimal> = at.low.into_iter().chain(at.high).chain(inside).collect();
    let found: Option<Vec<Range>> = places.iter().map(|place| sum(slices, *place).map(Range::of)).collect();
    let Some(range) = found.and_then(|found| found.into_iter().reduce(Range::union)) else { return Range::ALL };
    // Below the first slice nothing adds up; above the last edge its rate decides.
    let range = if at.low.is_none() { range.union(Range::of(Decimal::ZERO)) } else { range };
    let last = slices.last().map_or(Decimal::ZERO, |(_, _, rate)| *rate);
    match at.high {
        None if last > Decimal::ZERO => Range::new(range.low, None),
        None if last < Decimal::ZERO => Range::new(None, range.high),
        _ => range,
    }
}

fn sum(slices: &[Slice], at: Decimal) -> Option<Decimal> {
    slices.iter().try_fold(Decimal::ZERO, |sum, (lower, upper, rate)| {
        let reached = upper.map_or(at, |upper| at.min(upper));
        if reached <= *lower {
            return Some(sum);
        }
        sum.checked_add(reached.checked_sub(*lower)?.checked_mul(*rate)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{check::types::Kind, scalar::Scalar};

    fn d(value: i64) -> Decimal {
        Decimal::from(value)
    }

    fn found(rows: Rows, low: Option<i64>, high: Option<i64>) -> (Option<Decimal>, Option<Decimal>) {
        let table = TableData { name: "t".into(), argument: Kind::Number, result: Kind::Number, total: true, rows };
        let range = results(&table, &Domain::Range(Range::new(low.map(d), high.map(d)))).range();
        (range.low.map(|x| x.normalize()), range.high.map(|x| x.normalize()))
    }

    #[test]
    fn only_the_bands_that_can_be_reached_count() {
        let band = |lower: Option<i64>, upper: Option<i64>, is: i64| BandData {
            lower: lower.map(|at| (d(at), false)),
            upper: upper.map(|at| (d(at), true)),
            is: Scalar::Number(d(is)),
        };
        let bands =
            || Rows::Bands(vec![band(None, Some(90), 10), band(Some(90), Some(180), 5), band(Some(180), None, 0)]);
        assert_eq!(found(bands(), None, None), (Some(d(0)), Some(d(10))));
        assert_eq!(found(bands(), Some(0), Some(90)), (Some(d(10)), Some(d(10))));
        assert_eq!(found(bands(), Some(91), None), (Some(d(0)), Some(d(5))));
        assert_eq!(found(bands(), Some(181), Some(181)), (Some(d(0)), Some(d(0))));
    }

    #[test]
    fn slices_add_up_to_the_ends() {
        // 0 up to 5, then half a unit per unit up to 10, then nothing: at 10 and above 2.5.
        let half = Decimal::new(5, 1);
        let corridor =
            || Rows::Marginal(vec![(d(0), Some(d(5)), d(0)), (d(5), Some(d(10)), half), (d(10), None, d(0))]);
        assert_eq!(found(corridor(), None, None), (Some(d(0)), Some(Decimal::new(25, 1))));
        assert_eq!(found(corridor(), Some(6), Some(8)), (Some(half), Some(Decimal::new(15, 1))));
        let open = Rows::Marginal(vec![(d(0), Some(d(5)), d(0)), (d(5), None, half)]);
        assert_eq!(found(open, None, None), (Some(d(0)), None));
    }

    #[test]
    fn values_by_date_count_from_the_one_in_force() {
        let rows = || {
            Rows::Since(vec![
                (d(10), Scalar::Number(d(1))),
                (d(20), Scalar::Number(d(2))),
                (d(30), Scalar::Number(d(3))),
            ])
        };
        assert_eq!(found(rows(), Some(20), Some(29)), (Some(d(2)), Some(d(2))));
        assert_eq!(found(rows(), Some(15), Some(20)), (Some(d(1)), Some(d(2))));
        assert_eq!(found(rows(), None, None), (Some(d(1)), Some(d(3))));
    }
}
