//! Gathering the facts of each subject, or of the contract.

use std::ops::Range;

use rust_decimal::Decimal;

use super::{
    super::{check::typed::Gather, plan::node::Shape, scalar::Scalar},
    column::{Column, Gap, Values, pick},
    data::Rows,
};
use crate::{
    terms::functions::{adherence::proportion_of_days_covered, order_statistics},
    values::Day,
};

/// The facts of one kind that belong to a chunk of owners.
#[derive(Clone, Debug)]
pub struct RowRange<'d> {
    /// All facts of the kind.
    pub rows: &'d Rows,
    /// The owners of the chunk.
    pub owners: Range<usize>,
}

impl RowRange<'_> {
    /// Where the chunk's facts lie.
    pub fn range(&self) -> Range<usize> {
        self.rows.offsets[self.owners.start] as usize..self.rows.offsets[self.owners.end] as usize
    }

    /// Where the facts of the chunk's `at`-th owner lie within the chunk.
    fn of(&self, at: usize) -> Range<usize> {
        let first = self.rows.offsets[self.owners.start];
        let owner = self.owners.start + at;
        (self.rows.offsets[owner] - first) as usize..(self.rows.offsets[owner + 1] - first) as usize
    }

    /// The days of the chunk's facts.
    fn on(&self) -> &[i32] {
        &self.rows.on[self.range()]
    }
}

/// The arguments of a function over facts, as columns.
#[derive(Clone, Copy)]
pub struct Arguments<'a, 'd> {
    /// Value of each fact.
    pub value: Option<&'a Column<'d>>,
    /// Which facts count.
    pub filter: Option<&'a Column<'d>>,
    /// Further arguments, one value for each owner.
    pub extra: &'a [&'a Column<'d>],
    /// The last day that counts, one for each owner.
    pub until: Option<&'a Column<'d>>,
}

/// Gathers the facts of each owner.
pub fn gather(gather: Gather, shape: Shape, chunk: &RowRange, arguments: Arguments) -> Column<'static> {
    if let (Gather::Sum, Some(Values::Decimal(values)), None, None) =
        (gather, arguments.value.map(|value| &value.values), arguments.filter, arguments.until)
        && arguments.value.is_some_and(|value| value.gaps.is_none())
    {
        return sums(chunk, values);
    }
    let walker = Walker { chunk, arguments, on: chunk.on() };
    let owners = chunk.owners.len();
    if matches!(gather, Gather::Count | Gather::Exists) && arguments.filter.is_none() {
        return walker.numbers(gather == Gather::Exists);
    }
    match (gather, shape) {
        (Gather::DaysCovered, _) => {
            let (values, gaps) = walker.each(owners, |at, members| walker.covered(at, members));
            Column::decimals(values, gaps)
        }
        (Gather::Count, _) => walker.decimals(owners, |members| Ok(Some(Decimal::from(members.len())))),
        (Gather::Exists, _) => walker.bools(owners, |members| !members.is_empty()),
        (Gather::First | Gather::Last | Gather::Nearest, shape) => walker.chosen(gather, shape, owners),
        (Gather::Min | Gather::Max, Shape::Int) => walker.ints(owners, |values| match gather {
            Gather::Min => values.iter().min().copied(),
            _ => values.iter().max().copied(),
        }),
        (Gather::Sum, Shape::Int) => {
            walker.ints(owners, |values| values.iter().try_fold(0i32, |a, b| a.checked_add(*b)))
        }
        _ => walker.decimals(owners, |members| walker.folded(gather, members)),
    }
}

/// The commonest gathering: the sum of a field over all facts of the subject.
fn sums(chunk: &RowRange, values: &[Decimal]) -> Column<'static> {
    let mut gaps: Option<Vec<Gap>> = None;
    let mut sums = Vec::with_capacity(chunk.owners.len());
    for at in 0..chunk.owners.len() {
        let sum = chunk.of(at).try_fold(Decimal::ZERO, |sum, row| sum.checked_add(pick(values, row)));
        if sum.is_none() {
            gaps.get_or_insert_with(|| vec![Gap::None; chunk.owners.len()])[at] = Gap::Failed;
        }
        sums.push(sum.unwrap_or_default());
    }
    Column::decimals(sums, gaps)
}

struct Walker<'a, 'd> {
    chunk: &'a RowRange<'d>,
    arguments: Arguments<'a, 'd>,
    on: &'a [i32],
}

