//! Why a figure is undefined, in words that say what was found and what was expected.

use crate::values::Decimal;

/// Says why a function has no answer for its arguments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// There is nothing to compute from.
    #[error("there are no {0}: the figure needs at least one")]
    Empty(&'static str),
    /// A denominator is zero.
    #[error("{0} is zero, so nothing can be divided by it")]
    ZeroDenominator(&'static str),
    /// An argument lies outside what the method accepts.
    #[error("{what} is {found}; expected {expected}")]
    Outside {
        /// The argument.
        what: &'static str,
        /// Its value.
        found: Decimal,
        /// What the method accepts.
        expected: &'static str,
    },
    /// Two columns that belong together have different lengths.
    #[error("{left} has {left_length} values and {right} has {right_length}; each needs its partner")]
    UnequalLengths {
        /// The first column.
        left: &'static str,
        /// Its length.
        left_length: usize,
        /// The second column.
        right: &'static str,
        /// Its length.
        right_length: usize,
    },
    /// The curve says nothing at a time after the last follow-up.
    #[error("survival at {at} is unknown: the last follow-up is at {last} and the curve has not reached zero")]
    BeyondFollowUp {
        /// The time asked for.
        at: Decimal,
        /// The last time anybody was followed up.
        last: Decimal,
    },
    /// The figure exists but the method gives it no confidence limits.
    #[error("no confidence limits: {0}")]
    NoLimits(&'static str),
    /// A step left the range of 28 digits.
    #[error("the figures are too large or too small for 28 digits")]
    OutOfRange,
}

/// Accepts two columns of equal length.
pub(super) fn same_length(left: (&'static str, usize), right: (&'static str, usize)) -> Result<(), Undefined> {
    if left.1 == right.1 {
        return Ok(());
    }
    Err(Undefined::UnequalLengths { left: left.0, left_length: left.1, right: right.0, right_length: right.1 })
}

/// Accepts zero and above.
pub(super) fn not_negative(what: &'static str, found: Decimal) -> Result<Decimal, Undefined> {
    if found >= Decimal::ZERO { Ok(found) } else { Err(Undefined::Outside { what, found, expected: "zero or more" }) }
}

/// Accepts what is above zero, for a denominator.
pub(super) fn positive(what: &'static str, found: Decimal) -> Result<Decimal, Undefined> {
    if found.is_zero() { Err(Undefined::ZeroDenominator(what)) } else { not_negative(what, found) }
}

/// Accepts whole numbers from zero up.
pub(super) fn count(what: &'static str, found: Decimal) -> Result<Decimal, Undefined> {
    let whole = found.is_integer() && found >= Decimal::ZERO;
    if whole { Ok(found) } else { Err(Undefined::Outside { what, found, expected: "a whole number from zero up" }) }
}

/// Accepts a share from 0 to 1, both included.
pub(super) fn share(what: &'static str, found: Decimal) -> Result<Decimal, Undefined> {
    let within = (Decimal::ZERO..=Decimal::ONE).contains(&found);
    if within {
        Ok(found)
    } else {
        Err(Undefined::Outside { what, found, expected: "a share from 0 to 1 (0% to 100%)" })
    }
}
