//! What a formula can come to: a range, a list of texts, or yes, no or either.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::range::Range;
use crate::terms::{
    check::{tables::position, types::Kind},
    document::FieldType,
    scalar::Scalar,
};

/// The values that are possible. Days and durations stand as whole numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// Values that have an order.
    Range(Range),
    /// Texts; none when any text is possible.
    Texts(Option<BTreeSet<String>>),
    /// Whether yes is possible, whether no is.
    Truth(bool, bool),
}

impl Domain {
    /// Everything that a sort of values allows.
    pub fn of_kind(kind: &Kind) -> Self {
        match kind {
            Kind::Text(list) => Self::Texts(list.as_ref().map(|list| list.iter().cloned().collect())),
            Kind::Truth => Self::Truth(true, true),
            _ => Self::Range(Range::ALL),
        }
    }

    /// Everything that a declared type allows.
    pub fn of_type(is: &FieldType) -> Self {
        match is {
            FieldType::Text(list) if list.is_empty() => Self::Texts(None),
            FieldType::Text(list) => Self::Texts(Some(list.iter().cloned().collect())),
            FieldType::Truth => Self::Truth(true, true),
            _ => Self::Range(Range::ALL),
        }
    }

    /// One value.
    pub fn of(value: &Scalar) -> Self {
        match value {
            Scalar::Text(text) => Self::Texts(Some(BTreeSet::from([text.clone()]))),
            Scalar::Truth(truth) => Self::Truth(*truth, !truth),
            value => Self::Range(position(value).map_or(Range::ALL, Range::of)),
        }
    }

    /// The range; all numbers for what has no order.
    pub const fn range(&self) -> Range {
        match self {
            Self::Range(range) => *range,
            _ => Range::ALL,
        }
    }

    /// Whether yes is possible, whether no is.
    pub const fn truth(&self) -> (bool, bool) {
        match self {
            Self::Truth(yes, no) => (*yes, *no),
            _ => (true, true),
        }
    }

    /// What is in one or the other.
    pub fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => Self::Range(a.union(b)),
            (Self::Texts(Some(a)), Self::Texts(Some(b))) => Self::Texts(Some(a.into_iter().chain(b).collect())),
            (Self::Truth(a, b), Self::Truth(c, d)) => Self::Truth(a || c, b || d),
            (Self::Texts(_), _) => Self::Texts(None),
            (Self::Truth(..), _) => Self::Truth(true, true),
            (Self::Range(_), _) => Self::Range(Range::ALL),
        }
    }

    /// What is in both.
    pub fn within(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => Self::Range(a.within(*b)),
            (Self::Texts(Some(a)), Self::Texts(Some(b))) => Self::Texts(Some(a.intersection(b).cloned().collect())),
            (Self::Texts(None), Self::Texts(b)) => Self::Texts(b.clone()),
            (Self::Truth(a, b), Self::Truth(c, d)) => Self::Truth(a && *c, b && *d),
            (found, _) => found,
        }
    }

    /// Whether two values can be equal, whether they can differ.
    pub fn equal(&self, other: &Self) -> (bool, bool) {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => {
                (!a.within(*b).is_empty(), a.single().is_none() || a.single() != b.single())
            }
            (Self::Texts(Some(a)), Self::Texts(Some(b))) => (!a.is_disjoint(b), a.len() != 1 || a != b),
            (Self::Truth(a, b), Self::Truth(c, d)) => ((*a && *c) || (*b && *d), (*a && *d) || (*b && *c)),
            _ => (true, true),
        }
    }

    /// Whether the first can lie below the second, whether it can fail to.
    pub fn less(&self, other: &Self) -> (bool, bool) {
        let (a, b) = (self.range(), other.range());
        let can = a.low.zip(b.high).is_none_or(|(a, b)| a < b);
        (can, a.high.zip(b.low).is_none_or(|(a, b)| a >= b))
    }

    /// The range from zero on.
    pub const fn count() -> Self {
        Self::Range(Range::new(Some(Decimal::ZERO), None))
    }
}
