//! Lines of a settlement.

use rust_decimal::Decimal;

use crate::values::Day;

/// What a line of an obligation is: the amount itself, or the cut by a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What the clause's formula yields.
    Amount,
    /// What the limit of this number, from 1, takes away.
    Limit(u8),
}

impl Part {
    /// The number as it is stored: 0 for the amount, then the limits.
    pub const fn number(self) -> u8 {
        match self {
            Self::Amount => 0,
            Self::Limit(number) => number,
        }
    }
}

/// One line; names are given as indexes into contract and data.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Index of the clause.
    pub clause: u16,
    /// Index of the role that pays.
    pub payer: u16,
    /// Index of the role that receives.
    pub payee: u16,
    /// What the line is.
    pub part: Part,
    /// Index of the subject, or [`NOBODY`](super::obligation::NOBODY).
    pub subject: u32,
    /// Index of the group, or [`NOBODY`](super::obligation::NOBODY).
    pub group: u32,
    /// Number of the period, 0 when there is none.
    pub period: u32,
    /// First day of the period.
    pub start: Day,
    /// Last day of the period.
    pub end: Day,
    /// Due date.
    pub due_on: Day,
    /// Amount in major units, with all decimals of the currency; below zero the payee pays the payer.
    pub amount: Decimal,
}
