//! Survival at a time, and the median survival: the product-limit curve of Kaplan and Meier.
//!
//! | | |
//! |---|---|
//! | words | survival at 365 days; median survival; 365 天生存率；中位生存期 |
//! | method | S(t) = Π (1 − dᵢ/nᵢ) over event times up to t; who is censored at a time is still at risk then |
//! | variance | Greenwood: S² Σ dᵢ / (nᵢ (nᵢ − dᵢ)) |
//! | limits | plain `S ± z·se`, log `S·exp(± z·se/S)`, log-log `S^exp(± z·se/(S ln S))`, kept within 0–1 |
//! | source | Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 1980; Brookmeyer and Crowley 1982 |
//! | undefined | survival after the last follow-up unless the curve has reached zero; limits where S is 0, and the log-log ones where S is 1; a median the curve does not reach |
//!
//! Example: six people, events at 1, 3 and 4, censored at 2, 5 and 6. S(1) = 5/6, S(3) = 5/6 · 3/4 = 5/8,
//! S(4) = 5/8 · 2/3 = 5/12. The median is 4.

use super::checked::{Checked, checked};
use super::limits::deviate;
use super::{Cohort, Limits, Undefined};
use crate::values::Decimal;

/// How confidence limits of a survival are transformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitType {
    /// Symmetric around the survival.
    Plain,
    /// Symmetric around its logarithm: the default of R's `survfit`.
    Log,
    /// Symmetric around log(−log S): the default of SAS and of lifelines.
    LogLog,
}

/// Which time is the median where the curve runs along one half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MedianRule {
    /// The first event time at which half or fewer survive.
    FirstReached,
    /// As R's `survfit` prints it: the midpoint of the stretch where the curve equals one half.
    Midpoint,
}

/// Records what happened at one distinct time of a cohort.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The time.
    pub time: Decimal,
    /// People followed up to this time or longer.
    pub at_risk: u64,
    /// Events at this time.
    pub events: u64,
    /// People censored at this time.
    pub censored: u64,
    /// Survival from this time on.
    pub survival: Decimal,
    /// Greenwood's sum Σ d/(n(n−d)); none once nobody survives.
    pub variance_sum: Option<Decimal>,
}

/// Holds the curve of one cohort, a step per distinct time in ascending order.
#[derive(Clone, Debug)]
pub struct Curve {
    steps: Vec<Step>,
}

/// Two within this distance of one half are one half: 28 digits cannot tell them apart after many products.
const HALF_WIDTH: Decimal = Decimal::from_parts(1, 0, 0, false, 20);

impl Curve {
    /// Estimates the curve: one sort, then one pass.
    pub fn estimate(cohort: &Cohort<'_>) -> Result<Self, Undefined> {
        let mut people: Vec<_> = cohort.people().collect();
        people.sort_unstable_by_key(|(time, _)| *time);
        let mut at_risk = cohort.size();
        // Between censorings the survivors telescope: S = S₀ · survivors / n₀, one rounding instead of one a step.
        let (mut base, mut base_at_risk) = (checked(1), at_risk);
        let mut variance_sum = checked(0);
        let mut steps = Vec::new();
        for same_time in people.chunk_by(|a, b| a.0 == b.0) {
            let events = same_time.iter().filter(|(_, event)| *event).count() as u64;
            let censored = same_time.len() as u64 - events;
            let survivors = at_risk - events;
            let survival = base * survivors / base_at_risk;
            variance_sum = variance_sum + checked(events) / at_risk / survivors;
            steps.push(Step {
                time: same_time[0].0,
                at_risk,
                events,
                censored,
                survival: survival.finish()?,
                variance_sum: variance_sum.get(),
            });
            at_risk = survivors - censored;
            if censored > 0 {
                (base, base_at_risk) = (survival, at_risk);
            }
        }
        Ok(Self { steps })
    }

    /// The steps, in ascending time.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// People still followed at `time`: those whose own time is not earlier.
    pub fn at_risk(&self, time: Decimal) -> u64 {
        let next = self.steps.partition_point(|step| step.time < time);
        self.steps.get(next).map_or(0, |step| step.at_risk)
    }

    /// Events up to and including `time`.
    pub fn events_by(&self, time: Decimal) -> u64 {
        self.steps.iter().take_while(|step| step.time <= time).map(|step| step.events).sum()
    }

    /// Survival at `time`. Undefined after the last follow-up, unless nobody survived it.
    pub fn survival(&self, time: Decimal) -> Result<Decimal, Undefined> {
        self.at(time).map(|(survival, _)| survival)
    }

    /// Greenwood's standard error of the survival at `time`. Undefined where survival is zero.
    pub fn standard_error(&self, time: Decimal) -> Result<Decimal, Undefined> {
        let (survival, sum) = self.at(time)?;
        (checked(sum.ok_or(NO_SURVIVORS)?).sqrt() * survival).finish()
    }

