//! How much more of one cohort than of another survives to a time.
//!
//! | | |
//! |---|---|
//! | words | difference in survival at 365 days; 生存率差 |
//! | method | S₁(t) − S₂(t) of independent Kaplan–Meier curves, standard error √(se₁² + se₂²), normal limits |
//! | source | Klein, Logan, Harhoff and Andersen 2007 |
//! | undefined | where either survival or its standard error is |
//!
//! Example: 60% with standard error 3% against 50% with 4%: 10 points, standard error 5%, limits 0.2% to 19.8%.

use super::checked::checked;
use super::limits::deviate;
use super::survival::Curve;
use super::{Limits, Undefined};
use crate::values::Decimal;

/// Survival in `first` less survival in `second` at `time`.
pub fn survival_difference(first: &Curve, second: &Curve, time: Decimal) -> Result<Decimal, Undefined> {
    (checked(first.survival(time)?) - second.survival(time)?).finish()
}

/// Two-sided limits of the difference in survival at confidence `level`.
pub fn survival_difference_limits(
    first: &Curve,
    second: &Curve,
    time: Decimal,
    level: Decimal,
) -> Result<Limits, Undefined> {
    let variance = checked(first.standard_error(time)?).squared() + checked(second.standard_error(time)?).squared();
    Limits::around(survival_difference(first, second, time)?, variance.sqrt() * deviate(level)?)
}
