//! A proportion with its confidence limits.
//!
//! | | |
//! |---|---|
//! | words | response rate, event rate; 有效率，发生率 |
//! | method | Wilson's score limits without continuity correction |
//! | source | Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857–872, method 3 |
//! | undefined | nobody observed, more events than people |
//!
//! Example: 81 of 263 is 30.80%, limits 25.53% to 36.62% (Newcombe 1998, table I).

use super::checked::checked;
use super::limits::deviate;
use super::undefined::{count, positive};
use super::{Limits, Undefined};
use crate::values::Decimal;

/// The share of `events` among `people`.
pub fn proportion(events: Decimal, people: Decimal) -> Result<Decimal, Undefined> {
    count("the number of events", events)?;
    positive("the number of people", count("the number of people", people)?)?;
    if events > people {
        let expected = "at most the number of people";
        return Err(Undefined::Outside { what: "the number of events", found: events, expected });
    }
    (checked(events) / people).finish()
}

/// Wilson's limits of the share at confidence `level`.
pub fn proportion_limits(events: Decimal, people: Decimal, level: Decimal) -> Result<Limits, Undefined> {
    let value = proportion(events, people)?;
    let z = deviate(level)?;
    let z_square = checked(z).squared();
    let spread = ((z_square + checked(events) * 4 * (checked(1) - value)).sqrt()) * z;
    let (centre, base) = (checked(events) * 2 + z_square, (checked(people) + z_square) * 2);
    let limits = Limits { lower: ((centre - spread) / base).finish()?, upper: ((centre + spread) / base).finish()? };
    Ok(limits.clipped(Decimal::ZERO, Decimal::ONE))
}

#[cfg(test)]
mod tests {
    use super::super::expected::{figure, prints};
    use super::*;

    #[test]
    fn matches_newcombe_1998() {
        // Statistics in Medicine 17:857–872, table I, method 3, 95%.
        for (events, people, lower, upper) in [
            ("81", "263", "0.2553", "0.3662"),
            ("15", "148", "0.0624", "0.1605"),
            ("0", "20", "0.0000", "0.1611"),
            ("1", "29", "0.0061", "0.1718"),
        ] {
            let limits = proportion_limits(figure(events), figure(people), figure("0.95")).unwrap();
            prints(limits.lower, lower);
            prints(limits.upper, upper);
        }
    }

    #[test]
    fn impossible_counts_are_refused() {
        let nobody = proportion(figure("0"), figure("0"));
        assert_eq!(nobody, Err(Undefined::ZeroDenominator("the number of people")));
        for (events, people) in [("3", "2"), ("-1", "2"), ("1.5", "2"), ("1", "-2"), ("1", "2.5")] {
            let refused = proportion(figure(events), figure(people));
            assert!(matches!(refused, Err(Undefined::Outside { .. })), "{events} of {people}");
        }
        assert!(proportion_limits(figure("1"), figure("2"), figure("95")).is_err());
    }
}
