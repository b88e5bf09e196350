//! What is refused when settlements are approved, paid and reversed; and that everything else of it fits together.

use outcome_ledger::{
    contract::erasure::Basis,
    operations::{
        Error, PaymentOrder, RecordedPayment, accrue_contract, approve_settlement, confirm_payment, erase_subject,
        fail_payment, list_payments, list_settlements, preview_settlement, propose_settlement, reject_settlement,
        reverse_entry, send_payment, show_settlement, state_balances, verify_log,
    },
    storage::Connection,
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, act, day, pay},
    refusals::assert_refused,
};

fn propose(c: &mut Connection) -> Result<outcome_ledger::operations::DueSettlement, Error> {
    act(c, |c, outside| propose_settlement(c, outside, CONTRACT, day("2025-06-30")))
}

fn approve(
    c: &mut Connection,
    settlement: Option<&str>,
    role: &str,
) -> Result<outcome_ledger::operations::ApprovedSettlement, Error> {
    act(c, |c, outside| approve_settlement(c, outside, CONTRACT, settlement, role))
}

fn reject(c: &mut Connection, role: &str, reason: &str) -> Result<(), Error> {
    act(c, |c, outside| reject_settlement(c, outside, CONTRACT, None, role, reason)).map(drop)
}

#[test]
fn a_settlement_waits_for_both_sides() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        assert_refused(c, "no-proposal", |c| approve(c, None, "insurer"));
        assert_eq!(propose(c).unwrap().approvers, ["insurer", "manufacturer"]);
        assert_refused(c, "proposal-open: the settlement proposed at position 7 still waits for", propose);
        assert_refused(c, "no-say", |c| approve(c, None, "patient"));
        assert_refused(c, "unknown-role", |c| approve(c, None, "hospital"));
        assert_refused(c, "no-proposal", |c| approve(c, Some("6"), "insurer"));
        assert_refused(c, "unknown-entry", |c| approve(c, Some("99"), "insurer"));
        assert_refused(c, "unknown-reason", |c| reject(c, "insurer", "because p1 says so"));
        let one = approve(c, Some("7"), "insurer").unwrap();
        assert_eq!((one.awaited, one.posted), (vec!["manufacturer".to_owned()], None));
        assert_refused(c, "approved-already", |c| approve(c, None, "insurer"));
        // Nothing is posted or owed yet: what is due is still all of it.
        let due = preview_settlement(c, CONTRACT, day("2025-06-30")).unwrap().due;
        assert_eq!(due.len(), 4);
        assert!(state_balances(c, CONTRACT, Default::default()).unwrap().accounts.is_empty());
        reject(c, "manufacturer", "amount").unwrap();
        assert_refused(c, "no-proposal", |c| reject(c, "manufacturer", "amount"));
        assert_refused(c, "proposal-over", |c| approve(c, Some("7"), "manufacturer"));
        deal::settle(c, "2025-06-30").unwrap();
        let stages: Vec<_> = list_settlements(c, CONTRACT).unwrap().into_iter().map(|one| one.stage).collect();
        assert_eq!(stages, ["rejected", "posted"]);
        let shown = show_settlement(c, CONTRACT, None).unwrap();
        assert_eq!((shown.settlement.position, shown.settlement.posted_at, shown.due.clone()), (10, Some(13), due));
        assert_eq!(show_settlement(c, CONTRACT, Some("7")).unwrap().due, shown.due);
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        assert_eq!((verified.looked_at.settlements, verified.looked_at.lines), (2, 8));
    });
}

/// Facts that are reported while a settlement waits belong to the next one.
#[test]
fn what_is_approved_is_what_was_proposed() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        propose(c).unwrap();
        deal::correct(c);
        for role in ["insurer", "manufacturer"] {
            approve(c, None, role).unwrap();
        }
        let posted = show_settlement(c, CONTRACT, None).unwrap();
        assert_eq!((posted.settlement.stage, posted.due.len()), ("posted", 4));
        // p2 cost 100 more, and p1 did not progress after all: 40,000 less, and the 10,000 over the limit.
        assert_eq!(deal::settle(c, "2025-06-30").unwrap().due.len(), 3);
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
    });
}

fn sent(c: &mut Connection, order: &PaymentOrder) -> Result<RecordedPayment, Error> {
    act(c, |c, outside| send_payment(c, outside, CONTRACT, order))
}

