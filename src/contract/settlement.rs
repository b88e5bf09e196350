//! Settlement by difference: what is owed as of a day, less what was posted before.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::values::{Currency, Day, SubjectRef};

use super::{StatementLine, payload::Sum};

/// Names one line across settlements: lines with the same key are the same claim at different times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// The clause.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// The subject.
    pub subject: Option<SubjectRef>,
    /// The group.
    pub group: Option<String>,
    /// The period.
    pub period: Option<String>,
    /// 0 for the clause's amount, then its limits by number.
    pub part: u8,
}

/// One line in minor units: owed as of a day, posted before, or due now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementLine {
    /// What the line is about.
    pub key: LineKey,
    /// The day it falls due.
    pub due_on: Day,
    /// The amount in minor units; below zero the payee pays the payer.
    pub amount_minor: i128,
    /// The explanation in words.
    pub reason: String,
}

/// Reports an amount that cannot be settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// A sum beyond ±1.7 · 10³⁸ minor units.
    #[error("the amounts of clause `{clause}` leave the range of 128 bits; check the reported amounts")]
    Overflow {
        /// The clause.
        clause: String,
    },
    /// An amount with more decimals than the currency has.
    #[error("an amount of clause `{clause}` is not a whole number of minor units")]
    NotMinor {
        /// The clause.
        clause: String,
    },
    /// A line about a subject without a pseudonym.
    #[error("a line of clause `{clause}` is about a subject that is not enrolled")]
    UnknownSubject {
        /// The clause.
        clause: String,
    },
}

/// Turns the lines of a statement into minor units, subjects into pseudonyms.
pub fn in_minor(
    lines: &[StatementLine],
    currency: Currency,
    pseudonym: impl Fn(&str) -> Option<SubjectRef>,
) -> Result<Vec<SettlementLine>, SettlementError> {
    lines.iter().map(|line| one_in_minor(line, currency, &pseudonym)).collect()
}

fn one_in_minor(
    line: &StatementLine,
    currency: Currency,
    pseudonym: impl Fn(&str) -> Option<SubjectRef>,
) -> Result<SettlementLine, SettlementError> {
    let clause = || line.clause.clone();
    let subject = match &line.subject {
        None => None,
        Some(label) => Some(pseudonym(label).ok_or_else(|| SettlementError::UnknownSubject { clause: clause() })?),
    };
    let amount_minor = currency.to_minor(line.amount).ok_or_else(|| SettlementError::NotMinor { clause: clause() })?;
    let key = LineKey {
        clause: clause(),
        payer: line.payer.clone(),
        payee: line.payee.clone(),
        subject,
        group: line.group.clone(),
        period: line.period.clone(),
        part: line.part,
    };
    Ok(SettlementLine { key, due_on: line.due_on, amount_minor, reason: line.reason.clone() })
}

/// Turns a line back into words: pseudonyms into labels, minor units into an amount.
pub fn in_words(
    line: &SettlementLine,
    currency: Currency,
    label: impl Fn(SubjectRef) -> Option<String>,
) -> Result<StatementLine, SettlementError> {
    let key = line.key.clone();
    Ok(StatementLine {
        amount: currency.from_minor(line.amount_minor).ok_or_else(|| overflow(line))?,
        // Who has no label any more is shown by pseudonym.
        subject: key.subject.map(|subject| label(subject).unwrap_or_else(|| subject.to_string())),
        pseudonym: key.subject,
        clause: key.clause,
        payer: key.payer,
        payee: key.payee,
        group: key.group,
        period: key.period,
        due_on: line.due_on,
        reason: line.reason.clone(),
        part: key.part,
    })
}

/// What has to be posted so that everything posted adds up to everything owed.
///
/// Lines come in the order of what is owed; then those that are posted and no longer owed, which are posted back.
/// Lines without a difference are left out, so that settling twice posts nothing.
pub fn difference(owed: &[SettlementLine], posted: &[SettlementLine]) -> Result<Vec<SettlementLine>, SettlementError> {
    let (owed, places) = summed(owed)?;
    let (posted, before) = summed(posted)?;
    let mut due = Vec::new();
    for line in owed {
        let already = before.get(&line.key).map_or(0, |at| posted[*at].amount_minor);
        let amount_minor = line.amount_minor.checked_sub(already).ok_or_else(|| overflow(&line))?;
        due.push(SettlementLine { amount_minor, ..line });
    }
    for line in posted.iter().filter(|line| !places.contains_key(&line.key)) {
        let amount_minor = line.amount_minor.checked_neg().ok_or_else(|| overflow(line))?;
        let reason = format!("{NO_LONGER_OWED}{}", line.reason.trim_start_matches(NO_LONGER_OWED));
        due.push(SettlementLine { amount_minor, reason, ..line.clone() });
    }
    due.retain(|line| line.amount_minor != 0);
    Ok(due)
}

/// The claim that a line belongs to: its amount and its limits have the same.
pub fn claim_of(line: &SettlementLine) -> LineKey {
    LineKey { part: 0, ..line.key.clone() }
}

