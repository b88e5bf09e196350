//! Comparison of figures with published ones, for the tests of this folder only.

use crate::values::Decimal;

/// Reads a figure of any length, rounding what goes beyond 28 digits.
pub fn figure(text: &str) -> Decimal {
    Decimal::from_scientific(text).or_else(|_| text.parse()).unwrap()
}

/// Reads a column of figures separated by blanks.
pub fn figures(text: &str) -> Vec<Decimal> {
    text.split_whitespace().map(figure).collect()
}

/// Refuses a figure whose difference from `expected` exceeds `tolerance` times the larger of 1 and |expected|.
#[track_caller]
pub fn close(actual: Decimal, expected: &str, tolerance: &str) {
    let expected = figure(expected);
    let allowed = figure(tolerance) * expected.abs().max(Decimal::ONE);
    assert!((actual - expected).abs() <= allowed, "{actual} is not {expected} within {allowed}");
}

/// Refuses a figure that does not round to the digits printed in `expected`.
#[track_caller]
pub fn prints(actual: Decimal, expected: &str) {
    let printed = figure(expected);
    let rounded = actual.round_dp_with_strategy(printed.scale(), rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    assert_eq!(rounded, printed, "{actual} does not print as {expected}");
}
