//! Two published cohorts against figures computed elsewhere: the acceptance test of the survival functions.
//!
//! *Lung*: time to death of 228 patients with advanced lung cancer; Loprinzi CL et al., Prospective evaluation of
//! prognostic variables from patient-completed questionnaires, J Clin Oncol 1994;12:601–607 (North Central Cancer
//! Treatment Group). Here as a life table only: the days of each death and of each censoring, by sex.
//!
//! *Heart failure*: see `tests/fixtures/survival/README.md`. The expected figures in `reference_results.json` there
//! were computed with lifelines, scipy and statsmodels and carry 12 significant digits.

use serde_json::Value;

use super::expected::{figure, figures};
use super::log_rank::log_rank;
use super::risk_difference::{DifferenceLimits, risk_difference, risk_difference_limits};
use super::survival::{Curve, LimitType, MedianRule};
use super::survival_difference::{survival_difference, survival_difference_limits};
use super::{Cohort, Limits};
use crate::values::Decimal;

/// Days to death of the 112 men who died.
const MEN_DIED: &str = "\
    11 11 11 12 13 13 15 26 30 31 53 53 54 59 60 65 65 71 81 88 88 92 93 95 105 107 110 116 118 131 132 132 135 \
    142 144 147 156 156 163 163 163 166 170 175 176 177 179 179 180 181 181 183 189 197 202 207 210 212 218 222 \
    223 229 230 239 246 267 269 270 283 284 285 286 288 291 301 303 306 310 320 329 337 353 353 363 364 371 387 \
    390 394 428 429 442 455 457 460 477 519 524 533 558 567 574 583 613 624 643 655 689 707 791 814 883";
/// Days of follow-up of the 26 men who were alive.
const MEN_CENSORED: &str = "\
    174 185 188 191 196 197 221 222 225 225 237 259 279 284 292 300 301 303 404 413 444 458 806 840 1010 1022";
/// Days to death of the 53 women who died.
const WOMEN_DIED: &str = "\
    5 60 61 62 79 81 95 107 122 145 145 153 166 167 182 186 194 199 201 201 208 226 239 245 268 285 293 305 310 \
    340 345 348 350 351 361 363 371 426 433 444 450 473 520 524 550 641 654 687 705 728 731 735 765";
/// Days of follow-up of the 37 women who were alive.
const WOMEN_CENSORED: &str = "\
    92 105 173 175 177 192 202 203 211 224 235 240 243 252 266 269 272 276 292 296 315 332 356 364 376 382 384 511 \
    511 529 543 551 559 588 740 821 965";

const HEART_FAILURE: &str = include_str!("../../../tests/fixtures/survival/heart_failure_clinical_records.csv");
const REFERENCE: &str = include_str!("../../../tests/fixtures/survival/reference_results.json");

/// Times and events of one group.
type Columns = (Vec<Decimal>, Vec<bool>);

fn lung() -> [Columns; 2] {
    [(MEN_DIED, MEN_CENSORED), (WOMEN_DIED, WOMEN_CENSORED)].map(|(died, censored)| {
        let (died, censored) = (figures(died), figures(censored));
        let events = died.iter().map(|_| true).chain(censored.iter().map(|_| false)).collect();
        ([died, censored].concat(), events)
    })
}

fn heart_failure() -> [Columns; 2] {
    let mut groups = [(vec![], vec![]), (vec![], vec![])];
    for row in csv::Reader::from_reader(HEART_FAILURE.as_bytes()).records() {
        let row = row.unwrap();
        let group: &mut Columns = &mut groups[row[5].parse::<usize>().unwrap()];
        group.0.push(figure(&row[11]));
        group.1.push(&row[12] == "1");
    }
    groups
}

/// Refuses a figure that differs from the reference by more than its twelfth significant digit.
#[track_caller]
fn agrees(actual: Decimal, reference: &Value) {
    let expected = figure(&reference.to_string());
    let allowed = expected.abs() * figure("0.000000000006");
    assert!((actual - expected).abs() <= allowed, "{actual} is not {expected}");
}

#[track_caller]
fn limits_agree(actual: Limits, reference: &Value) {
    agrees(actual.lower, &reference[0]);
    agrees(actual.upper, &reference[1]);
}

