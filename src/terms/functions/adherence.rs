//! How much of a period a patient had the medicine in hand.
//!
//! | | |
//! |---|---|
//! | words | proportion of days covered (PDC), medication possession ratio (MPR); 用药覆盖天数比例，药物持有率 |
//! | method | PDC: days with supply / days in the period; a fill made early starts on the day after the earlier supply ends, days after the period do not count. MPR: days' supply dispensed in the period / days in the period, which can exceed 1 |
//! | source | Pharmacy Quality Alliance, PDC measures; Cramer et al. 2008, Value in Health 11:44–47 (MPR) |
//! | undefined | a period that ends before it starts, a supply that is not a whole number of days |
//!
//! PQA starts the period at the patient's first fill; the caller passes that day. Supply from before the period counts on
//! the days it still covers.
//!
//! Example: period 1–31 January, 10 days' supply on 1 January and again on 8 January. The second fill covers 11 to
//! 20 January, so 20 of 31 days are covered.

use super::Undefined;
use super::checked::checked;
use super::undefined::{count, same_length};
use crate::values::{Day, Decimal};

/// The share of the days `from..=to` on which the patient had supply. `fills_on[i]` dispensed `days_supply[i]` days of
/// the same medicine; any order.
pub fn proportion_of_days_covered(
    fills_on: &[Day],
    days_supply: &[Decimal],
    from: Day,
    to: Day,
) -> Result<Decimal, Undefined> {
    let length = length(from, to)?;
    let mut fills = fills(fills_on, days_supply)?;
    fills.sort_unstable();
    let (mut covered, mut next_uncovered) = (0u64, i64::MIN);
    for (on, supply) in fills {
        let start = on.max(next_uncovered);
        next_uncovered = start.checked_add(supply).ok_or(Undefined::OutOfRange)?;
        let (first, after) = (start.max(i64::from(from.0)), next_uncovered.min(i64::from(to.0) + 1));
        covered += u64::try_from(after - first).unwrap_or(0);
    }
    (checked(covered) / length).finish()
}

/// Days' supply dispensed in `from..=to` over the days in it; more than 1 where supply was piled up.
pub fn medication_possession_ratio(
    fills_on: &[Day],
    days_supply: &[Decimal],
    from: Day,
    to: Day,
) -> Result<Decimal, Undefined> {
    let length = length(from, to)?;
    let within = |on: i64| (i64::from(from.0)..=i64::from(to.0)).contains(&on);
    let fills = fills(fills_on, days_supply)?;
    let supplied =
        fills.into_iter().filter(|(on, _)| within(*on)).fold(checked(0), |sum, (_, days)| sum + Decimal::from(days));
    (supplied / length).finish()
}

/// Days in the period, both ends included.
fn length(from: Day, to: Day) -> Result<Decimal, Undefined> {
    let days = Decimal::from(i64::from(to.0) - i64::from(from.0) + 1);
    if days > Decimal::ZERO {
        return Ok(days);
    }
    Err(Undefined::Outside {
        what: "the length of the period in days",
        found: days,
        expected: "an end not before the start",
    })
}

