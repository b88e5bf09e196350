//! Whether the event times of two or more groups differ: the log-rank test.
//!
//! | | |
//! |---|---|
//! | words | log-rank test; 对数秩检验 |
//! | method | unweighted Mantel–Cox: observed less expected events with their hypergeometric covariance, chi-square with groups − 1 degrees of freedom |
//! | source | Mantel 1966; Peto and Peto 1972 |
//! | undefined | fewer than two groups, an empty group, and data in which no event could have gone to another group |
//!
//! Example: events at 1 and 3 against 2 and 4, nobody censored. Expected in the first group
//! 2/4 + 1/3 + 1/2 + 0 = 4/3, variance 1/4 + 2/9 + 1/4 = 13/18, chi-square (2/3)² / (13/18) = 8/13.

use super::checked::{Checked, checked};
use super::distributions::chi_square_upper_tail;
use super::{Cohort, Undefined};
use crate::values::Decimal;

/// Holds the result of a log-rank test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRank {
    /// The test statistic.
    pub chi_square: Decimal,
    /// Groups less one.
    pub degrees_of_freedom: u64,
    /// The probability of a statistic at least as large if the groups do not differ.
    pub p_value: Decimal,
    /// Observed events, one figure per group.
    pub observed: Vec<u64>,
    /// Events expected if the groups do not differ, one figure per group.
    pub expected: Vec<Decimal>,
}

