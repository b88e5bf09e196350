//! How many times more of one group than of another have the event.
//!
//! | | |
//! |---|---|
//! | words | relative risk, risk ratio; 相对危险度 |
//! | method | (a/n₁) / (b/n₂); limits on the logarithm, standard error √(1/a − 1/n₁ + 1/b − 1/n₂) |
//! | source | Katz, Baptista, Azen and Pike 1978, Biometrics 34:469–474 |
//! | undefined | nobody observed, no events in the second group; no limits without events in the first |
//!
//! Example: 104 of 11,037 on aspirin and 189 of 11,034 on placebo had a heart attack: 0.550, limits 0.434 to 0.698
//! (Physicians' Health Study, counts as in Agresti, Categorical Data Analysis: 1.82, limits 1.43 to 2.31, the other way).

use super::checked::checked;
use super::limits::deviate;
use super::proportion::proportion;
use super::undefined::positive;
use super::{Limits, Undefined};
use crate::values::Decimal;

/// The risk in the first group over that in the second. A group is (events, people).
pub fn risk_ratio(first: (Decimal, Decimal), second: (Decimal, Decimal)) -> Result<Decimal, Undefined> {
    let (p, q) = (proportion(first.0, first.1)?, proportion(second.0, second.1)?);
    positive("the number of events in the second group", second.0)?;
    (checked(p) / q).finish()
}

/// Two-sided limits of the risk ratio at confidence `level`.
pub fn risk_ratio_limits(
    first: (Decimal, Decimal),
    second: (Decimal, Decimal),
    level: Decimal,
) -> Result<Limits, Undefined> {
    let ratio = risk_ratio(first, second)?;
    if first.0.is_zero() {
        return Err(Undefined::NoLimits("the first group has no events, so the logarithm of its risk is undefined"));
    }
    let variance = |(events, people): (Decimal, Decimal)| checked(1) / events - checked(1) / people;
    Limits::around_ratio(ratio, (variance(first) + variance(second)).sqrt() * deviate(level)?)
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    #[test]
    fn matches_the_physicians_health_study() {
        let (placebo, aspirin) = ((figure("189"), figure("11034")), (figure("104"), figure("11037")));
        let limits = risk_ratio_limits(placebo, aspirin, figure("0.95")).unwrap();
        prints(risk_ratio(placebo, aspirin).unwrap(), "1.82");
        prints(limits.lower, "1.43");
        prints(limits.upper, "2.31");
        // mpmath: r = (104/11037)/(189/11034), r·exp(∓z·sqrt(1/104 − 1/11037 + 1/189 − 1/11034)).
        let limits = risk_ratio_limits(aspirin, placebo, figure("0.95")).unwrap();
        close(risk_ratio(aspirin, placebo).unwrap(), "0.55011498121038757081159908", "1e-22");
        close(limits.lower, "0.43367311590896754814156781", "1e-22");
        close(limits.upper, "0.69782165748920780813339271", "1e-22");
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        let ratio = |a: &str, n: &str, b: &str, m: &str| {
            risk_ratio_limits((figure(a), figure(n)), (figure(b), figure(m)), figure("0.95"))
        };
        let events = "the number of events in the second group";
        assert_eq!(ratio("1", "2", "0", "2"), Err(Undefined::ZeroDenominator(events)));
        assert_eq!(ratio("1", "2", "0", "0"), Err(Undefined::ZeroDenominator("the number of people")));
        assert!(matches!(ratio("0", "2", "1", "2"), Err(Undefined::NoLimits(_))));
        assert!(matches!(ratio("3", "2", "1", "2"), Err(Undefined::Outside { .. })));
    }
}
