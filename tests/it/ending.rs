//! A contract is suspended, ended and prolonged: what may happen when, and what is still owed, computed by hand.

use outcome_ledger::{
    operations::{
        Error, Grounds, Outside, PaymentOrder, Renewal, Turned, preview_settlement, renew_contract, resume_contract,
        send_payment, suspend_contract, terminate_contract, verify_log,
    },
    storage::Connection,
};

use super::{
    amending::{CHEAPER, NAME, amend, code, draft, in_force, record, settle, sign},
    databases::on_each,
    deal::{act, act_on, day, sheet},
};

const BY_INSURER: Grounds = Grounds { role: "insurer", reason: "product withdrawn" };
const BY_HOSPITAL: Grounds = Grounds { role: "hospital", reason: "product withdrawn" };

fn assert_valid(c: &mut Connection) {
    let findings = verify_log(c).unwrap().findings;
    assert!(findings.is_empty(), "{}", findings[0]);
}

fn suspend(c: &mut Connection, grounds: Grounds) -> Result<Turned, Error> {
    act(c, |c, outside| suspend_contract(c, outside, NAME, grounds))
}

fn resume(c: &mut Connection, grounds: Grounds) -> Result<Turned, Error> {
    act(c, |c, outside| resume_contract(c, outside, NAME, grounds))
}

fn terminate(c: &mut Connection, on: &str, run_out: Option<&str>) -> Result<Turned, Error> {
    act(c, |c, outside| terminate_contract(c, outside, NAME, BY_INSURER, (day(on), run_out.map(day))))
}

fn enrol(c: &mut Connection, label: &str, on: &str) -> Result<(), Error> {
    let rows = sheet("subjects.csv", &format!("subject,enrolled_on,site\n{label},{on},a\n"));
    act(c, |c, outside| outcome_ledger::operations::enrol_subjects(c, outside, NAME, &rows)).map(drop)
}

fn propose(c: &mut Connection, outside: &mut Outside, as_of: &str) -> Result<(), Error> {
    outcome_ledger::operations::propose_settlement(c, outside, NAME, day(as_of)).map(drop)
}

fn pay(c: &mut Connection, outside: &mut Outside, amount: &str) -> Result<(), Error> {
    let amount = amount.parse().unwrap();
    let order = PaymentOrder { from: "insurer", to: "hospital", amount, reference: None, on: None };
    send_payment(c, outside, NAME, &order).map(drop)
}

#[test]
fn while_suspended_only_reports_and_payments_go_on() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        settle(c, "2025-03-31");
        assert_eq!(code(resume(c, BY_INSURER)), "not-allowed-now");
        assert_eq!(code(suspend(c, Grounds { role: "nobody", ..BY_INSURER })), "unknown-role");
        assert_eq!(code(suspend(c, Grounds { reason: "p1 complained", ..BY_INSURER })), "reason-names-subject");
        assert_eq!(suspend(c, BY_INSURER).unwrap().state, "suspended");
        assert_eq!(code(suspend(c, BY_HOSPITAL)), "not-allowed-now");
        assert_eq!(code(enrol(c, "p3", "2025-06-01")), "not-allowed-now");
        assert_eq!(code(act(c, |c, outside| propose(c, outside, "2025-06-30"))), "not-allowed-now");
        record(c, "visit", "subject,on,cost\np1,2025-06-01,5\n").unwrap();
        act(c, |c, outside| pay(c, outside, "40.00")).unwrap();
        amend(c, &draft(super::amending::DOCUMENT, &CHEAPER, "2025-07-01")).unwrap();
        sign(c, NAME);
        assert_eq!(code(resume(c, BY_HOSPITAL)), "not-your-suspension");
        assert_eq!(resume(c, BY_INSURER).unwrap().state, "in force");
        enrol(c, "p3", "2025-06-01").unwrap();
        assert_eq!(settle(c, "2025-06-30"), ["service 205.00", "refund 500.00"]);
        assert_valid(c);
    });
}