impl Walker<'_, '_> {
    /// Collects the facts of an owner that count, or the gap that keeps the answer back.
    fn members(&self, at: usize, members: &mut Vec<usize>) -> Gap {
        members.clear();
        let mut range = self.chunk.of(at);
        if let Some(until) = self.arguments.until {
            if until.gap(at) != Gap::None {
                return until.gap(at);
            }
            let last = until.int(at);
            range.end = range.start + self.on[range.clone()].partition_point(|on| *on <= last);
        }
        let mut kept_back = Gap::None;
        for row in range {
            match self.arguments.filter {
                Some(filter) if filter.gap(row) != Gap::None => kept_back = kept_back.max(filter.gap(row)),
                Some(filter) if !filter.bool(row) => {}
                _ => {
                    members.push(row);
                    kept_back = kept_back.max(self.arguments.value.map_or(Gap::None, |value| value.gap(row)));
                }
            }
        }
        kept_back
    }

    /// Counts the facts of each owner without looking at them one by one, or tells whether there is one.
    fn numbers(&self, exists: bool) -> Column<'static> {
        let until = self.arguments.until;
        let count = |at: usize| {
            let range = self.chunk.of(at);
            match until {
                Some(until) => self.on[range].partition_point(|on| *on <= until.int(at)),
                None => range.len(),
            }
        };
        let owners = 0..self.chunk.owners.len();
        let gaps =
            until.and_then(|until| until.gaps.as_ref().map(|_| owners.clone().map(|at| until.gap(at)).collect()));
        if exists {
            return Column::bools(owners.map(|at| count(at) > 0).collect::<Vec<_>>(), gaps);
        }
        Column::decimals(owners.map(|at| Decimal::from(count(at))).collect::<Vec<_>>(), gaps)
    }

    /// Goes through the owners; `answer` gives a value, none where there is nothing to say, or a failure.
    fn each<T: Default>(
        &self,
        owners: usize,
        mut answer: impl FnMut(usize, &[usize]) -> Result<Option<T>, Gap>,
    ) -> (Vec<T>, Option<Vec<Gap>>) {
        let (mut values, mut gaps, mut members) = (Vec::with_capacity(owners), vec![Gap::None; owners], Vec::new());
        for (at, gap) in gaps.iter_mut().enumerate() {
            *gap = self.members(at, &mut members);
            let value = if *gap == Gap::None { answer(at, &members) } else { Ok(None) };
            values.push(match value {
                Ok(Some(value)) => value,
                Ok(None) => {
                    *gap = (*gap).max(Gap::Missing);
                    T::default()
                }
                Err(found) => {
                    *gap = found;
                    T::default()
                }
            });
        }
        let any = gaps.iter().any(|gap| *gap != Gap::None);
        (values, any.then_some(gaps))
    }

    fn decimals(&self, owners: usize, answer: impl Fn(&[usize]) -> Result<Option<Decimal>, Gap>) -> Column<'static> {
        let (values, gaps) = self.each(owners, |_, members| answer(members));
        Column::decimals(values, gaps)
    }

    fn bools(&self, owners: usize, answer: impl Fn(&[usize]) -> bool) -> Column<'static> {
        let (values, gaps) = self.each(owners, |_, members| Ok(Some(answer(members))));
        Column::bools(values, gaps)
    }

    fn ints(&self, owners: usize, answer: impl Fn(&[i32]) -> Option<i32>) -> Column<'static> {
        let mut found = Vec::new();
        let (values, gaps) = self.each(owners, |_, members| {
            found.clear();
            found.extend(members.iter().map(|row| self.arguments.value.map_or(0, |value| value.int(*row))));
            Ok(answer(&found))
        });
        Column::ints(values, gaps)
    }

    fn value(&self, row: usize) -> Decimal {
        match self.arguments.value.map(|value| &value.values) {
            Some(Values::Decimal(values)) => pick(values, row),
            Some(Values::Int(values)) => Decimal::from(pick(values, row)),
            _ => Decimal::ZERO,
        }
    }

    fn folded(&self, gather: Gather, members: &[usize]) -> Result<Option<Decimal>, Gap> {
        let values = || members.iter().map(|row| self.value(*row));
        let sum = || values().try_fold(Decimal::ZERO, Decimal::checked_add).ok_or(Gap::Failed);
        match gather {
            Gather::Sum => sum().map(Some),
            Gather::Mean if members.is_empty() => Ok(None),
            Gather::Mean => sum()?.checked_div(Decimal::from(members.len())).ok_or(Gap::Failed).map(Some),
            Gather::Min => Ok(values().min()),
            Gather::Max => Ok(values().max()),
            Gather::Median => Ok(order_statistics::median(&values().collect::<Vec<_>>()).ok()),
            Gather::Percentile => {
                let share = self.arguments.extra.first().map_or(Decimal::ZERO, |share| share.decimal(0));
                Ok(order_statistics::percentile(&values().collect::<Vec<_>>(), share).ok())
            }
            _ => Err(Gap::Failed),
        }
    }

    /// The share of the days from one day to another on which supplied medicine was at hand.
    fn covered(&self, at: usize, members: &[usize]) -> Result<Option<Decimal>, Gap> {
        let [from, to] = self.arguments.extra else { return Err(Gap::Failed) };
        let gap = from.gap(at).max(to.gap(at));
        if gap != Gap::None {
            return Err(gap);
        }
        let fills: Vec<Day> = members.iter().map(|row| Day(self.on[*row])).collect();
        let supply: Vec<Decimal> = members.iter().map(|row| self.value(*row)).collect();
        if fills.is_empty() && from.int(at) <= to.int(at) {
            return Ok(Some(Decimal::ZERO));
        }
        Ok(proportion_of_days_covered(&fills, &supply, Day(from.int(at)), Day(to.int(at))).ok())
    }

    /// The value of one fact of each owner: the earliest, the latest, or the one nearest to a day.
    fn chosen(&self, gather: Gather, shape: Shape, owners: usize) -> Column<'static> {
        let (rows, gaps) = self.each(owners, |at, members| {
            Ok(match gather {
                Gather::First => members.first().copied(),
                Gather::Last => members.last().copied(),
                _ => return self.nearest(at, members),
            })
        });
        let Some(value) = self.arguments.value else { return Column::bools(vec![false; owners], gaps) };
        match shape {
            Shape::Decimal => Column::decimals(rows.iter().map(|row| value.decimal(*row)).collect::<Vec<_>>(), gaps),
            Shape::Int => Column::ints(rows.iter().map(|row| value.int(*row)).collect::<Vec<_>>(), gaps),
            Shape::Bool => Column::bools(rows.iter().map(|row| value.bool(*row)).collect::<Vec<_>>(), gaps),
        }
    }

    /// The fact nearest to a day; of two equally near ones the earlier.
    fn nearest(&self, at: usize, members: &[usize]) -> Result<Option<usize>, Gap> {
        let [to, within] = self.arguments.extra else { return Err(Gap::Failed) };
        let gap = to.gap(at).max(within.gap(at));
        if gap != Gap::None {
            return Err(gap);
        }
        let (day, most) = (i64::from(to.int(at)), i64::from(within.int(at)));
        let distance = |row: &usize| (i64::from(self.on[*row]) - day).abs();
        Ok(members.iter().copied().filter(|row| distance(row) <= most).min_by_key(|row| (distance(row), *row)))
    }
}

