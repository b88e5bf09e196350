//! What holds for any order of acts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{super::claims::ClaimStage, *};

/// An act about one of the last entries.
type Drawn = (u8, i64, i128, (&'static str, &'static str), &'static str);

fn any_act() -> impl Strategy<Value = Drawn> {
    let roles = prop::sample::select(vec![("insurer", "maker"), ("maker", "patient"), ("maker", "insurer")]);
    let who = prop::sample::select(vec!["maker", "insurer", "patient"]);
    (0..19_u8, 0..5_i64, -60..60_i128, roles, who)
}

fn act_of((which, back, amount, (payer, payee), who): Drawn, seq: i64) -> MoneyAct {
    let (entry, totals) = ((seq - back).max(1), vec![sum(payer, payee, amount)]);
    match which {
        0 => propose(5, &totals),
        1..=3 => approve(entry, who),
        4 => reject(entry, who),
        5 | 6 => send(&format!("R{seq}"), payer, payee, amount),
        7 => confirm(entry),
        8 => fail(entry),
        9 => reverse(entry),
        _ => accrue(5, &totals),
    }
}

/// Lines of the open settlement set aside, and what becomes of the last dispute.
fn dispute_of((which, _, _, _, who): Drawn, desk: &Desk) -> Option<MoneyAct> {
    let decision = if which % 2 == 0 { Decision::Accepted } else { Decision::Refused };
    match which {
        11 | 12 => desk.books.open_proposal().map(|open| dispute(open.seq, who, &open.settlement.totals)),
        13..=16 => desk.books.disputes().last().map(|found| decide(found.seq, who, decision)),
        17 | 18 => desk.books.disputes().last().map(|found| resolve(found.seq, decision)),
        _ => None,
    }
}

proptest! {
    #[test]
    fn accepted_acts_balance_and_refused_ones_change_nothing(acts in prop::collection::vec(any_act(), 1..150)) {
        let mut desk = Desk::new();
        for drawn in acts {
            let (before, balances) = (desk.books.clone(), desk.balances.clone());
            let act = dispute_of(drawn, &desk).unwrap_or_else(|| act_of(drawn, desk.seq));
            if desk.on(5, act).is_err() {
                prop_assert_eq!(&desk.books, &before);
                prop_assert_eq!(&desk.balances, &balances);
            }
            let done = desk.books.open_proposal().filter(|open| open.awaited().is_empty()).cloned();
            if let Some(open) = done {
                let (count, totals) = desk.books.undisputed(&open).unwrap();
                let posted = PostedSettlement { as_of: Day(5), count, proposal: open.entry, totals };
                desk.on(5, MoneyAct::Post(posted)).unwrap();
            }
            prop_assert!(desk.balances.trial_balance().unwrap().values().all(Trial::balances));
            assert_books_fit(&desk)?;
        }
    }
}

/// Payables and receivables hold what is settled, less what was paid, which the payee knows when it arrives.
fn assert_books_fit(desk: &Desk) -> Result<(), TestCaseError> {
    let mut expected: BTreeMap<(&str, AccountKind), i128> = BTreeMap::new();
    let settled = desk.books.settled();
    for ((payer, payee), amount) in &settled {
        *expected.entry((payer, AccountKind::Payable)).or_default() -= amount;
        *expected.entry((payee, AccountKind::Receivable)).or_default() += amount;
    }
    for payment in desk.books.payments().iter().filter(|payment| payment.stage.covers()) {
        let (amount, arrived) = (payment.amount_minor, payment.stage == PaymentStage::Confirmed);
        if amount > 0 || arrived {
            *expected.entry((&payment.sent.payer, AccountKind::Payable)).or_default() += amount;
        }
        if amount < 0 || arrived {
            *expected.entry((&payment.sent.payee, AccountKind::Receivable)).or_default() -= amount;
        }
    }
    let mut open: BTreeMap<Pair, i128> = BTreeMap::new();
    for claim in desk.books.claims().into_iter().filter(|claim| claim.stage >= ClaimStage::Unpaid) {
        *open.entry((claim.payer, claim.payee)).or_default() += claim.open_minor;
    }
    let is_open = |(_, amount): &(_, i128)| *amount != 0;
    let unpaid: Vec<_> = desk.books.unpaid().into_iter().filter(is_open).collect();
    prop_assert_eq!(open.into_iter().filter(is_open).collect::<Vec<_>>(), unpaid);
    for role in ["maker", "insurer", "patient"] {
        for kind in [AccountKind::Payable, AccountKind::Receivable] {
            let expected = expected.get(&(role, kind)).copied().unwrap_or_default();
            prop_assert_eq!(desk.balance(role, kind), expected);
        }
    }
    Ok(())
}