/// Tests whether the event times of `groups` differ.
pub fn log_rank(groups: &[Cohort<'_>]) -> Result<LogRank, Undefined> {
    let last = match groups.len() {
        0 | 1 => {
            let found = Decimal::from(groups.len());
            return Err(Undefined::Outside { what: "the number of groups", found, expected: "two or more" });
        }
        groups => groups - 1,
    };
    let tally = Tally::count(groups);
    let expected = tally.expected.iter().map(|e| e.finish()).collect::<Result<Vec<_>, _>>()?;
    let excess: Vec<_> = tally.observed.iter().zip(&expected).take(last).map(|(o, e)| checked(*o) - *e).collect();
    // One group's figures follow from the others', so the last is left out.
    let rows = tally.covariance.iter().take(last).map(|row| row[..last].to_vec()).collect();
    let solution = solve(rows, excess.clone())?;
    let chi_square = excess.iter().zip(solution).fold(checked(0), |sum, (e, s)| sum + *e * s).finish()?;
    let degrees_of_freedom = last as u64;
    let p_value = chi_square_upper_tail(chi_square, degrees_of_freedom).ok_or(Undefined::OutOfRange)?;
    Ok(LogRank { chi_square, degrees_of_freedom, p_value, observed: tally.observed, expected })
}

/// Sums over the event times, one figure (or row) per group.
struct Tally {
    observed: Vec<u64>,
    expected: Vec<Checked>,
    covariance: Vec<Vec<Checked>>,
}

impl Tally {
    /// Walks once through the distinct times of all groups together.
    fn count(groups: &[Cohort<'_>]) -> Self {
        let mut people: Vec<_> =
            groups.iter().enumerate().flat_map(|(g, cohort)| cohort.people().map(move |(t, e)| (t, e, g))).collect();
        people.sort_unstable_by_key(|(time, ..)| *time);
        let mut at_risk: Vec<u64> = groups.iter().map(Cohort::size).collect();
        let k = groups.len();
        let mut tally =
            Self { observed: vec![0; k], expected: vec![checked(0); k], covariance: vec![vec![checked(0); k]; k] };
        for same_time in people.chunk_by(|a, b| a.0 == b.0) {
            let mut events = 0;
            for (_, _, group) in same_time.iter().filter(|(_, event, _)| *event) {
                events += 1;
                tally.observed[*group] += 1;
            }
            if events > 0 {
                tally.add(events, &at_risk);
            }
            same_time.iter().for_each(|(_, _, group)| at_risk[*group] -= 1);
        }
        tally
    }

    /// Adds the expectation and covariance of one time with `events` events.
    fn add(&mut self, events: u64, at_risk: &[u64]) {
        let all: u64 = at_risk.iter().sum();
        for (expected, own) in self.expected.iter_mut().zip(at_risk) {
            *expected = *expected + checked(events) * *own / all;
        }
        if all < 2 {
            return;
        }
        let spread = checked(events) * (all - events) / (all - 1);
        for (row, own) in self.covariance.iter_mut().zip(at_risk) {
            for (cell, other) in row.iter_mut().zip(at_risk) {
                *cell = *cell - spread * *own * *other / all / all;
            }
        }
        for (group, own) in at_risk.iter().enumerate() {
            self.covariance[group][group] = self.covariance[group][group] + spread * *own / all;
        }
    }
}

/// Solves `matrix · x = right` by elimination; the matrix is a covariance, so its pivots are not negative.
fn solve(mut matrix: Vec<Vec<Checked>>, mut right: Vec<Checked>) -> Result<Vec<Checked>, Undefined> {
    let size = right.len();
    for pivot in 0..size {
        // What elimination leaves of a dependent row is rounding far below any true variance.
        if matrix[pivot][pivot].finish()? < Decimal::new(1, 20) {
            return Err(Undefined::ZeroDenominator("the variance between the groups"));
        }
        let (above, below) = matrix.split_at_mut(pivot + 1);
        for (offset, row) in below.iter_mut().enumerate() {
            let factor = row[pivot] / above[pivot][pivot];
            row.iter_mut().zip(&above[pivot]).for_each(|(cell, upper)| *cell = *cell - factor * *upper);
            right[pivot + 1 + offset] = right[pivot + 1 + offset] - factor * right[pivot];
        }
    }
    for row in (0..size).rev() {
        let known = (row + 1..size).fold(checked(0), |sum, column| sum + matrix[row][column] * right[column]);
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Ok(right)
}

#[cfg(test)]
mod tests {
    use super::super::expected::{close, figures};
    use super::*;

    fn test(groups: &[(&str, &str)]) -> Result<LogRank, Undefined> {
        let columns: Vec<_> =
            groups.iter().map(|(t, e)| (figures(t), e.chars().map(|c| c == '1').collect::<Vec<_>>())).collect();
        let cohorts: Vec<_> = columns.iter().map(|(t, e)| Cohort::new(t, e).unwrap()).collect();
        log_rank(&cohorts)
    }

    #[test]
    fn matches_the_hand_calculation() {
        let result = test(&[("1 3", "11"), ("2 4", "11")]).unwrap();
        close(result.chi_square, "0.61538461538461538462", "1e-19");
        close(result.expected[0], "1.33333333333333333333", "1e-19");
        assert_eq!(result.observed, [2, 2]);
        assert_eq!(result.degrees_of_freedom, 1);
    }

    #[test]
    fn three_groups_do_not_depend_on_their_order() {
        let groups = [("6 7 10 13", "1101"), ("1 1 2 2 3", "11111"), ("4 5 8 8 12 17", "111011")];
        let forward = test(&groups).unwrap();
        let backward = test(&[groups[2], groups[0], groups[1]]).unwrap();
        close(forward.chi_square, &backward.chi_square.to_string(), "1e-22");
        // Python 3.11 with fractions.Fraction: the same covariance inverted exactly, and mpmath gammainc for p.
        close(forward.chi_square, "17.41777169684950558935308", "1e-22");
        close(forward.p_value, "0.000165112111951331322477528", "1e-22");
        assert_eq!(forward.degrees_of_freedom, 2);
    }

    #[test]
    fn data_that_cannot_tell_groups_apart_are_refused() {
        assert!(matches!(test(&[("1", "1")]), Err(Undefined::Outside { what: "the number of groups", .. })));
        for groups in [[("1 2", "00"), ("3", "0")], [("1", "0"), ("5 6", "11")]] {
            assert_eq!(test(&groups), Err(Undefined::ZeroDenominator("the variance between the groups")));
        }
    }
}
