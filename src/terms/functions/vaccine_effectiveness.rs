//! The share of events that a vaccine prevented.
//!
//! | | |
//! |---|---|
//! | words | vaccine effectiveness, vaccine efficacy; 疫苗保护效力 |
//! | method | 1 − ratio, of risks or of rates per person-time; the limits are those of the ratio, exchanged |
//! | source | Greenwood and Yule 1915; Orenstein et al. 1985, Bulletin of the WHO 63:1055–1068 |
//! | undefined | no cases among the unvaccinated; no limits without cases among the vaccinated |
//!
//! Example: 8 cases in 2.214 thousand person-years among the vaccinated and 162 in 2.222 among the others: 95.0%
//! (BNT162b2, Polack et al. 2020, N Engl J Med 383:2603–2615, table 2).

use super::checked::checked;
use super::rate_ratio::{rate_ratio, rate_ratio_limits};
use super::risk_ratio::{risk_ratio, risk_ratio_limits};
use super::{Limits, Undefined};
use crate::values::Decimal;

/// What a group's cases are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// People: the ratio is one of risks.
    People,
    /// Person-time: the ratio is one of rates.
    PersonTime,
}

/// One less the ratio of vaccinated to unvaccinated. A group is (cases, people or person-time).
pub fn vaccine_effectiveness(
    vaccinated: (Decimal, Decimal),
    unvaccinated: (Decimal, Decimal),
    against: Against,
) -> Result<Decimal, Undefined> {
    let ratio = match against {
        Against::People => risk_ratio(vaccinated, unvaccinated)?,
        Against::PersonTime => rate_ratio(vaccinated, unvaccinated)?,
    };
    (checked(1) - ratio).finish()
}

/// Two-sided limits of the effectiveness at confidence `level`.
pub fn vaccine_effectiveness_limits(
    vaccinated: (Decimal, Decimal),
    unvaccinated: (Decimal, Decimal),
    against: Against,
    level: Decimal,
) -> Result<Limits, Undefined> {
    let ratio = match against {
        Against::People => risk_ratio_limits(vaccinated, unvaccinated, level)?,
        Against::PersonTime => rate_ratio_limits(vaccinated, unvaccinated, level)?,
    };
    let less = |figure: Decimal| (checked(1) - figure).finish();
    Ok(Limits { lower: less(ratio.upper)?, upper: less(ratio.lower)? })
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    #[test]
    fn matches_the_published_trial() {
        // Polack et al. 2020, table 2; its limits are Bayesian, so only the point estimate is theirs.
        let (vaccinated, placebo) = ((figure("8"), figure("2.214")), (figure("162"), figure("2.222")));
        prints(vaccine_effectiveness(vaccinated, placebo, Against::PersonTime).unwrap(), "0.950");
        // mpmath: 1 − r·exp(±z·sqrt(1/8 + 1/162)) with r = (8/2.214)/(162/2.222).
        let limits = vaccine_effectiveness_limits(vaccinated, placebo, Against::PersonTime, figure("0.95")).unwrap();
        close(limits.lower, "0.89920759508824297550861563", "1e-22");
        close(limits.upper, "0.97563002894220325452873149", "1e-22");
    }

    #[test]
    fn a_vaccine_can_prevent_all_or_harm() {
        // 1 − 0/2 = 1 and 1 − (4/100) / (2/100) = −1.
        for (cases, expected) in [("0", "1"), ("4", "-1")] {
            let groups = ((figure(cases), figure("100")), (figure("2"), figure("100")));
            for against in [Against::People, Against::PersonTime] {
                assert_eq!(vaccine_effectiveness(groups.0, groups.1, against), Ok(figure(expected)), "{cases}");
            }
        }
    }

    #[test]
    fn without_cases_it_has_no_limits() {
        let (none, some) = ((figure("0"), figure("100")), (figure("2"), figure("100")));
        for against in [Against::People, Against::PersonTime] {
            let limits = vaccine_effectiveness_limits(none, some, against, figure("0.95"));
            assert!(matches!(limits, Err(Undefined::NoLimits(_))));
            assert!(matches!(vaccine_effectiveness(some, none, against), Err(Undefined::ZeroDenominator(_))));
        }
    }
}
