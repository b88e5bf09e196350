//! Median, percentile and rank.
//!
//! | | |
//! |---|---|
//! | words | median, percentile, rank; 中位数，百分位数，名次 |
//! | method | percentile: linear between the two values around position 1 + p (n − 1), as PERCENTILE.INC in spreadsheets and type 7 in R; rank: equal values share the best or the mean of their places |
//! | source | Hyndman and Fan 1996, The American Statistician 50:361–365, definition 7; Microsoft Excel, PERCENTILE.INC, RANK.EQ, RANK.AVG |
//! | undefined | no values, a percentile outside 0–1 |
//!
//! Example: the 30th percentile of 1, 2, 3 and 4 is at position 1.9, so 1.9.

use super::Undefined;
use super::checked::checked;
use super::undefined::share;
use crate::values::Decimal;

/// Which value has rank 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankOrder {
    /// The largest value.
    LargestFirst,
    /// The smallest value.
    SmallestFirst,
}

/// Which rank equal values get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The best of their places, and the places after it stay empty: 1, 2, 2, 4.
    Best,
    /// The mean of their places: 1, 2.5, 2.5, 4.
    Mean,
}

/// The middle value, or the mean of the two middle ones.
pub fn median(values: &[Decimal]) -> Result<Decimal, Undefined> {
    percentile(values, Decimal::new(5, 1))
}

/// The value below which the share `p` of `values` lies, with linear interpolation (PERCENTILE.INC).
pub fn percentile(values: &[Decimal], p: Decimal) -> Result<Decimal, Undefined> {
    share("the percentile", p)?;
    let last = values.len().checked_sub(1).ok_or(Undefined::Empty("values"))?;
    let position = (checked(Decimal::from(last)) * p).finish()?;
    let index = usize::try_from(position.trunc()).map_err(|_| Undefined::OutOfRange)?;
    let mut values = values.to_vec();
    // Only the two values around the position are needed in their place.
    let (_, &mut below, rest) = values.select_nth_unstable(index);
    let above = rest.iter().min().copied().unwrap_or(below);
    let weight = position.fract();
    (checked(below) * (Decimal::ONE - weight) + checked(above) * weight).finish()
}

/// The rank of every value, in the order given.
pub fn ranks(values: &[Decimal], order: RankOrder, ties: Ties) -> Vec<Decimal> {
    let mut places: Vec<_> = values.iter().copied().zip(0usize..).collect();
    places.sort_unstable_by(|(a, _), (b, _)| match order {
        RankOrder::LargestFirst => b.cmp(a),
        RankOrder::SmallestFirst => a.cmp(b),
    });
    let mut ranks = vec![Decimal::ZERO; values.len()];
    let mut before = 0u64;
    for equal in places.chunk_by(|(a, _), (b, _)| a == b) {
        let spread = match ties {
            Ties::Best => Decimal::ZERO,
            Ties::Mean => Decimal::from(equal.len() - 1) / Decimal::TWO,
        };
        equal.iter().for_each(|(_, index)| ranks[*index] = Decimal::from(before + 1) + spread);
        before += equal.len() as u64;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expected::{figure, figures};
    use super::*;

    #[test]
    fn percentiles_match_the_spreadsheet_documentation() {
        for (values, p, expected) in [
            ("1 3 2 4", "0.3", "1.9"),            // Excel documentation, PERCENTILE.INC
            ("1 2 4 7 8 9 10 12", "0.25", "3.5"), // Excel documentation, QUARTILE.INC, first quartile
            ("1 2 3 4 5", "0.5", "3"),            // Excel documentation, MEDIAN
            ("1 2 3 4 5 6", "0.5", "3.5"),
            ("7", "0.9", "7"),
            ("5 1 3", "0", "1"),
            ("5 1 3", "1", "5"),
            ("-1.5 -0.5", "0.5", "-1"),
        ] {
            assert_eq!(percentile(&figures(values), figure(p)), Ok(figure(expected)), "{values} at {p}");
        }
        assert_eq!(median(&figures("3 1 2")), Ok(figure("2")));
    }

    #[test]
    fn ranks_match_the_spreadsheet_documentation() {
        // Excel documentation: RANK over 7, 3.5, 3.5, 1, 2 ascending gives 3 for 3.5 and 5 for 7; descending 2 and 1.
        let values = figures("7 3.5 3.5 1 2");
        let rank = |order, ties| ranks(&values, order, ties);
        assert_eq!(rank(RankOrder::SmallestFirst, Ties::Best), figures("5 3 3 1 2"));
        assert_eq!(rank(RankOrder::SmallestFirst, Ties::Mean), figures("5 3.5 3.5 1 2"));
        assert_eq!(rank(RankOrder::LargestFirst, Ties::Best), figures("1 2 2 5 4"));
        assert_eq!(rank(RankOrder::LargestFirst, Ties::Mean), figures("1 2.5 2.5 5 4"));
        // Excel documentation, RANK.AVG: 94 among these temperatures is fourth from the top.
        let temperatures = figures("89 88 92 101 94 97 95");
        assert_eq!(ranks(&temperatures, RankOrder::LargestFirst, Ties::Mean)[4], figure("4"));
        assert_eq!(ranks(&[], RankOrder::LargestFirst, Ties::Best), []);
    }

    #[test]
    fn nothing_and_false_shares_are_refused() {
        assert_eq!(median(&[]), Err(Undefined::Empty("values")));
        for p in ["-0.1", "1.1", "50"] {
            assert!(matches!(percentile(&figures("1 2"), figure(p)), Err(Undefined::Outside { .. })), "{p}");
        }
    }

    proptest! {
        #[test]
        fn mean_ranks_sum_to_the_triangle(raw in prop::collection::vec(0i64..20, 0..50)) {
            let values: Vec<_> = raw.iter().map(|v| Decimal::from(*v)).collect();
            let n = values.len() as u64;
            let sum: Decimal = ranks(&values, RankOrder::LargestFirst, Ties::Mean).iter().sum();
            prop_assert_eq!(sum, Decimal::from(n * (n + 1) / 2));
        }
    }
}