/// Notice on 1 January 2026 for the same day. By hand: Q1 100, Q2 200; both refunds 500 each. The visit of 2 January counts
/// for nothing. With the run-out over, payments go on and nothing else.
#[test]
fn what_was_earned_is_settled_until_the_run_out_is_over() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        assert_eq!(code(terminate(c, "2025-12-31", None)), "end-before-notice");
        assert_eq!(code(terminate(c, "2026-01-31", Some("2026-01-30"))), "run-out-too-short");
        let ended = terminate(c, "2026-01-01", Some("2026-01-10")).unwrap();
        assert_eq!((ended.state, ended.ends_on), ("under notice", Some(day("2026-01-01"))));
        assert_eq!(code(terminate(c, "2026-02-28", None)), "not-allowed-now");
        assert_eq!(code(suspend(c, BY_INSURER)), "not-allowed-now");
        assert_eq!(code(amend(c, &draft(super::amending::DOCUMENT, &CHEAPER, "2025-07-01"))), "not-allowed-now");
        enrol(c, "p3", "2025-12-01").unwrap();
        record(c, "visit", "subject,on,cost\np1,2026-01-02,999\np2,2025-12-31,7\n").unwrap();
        assert_eq!(
            code(act_on("2026-01-02", c, |c, outside| {
                let rows = sheet("subjects.csv", "subject,enrolled_on,site\np4,2025-12-02,a\n");
                outcome_ledger::operations::enrol_subjects(c, outside, NAME, &rows)
            })),
            "not-allowed-now"
        );
        let due = preview_settlement(c, NAME, day("2026-01-09")).unwrap();
        let totals: Vec<_> = due.totals.iter().map(|total| format!("{} {}", total.clause, total.amount)).collect();
        assert_eq!(totals, ["service 307.00", "refund 1000.00"]);
        act_on("2026-01-10", c, |c, outside| propose(c, outside, "2026-01-09")).unwrap();
        for role in ["hospital", "insurer"] {
            act_on("2026-01-10", c, |c, outside| {
                outcome_ledger::operations::approve_settlement(c, outside, NAME, None, role)
            })
            .unwrap();
        }
        assert_eq!(code(act_on("2026-01-11", c, |c, outside| propose(c, outside, "2026-01-11"))), "not-allowed-now");
        let late = super::deal::facts("visit", "subject,on,cost\np1,2025-12-30,1\n");
        let report = outcome_ledger::operations::FactReport { recorded: late, ..Default::default() };
        assert_eq!(
            code(act_on("2026-01-11", c, |c, outside| {
                outcome_ledger::operations::report_facts(c, outside, NAME, &report)
            })),
            "not-allowed-now"
        );
        act_on("2026-01-11", c, |c, outside| pay(c, outside, "307.00")).unwrap();
        assert_valid(c);
    });
}

#[test]
fn a_contract_is_prolonged_as_it_is_amended() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let renew = |c: &mut Connection, until: &str| {
            let renewal = Renewal { until: day(until), effective_on: None, reason: "another year" };
            act(c, |c, outside| renew_contract(c, outside, NAME, renewal))
        };
        assert_eq!(code(renew(c, "2025-12-31")), "no-renewal");
        assert!(enrol(c, "p3", "2026-01-01").is_err(), "after the term");
        let proposed = renew(c, "2026-12-31").unwrap();
        assert_eq!(proposed.effective_on, day("2026-01-01"));
        let changed: Vec<_> = proposed.differences.iter().map(|one| (one.about.as_str(), one.part.as_str())).collect();
        assert_eq!(changed, [("term", "end")]);
        sign(c, NAME);
        enrol(c, "p3", "2026-01-01").unwrap();
        record(c, "visit", "subject,on,cost\np3,2026-02-01,60\np1,2025-12-31,8\n").unwrap();
        let due = preview_settlement(c, NAME, day("2026-03-31")).unwrap();
        let totals: Vec<_> = due.totals.iter().map(|total| format!("{} {}", total.clause, total.amount)).collect();
        assert_eq!(totals, ["service 368.00", "refund 1000.00"]);
        assert_valid(c);
    });
}
