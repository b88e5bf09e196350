//! What a series of payments is worth today, and what level payment repays a sum.
//!
//! | | |
//! |---|---|
//! | words | annuity factor, present value, level payment; 年金系数，现值，等额付款 |
//! | method | annuity-certain: in arrears (1 − vⁿ)/i, in advance the same times 1 + i, n where i is 0, with v = 1/(1 + i) |
//! | source | Kellison, The Theory of Interest, 3rd edition, sections 3.2 and 3.3 |
//! | undefined | a rate of −100% or less, a number of periods that is not whole, no periods for a level payment |
//!
//! `rate` is per period: a yearly rate of 8% paid monthly is 0.08/12. A factor carries about 27 places less those of the
//! rate: 24 digits at a rate of 0.1%.
//!
//! Example: ten payments of 1 at the ends of ten years at 5% are worth 7.7217 today, at their beginnings 8.1078.

use super::Undefined;
use super::checked::{Checked, checked};
use super::undefined::{count, positive};
use crate::values::Decimal;

/// The value now of 1 paid at the end of each of `periods` periods.
pub fn annuity_immediate(rate: Decimal, periods: Decimal) -> Result<Decimal, Undefined> {
    count("the number of periods", periods)?;
    let growth = growth(rate)?;
    if rate.is_zero() {
        return Ok(periods);
    }
    ((checked(1) - growth.power(-periods)) / rate).finish()
}

/// The value now of 1 paid at the start of each of `periods` periods.
pub fn annuity_due(rate: Decimal, periods: Decimal) -> Result<Decimal, Undefined> {
    (checked(annuity_immediate(rate, periods)?) * growth(rate)?).finish()
}

/// The value now of `payments`, the first at the end of the first period.
pub fn present_value(payments: &[Decimal], rate: Decimal) -> Result<Decimal, Undefined> {
    let growth = growth(rate)?;
    // From the last payment back, so that each step is one addition and one division.
    payments.iter().rev().fold(checked(0), |value, payment| (value + *payment) / growth).finish()
}

/// The payment at the end of each of `periods` periods that repays `principal`.
pub fn level_payment(principal: Decimal, rate: Decimal, periods: Decimal) -> Result<Decimal, Undefined> {
    let factor = annuity_immediate(rate, periods)?;
    (checked(principal) / positive("the annuity factor", factor)?).finish()
}

/// 1 + rate, which must be above zero.
fn growth(rate: Decimal) -> Result<Checked, Undefined> {
    if rate <= Decimal::NEGATIVE_ONE {
        return Err(Undefined::Outside { what: "the rate", found: rate, expected: "a rate above −100%" });
    }
    Ok(checked(1) + rate)
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figure, figures, prints};
    use super::*;

    #[test]
    fn factors_match_the_interest_tables() {
        // Compound interest tables as in Kellison, appendix: present value of an annuity, at 5%, 8% and 2%.
        for (rate, periods, factor) in
            [("0.05", "10", "7.7217"), ("0.08", "20", "9.8181"), ("0.02", "50", "31.4236"), ("0.05", "1", "0.9524")]
        {
            prints(annuity_immediate(figure(rate), figure(periods)).unwrap(), factor);
        }
        prints(annuity_due(figure("0.05"), figure("10")).unwrap(), "8.1078");
        assert_eq!(annuity_immediate(Decimal::ZERO, figure("12")), Ok(figure("12")));
        assert_eq!(annuity_due(Decimal::ZERO, figure("12")), Ok(figure("12")));
        assert_eq!(annuity_immediate(figure("0.05"), Decimal::ZERO), Ok(Decimal::ZERO));
    }

    #[test]
    fn figures_match_the_spreadsheet_documentation() {
        let month = |yearly: &str| figure(yearly) / Decimal::from(12);
        // Excel documentation, PMT: PMT(8%/12, 10, 10000) = ($1,037.03).
        prints(level_payment(figure("10000"), month("0.08"), figure("10")).unwrap(), "1037.03");
        // Excel documentation, PV: PV(0.08/12, 12*20, 500) = ($59,777.15).
        let factor = annuity_immediate(month("0.08"), figure("240")).unwrap();
        prints(factor * figure("500"), "59777.15");
        // Excel documentation, NPV: NPV(10%, -10000, 3000, 4200, 6800) = $1,188.44.
        prints(present_value(&figures("-10000 3000 4200 6800"), figure("0.1")).unwrap(), "1188.44");
    }

    #[test]
    fn a_factor_carries_more_than_twenty_digits() {
        // mpmath: (1 - mpf('1.001')**-360)/mpf('0.001').
        close(annuity_immediate(figure("0.001"), figure("360")).unwrap(), "302.1981645607148070140538", "1e-22");
    }

    #[test]
    fn impossible_rates_and_periods_are_refused() {
        for (rate, periods) in [("-1", "10"), ("-2", "10"), ("0.05", "-1"), ("0.05", "1.5")] {
            let refused = annuity_immediate(figure(rate), figure(periods));
            assert!(matches!(refused, Err(Undefined::Outside { .. })), "{rate} {periods}");
        }
        assert!(matches!(present_value(&figures("1"), figure("-1")), Err(Undefined::Outside { .. })));
        let none = level_payment(figure("1"), figure("0.05"), Decimal::ZERO);
        assert_eq!(none, Err(Undefined::ZeroDenominator("the annuity factor")));
        assert_eq!(annuity_immediate(figure("-0.9"), figure("100")), Err(Undefined::OutOfRange));
    }
}