#[track_caller]
fn time_agrees(actual: Option<Decimal>, reference: &Value) {
    assert_eq!(actual, (!reference.is_null()).then(|| figure(&reference.to_string())));
}

fn level() -> Decimal {
    figure("0.95")
}

fn curve_agrees((times, events): &Columns, reference: &Value) {
    let cohort = Cohort::new(times, events).unwrap();
    let curve = Curve::estimate(&cohort).unwrap();
    assert_eq!(cohort.size(), reference["n"]);
    assert_eq!(curve.events_by(Decimal::MAX), reference["events"]);
    for point in reference["at"].as_array().unwrap() {
        let t = figure(&point["t"].to_string());
        assert_eq!(curve.at_risk(t), point["n_at_risk_at_t"]);
        assert_eq!(curve.events_by(t), point["events_by_t"]);
        agrees(curve.survival(t).unwrap(), &point["survival"]);
        agrees(curve.standard_error(t).unwrap(), &point["se_greenwood"]);
        limits_agree(curve.limits(t, level(), LimitType::Plain).unwrap(), &point["ci95_plain"]);
        limits_agree(curve.limits(t, level(), LimitType::Log).unwrap(), &point["ci95_log"]);
        limits_agree(curve.limits(t, level(), LimitType::LogLog).unwrap(), &point["ci95_loglog"]);
    }
    time_agrees(curve.median(MedianRule::FirstReached), &reference["median"]);
    time_agrees(curve.median(MedianRule::Midpoint), &reference["median_R_convention"]);
    for (kind, name) in [(LimitType::Log, "median_ci95_log"), (LimitType::LogLog, "median_ci95_loglog")] {
        let (lower, upper) = curve.median_limits(level(), kind).unwrap();
        time_agrees(lower, &reference[name][0]);
        time_agrees(upper, &reference[name][1]);
    }
}

fn comparisons_agree(groups: &[Columns; 2], reference: &Value) {
    let cohorts = groups.each_ref().map(|(times, events)| Cohort::new(times, events).unwrap());
    let test = log_rank(&cohorts).unwrap();
    agrees(test.chi_square, &reference["logrank"]["chi2"]);
    agrees(test.p_value, &reference["logrank"]["p"]);
    assert_eq!(test.degrees_of_freedom, reference["logrank"]["df"]);
    let curves = cohorts.each_ref().map(|cohort| Curve::estimate(cohort).unwrap());
    for point in reference["km_difference_at_t"].as_array().unwrap() {
        let t = figure(&point["t"].to_string());
        agrees(survival_difference(&curves[0], &curves[1], t).unwrap(), &point["S1_minus_S2"]);
        limits_agree(survival_difference_limits(&curves[0], &curves[1], t, level()).unwrap(), &point["ci95"]);
    }
    let crude = &reference["crude_event_rate_difference"];
    let risk = |group: &Columns| {
        let events = group.1.iter().filter(|event| **event).count();
        (Decimal::from(events), Decimal::from(group.1.len()))
    };
    let (first, second) = (risk(&groups[0]), risk(&groups[1]));
    agrees(risk_difference(first, second).unwrap(), &crude["rate_difference_1_minus_2"]);
    for (method, name) in [(DifferenceLimits::Wald, "ci95_wald"), (DifferenceLimits::Newcombe, "ci95_newcombe")] {
        limits_agree(risk_difference_limits(first, second, level(), method).unwrap(), &crude[name]);
    }
}

fn everything_agrees(groups: [Columns; 2], names: [&str; 2], data_set: &str) {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let reference = &reference["datasets"][data_set];
    let everybody = (
        groups.iter().flat_map(|group| group.0.clone()).collect(),
        groups.iter().flat_map(|group| group.1.clone()).collect(),
    );
    curve_agrees(&everybody, &reference["overall"]);
    for (group, name) in groups.iter().zip(names) {
        curve_agrees(group, &reference["groups"][name]);
    }
    comparisons_agree(&groups, reference);
}

#[test]
fn lung_agrees_with_the_reference() {
    everything_agrees(lung(), ["1", "2"], "lung");
}

#[test]
fn heart_failure_agrees_with_the_reference() {
    everything_agrees(heart_failure(), ["0", "1"], "heart_failure");
}