#[test]
fn payments_cover_what_is_settled_and_no_more() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        assert_refused(c, "overpaid: nothing is open", |c| pay(c, "insurer", "manufacturer", "1", "2025-07-01"));
        deal::settle(c, "2025-06-30").unwrap();
        let order = PaymentOrder {
            from: "insurer",
            to: "manufacturer",
            amount: "60".parse().unwrap(),
            reference: Some("INV-17"),
            on: Some(day("2025-07-01")),
        };
        for (code, bad) in [
            ("bad-amount", PaymentOrder { amount: "0".parse().unwrap(), ..order }),
            ("bad-amount", PaymentOrder { amount: "-60".parse().unwrap(), ..order }),
            ("bad-amount", PaymentOrder { amount: "0.001".parse().unwrap(), ..order }),
            ("overpaid", PaymentOrder { amount: "100.01".parse().unwrap(), ..order }),
            ("overpaid", PaymentOrder { from: "manufacturer", to: "insurer", ..order }),
            ("unknown-role", PaymentOrder { to: "hospital", ..order }),
            ("bad-reference", PaymentOrder { reference: Some("for patient p1"), ..order }),
            ("future-day", PaymentOrder { on: Some(day("2026-01-02")), ..order }),
        ] {
            assert_refused(c, code, |c| sent(c, &bad));
        }
        let payment = sent(c, &order).unwrap().payment;
        assert_eq!((payment.position, payment.stage, payment.amount.as_str()), (11, "in flight", "60.00"));
        assert_refused(c, "paid-twice", |c| sent(c, &PaymentOrder { amount: "40".parse().unwrap(), ..order }));
        assert_refused(c, "overpaid: 4001 minor units, when 4000 are open", |c| {
            sent(c, &PaymentOrder { amount: "40.01".parse().unwrap(), reference: None, ..order })
        });
        let confirm = |c: &mut Connection, payment: &str, on: &str| {
            act(c, |c, outside| confirm_payment(c, outside, CONTRACT, payment, Some(day(on))))
        };
        let fail = |c: &mut Connection, reason: &str| {
            act(c, |c, outside| fail_payment(c, outside, CONTRACT, "11", reason, None))
        };
        let reverse = |c: &mut Connection, entry: &str| {
            act(c, |c, outside| reverse_entry(c, outside, CONTRACT, entry, "duplicate", None))
        };
        assert_refused(c, "too-early", |c| confirm(c, "11", "2025-06-30"));
        assert_refused(c, "no-payment", |c| confirm(c, "10", "2025-07-02"));
        assert_refused(c, "bad-bank-code", |c| fail(c, "closed"));
        assert_refused(c, "not-reversible", |c| reverse(c, "10"));
        confirm(c, "11", "2025-07-02").unwrap();
        assert_refused(c, "payment-over", |c| confirm(c, "11", "2025-07-03"));
        assert_refused(c, "payment-over", |c| fail(c, "AC04"));
        assert_refused(c, "payment-over", |c| reverse(c, "11"));
        reverse(c, "12").unwrap();
        assert_refused(c, "reversed-already", |c| reverse(c, "12"));
        reverse(c, "11").unwrap();
        let payments = list_payments(c, CONTRACT).unwrap();
        assert_eq!(payments.payments[0].stage, "void");
        let open: Vec<_> = payments.open.iter().map(|open| format!("{} {}", open.payer, open.amount)).collect();
        assert_eq!(open, ["insurer 100.00", "manufacturer 39800.50"]);
        assert!(verify_log(c).unwrap().valid);
    });
}

/// 39,800.50 are paid to patients; then p1 did not progress after all and p2 cost 100 more: 29,900 go back.
#[test]
fn what_was_overpaid_is_paid_back() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        deal::settle(c, "2025-06-30").unwrap();
        let payment = pay(c, "manufacturer", "patient", "39800.50", "2025-07-01").unwrap();
        act(c, |c, outside| confirm_payment(c, outside, CONTRACT, &payment, Some(day("2025-07-02")))).unwrap();
        deal::correct(c);
        deal::settle(c, "2025-06-30").unwrap();
        let open = list_payments(c, CONTRACT).unwrap().open;
        assert_eq!(open[1].amount, "-29900.00", "{open:?}");
        assert_refused(c, "overpaid", |c| pay(c, "manufacturer", "patient", "1", "2025-07-05"));
        assert_refused(c, "overpaid", |c| pay(c, "patient", "manufacturer", "29900.01", "2025-07-05"));
        let back = pay(c, "patient", "manufacturer", "29900", "2025-07-05").unwrap();
        act(c, |c, outside| confirm_payment(c, outside, CONTRACT, &back, None)).unwrap();
        let balances = state_balances(c, CONTRACT, Default::default()).unwrap().accounts;
        let of_patients: Vec<_> = balances.iter().filter(|account| account.roles == ["patient"]).collect();
        assert_eq!(of_patients.len(), 1);
        assert_eq!((of_patients[0].account, of_patients[0].balance.as_str()), ("cash", "9900.50"));
        assert!(verify_log(c).unwrap().valid);
    });
}

/// What was accrued for somebody who is erased goes back; the accrual before can no longer be computed again, and is told.
#[test]
fn nothing_stays_accrued_for_somebody_erased() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let accrue = |c: &mut Connection| -> Vec<String> {
            let accrued = act(c, |c, outside| accrue_contract(c, outside, CONTRACT, day("2025-04-30"))).unwrap();
            accrued.totals.iter().map(|total| format!("{} {}", total.payer, total.amount)).collect()
        };
        // p1 progressed in March, 40,000 under the limit of 30,000, and has a fee of 100; p2 progresses in May.
        assert_eq!(accrue(c), ["insurer 100.00", "manufacturer 30000.00"]);
        act(c, |c, outside| erase_subject(c, outside, CONTRACT, "p1", Basis::ConsentWithdrawn)).unwrap();
        assert_eq!(accrue(c), ["insurer -100.00", "manufacturer -30000.00"]);
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        assert_eq!(verified.looked_at.accruals, 1);
        assert!(verified.not_checked.iter().any(|told| told.contains("The accrual at position 7")), "{verified:?}");
    });
}