/// The sum of a value, or the number of facts, over each fact and those of its owner before it; with a key, over those
/// of the same key.
pub fn running(chunk: &RowRange, value: Option<&Column>, key: Option<&Column>) -> Column<'static> {
    let mut values = Vec::with_capacity(chunk.range().len());
    let mut gaps = vec![Gap::None; chunk.range().len()];
    for owner in 0..chunk.owners.len() {
        let mut sums: Vec<(Option<Scalar>, Decimal)> = Vec::new();
        for row in chunk.of(owner) {
            let own = key.map(|key| key_at(key, row));
            let at = sums.iter().position(|(known, _)| *known == own).unwrap_or_else(|| {
                sums.push((own, Decimal::ZERO));
                sums.len() - 1
            });
            let more = value.map_or(Decimal::ONE, |value| value.decimal(row));
            gaps[row] = value.map_or(Gap::None, |value| value.gap(row)).max(key.map_or(Gap::None, |key| key.gap(row)));
            match sums[at].1.checked_add(more) {
                Some(sum) if gaps[row] == Gap::None => sums[at].1 = sum,
                Some(_) => {}
                None => gaps[row] = Gap::Failed,
            }
            values.push(sums[at].1);
        }
    }
    let any = gaps.iter().any(|gap| *gap != Gap::None);
    Column::decimals(values, any.then_some(gaps))
}

fn key_at(key: &Column, row: usize) -> Scalar {
    match &key.values {
        Values::Decimal(_) => Scalar::Number(key.decimal(row)),
        Values::Int(_) => Scalar::Days(key.int(row)),
        Values::Bool(_) => Scalar::Truth(key.bool(row)),
    }
}

/// The place of each value among values in ascending order, from 1; equal values share the best place.
pub fn rank(own: &Column, all: &Column, largest_first: bool) -> Column<'static> {
    let sorted = all.as_decimals();
    let kept_back = all.gaps.as_ref().and_then(|gaps| gaps.first().copied()).unwrap_or_default();
    let mut gaps = own.gaps.clone();
    if kept_back != Gap::None {
        gaps = Some(vec![kept_back; own.len()]);
    }
    let place = |value: &Decimal| {
        let before = if largest_first {
            sorted.len() - sorted.partition_point(|other| other <= value)
        } else {
            sorted.partition_point(|other| other < value)
        };
        Decimal::from(before + 1)
    };
    Column::decimals(own.as_decimals().iter().map(place).collect::<Vec<_>>(), gaps)
}
