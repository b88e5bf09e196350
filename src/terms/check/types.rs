//! Types and levels: what sort of value a formula has, and how many of it there are.

use std::{fmt, sync::Arc};

use super::super::scalar::Scalar;

/// The sort of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An exact decimal.
    Number,
    /// An amount in the contract's currency.
    Money,
    /// A day.
    Date,
    /// A number of days.
    Days,
    /// A number of calendar months; can be added to dates, but not compared with days.
    Months,
    /// A text; of a closed list when one is given.
    Text(Option<Arc<Vec<String>>>),
    /// Yes or no.
    Truth,
}

impl Kind {
    /// The sort of a scalar.
    pub const fn of(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Number(_) => Self::Number,
            Scalar::Money(_) => Self::Money,
            Scalar::Date(_) => Self::Date,
            Scalar::Days(_) => Self::Days,
            Scalar::Months(_) => Self::Months,
            Scalar::Text(_) => Self::Text(None),
            Scalar::Truth(_) => Self::Truth,
        }
    }

    /// Tells whether two sorts are the same, closed lists of texts aside.
    pub const fn same(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Number, Self::Number)
                | (Self::Money, Self::Money)
                | (Self::Date, Self::Date)
                | (Self::Days, Self::Days)
                | (Self::Months, Self::Months)
                | (Self::Text(_), Self::Text(_))
                | (Self::Truth, Self::Truth)
        )
    }

    /// Tells whether values of this sort have an order.
    pub const fn ordered(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Truth)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Money => "money",
            Self::Date => "a date",
            Self::Days => "a duration in days",
            Self::Months => "a duration in months",
            Self::Text(_) => "a text",
            Self::Truth => "yes or no",
        })
    }
}

/// Whether a value is always there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Always.
    Known,
    /// It must still be reported; until then everything that uses it waits.
    Awaited,
    /// It may be missing for good; the formula must say what holds then. The text completes "this says nothing …".
    Optional(String),
}

impl Presence {
    /// The presence of a value made of two.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// The type of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its sort.
    pub kind: Kind,
    /// Whether it is always there.
    pub presence: Presence,
}

/// How many values a formula has: one for the contract, for each group, for each subject, or for each fact of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One.
    Contract,
    /// One for each group.
    Group,
    /// One for each subject.
    Subject,
    /// One for each fact of this kind.
    Row(usize),
}
