//! A score from weighted parts, re-weighted when a part is missing.
//!
//! | | |
//! |---|---|
//! | words | weighted score, total performance score; 加权得分 |
//! | method | Σ wᵢ xᵢ / Σ wᵢ over the parts that are present: the weights of the missing drop out, the rest keep their proportions |
//! | source | CMS Hospital Value-Based Purchasing, total performance score, QualityNet (fiscal year 2016) |
//! | undefined | fewer parts present than required, weights that are negative or sum to zero |
//!
//! Example: weights 10, 25, 40 and 25 with the last part missing become 13.3%, 33.3% and 53.3%.

use super::Undefined;
use super::checked::{Checked, checked};
use super::undefined::{not_negative, positive, same_length};
use crate::values::Decimal;

/// The weighted mean of the parts that are present, of which there must be at least `least_present` (one in any case).
pub fn weighted_score(
    parts: &[Option<Decimal>],
    weights: &[Decimal],
    least_present: usize,
) -> Result<Decimal, Undefined> {
    let total = weight_present(parts, weights, least_present)?;
    let sum = parts.iter().zip(weights).filter_map(|(part, weight)| part.map(|part| checked(part) * *weight));
    (sum.fold(checked(0), |sum, part| sum + part) / total).finish()
}

/// The share that each part has in the score: zero for a missing part, together one.
pub fn effective_weights(
    parts: &[Option<Decimal>],
    weights: &[Decimal],
    least_present: usize,
) -> Result<Vec<Decimal>, Undefined> {
    let total = weight_present(parts, weights, least_present)?;
    let share = |(part, weight): (&Option<Decimal>, &Decimal)| match part {
        Some(_) => (checked(*weight) / total).finish(),
        None => Ok(Decimal::ZERO),
    };
    parts.iter().zip(weights).map(share).collect()
}

/// The sum of the weights of the parts that are present.
fn weight_present(parts: &[Option<Decimal>], weights: &[Decimal], least_present: usize) -> Result<Decimal, Undefined> {
    same_length(("parts", parts.len()), ("weights", weights.len()))?;
    weights.iter().try_for_each(|weight| not_negative("a weight", *weight).map(drop))?;
    let present = parts.iter().flatten().count();
    if present == 0 {
        return Err(Undefined::Empty("parts of the score"));
    }
    if present < least_present {
        let (what, found) = ("the number of parts present", Decimal::from(present));
        return Err(Undefined::Outside { what, found, expected: "at least as many as the score requires" });
    }
    let sum =
        parts.iter().zip(weights).filter(|(part, _)| part.is_some()).fold(checked(0), |sum: Checked, (_, w)| sum + *w);
    positive("the sum of the weights present", sum.finish()?)
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, figures, prints};
    use super::*;

    fn parts(text: &str) -> Vec<Option<Decimal>> {
        text.split_whitespace().map(|part| (part != "-").then(|| figure(part))).collect()
    }

    #[test]
    fn hospital_value_based_purchasing_is_reweighted() {
        // QualityNet, fiscal year 2016: without efficiency 10, 25, 40 become 13.3%, 33.3%, 53.3%; at least two domains.
        let weights = figures("10 25 40 25");
        let shares = effective_weights(&parts("50 60 70 -"), &weights, 2).unwrap();
        for (share, printed) in shares.iter().zip(["13.3", "33.3", "53.3", "0.0"]) {
            prints(share * Decimal::ONE_HUNDRED, printed);
        }
        // By hand: (10·50 + 25·60 + 40·70) / 75 = 4800/75 = 64.
        assert_eq!(weighted_score(&parts("50 60 70 -"), &weights, 2), Ok(figure("64")));
        // By hand: 4800/100 + 25·80/100 = 68.
        assert_eq!(weighted_score(&parts("50 60 70 80"), &weights, 2), Ok(figure("68")));
        assert!(matches!(weighted_score(&parts("50 - - -"), &weights, 2), Err(Undefined::Outside { .. })));
    }

    #[test]
    fn full_precision_is_kept() {
        let shares = effective_weights(&parts("1 - 1"), &figures("1 1 2"), 0).unwrap();
        close(shares[0], "0.3333333333333333333333333333", "1e-27");
        assert_eq!(shares.iter().sum::<Decimal>().round_dp(27), Decimal::ONE);
    }

    #[test]
    fn scores_without_weight_are_refused() {
        let refused = |p: &str, w: &str| weighted_score(&parts(p), &figures(w), 1).unwrap_err();
        assert_eq!(refused("- -", "1 1"), Undefined::Empty("parts of the score"));
        assert_eq!(refused("", ""), Undefined::Empty("parts of the score"));
        assert_eq!(refused("5 -", "0 1"), Undefined::ZeroDenominator("the sum of the weights present"));
        assert!(matches!(refused("5 5", "-1 2"), Undefined::Outside { what: "a weight", .. }));
        assert!(matches!(refused("5 5", "1"), Undefined::UnequalLengths { .. }));
    }
}