/// Each fill as day number and whole days of supply.
fn fills(fills_on: &[Day], days_supply: &[Decimal]) -> Result<Vec<(i64, i64)>, Undefined> {
    same_length(("fill days", fills_on.len()), ("days' supply", days_supply.len()))?;
    let supply =
        |days: &Decimal| i64::try_from(count("a fill's days of supply", *days)?).map_err(|_| Undefined::OutOfRange);
    fills_on.iter().zip(days_supply).map(|(on, days)| Ok((i64::from(on.0), supply(days)?))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expected::{figure, figures};
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn january(fills: &str, supply: &str) -> (Decimal, Decimal) {
        let fills: Vec<_> = fills.split_whitespace().map(|d| day(&format!("2025-{d}"))).collect();
        let (supply, from, to) = (figures(supply), day("2025-01-01"), day("2025-01-31"));
        let days = |share: Result<Decimal, Undefined>| (share.unwrap() * Decimal::from(31)).round_dp(20).normalize();
        (
            days(proportion_of_days_covered(&fills, &supply, from, to)),
            days(medication_possession_ratio(&fills, &supply, from, to)),
        )
    }

    #[test]
    fn days_are_counted_as_by_hand() {
        for (fills, supply, covered, dispensed) in [
            ("01-01", "10", "10", "10"),
            ("01-01 01-08", "10 10", "20", "20"), // early refill carried forward: 1–10, 11–20
            ("01-08 01-01", "10 10", "20", "20"), // the order of rows does not matter
            ("01-01 01-15", "10 10", "20", "20"), // a gap of four days stays a gap
            ("01-01 01-01 01-02", "10 10 10", "30", "30"), // two carried over
            ("01-25", "30", "7", "30"),           // what lies after the period does not count
            ("01-01 01-10 01-20", "30 30 30", "31", "90"), // possession exceeds coverage
            ("12-20 01-20", "5 5", "5", "5"),     // December 2025 is after the period
            ("", "", "0", "0"),
        ] {
            assert_eq!(january(fills, supply), (figure(covered), figure(dispensed)), "{fills}");
        }
    }

    #[test]
    fn early_fills_move_as_in_pqas_own_scenarios() {
        // PQA, published measure calculator (pdc-dr), diabetes scenarios 2018 with 90 days each. First: doses 25 March to
        // 22 June, 5 July to 2 October, and the fill of 25 September from 3 October to 31 December: 270 of 282 days.
        // Second: 1 January, 25 March (from 1 April), 5 July, 15 October to the year's end: 90 + 90 + 90 + 78 of 365.
        for (fills, covered, days) in [
            ("2018-03-25 2018-07-05 2018-09-25", "270", "282"),
            ("2018-01-01 2018-03-25 2018-07-05 2018-10-15", "348", "365"),
        ] {
            let fills: Vec<_> = fills.split_whitespace().map(day).collect();
            let supply = vec![figure("90"); fills.len()];
            let pdc = proportion_of_days_covered(&fills, &supply, fills[0], day("2018-12-31"));
            assert_eq!(pdc, Ok(figure(covered) / figure(days)));
        }
    }

    #[test]
    fn supply_from_before_the_period_still_covers() {
        // 20 days from 22 December reach 10 January.
        let pdc =
            proportion_of_days_covered(&[day("2024-12-22")], &figures("20"), day("2025-01-01"), day("2025-01-20"));
        assert_eq!(pdc, Ok(figure("0.5")));
    }

    #[test]
    fn impossible_periods_and_supplies_are_refused() {
        let (from, to) = (day("2025-01-01"), day("2025-01-31"));
        assert!(matches!(proportion_of_days_covered(&[], &[], to, from), Err(Undefined::Outside { .. })));
        assert!(matches!(medication_possession_ratio(&[], &[], to, from), Err(Undefined::Outside { .. })));
        for bad in ["-1", "2.5"] {
            let refused = proportion_of_days_covered(&[from], &figures(bad), from, to);
            assert!(matches!(refused, Err(Undefined::Outside { .. })), "{bad}");
        }
        assert!(matches!(proportion_of_days_covered(&[from], &[], from, to), Err(Undefined::UnequalLengths { .. })));
        let endless = vec![figure("9223372036854775807"); 2];
        assert_eq!(proportion_of_days_covered(&[from, from], &endless, from, to), Err(Undefined::OutOfRange));
    }

    proptest! {
        #[test]
        fn coverage_is_a_share(fills in prop::collection::vec((-50i32..450, 0u32..120), 0..30), length in 1i32..400) {
            let fills_on: Vec<_> = fills.iter().map(|f| Day(f.0)).collect();
            let supply: Vec<_> = fills.iter().map(|f| Decimal::from(f.1)).collect();
            let pdc = proportion_of_days_covered(&fills_on, &supply, Day(0), Day(length - 1)).unwrap();
            prop_assert!((Decimal::ZERO..=Decimal::ONE).contains(&pdc));
        }
    }
}
