//! The difference between two risks, with limits.
//!
//! | | |
//! |---|---|
//! | words | absolute risk reduction; difference in event rates; 风险差 |
//! | method | p₁ − p₂; Wald `± z √(p₁q₁/n₁ + p₂q₂/n₂)`, or Newcombe's hybrid of the two Wilson intervals |
//! | source | Newcombe 1998, Statistics in Medicine 17:873–890, methods 1 and 10 |
//! | undefined | nobody observed in a group, more events than people |
//!
//! Example: 56 of 70 against 48 of 80 is 20 points; Wald 5.75 to 34.25, Newcombe 5.24 to 33.39 (his table II).

use super::checked::checked;
use super::limits::deviate;
use super::proportion::{proportion, proportion_limits};
use super::{Limits, Undefined};
use crate::values::Decimal;

/// How limits of a difference between risks are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceLimits {
    /// Symmetric: the usual textbook limits, for large groups.
    Wald,
    /// Newcombe's hybrid score limits, good for small groups and for risks near 0 and 1 as well.
    Newcombe,
}

/// The risk in the first group less that in the second. A group is (events, people).
pub fn risk_difference(first: (Decimal, Decimal), second: (Decimal, Decimal)) -> Result<Decimal, Undefined> {
    (checked(proportion(first.0, first.1)?) - proportion(second.0, second.1)?).finish()
}

/// Two-sided limits of the difference in risk at confidence `level`.
pub fn risk_difference_limits(
    first: (Decimal, Decimal),
    second: (Decimal, Decimal),
    level: Decimal,
    method: DifferenceLimits,
) -> Result<Limits, Undefined> {
    let limits = match method {
        DifferenceLimits::Wald => wald(first, second, level)?,
        DifferenceLimits::Newcombe => newcombe(first, second, level)?,
    };
    Ok(limits.clipped(Decimal::NEGATIVE_ONE, Decimal::ONE))
}

fn wald(first: (Decimal, Decimal), second: (Decimal, Decimal), level: Decimal) -> Result<Limits, Undefined> {
    let variance = |(events, people): (Decimal, Decimal)| {
        let risk = proportion(events, people)?;
        Ok::<_, Undefined>(checked(risk) * (Decimal::ONE - risk) / people)
    };
    let width = (variance(first)? + variance(second)?).sqrt() * deviate(level)?;
    Limits::around(risk_difference(first, second)?, width)
}

fn newcombe(first: (Decimal, Decimal), second: (Decimal, Decimal), level: Decimal) -> Result<Limits, Undefined> {
    let (p, q) = (proportion(first.0, first.1)?, proportion(second.0, second.1)?);
    let (around_p, around_q) =
        (proportion_limits(first.0, first.1, level)?, proportion_limits(second.0, second.1, level)?);
    let reach = |a: Decimal, b: Decimal| (checked(a).squared() + checked(b).squared()).sqrt();
    let below = reach(p - around_p.lower, around_q.upper - q);
    let above = reach(around_p.upper - p, q - around_q.lower);
    let difference = checked(p) - q;
    Ok(Limits { lower: (difference - below).finish()?, upper: (difference + above).finish()? })
}

#[cfg(test)]
mod tests {
    use super::super::expected::{figure, prints};
    use super::DifferenceLimits::{Newcombe, Wald};
    use super::*;

    #[test]
    fn matches_newcombe_1998() {
        // Statistics in Medicine 17:873–890, table II, 95%.
        for (method, groups, lower, upper) in [
            (Wald, ["56", "70", "48", "80"], "0.0575", "0.3425"),
            (Newcombe, ["56", "70", "48", "80"], "0.0524", "0.3339"),
            (Newcombe, ["9", "10", "3", "10"], "0.1705", "0.8090"),
            (Newcombe, ["5", "56", "0", "29"], "-0.0381", "0.1926"),
            (Newcombe, ["10", "10", "0", "10"], "0.6075", "1.0000"),
        ] {
            let [a, n, b, m] = groups.map(figure);
            let found = risk_difference_limits((a, n), (b, m), figure("0.95"), method).unwrap();
            prints(found.lower, lower);
            prints(found.upper, upper);
        }
        let difference = risk_difference((figure("56"), figure("70")), (figure("48"), figure("80")));
        assert_eq!(difference, Ok(figure("0.2")));
    }

    #[test]
    fn an_empty_group_is_refused() {
        let (group, empty) = ((figure("1"), figure("2")), (figure("0"), figure("0")));
        let nobody = Undefined::ZeroDenominator("the number of people");
        assert_eq!(risk_difference(group, empty), Err(nobody.clone()));
        for method in [Wald, Newcombe] {
            assert_eq!(risk_difference_limits(group, empty, figure("0.95"), method), Err(nobody.clone()));
        }
    }
}
