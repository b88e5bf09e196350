//! Exact decimals: reading them, the only rounding in the product, and sharing a total without loss.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How a figure that lies between two representable ones is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// To the nearest, ties to the even digit (banker's rounding); the default everywhere.
    #[default]
    HalfEven,
    /// To the nearest, ties away from zero.
    HalfUp,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// Rounds `value` to `places` decimal places. The only rounding in the product.
    pub fn round(self, value: Decimal, places: u32) -> Decimal {
        let strategy = match self {
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        };
        value.round_dp_with_strategy(places, strategy)
    }
}

/// Reads `1_000.5`, `-3`, `12.5%`. None for anything else and beyond 28 significant digits.
pub fn parse(text: &str) -> Option<Decimal> {
    let (digits, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let edges = unsigned.as_bytes().first().zip(unsigned.as_bytes().last())?;
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'_' || b == b'.');
    if !plain || !edges.0.is_ascii_digit() || !edges.1.is_ascii_digit() {
        return None;
    }
    let value = Decimal::from_str_exact(&digits.replace('_', "")).ok()?;
    if percent { value.checked_div(Decimal::ONE_HUNDRED) } else { Some(value) }
}

/// Shares `total` (in the smallest unit) over `weights` by the largest-remainder method: the parts always sum to
/// `total`, and each differs from its exact share by less than one unit. Ties go to the earlier weight. Weights that
/// are all zero share equally; a weight below zero has a share below zero, as long as the weights sum to more than zero.
///
/// Source: the Hamilton method of apportionment.
///
/// Returns none when the arithmetic leaves the range of 28 digits or the weights sum to less than zero.
pub fn share_out(total: i128, weights: &[Decimal]) -> Option<Vec<i128>> {
    if weights.is_empty() {
        return (total == 0).then(Vec::new);
    }
    let sum = weights.iter().try_fold(Decimal::ZERO, |a, b| a.checked_add(*b))?;
    let equal = vec![Decimal::ONE; weights.len()];
    if sum < Decimal::ZERO || (sum.is_zero() && weights.iter().any(|weight| !weight.is_zero())) {
        return None;
    }
    let (weights, sum) = if sum.is_zero() { (&equal[..], Decimal::from(weights.len())) } else { (weights, sum) };
    let amount = Decimal::try_from_i128_with_scale(total.checked_abs()?, 0).ok()?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let exact = share_of(amount, *weight, sum)?;
        let whole = exact.floor();
        parts.push(i128::try_from(whole).ok()?);
        remainders.push((exact - whole, index));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let missing = total.checked_abs()? - parts.iter().sum::<i128>();
    // A share cut at 28 digits may overshoot by one unit when the total itself is near the limit.
    if missing < 0 || missing > parts.len() as i128 {
        return None;
    }
    for (_, index) in remainders.iter().take(usize::try_from(missing).ok()?) {
        parts[*index] += 1;
    }
    Some(if total < 0 { parts.into_iter().map(|part| -part).collect() } else { parts })
}

/// `amount × weight ÷ sum`, multiplying first when that fits so that exact shares stay exact.
fn share_of(amount: Decimal, weight: Decimal, sum: Decimal) -> Option<Decimal> {
    match amount.checked_mul(weight) {
        Some(product) => product.checked_div(sum),
        None => weight.checked_div(sum)?.checked_mul(amount),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_as_contracts_write_them() {
        for (text, expected) in
            [("1_000.5", "1000.5"), ("12.5%", "0.125"), ("-3", "-3"), ("0.0", "0.0"), ("5 %", "0.05")]
        {
            assert_eq!(parse(text), Some(Decimal::from_str_exact(expected).unwrap()), "{text}");
        }
        for bad in ["", "-", "1e5", "_1", "1_", ".5", "5.", "1,000", "٣", "99999999999999999999999999999999", "--1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn rounds_ties_as_named() {
        let half = Decimal::new(25, 1);
        for (rounding, expected) in
            [(Rounding::HalfEven, 2), (Rounding::HalfUp, 3), (Rounding::Down, 2), (Rounding::Up, 3)]
        {
            assert_eq!(rounding.round(half, 0), Decimal::from(expected), "{rounding:?}");
            assert_eq!(rounding.round(-half, 0), Decimal::from(-expected), "{rounding:?}");
        }
    }

    #[test]
    fn shares_by_largest_remainder() {
        let weights = |parts: &[i64]| parts.iter().map(|p| Decimal::from(*p)).collect::<Vec<_>>();
        // 100 over thirds: 33.33 each, the first takes the left-over unit.
        assert_eq!(share_out(100, &weights(&[1, 1, 1])), Some(vec![34, 33, 33]));
        // 10 over 1:2:4 = 1.43, 2.86, 5.71: the remainders .86 and .71 take the two left-over units.
        assert_eq!(share_out(10, &weights(&[1, 2, 4])), Some(vec![1, 3, 6]));
        assert_eq!(share_out(-10, &weights(&[1, 2, 4])), Some(vec![-1, -3, -6]));
        assert_eq!(share_out(5, &weights(&[0, 0])), Some(vec![3, 2]));
        assert_eq!(share_out(5, &weights(&[-1, 2])), Some(vec![-5, 10]));
        // 60 over 33.33, 33.33, −50, 100: factor 60/116.66; 17.142…, 17.142…, −25.715…, 51.431…; the fourth has the greatest
        // remainder over its whole part.
        assert_eq!(share_out(60, &weights(&[3333, 3333, -5000, 10_000])), Some(vec![17, 17, -26, 52]));
        assert_eq!(share_out(5, &weights(&[-2, 1])), None);
        assert_eq!(share_out(5, &[]), None);
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_total(total in -1_000_000_000i64..1_000_000_000, raw in prop::collection::vec(0u32..10_000, 1..40)) {
            let weights: Vec<_> = raw.iter().map(|w| Decimal::new(i64::from(*w), 2)).collect();
            let parts = share_out(i128::from(total), &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i128>(), i128::from(total));
        }
    }
}
