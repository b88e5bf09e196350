//! How often events happen per person-time, with limits.
//!
//! | | |
//! |---|---|
//! | words | incidence per 1,000 patient-years; exacerbations per person-year; 人时发病率 |
//! | method | events / person-time; limits of the Poisson count by Garwood (exact, from chi-square quantiles) or Byar (approximate) |
//! | source | Garwood 1936; Breslow and Day 1987, Statistical Methods in Cancer Research II, page 69 |
//! | undefined | no person-time, a count that is not whole |
//!
//! Example: 10 events in 500 person-years are 2 per 100; Garwood's limits of the count are 4.795 and 18.390, so 0.96 to
//! 3.68 per 100.

use super::checked::checked;
use super::distributions::chi_square_quantile;
use super::limits::{deviate, tail};
use super::undefined::{count, positive};
use super::{Limits, Undefined};
use crate::values::Decimal;

/// How limits of a Poisson count are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoissonLimits {
    /// Exact: half the chi-square quantiles with 2d and 2d + 2 degrees of freedom. The work grows with the square root
    /// of the count: quick to a million events.
    Garwood,
    /// Byar's approximation, close from about five events up and quick for any count.
    Byar,
}

/// Events per unit of person-time. `person_time` is already in the unit wanted: divide years by 1,000 for a rate per
/// 1,000 years.
pub fn incidence_rate(events: Decimal, person_time: Decimal) -> Result<Decimal, Undefined> {
    count("the number of events", events)?;
    (checked(events) / positive("the person-time", person_time)?).finish()
}

/// Two-sided limits of the incidence rate at confidence `level`.
pub fn incidence_rate_limits(
    events: Decimal,
    person_time: Decimal,
    level: Decimal,
    method: PoissonLimits,
) -> Result<Limits, Undefined> {
    incidence_rate(events, person_time)?;
    let limits = match method {
        PoissonLimits::Garwood => garwood(events, level)?,
        PoissonLimits::Byar => byar(events, level)?,
    };
    let per_time = |figure: Decimal| (checked(figure) / person_time).finish();
    Ok(Limits { lower: per_time(limits.lower)?, upper: per_time(limits.upper)? })
}

/// Exact limits of a count; the lower one of no events is zero.
fn garwood(events: Decimal, level: Decimal) -> Result<Limits, Undefined> {
    let tail = tail(level)?;
    let half_quantile = |p: Decimal, events: u64| {
        let degrees = events.checked_mul(2).ok_or(Undefined::OutOfRange)?;
        (checked(chi_square_quantile(p, degrees)) / 2).finish()
    };
    let events = u64::try_from(events).map_err(|_| Undefined::OutOfRange)?;
    let lower = if events == 0 { Decimal::ZERO } else { half_quantile(tail, events)? };
    let more = events.checked_add(1).ok_or(Undefined::OutOfRange)?;
    Ok(Limits { lower, upper: half_quantile(Decimal::ONE - tail, more)? })
}

/// Byar's limits of a count: d (1 − 1/9d − z/3√d)³ and, with d + 1 for d, the same with a plus.
fn byar(events: Decimal, level: Decimal) -> Result<Limits, Undefined> {
    let z = deviate(level)?;
    let bound = |d: Decimal, z: Decimal| {
        let root = checked(1) - checked(1) / (checked(d) * 9) + checked(z) / (checked(d).sqrt() * 3);
        root * root * root * d
    };
    // Few events at a high level can push the bracket below zero; a count has no limit there.
    let lower = if events.is_zero() { Decimal::ZERO } else { bound(events, -z).finish()?.max(Decimal::ZERO) };
    let more = (checked(events) + 1).finish()?;
    Ok(Limits { lower, upper: bound(more, z).finish()? })
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    fn limits(events: &str, method: PoissonLimits) -> Limits {
        incidence_rate_limits(figure(events), Decimal::ONE, figure("0.95"), method).unwrap()
    }

    #[test]
    fn garwood_matches_the_published_table() {
        // Exact 95% limits of a Poisson count, as tabled in Breslow and Day 1987 and Ulm 1990.
        for (events, lower, upper) in [
            ("0", "0", "3.689"),
            ("1", "0.025", "5.572"),
            ("2", "0.242", "7.225"),
            ("5", "1.623", "11.668"),
            ("10", "4.795", "18.390"),
            ("100", "81.36", "121.63"),
        ] {
            prints(limits(events, PoissonLimits::Garwood).lower, lower);
            prints(limits(events, PoissonLimits::Garwood).upper, upper);
        }
    }

    #[test]
    fn limits_match_mpmath() {
        // mpmath at 40 digits: half of the chi-square quantile by bisection of gammainc; Byar's formula as written.
        for (events, method, lower, upper) in [
            ("1", PoissonLimits::Garwood, "0.025317807984289875403723019", "5.5716433909388985972272828"),
            ("10", PoissonLimits::Garwood, "4.7953886961324336356865533", "18.390356042017778720328514"),
            ("37", PoissonLimits::Garwood, "26.051414567106028155122632", "50.999626141930834228051153"),
            ("5000", PoissonLimits::Garwood, "4862.3591886948991127402948", "5140.5489485350048891193949"),
            ("1", PoissonLimits::Byar, "0.013072132901504323698975167", "5.5637555824752626670995975"),
            ("10", PoissonLimits::Byar, "4.7874499139675618140346397", "18.391458605756475558217595"),
            ("5000", PoissonLimits::Byar, "4862.358965337426208176421", "5140.5491570183512801077326"),
        ] {
            close(limits(events, method).lower, lower, "1e-20");
            close(limits(events, method).upper, upper, "1e-20");
        }
    }

    #[test]
    fn a_rate_scales_with_its_person_time() {
        let (events, time) = (figure("10"), figure("500"));
        assert_eq!(incidence_rate(events, time), Ok(figure("0.02")));
        let limits = incidence_rate_limits(events, time, figure("0.95"), PoissonLimits::Garwood).unwrap();
        prints(limits.lower, "0.0096");
        prints(limits.upper, "0.0368");
    }

    #[test]
    fn impossible_counts_and_times_are_refused() {
        let rate =
            |events, time| incidence_rate_limits(figure(events), figure(time), figure("0.95"), PoissonLimits::Garwood);
        assert_eq!(rate("3", "0"), Err(Undefined::ZeroDenominator("the person-time")));
        assert!(matches!(rate("3", "-1"), Err(Undefined::Outside { .. })));
        assert!(matches!(rate("2.5", "1"), Err(Undefined::Outside { .. })));
        assert!(matches!(rate("-1", "1"), Err(Undefined::Outside { .. })));
        assert_eq!(rate("10000000000000000000", "1"), Err(Undefined::OutOfRange));
    }
}
