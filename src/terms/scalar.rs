//! One value of the language: of a parameter, a cell, a literal.

use std::fmt;

use rust_decimal::Decimal;

use super::formula::print::grouped;
use crate::values::Day;

/// Holds one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// A number.
    Number(Decimal),
    /// An amount in the contract's currency, in major units.
    Money(Decimal),
    /// A day.
    Date(Day),
    /// A number of days.
    Days(i32),
    /// A number of calendar months.
    Months(i32),
    /// A text.
    Text(String),
    /// Yes or no.
    Truth(bool),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) | Self::Money(value) => f.write_str(&grouped(&value.normalize().to_string())),
            Self::Date(day) => day.fmt(f),
            Self::Days(days) => write!(f, "{days} day{}", if *days == 1 { "" } else { "s" }),
            Self::Months(months) => write!(f, "{months} month{}", if *months == 1 { "" } else { "s" }),
            Self::Text(text) => f.write_str(text),
            Self::Truth(truth) => f.write_str(if *truth { "yes" } else { "no" }),
        }
    }
}
