//! Logarithm, exponential, power and square root of decimals, to the last digits that 28 digits allow.
//!
//! `rust_decimal` stops its own series for these at about nine digits, too few where a figure leads to money. Each
//! function here is a short series after an exact reduction; its error is about one unit of the 27th significant digit
//! or of the 28th decimal place, whichever is larger. Out of range is none: never a panic, never an endless loop.
//!
//! Source of the series: Abramowitz and Stegun, Handbook of Mathematical Functions, 4.1.27 and 4.2.1.

use crate::values::Decimal;

/// ln 2 to 28 places.
const LN_2: Decimal = Decimal::from_parts(2_860_148_159, 2_180_329_217, 375_755_839, false, 28);

/// The natural logarithm; none unless `value` is positive.
///
/// Reduces to `m · 2^k` with m near 1, then ln m = 2 artanh((m − 1) / (m + 1)).
pub fn ln(value: Decimal) -> Option<Decimal> {
    if value <= Decimal::ZERO {
        return None;
    }
    let (low, high) = (Decimal::new(7072, 4), Decimal::new(14143, 4));
    let (mut reduced, mut doublings) = (value, 0i64);
    while reduced > high {
        reduced = reduced.checked_div(Decimal::TWO)?;
        doublings += 1;
    }
    while reduced < low {
        reduced = reduced.checked_mul(Decimal::TWO)?;
        doublings -= 1;
    }
    let z = (reduced - Decimal::ONE).checked_div(reduced + Decimal::ONE)?;
    let square = z * z;
    let (mut power, mut sum, mut odd) = (z, z, 3i64);
    while !power.is_zero() {
        power *= square;
        sum += power / Decimal::from(odd);
        odd += 2;
    }
    Some(sum * Decimal::TWO + LN_2 * Decimal::from(doublings))
}

/// e raised to `exponent`; zero when the result is below 28 decimal places, none when it is above the range (exponents
/// above about 66.5).
///
/// Reduces to `r + k ln 2` with |r| ≤ ln 2 / 2, then the Taylor series of e^r.
pub fn exp(exponent: Decimal) -> Option<Decimal> {
    if exponent < Decimal::from(-66) {
        return Some(Decimal::ZERO);
    }
    if exponent > Decimal::from(67) {
        return None;
    }
    let doublings = (exponent / LN_2).round();
    let rest = exponent - doublings * LN_2;
    let (mut term, mut sum, mut n) = (Decimal::ONE, Decimal::ONE, 1i64);
    while !term.is_zero() {
        term = term * rest / Decimal::from(n);
        sum += term;
        n += 1;
    }
    let doublings = i32::try_from(doublings).ok()?;
    let half = two_to(doublings.unsigned_abs() / 2)?;
    let other = two_to(doublings.unsigned_abs().div_ceil(2))?;
    if doublings < 0 { sum.checked_div(half.checked_mul(other)?) } else { sum.checked_mul(half)?.checked_mul(other) }
}

/// 2 raised to a small whole number.
fn two_to(exponent: u32) -> Option<Decimal> {
    1i128.checked_shl(exponent).and_then(|power| Decimal::try_from_i128_with_scale(power, 0).ok())
}

/// `base` raised to `exponent`; none for 0 to the power of zero or less, for a negative base with an exponent that is
/// not whole, and out of range.
///
/// A whole exponent multiplies by repeated squaring, so that small powers are exact; any other is e^(exponent · ln base).
pub fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    if base.is_zero() {
        return (exponent > Decimal::ZERO).then_some(Decimal::ZERO);
    }
    let whole = exponent.is_integer().then(|| u64::try_from(exponent.abs()).ok()).flatten();
    match whole {
        Some(times) if exponent.is_sign_positive() => whole_power(base, times),
        Some(times) => match whole_power(base, times) {
            Some(result) => Decimal::ONE.checked_div(result),
            None => whole_power(Decimal::ONE.checked_div(base)?, times),
        },
        None => exp(ln(base)?.checked_mul(exponent)?),
    }
}

