//! Confidence limits, and the level at which they are asked for.

use super::Undefined;
use super::checked::{Checked, checked};
use super::distributions::normal_quantile;
use crate::values::Decimal;

/// Holds two-sided confidence limits, lower before upper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The lower limit.
    pub lower: Decimal,
    /// The upper limit.
    pub upper: Decimal,
}

impl Limits {
    /// Limits `width` below and above `value`.
    pub(super) fn around(value: Decimal, width: Checked) -> Result<Self, Undefined> {
        Ok(Self { lower: (checked(value) - width).finish()?, upper: (checked(value) + width).finish()? })
    }

    /// Limits of a ratio: `value` divided and multiplied by e^`width`, symmetric around its logarithm.
    pub(super) fn around_ratio(value: Decimal, width: Checked) -> Result<Self, Undefined> {
        let factor = width.exp();
        Ok(Self { lower: (checked(value) / factor).finish()?, upper: (checked(value) * factor).finish()? })
    }

    /// Pulls both limits into the range that the figure can take.
    pub(super) fn clipped(self, least: Decimal, most: Decimal) -> Self {
        Self { lower: self.lower.clamp(least, most), upper: self.upper.clamp(least, most) }
    }
}

/// Half of what lies outside a two-sided interval: 0.025 for a level of 0.95.
pub(super) fn tail(level: Decimal) -> Result<Decimal, Undefined> {
    if level <= Decimal::ZERO || level >= Decimal::ONE {
        let expected = "a level between 0 and 1, such as 0.95 or 95%";
        return Err(Undefined::Outside { what: "the confidence level", found: level, expected });
    }
    Ok((Decimal::ONE - level) / Decimal::TWO)
}

/// The standard normal deviate of a two-sided interval: 1.959964 for a level of 0.95.
pub(super) fn deviate(level: Decimal) -> Result<Decimal, Undefined> {
    normal_quantile(Decimal::ONE - tail(level)?).ok_or(Undefined::OutOfRange)
}