    /// Two-sided limits of the survival at `time` at confidence `level`, such as 0.95.
    pub fn limits(&self, time: Decimal, level: Decimal, kind: LimitType) -> Result<Limits, Undefined> {
        let (survival, sum) = self.at(time)?;
        limits_of(survival, sum, deviate(level)?, kind)
    }

    /// The median survival; none while more than half survive.
    pub fn median(&self, rule: MedianRule) -> Option<Decimal> {
        let half = Decimal::new(5, 1);
        let mut events = self.steps.iter().filter(|step| step.events > 0);
        let reached = events.find(|step| step.survival <= half + HALF_WIDTH)?;
        if rule == MedianRule::FirstReached || reached.survival < half - HALF_WIDTH {
            return Some(reached.time);
        }
        // The flat stretch ends at the next event; without one the curve never falls below one half.
        let end = events.next().unwrap_or(reached);
        (checked(reached.time) / 2 + checked(end.time) / 2).get()
    }

    /// Limits of the median at confidence `level`: the first event times at which the lower and the upper limit of
    /// survival reach one half; each is none while its limit stays above.
    pub fn median_limits(
        &self,
        level: Decimal,
        kind: LimitType,
    ) -> Result<(Option<Decimal>, Option<Decimal>), Undefined> {
        let z = deviate(level)?;
        let (mut lower, mut upper) = (None, None);
        for step in self.steps.iter().filter(|step| step.events > 0) {
            let reached = |limit: Decimal| (limit <= Decimal::new(5, 1) + HALF_WIDTH).then_some(step.time);
            match limits_of(step.survival, step.variance_sum, z, kind) {
                Ok(limits) => {
                    lower = lower.or(reached(limits.lower));
                    upper = upper.or(reached(limits.upper));
                }
                Err(Undefined::NoLimits(_)) => {}
                Err(other) => return Err(other),
            }
            if upper.is_some() {
                break;
            }
        }
        Ok((lower, upper))
    }

    /// Survival and Greenwood's sum at `time`.
    fn at(&self, time: Decimal) -> Result<(Decimal, Option<Decimal>), Undefined> {
        let reached = self.steps.partition_point(|step| step.time <= time);
        let Some(step) = reached.checked_sub(1).and_then(|index| self.steps.get(index)) else {
            return Ok((Decimal::ONE, Some(Decimal::ZERO)));
        };
        if reached == self.steps.len() && time > step.time && !step.survival.is_zero() {
            return Err(Undefined::BeyondFollowUp { at: time, last: step.time });
        }
        Ok((step.survival, step.variance_sum))
    }
}

const NO_SURVIVORS: Undefined = Undefined::NoLimits("nobody survives, so Greenwood's variance is undefined");
const NO_EVENTS: Undefined =
    Undefined::NoLimits("everybody survives, so log-log limits are undefined; use plain or log");