/// `base` multiplied with itself `times` times, by repeated squaring.
fn whole_power(base: Decimal, times: u64) -> Option<Decimal> {
    let (mut result, mut square, mut rest) = (Decimal::ONE, base, times);
    loop {
        if rest & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        rest >>= 1;
        if rest == 0 {
            return Some(result);
        }
        square = square.checked_mul(square)?;
    }
}

/// The square root; none for a negative number. Exact where the root is.
///
/// Shifts the decimal point by an even number of places to 1–100, then Newton's iteration.
pub fn sqrt(value: Decimal) -> Option<Decimal> {
    if value.is_zero() {
        return Some(Decimal::ZERO);
    }
    if value.is_sign_negative() {
        return None;
    }
    let (digits, scale) = match (value.mantissa(), value.scale()) {
        // One digit after an odd number of places: a second digit makes the shift even.
        (digit, scale) if digit < 10 && !scale.is_multiple_of(2) => (digit * 10, scale + 1),
        parts => parts,
    };
    let after_first = digits.checked_ilog10()?;
    let odd_shift = u32::from(!(scale + after_first).is_multiple_of(2));
    let shifted_scale = after_first.checked_sub(odd_shift)?;
    let shifted = Decimal::try_from_i128_with_scale(digits, shifted_scale).ok()?;
    let mut root = Decimal::from(5);
    // Ten steps from 5 reach 28 digits for any number between 1 and 100.
    for _ in 0..10 {
        root = (root + shifted / root) / Decimal::TWO;
    }
    let places = (i64::from(shifted_scale) - i64::from(scale)) / 2;
    let unit = Decimal::try_new(1, u32::try_from(places.abs()).ok()?).ok()?;
    let result = if places < 0 { root.checked_mul(unit) } else { root.checked_div(unit) };
    result.map(|root| root.normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expected::{close, figure};
    use super::*;

    // Expected values: mpmath at 50 digits, printed to 30: log(x), exp(x), power(x, y), sqrt(x).

    #[test]
    fn logarithms_match_mpmath() {
        for (value, expected) in [
            ("2", "0.693147180559945309417232121458"),
            ("10", "2.30258509299404568401799145468"),
            ("0.5", "-0.693147180559945309417232121458"),
            ("1.0001", "0.0000999950003333083353331666809511"),
            ("123456.789", "11.7236464871858809811399589839"),
            ("0.0000001", "-16.1180956509583197881259401828"),
            ("79228162514264337593543950335", "66.54212933375474970405428366"),
            ("0.0000000000000000000000000001", "-64.4723826038332791525037607312"),
            ("1.41421356", "0.346573588601941051892826003831"),
        ] {
            close(ln(figure(value)).unwrap(), expected, "1e-26");
        }
        assert_eq!(ln(Decimal::ONE), Some(Decimal::ZERO));
        assert_eq!(ln(Decimal::ZERO), None);
        assert_eq!(ln(figure("-1")), None);
    }

    #[test]
    fn exponentials_match_mpmath() {
        for (exponent, expected) in [
            ("1", "2.71828182845904523536028747135"),
            ("-1", "0.367879441171442321595523770161"),
            ("0.5", "1.64872127070012814684865078781"),
            ("10", "22026.4657948067165169579006453"),
            ("-10", "0.0000453999297624848515355915155606"),
            ("66.5", "75959666021073336334634473276.1"),
            ("-40", "0.00000000000000000424835425529158899532923478286"),
            ("0.0001", "1.00010000500016667083341666806"),
            ("-0.693147", "0.500000090279980805182569145368"),
            ("30.25", "13721704977464.9053106762092709"),
        ] {
            close(exp(figure(exponent)).unwrap(), expected, "1e-25");
        }
        assert_eq!(exp(Decimal::ZERO), Some(Decimal::ONE));
        assert_eq!(exp(figure("-100")), Some(Decimal::ZERO));
        assert_eq!(exp(Decimal::MIN), Some(Decimal::ZERO));
        assert_eq!(exp(figure("66.6")), None);
        assert_eq!(exp(Decimal::MAX), None);
    }

    #[test]
    fn powers_match_mpmath() {
        for (base, exponent, expected) in [
            ("1.05", "10", "1.62889462677744140625"),
            ("1.05", "-10", "0.613913253540759374358546898604"),
            ("2", "0.5", "1.41421356237309504880168872421"),
            ("1.08", "0.25", "1.01942654690827351247507489933"),
            ("10", "-0.5", "0.316227766016837933199889354443"),
            ("0.5", "40", "0.0000000000009094947017729282379150390625"),
            ("1.01", "360", "35.949641327684920562698817904"),
            ("1.1", "1.5", "1.15368973298716670169059886505"),
            ("-2", "3", "-8.0"),
            ("9", "-2.5", "0.00411522633744855967078189300412"),
        ] {
            close(power(figure(base), figure(exponent)).unwrap(), expected, "1e-25");
        }
        assert_eq!(power(figure("2"), figure("10")), Some(figure("1024")));
        assert_eq!(power(figure("-7"), Decimal::ZERO), Some(Decimal::ONE));
        assert_eq!(power(Decimal::ZERO, figure("0.5")), Some(Decimal::ZERO));
        assert_eq!(power(figure("10"), figure("-40")), Some(Decimal::ZERO));
        for (base, exponent) in [("0", "0"), ("0", "-1"), ("-2", "0.5"), ("10", "30"), ("2", "1e27"), ("2", "96.5")] {
            assert_eq!(
                power(figure(base), Decimal::from_scientific(exponent).unwrap_or_else(|_| figure(exponent))),
                None
            );
        }
    }

    #[test]
    fn roots_match_mpmath() {
        for (value, expected) in [
            ("2", "1.41421356237309504880168872421"),
            ("3", "1.73205080756887729352744634151"),
            ("10", "3.16227766016837933199889354443"),
            ("0.5", "0.707106781186547524400844362105"),
            ("0.1", "0.316227766016837933199889354443"),
            ("0.0000007", "0.000836660026534075547978172025785"),
            ("12345678901234567890", "3513641828.82014425309365417256"),
            ("99.999", "9.99994999987499937499609372266"),
            ("7", "2.64575131106459059050161575364"),
        ] {
            close(sqrt(figure(value)).unwrap(), expected, "1e-26");
        }
        assert_eq!(sqrt(Decimal::ZERO), Some(Decimal::ZERO));
        assert_eq!(sqrt(figure("0.0000000000000000000000000001")), Some(figure("0.00000000000001")));
        assert_eq!(sqrt(figure("-4")), None);
        assert!(sqrt(Decimal::MAX).is_some());
    }

    proptest! {
        #[test]
        fn a_square_has_its_exact_root(digits in 0i64..10_000_000_000_000, scale in 0u32..14) {
            let root = Decimal::new(digits, scale);
            prop_assert_eq!(sqrt(root * root), Some(root));
        }

        #[test]
        fn exp_undoes_ln(digits in 1i64..i64::MAX, scale in 0u32..19) {
            let value = Decimal::new(digits, scale);
            let back = exp(ln(value).unwrap()).unwrap();
            prop_assert!((back - value).abs() <= value * figure("0.0000000000000000000000001") + figure("0.000000000000000000000000001"));
        }

        #[test]
        fn nothing_panics(low: u32, mid: u32, high: u32, negative: bool, scale in 0u32..29, exponent: i64) {
            let value = Decimal::from_parts(low, mid, high, negative, scale);
            let _ = (ln(value), exp(value), sqrt(value), power(value, Decimal::new(exponent, 9)), power(value, value));
        }
    }
}
