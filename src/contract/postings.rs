//! From the lines of a settlement to balanced postings: what a payer owes, a payee is owed.

use std::collections::BTreeMap;

use super::settlement::{SettlementError, SettlementLine};
use crate::{
    ledger::{AccountKind, Posting, Postings},
    values::{Currency, PartyId},
};

/// Posts lines: each credits the payer's payable account and debits the payee's receivable account with its amount.
///
/// Legs of the same account are summed, so that a settlement of any number of lines is one entry with few postings; the
/// lines themselves are committed to. None are needed when the lines cancel each other out.
pub fn postings(
    lines: &[SettlementLine],
    parties: &BTreeMap<String, PartyId>,
    currency: Currency,
) -> Result<Postings, SettlementError> {
    let mut sums: BTreeMap<(PartyId, AccountKind), i128> = BTreeMap::new();
    let mut add = |clause: &str, role: &str, account, amount: Option<i128>| {
        let unknown = || SettlementError::UnknownRole { role: role.into() };
        let sum = sums.entry((*parties.get(role).ok_or_else(unknown)?, account)).or_default();
        let overflow = || SettlementError::Overflow { clause: clause.into() };
        *sum = amount.and_then(|amount| sum.checked_add(amount)).ok_or_else(overflow)?;
        Ok(())
    };
    for line in lines {
        let key = &line.key;
        add(&key.clause, &key.payer, AccountKind::Payable, line.amount_minor.checked_neg())?;
        add(&key.clause, &key.payee, AccountKind::Receivable, Some(line.amount_minor))?;
    }
    let legs: Vec<Posting> = sums
        .into_iter()
        .filter(|(_, amount_minor)| *amount_minor != 0)
        .map(|((party, account), amount_minor)| Posting { party, account, currency, amount_minor })
        .collect();
    if legs.is_empty() {
        return Ok(Postings::NONE);
    }
    // Legs balance line by line, so that only a sum beyond 128 bits is refused here.
    Postings::balanced(legs).map_err(|_| SettlementError::Overflow {
        clause: lines.first().map(|line| line.key.clause.clone()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::settlement::LineKey, *};
    use crate::values::Day;

    fn line(payer: &str, payee: &str, amount_minor: i128) -> SettlementLine {
        let (clause, payer, payee) = ("refund".into(), payer.into(), payee.into());
        let key = LineKey { clause, payer, payee, subject: None, group: None, period: None, part: 0 };
        SettlementLine { key, due_on: Day(0), amount_minor, reason: String::new() }
    }

    fn parties() -> BTreeMap<String, PartyId> {
        ["a", "b", "c"].iter().zip(1..).map(|(role, id)| ((*role).into(), PartyId::from_bytes([id; 16]))).collect()
    }

    fn euro() -> Currency {
        Currency::parse("EUR").unwrap()
    }

    #[test]
    fn legs_by_hand() {
        // a owes b 100, of which 30 go back, and c 5: a is credited 75, b debited 70, c 5.
        let lines = [line("a", "b", 100), line("a", "b", -30), line("a", "c", 5)];
        let postings = postings(&lines, &parties(), euro()).unwrap();
        let legs: Vec<_> = postings.iter().map(|leg| (leg.party, leg.account, leg.amount_minor)).collect();
        let [a, b, c] = [1, 2, 3].map(|id| PartyId::from_bytes([id; 16]));
        let expected =
            [(a, AccountKind::Payable, -75), (b, AccountKind::Receivable, 70), (c, AccountKind::Receivable, 5)];
        assert_eq!(legs, expected);
    }

    #[test]
    fn lines_that_cancel_need_no_postings_and_bad_ones_are_refused() {
        let cancelled = [line("a", "b", 9), line("a", "b", -9)];
        assert_eq!(postings(&cancelled, &parties(), euro()), Ok(Postings::NONE));
        assert_eq!(postings(&[], &parties(), euro()), Ok(Postings::NONE));
        let unknown = Err(SettlementError::UnknownRole { role: "z".into() });
        assert_eq!(postings(&[line("a", "z", 1)], &parties(), euro()), unknown);
        let overflow = Err(SettlementError::Overflow { clause: "refund".into() });
        assert_eq!(postings(&[line("a", "b", i128::MIN)], &parties(), euro()), overflow);
        assert_eq!(postings(&[line("a", "b", i128::MAX), line("a", "b", 1)], &parties(), euro()), overflow);
    }

    proptest! {
        #[test]
        fn any_lines_balance(lines in prop::collection::vec((0..3_usize, 0..3_usize, -1_000..1_000_i128), 0..20)) {
            let roles = ["a", "b", "c"];
            let lines: Vec<_> = lines.iter().map(|(from, to, amount)| line(roles[*from], roles[*to], *amount)).collect();
            let postings = postings(&lines, &parties(), euro()).unwrap();
            prop_assert_eq!(postings.iter().map(|leg| leg.amount_minor).sum::<i128>(), 0);
            prop_assert!(postings.iter().all(|leg| leg.amount_minor != 0));
        }
    }
}