/// Limits of one survival with `z` standard errors to each side.
fn limits_of(survival: Decimal, sum: Option<Decimal>, z: Decimal, kind: LimitType) -> Result<Limits, Undefined> {
    let width = checked(sum.ok_or(NO_SURVIVORS)?).sqrt() * z;
    let survival = checked(survival);
    let ends: [Checked; 2] = match kind {
        LimitType::Plain => [survival - survival * width, survival + survival * width],
        LimitType::Log => [survival * (-width).exp(), survival * width.exp()],
        LimitType::LogLog => {
            let ln = survival.ln();
            if ln.get() == Some(Decimal::ZERO) {
                return Err(NO_EVENTS);
            }
            let stretch = (-width / ln).exp();
            [(ln * stretch).exp(), (ln / stretch).exp()]
        }
    };
    let limits = Limits { lower: ends[0].finish()?, upper: ends[1].finish()? };
    Ok(limits.clipped(Decimal::ZERO, Decimal::ONE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expected::{close, figure, figures};
    use super::*;

    fn curve(times: &str, events: &str) -> Curve {
        let (times, events) = (figures(times), events.chars().map(|c| c == '1').collect::<Vec<_>>());
        Curve::estimate(&Cohort::new(&times, &events).unwrap()).unwrap()
    }

    #[test]
    fn the_curve_falls_only_at_events() {
        // By hand: 5/6, 5/6 · 3/4 = 5/8, 5/8 · 2/3 = 5/12; Greenwood 1/30, + 1/12, + 1/6.
        let curve = curve("3 1 2 4 6 5", "110100");
        for (time, survival) in
            [("0", "1"), ("0.9", "1"), ("3", "0.625"), ("3.5", "0.625"), ("6", "0.41666666666666666667")]
        {
            close(curve.survival(figure(time)).unwrap(), survival, "1e-19");
        }
        close(curve.survival(figure("1")).unwrap(), "0.83333333333333333333", "1e-19");
        close(curve.steps()[3].variance_sum.unwrap(), "0.28333333333333333333", "1e-19");
        assert_eq!(curve.median(MedianRule::FirstReached), Some(figure("4")));
        assert_eq!(curve.at_risk(figure("3")), 4);
        assert_eq!(curve.events_by(figure("3")), 2);
        let beyond = curve.survival(figure("6.1")).unwrap_err();
        assert_eq!(beyond, Undefined::BeyondFollowUp { at: figure("6.1"), last: figure("6") });
        assert!(beyond.to_string().contains("last follow-up is at 6"), "{beyond}");
    }

    #[test]
    fn a_person_censored_at_an_event_time_is_still_at_risk() {
        // One event among three at time 5, one of them censored then: 2/3.
        close(curve("5 5 9", "100").survival(figure("5")).unwrap(), "0.66666666666666666667", "1e-19");
    }

    #[test]
    fn after_the_last_death_survival_is_zero_for_ever() {
        let curve = curve("1 2", "11");
        assert_eq!(curve.survival(figure("1000")), Ok(Decimal::ZERO));
        assert_eq!(curve.standard_error(figure("2")), Err(NO_SURVIVORS));
        assert_eq!(curve.limits(figure("2"), figure("0.95"), LimitType::Log), Err(NO_SURVIVORS));
    }

    #[test]
    fn the_median_of_a_flat_half_follows_the_rule() {
        // Four people without censoring: S is exactly 1/2 from 2 to 3, so R prints 2.5.
        let flat = curve("1 2 3 4", "1111");
        assert_eq!(flat.median(MedianRule::FirstReached), Some(figure("2")));
        assert_eq!(flat.median(MedianRule::Midpoint), Some(figure("2.5")));
        // Two thirds of nine, two censored, then three quarters of four: one half again, through a rounded two thirds.
        let thirds = curve("1 2 3 4 4 5 6 7 8", "111001100");
        assert_eq!(thirds.median(MedianRule::FirstReached), Some(figure("5")));
        assert_eq!(thirds.median(MedianRule::Midpoint), Some(figure("5.5")));
        // A curve that stays at one half has no stretch to halve: R prints where it reached it.
        assert_eq!(curve("1 2 3 4", "1100").median(MedianRule::Midpoint), Some(figure("2")));
        assert_eq!(curve("1 2 3", "100").median(MedianRule::Midpoint), None);
    }

    #[test]
    fn limits_without_events_depend_on_their_type() {
        let curve = curve("5 6", "00");
        let everybody = Limits { lower: Decimal::ONE, upper: Decimal::ONE };
        assert_eq!(curve.limits(figure("5"), figure("0.95"), LimitType::Plain), Ok(everybody));
        assert_eq!(curve.limits(figure("5"), figure("0.95"), LimitType::Log), Ok(everybody));
        assert_eq!(curve.limits(figure("5"), figure("0.95"), LimitType::LogLog), Err(NO_EVENTS));
        assert_eq!(curve.median_limits(figure("0.95"), LimitType::LogLog), Ok((None, None)));
    }

    #[test]
    fn bad_cohorts_and_levels_are_refused() {
        let times = figures("1 2");
        assert_eq!(Cohort::new(&[], &[]).unwrap_err(), Undefined::Empty("people in the cohort"));
        assert!(Cohort::new(&times, &[true]).unwrap_err().to_string().contains("times has 2 values and events has 1"));
        assert!(Cohort::new(&figures("-1"), &[true]).unwrap_err().to_string().contains("is -1; expected zero or more"));
        for level in ["0", "1", "95", "-0.5"] {
            let refused = curve("1 2", "10").limits(figure("1"), figure(level), LimitType::Plain);
            assert!(matches!(refused, Err(Undefined::Outside { what: "the confidence level", .. })), "{level}");
        }
    }

    proptest! {
        #[test]
        fn the_curve_never_rises_and_lies_within_its_limits(people in prop::collection::vec((0i64..60, any::<bool>()), 1..80)) {
            let times: Vec<_> = people.iter().map(|p| Decimal::from(p.0)).collect();
            let events: Vec<_> = people.iter().map(|p| p.1).collect();
            let curve = Curve::estimate(&Cohort::new(&times, &events).unwrap()).unwrap();
            let mut last = Decimal::ONE;
            for step in curve.steps() {
                prop_assert!(step.survival <= last && !step.survival.is_sign_negative());
                last = step.survival;
                for kind in [LimitType::Plain, LimitType::Log, LimitType::LogLog] {
                    if let Ok(limits) = limits_of(step.survival, step.variance_sum, figure("1.645"), kind) {
                        prop_assert!(limits.lower <= last && last <= limits.upper);
                    }
                }
            }
        }

        #[test]
        fn without_censoring_survival_is_the_share_still_alive(raw in prop::collection::vec(0i64..60, 1..80), at in 0i64..60) {
            let times: Vec<_> = raw.iter().map(|t| Decimal::from(*t)).collect();
            let curve = Curve::estimate(&Cohort::new(&times, &vec![true; raw.len()]).unwrap()).unwrap();
            let alive = raw.iter().filter(|t| **t > at).count();
            prop_assert_eq!(curve.survival(Decimal::from(at)), Ok(Decimal::from(alive) / Decimal::from(raw.len())));
        }
    }
}
