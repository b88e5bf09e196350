//! Gathering subjects and groups: partial results of chunks that merge into one answer.

use rust_decimal::Decimal;

use super::{
    super::{check::typed::Gather, plan::node::Shape},
    column::{Column, Gap, Values},
    total::Total,
};
use crate::terms::functions::{
    cohort::Cohort,
    log_rank::log_rank,
    order_statistics,
    survival::{Curve, LimitType, MedianRule},
};

/// The part of an answer that a chunk gives.
#[derive(Clone, Debug)]
pub struct Partial {
    gather: Gather,
    /// Members that the filter kept.
    kept: u64,
    /// Members that the filter saw.
    seen: u64,
    total: Total,
    least: Option<Decimal>,
    most: Option<Decimal>,
    /// Values of members, where the answer needs them all, with the event of a survival curve and the arm.
    values: Vec<(Decimal, bool, i32)>,
    gap: Gap,
}

/// What is gathered of the members of one chunk.
#[derive(Clone, Copy)]
pub struct Members<'a, 'd> {
    /// Value of each member.
    pub value: Option<&'a Column<'d>>,
    /// Which members count.
    pub filter: Option<&'a Column<'d>>,
    /// The event of a survival curve.
    pub event: Option<&'a Column<'d>>,
    /// The arm, where arms are compared.
    pub arm: Option<&'a Column<'d>>,
}

impl Partial {
    /// Starts with nothing gathered.
    pub fn new(gather: Gather) -> Self {
        Self {
            gather,
            kept: 0,
            seen: 0,
            total: Total::default(),
            least: None,
            most: None,
            values: Vec::new(),
            gap: Gap::None,
        }
    }

    /// Takes the member at a place.
    pub fn add(&mut self, members: Members, at: usize) {
        self.seen += 1;
        if let Some(filter) = members.filter {
            if filter.gap(at) != Gap::None {
                self.gap = self.gap.max(filter.gap(at));
                return;
            }
            if !filter.bool(at) {
                return;
            }
        }
        self.kept += 1;
        let Some(value) = members.value else { return };
        let further = members.event.into_iter().chain(members.arm).map(|column| column.gap(at));
        let gap = further.fold(value.gap(at), Ord::max);
        if gap != Gap::None {
            self.gap = self.gap.max(gap);
            return;
        }
        let number = match &value.values {
            Values::Decimal(_) => value.decimal(at),
            Values::Int(_) => Decimal::from(value.int(at)),
            Values::Bool(_) => Decimal::ZERO,
        };
        match self.gather {
            Gather::Sum | Gather::Mean => self.total.add(number),
            Gather::Min => self.least = Some(self.least.map_or(number, |least| least.min(number))),
            Gather::Max => self.most = Some(self.most.map_or(number, |most| most.max(number))),
            _ => {
                let (event, arm) =
                    (members.event.is_some_and(|event| event.bool(at)), members.arm.map_or(0, |arm| arm.int(at)));
                self.values.push((number, event, arm));
            }
        }
    }

    /// Adds what another chunk has gathered.
    pub fn merge(&mut self, other: Self) {
        self.kept += other.kept;
        self.seen += other.seen;
        self.total.merge(&other.total);
        self.least = self.least.into_iter().chain(other.least).min();
        self.most = self.most.into_iter().chain(other.most).max();
        self.values.extend(other.values);
        self.gap = self.gap.max(other.gap);
    }

    /// The answer, with the further arguments of the function.
    fn answer(&self, extra: &[&Column]) -> Result<Decimal, Gap> {
        if self.gap != Gap::None {
            return Err(self.gap);
        }
        match self.gather {
            Gather::Count | Gather::Exists => Ok(Decimal::from(self.kept)),
            Gather::Share if self.seen == 0 => Err(Gap::Missing),
            Gather::Share => Decimal::from(self.kept).checked_div(Decimal::from(self.seen)).ok_or(Gap::Failed),
            Gather::Sum => self.total.value().ok_or(Gap::Failed),
            Gather::Mean if self.kept == 0 => Err(Gap::Missing),
            Gather::Mean => {
                self.total.value().and_then(|sum| sum.checked_div(Decimal::from(self.kept))).ok_or(Gap::Failed)
            }
            Gather::Min => self.least.ok_or(Gap::Missing),
            Gather::Max => self.most.ok_or(Gap::Missing),
            Gather::Median => order_statistics::median(&self.numbers()).map_err(|_| Gap::Missing),
            Gather::Percentile => {
                order_statistics::percentile(&self.numbers(), argument(extra, 0)?).map_err(|_| Gap::Missing)
            }
            Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper | Gather::MedianSurvival => {
                self.curve(extra)
            }
            Gather::LogRank | Gather::LogRankP => self.log_rank(),
            Gather::First | Gather::Last | Gather::Nearest | Gather::DaysCovered | Gather::Sorted => Err(Gap::Failed),
        }
    }

