//! How many times more often events happen in one group than in another, per person-time.
//!
//! | | |
//! |---|---|
//! | words | incidence rate ratio; 发病率比 |
//! | method | (a/T₁) / (b/T₂); Wald limits on the logarithm, standard error √(1/a + 1/b) |
//! | source | Rothman, Greenland and Lash, Modern Epidemiology, 3rd edition, chapter 14 |
//! | undefined | no person-time, no events in the second group; no limits without events in the first |
//!
//! Example: 41 events in 28,010 person-years against 15 in 19,017 are a ratio of 1.86, limits 1.03 to 3.35
//! (women with breast cancer exposed to fluoroscopy, Boice and Monson 1977, in Rothman's textbook).

use super::checked::checked;
use super::limits::deviate;
use super::undefined::{count, positive};
use super::{Limits, Undefined};
use crate::values::Decimal;

/// The rate of the first group over that of the second. A group is (events, person-time).
pub fn rate_ratio(first: (Decimal, Decimal), second: (Decimal, Decimal)) -> Result<Decimal, Undefined> {
    for (events, time) in [first, second] {
        count("the number of events", events)?;
        positive("the person-time", time)?;
    }
    positive("the number of events in the second group", second.0)?;
    (checked(first.0) / first.1 / (checked(second.0) / second.1)).finish()
}

/// Two-sided limits of the rate ratio at confidence `level`.
pub fn rate_ratio_limits(
    first: (Decimal, Decimal),
    second: (Decimal, Decimal),
    level: Decimal,
) -> Result<Limits, Undefined> {
    let ratio = rate_ratio(first, second)?;
    if first.0.is_zero() {
        return Err(Undefined::NoLimits("the first group has no events, so the logarithm of its rate is undefined"));
    }
    Limits::around_ratio(ratio, (checked(1) / first.0 + checked(1) / second.0).sqrt() * deviate(level)?)
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    #[test]
    fn matches_rothmans_example() {
        let (exposed, others) = ((figure("41"), figure("28010")), (figure("15"), figure("19017")));
        let ratio = rate_ratio(exposed, others).unwrap();
        let limits = rate_ratio_limits(exposed, others, figure("0.95")).unwrap();
        prints(ratio, "1.86");
        prints(limits.lower, "1.03");
        prints(limits.upper, "3.35");
        // mpmath: r = (41/28010)/(15/19017), r·exp(∓z·sqrt(1/41 + 1/15)).
        close(ratio, "1.8557586576222777579435916", "1e-22");
        close(limits.lower, "1.0272259976476373478883234", "1e-22");
        close(limits.upper, "3.3525633144278698668178447", "1e-22");
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        let ratio = |a: &str, s: &str, b: &str, t: &str| {
            rate_ratio_limits((figure(a), figure(s)), (figure(b), figure(t)), figure("0.95"))
        };
        let events = "the number of events in the second group";
        assert_eq!(ratio("1", "1", "0", "1"), Err(Undefined::ZeroDenominator(events)));
        assert_eq!(ratio("1", "0", "1", "1"), Err(Undefined::ZeroDenominator("the person-time")));
        assert_eq!(rate_ratio((figure("0"), figure("1")), (figure("1"), figure("1"))), Ok(Decimal::ZERO));
        assert!(matches!(ratio("0", "1", "1", "1"), Err(Undefined::NoLimits(_))));
        assert!(matches!(ratio("1.5", "1", "1", "1"), Err(Undefined::Outside { .. })));
    }
}
