//! The share of events that a vaccine prevented.
//!
//! | | |
//! |---|---|
//! | words | vaccine effectiveness, vaccine efficacy; 疫苗保护效力 |
//! | method | 1 − ratio, of risks or of rates per person-time; the limits are those of the ratio, exchanged |
//! | source | Greenwood and Yule 1915; Orenstein et al. 1985, Bulletin of the WHO 63:1055–1068 |
//! | undefined | where the ratio or its limits are: no cases among the unvaccinated, no cases among the vaccinated |
//!
//! Example: 8 cases in 2.214 thousand person-years among the vaccinated and 162 in 2.222 among the others: 95.0%
//! (BNT162b2, Polack et al. 2020, N Engl J Med 383:2603–2615, table 2).

use super::checked::checked;
use super::rate_ratio::rate_ratio;
use super::risk_ratio::risk_ratio;
use super::{Estimate, Limits, Undefined};
use crate::values::Decimal;

/// One less the risk ratio of vaccinated to unvaccinated. A group is (cases, people).
pub fn effectiveness_by_risk(
    vaccinated: (Decimal, Decimal),
    unvaccinated: (Decimal, Decimal),
    level: Decimal,
) -> Result<Estimate, Undefined> {
    one_less(risk_ratio(vaccinated, unvaccinated, level)?)
}

/// One less the rate ratio of vaccinated to unvaccinated. A group is (cases, person-time).
pub fn effectiveness_by_rate(
    vaccinated: (Decimal, Decimal),
    unvaccinated: (Decimal, Decimal),
    level: Decimal,
) -> Result<Estimate, Undefined> {
    one_less(rate_ratio(vaccinated, unvaccinated, level)?)
}

/// One less a ratio; its upper limit becomes the lower one.
fn one_less(ratio: Estimate) -> Result<Estimate, Undefined> {
    let less = |figure: Decimal| (checked(1) - figure).finish();
    let limits = Limits { lower: less(ratio.limits.upper)?, upper: less(ratio.limits.lower)? };
    Ok(Estimate { value: less(ratio.value)?, limits })
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    #[test]
    fn matches_the_published_trial() {
        // Polack et al. 2020, table 2; its limits are Bayesian, so only the point estimate is theirs.
        let (vaccinated, placebo) = ((figure("8"), figure("2.214")), (figure("162"), figure("2.222")));
        let found = effectiveness_by_rate(vaccinated, placebo, figure("0.95")).unwrap();
        prints(found.value, "0.950");
        // mpmath: 1 − r·exp(±z·sqrt(1/8 + 1/162)) with r = (8/2.214)/(162/2.222).
        close(found.limits.lower, "0.89920759508824297550861563", "1e-22");
        close(found.limits.upper, "0.97563002894220325452873149", "1e-22");
    }

    #[test]
    fn a_vaccine_that_harms_has_negative_effectiveness() {
        // 4/100 against 2/100: 1 − 2 = −1.
        let found = effectiveness_by_risk((figure("4"), figure("100")), (figure("2"), figure("100")), figure("0.95"));
        assert_eq!(found.unwrap().value, figure("-1"));
    }

    #[test]
    fn without_cases_it_is_undefined() {
        let (none, some) = ((figure("0"), figure("100")), (figure("2"), figure("100")));
        assert!(matches!(effectiveness_by_risk(none, some, figure("0.95")), Err(Undefined::NoLimits(_))));
        assert!(matches!(effectiveness_by_rate(some, none, figure("0.95")), Err(Undefined::ZeroDenominator(_))));
    }
}
