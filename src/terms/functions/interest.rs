//! Interest on a sum between two days, by the day count the parties agreed.
//!
//! | | |
//! |---|---|
//! | words | simple interest, compound interest, day count; 单利，复利，计息天数 |
//! | method | years t by day count; simple P·r·t; compound P·((1 + r/m)^(m t) − 1) with m periods a year |
//! | source | 2006 ISDA Definitions, section 4.16 (d) actual/365 fixed, (e) actual/360, (f) 30/360, (g) 30E/360 |
//! | undefined | an end before the start, no periods a year, a rate that loses everything in a period |
//!
//! Example: 1 January to 30 July 2012 is 211 days by the calendar and 209 by 30/360, so 211/365, 211/360 and 209/360
//! years; 10,000 at 6% earn 346.85, 351.67 and 348.33.

use super::Undefined;
use super::checked::{Checked, checked};
use crate::values::{Day, Decimal};

/// How days become a part of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Calendar days over 365, in leap years too.
    Actual365,
    /// Calendar days over 360.
    Actual360,
    /// Months of 30 days over 360 (bond basis): a 31st counts as the 30th, at the end only after a start on the 30th.
    Thirty360,
    /// Months of 30 days over 360 (Eurobond basis): every 31st counts as the 30th.
    ThirtyE360,
}

/// The years from `from` to `to`.
pub fn year_fraction(from: Day, to: Day, day_count: DayCount) -> Result<Decimal, Undefined> {
    let elapsed = i64::from(to.0) - i64::from(from.0);
    if elapsed < 0 {
        let expected = "an end not before the start";
        return Err(Undefined::Outside { what: "the days between", found: Decimal::from(elapsed), expected });
    }
    let (days, year) = match day_count {
        DayCount::Actual365 => (elapsed, 365),
        DayCount::Actual360 => (elapsed, 360),
        DayCount::Thirty360 | DayCount::ThirtyE360 => (thirty_day_months(from, to, day_count), 360),
    };
    (checked(Decimal::from(days)) / year).finish()
}

/// Simple interest on `principal` at the yearly `rate`.
pub fn simple_interest(principal: Decimal, rate: Decimal, years: Decimal) -> Result<Decimal, Undefined> {
    (checked(principal) * rate * years).finish()
}

/// Compound interest on `principal` at the yearly `rate`, added to it `periods_per_year` times a year; part of a period
/// grows by the same power.
pub fn compound_interest(
    principal: Decimal,
    rate: Decimal,
    years: Decimal,
    periods_per_year: u32,
) -> Result<Decimal, Undefined> {
    if periods_per_year == 0 {
        return Err(Undefined::ZeroDenominator("the number of periods a year"));
    }
    let periods = Checked::from(u64::from(periods_per_year));
    let growth = checked(1) + checked(rate) / periods;
    if growth.finish()? <= Decimal::ZERO {
        return Err(Undefined::Outside { what: "the rate", found: rate, expected: "a rate above −100% a period" });
    }
    (growth.power(periods * years) * principal - principal).finish()
}

/// Days between where every month has 30.
fn thirty_day_months(from: Day, to: Day, day_count: DayCount) -> i64 {
    let start = i64::from(from.day()).min(30);
    let end = match i64::from(to.day()) {
        31 if start == 30 || day_count == DayCount::ThirtyE360 => 30,
        day => day,
    };
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    months * 30 + end - start
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, prints};
    use super::*;

    fn years(from: &str, to: &str, day_count: DayCount) -> Result<Decimal, Undefined> {
        year_fraction(Day::parse(from).unwrap(), Day::parse(to).unwrap(), day_count)
    }

    #[test]
    fn year_fractions_match_the_spreadsheet_documentation() {
        // Excel documentation, YEARFRAC, 1 January to 30 July 2012: 0.58055556 on basis 0, 0.57808219 on basis 3.
        for (day_count, expected) in [
            (DayCount::Thirty360, "0.58055556"),
            (DayCount::ThirtyE360, "0.58055556"),
            (DayCount::Actual365, "0.57808219"),
            (DayCount::Actual360, "0.58611111"),
        ] {
            prints(years("2012-01-01", "2012-07-30", day_count).unwrap(), expected);
        }
    }

    #[test]
    fn thirty_day_months_follow_isda() {
        // Days of 360 by the formula of 4.16 (f) and (g), by hand.
        for (from, to, bond, eurobond) in [
            ("2025-01-31", "2025-03-31", 60, 60),
            ("2025-01-15", "2025-01-31", 16, 15),
            ("2025-01-30", "2025-01-31", 0, 0),
            ("2025-02-28", "2025-03-31", 33, 32),
            ("2024-02-29", "2025-02-28", 359, 359),
            ("2025-05-05", "2025-05-05", 0, 0),
        ] {
            for (day_count, days) in [(DayCount::Thirty360, bond), (DayCount::ThirtyE360, eurobond)] {
                let found = years(from, to, day_count).unwrap() * Decimal::from(360);
                assert_eq!(found.round_dp(20), Decimal::from(days), "{from} {to} {day_count:?}");
            }
        }
    }

    #[test]
    fn interest_matches_the_hand_calculation() {
        let (principal, rate) = (figure("10000"), figure("0.06"));
        for (day_count, expected) in
            [(DayCount::Actual365, "346.85"), (DayCount::Actual360, "351.67"), (DayCount::Thirty360, "348.33")]
        {
            let years = years("2012-01-01", "2012-07-30", day_count).unwrap();
            prints(simple_interest(principal, rate, years).unwrap(), expected);
        }
        // 1000 · 1.05² − 1000, and 1000 · 1.005¹² − 1000.
        assert_eq!(compound_interest(figure("1000"), figure("0.05"), figure("2"), 1), Ok(figure("102.5")));
        prints(compound_interest(figure("1000"), rate, Decimal::ONE, 12).unwrap(), "61.68");
        // mpmath: 1000 * mpf('1.05')**(mpf(100)/365) - 1000.
        let hundred_days = years("2025-01-01", "2025-04-11", DayCount::Actual365).unwrap();
        close(
            compound_interest(figure("1000"), figure("0.05"), hundred_days, 1).unwrap(),
            "13.45690827008927691434377",
            "1e-22",
        );
    }

    #[test]
    fn backward_periods_and_lost_capital_are_refused() {
        assert!(matches!(years("2025-01-02", "2025-01-01", DayCount::Actual365), Err(Undefined::Outside { .. })));
        let one = Decimal::ONE;
        assert!(matches!(compound_interest(one, figure("-1"), one, 1), Err(Undefined::Outside { .. })));
        assert_eq!(
            compound_interest(one, one, one, 0),
            Err(Undefined::ZeroDenominator("the number of periods a year"))
        );
        assert_eq!(simple_interest(Decimal::MAX, Decimal::TWO, one), Err(Undefined::OutOfRange));
    }
}