    fn numbers(&self) -> Vec<Decimal> {
        self.values.iter().map(|(number, ..)| *number).collect()
    }

    /// All values in ascending order.
    pub fn sorted(&self) -> Column<'static> {
        let mut numbers = self.numbers();
        numbers.sort_unstable();
        let gaps = (self.gap != Gap::None).then(|| vec![self.gap; numbers.len()]);
        Column::decimals(numbers, gaps)
    }

    /// The log-rank test between arms, by Mantel and Cox.
    fn log_rank(&self) -> Result<Decimal, Gap> {
        let mut arms: Vec<i32> = self.values.iter().map(|(_, _, arm)| *arm).collect();
        arms.sort_unstable();
        arms.dedup();
        let of = |arm: i32| self.values.iter().filter(move |value| value.2 == arm);
        let columns: Vec<(Vec<Decimal>, Vec<bool>)> =
            arms.iter().map(|arm| of(*arm).map(|value| (value.0, value.1)).unzip()).collect();
        let cohorts: Result<Vec<Cohort>, _> =
            columns.iter().map(|(times, events)| Cohort::new(times, events)).collect();
        let test = log_rank(&cohorts.map_err(|_| Gap::Missing)?).map_err(|_| Gap::Missing)?;
        Ok(if self.gather == Gather::LogRank { test.chi_square } else { test.p_value })
    }

    /// Survival at a time, its limits, or the median, by Kaplan and Meier's method.
    fn curve(&self, extra: &[&Column]) -> Result<Decimal, Gap> {
        let events: Vec<bool> = self.values.iter().map(|(_, event, _)| *event).collect();
        let numbers = self.numbers();
        let cohort = Cohort::new(&numbers, &events).map_err(|_| Gap::Missing)?;
        let curve = Curve::estimate(&cohort).map_err(|_| Gap::Missing)?;
        if self.gather == Gather::MedianSurvival {
            return curve.median(MedianRule::FirstReached).ok_or(Gap::Missing);
        }
        let at = argument(extra, 1)?;
        if self.gather == Gather::Survival {
            return curve.survival(at).map_err(|_| Gap::Missing);
        }
        let limits = curve.limits(at, argument(extra, 2)?, METHODS[method(extra)]).map_err(|_| Gap::Missing)?;
        Ok(if self.gather == Gather::SurvivalLower { limits.lower } else { limits.upper })
    }
}

const METHODS: [LimitType; 3] = [LimitType::Plain, LimitType::Log, LimitType::LogLog];

fn argument(extra: &[&Column], at: usize) -> Result<Decimal, Gap> {
    let column = extra.get(at).ok_or(Gap::Failed)?;
    match (column.gap(0), &column.values) {
        (Gap::None, Values::Decimal(_)) => Ok(column.decimal(0)),
        (Gap::None, Values::Int(_)) => Ok(Decimal::from(column.int(0))),
        (Gap::None, Values::Bool(_)) => Err(Gap::Failed),
        (gap, _) => Err(gap),
    }
}

/// The method's place in the list; the checker turns its text into this number.
fn method(extra: &[&Column]) -> usize {
    extra.get(3).map_or(1, |column| usize::try_from(column.decimal(0)).unwrap_or(1).min(METHODS.len() - 1))
}

/// Turns gathered partial results, one for each group or one for the contract, into a column.
pub fn answers(partials: &[Partial], shape: Shape, extra: &[&Column]) -> Column<'static> {
    let mut gaps = vec![Gap::None; partials.len()];
    let values: Vec<Decimal> = partials
        .iter()
        .zip(&mut gaps)
        .map(|(partial, gap)| {
            partial.answer(extra).unwrap_or_else(|found| {
                *gap = found;
                Decimal::ZERO
            })
        })
        .collect();
    let gaps = gaps.iter().any(|gap| *gap != Gap::None).then_some(gaps);
    match shape {
        Shape::Decimal => Column::decimals(values, gaps),
        Shape::Int => {
            Column::ints(values.iter().map(|value| i32::try_from(*value).unwrap_or_default()).collect::<Vec<_>>(), gaps)
        }
        Shape::Bool => Column::bools(values.iter().map(|value| !value.is_zero()).collect::<Vec<_>>(), gaps),
    }
}
