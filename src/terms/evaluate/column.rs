//! Columns with what is missing, awaited or failed.

use std::borrow::Cow;

use rust_decimal::Decimal;

/// Why a place of a column has no value. A larger one outweighs a smaller one where two meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gap {
    /// There is a value.
    #[default]
    None,
    /// It is missing for good.
    Missing,
    /// It must still be reported.
    Awaited,
    /// It cannot be computed: beyond 28 digits or outside the calendar.
    Failed,
}

/// The values of a column; a place with a gap holds any value.
#[derive(Clone, Debug)]
pub enum Values<'d> {
    /// Numbers and amounts.
    Decimal(Cow<'d, [Decimal]>),
    /// Days, durations, codes of texts.
    Int(Cow<'d, [i32]>),
    /// Yes or no.
    Bool(Cow<'d, [bool]>),
}

/// A column: as many values as members, or one that holds for all.
#[derive(Clone, Debug)]
pub struct Column<'d> {
    /// The values.
    pub values: Values<'d>,
    /// The gaps, as many as values; none when there are none.
    pub gaps: Option<Vec<Gap>>,
}

impl<'d> Column<'d> {
    /// A column of numbers or amounts.
    pub fn decimals(values: impl Into<Cow<'d, [Decimal]>>, gaps: Option<Vec<Gap>>) -> Self {
        Self { values: Values::Decimal(values.into()), gaps }
    }

    /// A column of days, durations or codes.
    pub fn ints(values: impl Into<Cow<'d, [i32]>>, gaps: Option<Vec<Gap>>) -> Self {
        Self { values: Values::Int(values.into()), gaps }
    }

    /// A column of conditions.
    pub fn bools(values: impl Into<Cow<'d, [bool]>>, gaps: Option<Vec<Gap>>) -> Self {
        Self { values: Values::Bool(values.into()), gaps }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Decimal(values) => values.len(),
            Values::Int(values) => values.len(),
            Values::Bool(values) => values.len(),
        }
    }

    /// Tells whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The gap at a place.
    pub fn gap(&self, at: usize) -> Gap {
        self.gaps.as_ref().map_or(Gap::None, |gaps| gaps[if gaps.len() == 1 { 0 } else { at }])
    }

    /// The numbers or amounts; empty for other columns.
    pub fn as_decimals(&self) -> &[Decimal] {
        match &self.values {
            Values::Decimal(values) => values,
            _ => &[],
        }
    }

    /// The days, durations or codes; empty for other columns.
    pub fn as_ints(&self) -> &[i32] {
        match &self.values {
            Values::Int(values) => values,
            _ => &[],
        }
    }

    /// The conditions; empty for other columns.
    pub fn as_bools(&self) -> &[bool] {
        match &self.values {
            Values::Bool(values) => values,
            _ => &[],
        }
    }

    /// The number or amount at a place, where a single value holds for all.
    pub fn decimal(&self, at: usize) -> Decimal {
        pick(self.as_decimals(), at)
    }

    /// The day, duration or code at a place.
    pub fn int(&self, at: usize) -> i32 {
        pick(self.as_ints(), at)
    }

    /// The condition at a place.
    pub fn bool(&self, at: usize) -> bool {
        pick(self.as_bools(), at)
    }

    /// The same values without ties to the data.
    pub fn into_owned(self) -> Column<'static> {
        let values = match self.values {
            Values::Decimal(values) => Values::Decimal(Cow::Owned(values.into_owned())),
            Values::Int(values) => Values::Int(Cow::Owned(values.into_owned())),
            Values::Bool(values) => Values::Bool(Cow::Owned(values.into_owned())),
        };
        Column { values, gaps: self.gaps }
    }

    /// A column of the same shape in which every place has a gap.
    pub fn all_gaps(&self, gap: Gap) -> Column<'static> {
        let values = match &self.values {
            Values::Decimal(_) => Values::Decimal(Cow::Owned(vec![Decimal::ZERO])),
            Values::Int(_) => Values::Int(Cow::Owned(vec![0])),
            Values::Bool(_) => Values::Bool(Cow::Owned(vec![false])),
        };
        Column { values, gaps: Some(vec![gap]) }
    }
}

/// The value at a place of a column that may hold one value for all.
#[inline]
pub fn pick<T: Copy + Default>(values: &[T], at: usize) -> T {
    match values {
        [only] => *only,
        _ => values.get(at).copied().unwrap_or_default(),
    }
}

/// The gaps that remain where several columns meet; none when none has any.
pub fn joined(len: usize, columns: &[&Column]) -> Option<Vec<Gap>> {
    if columns.iter().all(|column| column.gaps.is_none()) {
        return None;
    }
    Some((0..len).map(|at| columns.iter().map(|column| column.gap(at)).max().unwrap_or_default()).collect())
}

/// The number of values of an operation's answer: one when all it reads hold for all.
pub fn length(columns: &[&Column]) -> usize {
    columns.iter().map(|column| column.len()).find(|len| *len != 1).unwrap_or(1)
}
