//! Statistical and actuarial functions, value by value.

use rust_decimal::Decimal;

use super::column::{Column, Gap, Values, length};
use crate::{
    terms::{
        check::typed::Statistic,
        functions::{
            Limits, Undefined,
            annuity::{annuity_due, annuity_immediate, level_payment},
            interest::{DayCount, simple_interest, year_fraction},
            numerics::power,
            person_time::{PoissonLimits, incidence_rate, incidence_rate_limits},
            proportion::proportion_limits,
            rate_ratio::{rate_ratio, rate_ratio_limits},
            reinsurance::excess_of_loss,
            risk_difference::{DifferenceLimits, risk_difference, risk_difference_limits},
            risk_ratio::{risk_ratio, risk_ratio_limits},
            vaccine_effectiveness::{Against, vaccine_effectiveness, vaccine_effectiveness_limits},
            weighted_score::weighted_score,
        },
    },
    values::Day,
};

/// Computes a function for every member.
pub fn statistic(statistic: Statistic, parts: &[std::sync::Arc<Column>]) -> Column<'static> {
    let len = length(&parts.iter().map(|part| &**part).collect::<Vec<_>>());
    let mut gaps = vec![Gap::None; len];
    let mut values = Vec::with_capacity(len);
    let mut arguments: Vec<Option<Decimal>> = Vec::with_capacity(parts.len());
    for (at, gap) in gaps.iter_mut().enumerate() {
        arguments.clear();
        for part in parts {
            let found = part.gap(at);
            if found != Gap::None && (found != Gap::Missing || statistic != Statistic::WeightedScore) {
                *gap = (*gap).max(found);
            }
            arguments.push((found == Gap::None).then(|| number(part, at)));
        }
        let value = if *gap == Gap::None { compute(statistic, &arguments) } else { Ok(Decimal::ZERO) };
        values.push(value.unwrap_or_else(|undefined| {
            *gap = if matches!(undefined, Undefined::OutOfRange) { Gap::Failed } else { Gap::Missing };
            Decimal::ZERO
        }));
    }
    let any = gaps.iter().any(|gap| *gap != Gap::None);
    Column::decimals(values, any.then_some(gaps))
}

fn number(column: &Column, at: usize) -> Decimal {
    match &column.values {
        Values::Decimal(_) => column.decimal(at),
        Values::Int(_) => Decimal::from(column.int(at)),
        Values::Bool(_) => Decimal::from(u8::from(column.bool(at))),
    }
}

fn compute(statistic: Statistic, all: &[Option<Decimal>]) -> Result<Decimal, Undefined> {
    let at = |index: usize| all.get(index).copied().flatten().unwrap_or_default();
    let day = |index: usize| Day(i32::try_from(at(index)).unwrap_or_default());
    let choice = |index: usize| usize::try_from(at(index)).unwrap_or_default();
    let (first, second) = ((at(0), at(1)), (at(2), at(3)));
    let poisson = || [PoissonLimits::Garwood, PoissonLimits::Byar][choice(3).min(1)];
    let difference = || [DifferenceLimits::Newcombe, DifferenceLimits::Wald][choice(5).min(1)];
    let against = |index: usize| [Against::People, Against::PersonTime][choice(index).min(1)];
    let day_count = |index: usize| DAY_COUNTS[choice(index).min(DAY_COUNTS.len() - 1)];
    let lower = |limits: Result<Limits, Undefined>| limits.map(|limits| limits.lower);
    let upper = |limits: Result<Limits, Undefined>| limits.map(|limits| limits.upper);
    match statistic {
        Statistic::IncidenceRate => incidence_rate(at(0), at(1)),
        Statistic::IncidenceRateLower => lower(incidence_rate_limits(at(0), at(1), at(2), poisson())),
        Statistic::IncidenceRateUpper => upper(incidence_rate_limits(at(0), at(1), at(2), poisson())),
        Statistic::RateRatio => rate_ratio(first, second),
        Statistic::RateRatioLower => lower(rate_ratio_limits(first, second, at(4))),
        Statistic::RateRatioUpper => upper(rate_ratio_limits(first, second, at(4))),
        Statistic::ProportionLower => lower(proportion_limits(at(0), at(1), at(2))),
        Statistic::ProportionUpper => upper(proportion_limits(at(0), at(1), at(2))),
        Statistic::RiskRatio => risk_ratio(first, second),
        Statistic::RiskRatioLower => lower(risk_ratio_limits(first, second, at(4))),
        Statistic::RiskRatioUpper => upper(risk_ratio_limits(first, second, at(4))),
        Statistic::RiskDifference => risk_difference(first, second),
        Statistic::RiskDifferenceLower => lower(risk_difference_limits(first, second, at(4), difference())),
        Statistic::RiskDifferenceUpper => upper(risk_difference_limits(first, second, at(4), difference())),
        Statistic::Effectiveness => vaccine_effectiveness(first, second, against(4)),
        Statistic::EffectivenessLower => lower(vaccine_effectiveness_limits(first, second, against(5), at(4))),
        Statistic::EffectivenessUpper => upper(vaccine_effectiveness_limits(first, second, against(5), at(4))),
        Statistic::WeightedScore => score(all),
        Statistic::Annuity => annuity_immediate(at(0), at(1)),
        Statistic::AnnuityDue => annuity_due(at(0), at(1)),
        Statistic::LevelPayment => level_payment(at(0), at(1), at(2)),
        Statistic::YearFraction => year_fraction(day(0), day(1), day_count(2)),
        Statistic::Interest => simple_interest(at(0), at(1), year_fraction(day(2), day(3), day_count(4))?),
        Statistic::Power => power(at(0), at(1)).ok_or(Undefined::ZeroDenominator("the base")),
        Statistic::Layer => excess_of_loss(at(0).max(Decimal::ZERO), at(1), Some(at(2))),
    }
}

const DAY_COUNTS: [DayCount; 4] = [DayCount::Actual365, DayCount::Actual360, DayCount::Thirty360, DayCount::ThirtyE360];

/// Scores and weights stand in pairs; the least number of scores comes last.
fn score(all: &[Option<Decimal>]) -> Result<Decimal, Undefined> {
    let (pairs, least) = all.split_at(all.len() - 1);
    let scores: Vec<Option<Decimal>> = pairs.iter().step_by(2).copied().collect();
    let weights: Vec<Decimal> = pairs.iter().skip(1).step_by(2).map(|weight| weight.unwrap_or_default()).collect();
    let least = least[0].and_then(|least| usize::try_from(least).ok()).unwrap_or(1);
    weighted_score(&scores, &weights, least)
}
