//! Decimal arithmetic that remembers when it left the range of 28 digits.
//!
//! A formula is written with the ordinary operators; a step that overflows, divides by zero or takes the root of a
//! negative number makes the whole result absent. Nothing panics and nothing wraps.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Undefined;
use super::numerics;
use crate::values::Decimal;

/// Holds a figure, or nothing once a step left the range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked(Option<Decimal>);

/// Starts a checked formula from `value`.
pub(super) fn checked(value: impl Into<Checked>) -> Checked {
    value.into()
}

impl Checked {
    /// The figure, or none when any step left the range.
    pub fn get(self) -> Option<Decimal> {
        self.0
    }

    /// The figure, or [`Undefined::OutOfRange`] when any step left the range.
    pub fn finish(self) -> Result<Decimal, Undefined> {
        self.0.ok_or(Undefined::OutOfRange)
    }

    /// The square root; absent for a negative figure.
    pub fn sqrt(self) -> Self {
        Self(self.0.and_then(numerics::sqrt))
    }

    /// The natural logarithm; absent unless the figure is positive.
    pub fn ln(self) -> Self {
        Self(self.0.and_then(numerics::ln))
    }

    /// e raised to the figure.
    pub fn exp(self) -> Self {
        Self(self.0.and_then(numerics::exp))
    }

    /// The figure raised to `exponent`.
    pub fn power(self, exponent: impl Into<Self>) -> Self {
        Self(self.0.zip(exponent.into().0).and_then(|(base, exponent)| numerics::power(base, exponent)))
    }

    /// The figure times itself.
    pub fn squared(self) -> Self {
        self * self
    }
}

impl From<Decimal> for Checked {
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl From<Option<Decimal>> for Checked {
    fn from(value: Option<Decimal>) -> Self {
        Self(value)
    }
}

impl From<i32> for Checked {
    fn from(value: i32) -> Self {
        Self(Some(Decimal::from(value)))
    }
}

impl From<u64> for Checked {
    fn from(value: u64) -> Self {
        Self(Some(Decimal::from(value)))
    }
}

impl Neg for Checked {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.map(|value| -value))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $checked:ident) => {
        impl<T: Into<Self>> $trait<T> for Checked {
            type Output = Self;
            fn $method(self, other: T) -> Self {
                Self(self.0.zip(other.into().0).and_then(|(left, right)| left.$checked(right)))
            }
        }
    };
}

operator!(Add, add, checked_add);
operator!(Sub, sub, checked_sub);
operator!(Mul, mul, checked_mul);
operator!(Div, div, checked_div);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_out_of_range_makes_the_result_absent() {
        assert_eq!((checked(1) / 4 + 2).get(), Some(Decimal::new(225, 2)));
        assert_eq!((checked(Decimal::MAX) * 2 - Decimal::MAX).get(), None);
        assert_eq!((checked(1) / 0 + 1).get(), None);
        assert_eq!(checked(-1).sqrt().get(), None);
        assert_eq!((checked(0).ln() + 1).finish(), Err(Undefined::OutOfRange));
    }
}
