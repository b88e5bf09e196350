//! The difference between two risks, with limits.
//!
//! | | |
//! |---|---|
//! | words | absolute risk reduction; difference in event rates; 风险差 |
//! | method | p₁ − p₂; Wald `± z √(p₁q₁/n₁ + p₂q₂/n₂)`, or Newcombe's hybrid of the two Wilson intervals |
//! | source | Newcombe 1998, Statistics in Medicine 17:873–890, methods 1 and 10 |
//! | undefined | nobody observed in a group, more events than people |
//!
//! Example: 56 of 70 against 48 of 80 is 20 points; Wald 5.75 to 34.25, Newcombe 5.24 to 33.39 (his table II).

use super::checked::checked;
use super::estimate::deviate;
use super::proportion::{proportion, risk};
use super::{Estimate, Limits, Undefined};
use crate::values::Decimal;

/// The risk in the first group less that in the second, with symmetric limits. A group is (events, people).
pub fn wald(first: (Decimal, Decimal), second: (Decimal, Decimal), level: Decimal) -> Result<Estimate, Undefined> {
    let (p, q) = (risk(first.0, first.1)?, risk(second.0, second.1)?);
    let value = p - q;
    let variance = |p: Decimal, people: Decimal| checked(p) * (Decimal::ONE - p) / people;
    let width = (variance(p, first.1) + variance(q, second.1)).sqrt() * deviate(level)?;
    Ok(Estimate { value, limits: Limits::around(value, width)?.clipped(Decimal::NEGATIVE_ONE, Decimal::ONE) })
}

/// The risk in the first group less that in the second, with Newcombe's limits, which hold for small groups and risks
/// near 0 and 1 as well. A group is (events, people).
pub fn newcombe(first: (Decimal, Decimal), second: (Decimal, Decimal), level: Decimal) -> Result<Estimate, Undefined> {
    let (p, q) = (proportion(first.0, first.1, level)?, proportion(second.0, second.1, level)?);
    let value = p.value - q.value;
    let reach = |a: Decimal, b: Decimal| (checked(a).squared() + checked(b).squared()).sqrt();
    let below = reach(p.value - p.limits.lower, q.limits.upper - q.value);
    let above = reach(p.limits.upper - p.value, q.value - q.limits.lower);
    let limits = Limits { lower: (checked(value) - below).finish()?, upper: (checked(value) + above).finish()? };
    Ok(Estimate { value, limits: limits.clipped(Decimal::NEGATIVE_ONE, Decimal::ONE) })
}

#[cfg(test)]
mod tests {
    use super::super::expected::{figure, prints};
    use super::*;

    type Method = fn((Decimal, Decimal), (Decimal, Decimal), Decimal) -> Result<Estimate, Undefined>;

    #[test]
    fn matches_newcombe_1998() {
        // Statistics in Medicine 17:873–890, table II, 95%.
        let cases: [(Method, [&str; 4], [&str; 2]); 5] = [
            (wald, ["56", "70", "48", "80"], ["0.0575", "0.3425"]),
            (newcombe, ["56", "70", "48", "80"], ["0.0524", "0.3339"]),
            (newcombe, ["9", "10", "3", "10"], ["0.1705", "0.8090"]),
            (newcombe, ["5", "56", "0", "29"], ["-0.0381", "0.1926"]),
            (newcombe, ["10", "10", "0", "10"], ["0.6075", "1.0000"]),
        ];
        for (method, groups, limits) in cases {
            let [a, n, b, m] = groups.map(figure);
            let found = method((a, n), (b, m), figure("0.95")).unwrap().limits;
            prints(found.lower, limits[0]);
            prints(found.upper, limits[1]);
        }
    }

    #[test]
    fn an_empty_group_is_refused() {
        let group = (figure("1"), figure("2"));
        let empty = (figure("0"), figure("0"));
        for method in [wald as Method, newcombe] {
            let expected = Err(Undefined::ZeroDenominator("the number of people"));
            assert_eq!(method(group, empty, figure("0.95")), expected);
        }
    }
}