/// What is due but for claims that wait for the end of a dispute.
pub fn undisputed<'l>(
    mut due: Vec<SettlementLine>,
    disputed: impl Iterator<Item = &'l SettlementLine>,
) -> Vec<SettlementLine> {
    let disputed: HashSet<LineKey> = disputed.map(claim_of).collect();
    due.retain(|line| !disputed.contains(&claim_of(line)));
    due
}

/// Sums lines by payer and payee, in the order of their names.
pub fn sums(lines: &[SettlementLine]) -> Result<Vec<Sum>, SettlementError> {
    let mut sums: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry((&line.key.payer, &line.key.payee)).or_default();
        *sum = sum.checked_add(line.amount_minor).ok_or_else(|| overflow(line))?;
    }
    let named = sums.into_iter().map(|((payer, payee), amount)| Sum {
        amount_minor: amount.to_string(),
        payee: payee.into(),
        payer: payer.into(),
    });
    Ok(named.collect())
}

/// Begins the reason of a line that is posted back.
const NO_LONGER_OWED: &str = "no longer owed: ";

type Places = HashMap<LineKey, usize>;

/// One line per key in the order of first appearance, with the latest due date and reason.
fn summed(lines: &[SettlementLine]) -> Result<(Vec<SettlementLine>, Places), SettlementError> {
    let mut places = Places::with_capacity(lines.len());
    let mut sums: Vec<SettlementLine> = Vec::with_capacity(lines.len());
    for line in lines {
        let at = *places.entry(line.key.clone()).or_insert(sums.len());
        match sums.get_mut(at) {
            None => sums.push(line.clone()),
            Some(sum) => {
                sum.amount_minor = sum.amount_minor.checked_add(line.amount_minor).ok_or_else(|| overflow(line))?;
                (sum.due_on, sum.reason) = (line.due_on, line.reason.clone());
            }
        }
    }
    Ok((sums, places))
}

fn overflow(line: &SettlementLine) -> SettlementError {
    SettlementError::Overflow { clause: line.key.clause.clone() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(clause: u8, subject: u8, part: u8, amount_minor: i128) -> SettlementLine {
        let key = LineKey {
            clause: format!("c{clause}"),
            payer: "maker".into(),
            payee: "payer".into(),
            subject: Some(SubjectRef::from_bytes([subject; 16])),
            group: None,
            period: None,
            part,
        };
        SettlementLine { key, due_on: Day(0), amount_minor, reason: "refund".into() }
    }

    fn by_key(lines: &[SettlementLine]) -> BTreeMap<LineKey, i128> {
        let mut sums = BTreeMap::new();
        for line in lines {
            *sums.entry(line.key.clone()).or_default() += line.amount_minor;
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    }

    #[test]
    fn differences_by_hand() {
        // owed 100 and 50, posted 80 for the first and 7 for a third: 20 and 50 are due, 7 goes back.
        let owed = [line(1, 1, 0, 100), line(1, 2, 0, 50)];
        let posted = [line(1, 3, 0, 7), line(1, 1, 0, 80)];
        let due = difference(&owed, &posted).unwrap();
        assert_eq!(due[..2], [line(1, 1, 0, 20), line(1, 2, 0, 50)]);
        assert_eq!((due[2].key.subject, due[2].amount_minor), (line(1, 3, 0, 0).key.subject, -7));
        assert_eq!(due[2].reason, "no longer owed: refund");
        assert_eq!(due.len(), 3);
        // A limit's line is another line than the amount it cuts.
        let due = difference(&[line(1, 1, 0, 100), line(1, 1, 1, -40)], &[line(1, 1, 0, 100)]).unwrap();
        assert_eq!(due, [line(1, 1, 1, -40)]);
    }

    #[test]
    fn an_overflow_is_an_error() {
        let most = i128::MAX;
        for (owed, posted) in [
            (vec![line(1, 1, 0, most)], vec![line(1, 1, 0, -1)]),
            (vec![line(1, 1, 0, most), line(1, 1, 0, 1)], vec![]),
            (vec![], vec![line(1, 1, 0, i128::MIN)]),
        ] {
            let error = difference(&owed, &posted).unwrap_err();
            assert_eq!(error, SettlementError::Overflow { clause: "c1".into() });
        }
    }

    fn lines() -> impl Strategy<Value = Vec<SettlementLine>> {
        let one = (0..3_u8, 0..4_u8, 0..2_u8, -1_000..1_000_i128);
        prop::collection::vec(
            one.prop_map(|(clause, subject, part, amount)| line(clause, subject, part, amount)),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn everything_posted_adds_up_to_what_is_owed_at_last(history in prop::collection::vec(lines(), 1..6)) {
            let mut posted: Vec<SettlementLine> = Vec::new();
            for owed in &history {
                posted.extend(difference(owed, &posted).unwrap());
                prop_assert_eq!(by_key(&posted), by_key(owed));
                prop_assert!(difference(owed, &posted).unwrap().is_empty());
            }
        }
    }
}
