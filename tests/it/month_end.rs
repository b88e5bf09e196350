//! Two quarters of a deal, closed month by month: accrued, settled, paid, failed, corrected, reversed. Every balance is
//! computed by hand, as of several days, as known at several positions.

use std::collections::BTreeMap;

use outcome_ledger::{
    ledger::View,
    operations::{
        Error, FactReport, FactSheet, Outside, PaymentOrder, Proposal, accrue_contract, activate_contract,
        approve_settlement, confirm_payment, enrol_subjects, fail_payment, open_log, propose_contract,
        propose_settlement, register_party, report_facts, reverse_entry, send_payment, sign_contract,
        state_all_balances, state_balances, verify_log,
    },
    storage::{self, Connection},
};

use super::{
    databases::on_each,
    deal::{act, day, sheet},
};

const NAME: &str = "service";

/// The insurer pays the hospital what visits cost, 1,500 at most; the maker gives 10 % of it back to the insurer. Both by the
/// quarter.
const DOCUMENT: &str = "
format: 1
id: service
currency: EUR
parties: { insurer: { is: insurer }, hospital: { is: provider }, maker: { is: manufacturer } }
term: { start: 2025-01-01, end: 2025-12-31 }
settle: quarterly
subject: { is: patient, fields: { site: text } }
facts:
  visit: { fields: { cost: money } }
measures:
  subject: { in_quarter: sum(visit.cost in period) }
clauses:
  service:
    pays: insurer to hospital
    each: quarter
    amount: sum(subjects.in_quarter)
    limits: [ { per: contract, at_most: 1_500 EUR } ]
  rebate: { pays: maker to insurer, each: quarter, amount: sum(subjects.in_quarter) * 10% }
";

const ROLES: [(&str, &str, &str); 3] =
    [("hospital", "H", "provider"), ("insurer", "I", "insurer"), ("maker", "M", "manufacturer")];

fn in_force(c: &mut Connection) {
    act(c, |c, outside| open_log(c, outside, Some("ledger.example/months"))).unwrap();
    for (_, name, is) in ROLES {
        act(c, |c, outside| register_party(c, outside, name, is)).unwrap();
    }
    let proposal = || Proposal {
        name: Some(NAME),
        file: "service.yaml",
        document: DOCUMENT,
        files: &|_| Err("no file".into()),
        settings: BTreeMap::new(),
        parties: ROLES.iter().map(|(role, name, _)| ((*role).to_owned(), (*name).to_owned())).collect(),
    };
    act(c, |c, outside| propose_contract(c, outside, proposal())).unwrap();
    for (role, ..) in ROLES {
        act(c, |c, outside| sign_contract(c, outside, NAME, role)).unwrap();
    }
    act(c, |c, outside| activate_contract(c, outside, NAME)).unwrap();
    let subjects = sheet("subjects.csv", "subject,enrolled_on,site\np1,2025-01-02,north\n");
    act(c, |c, outside| enrol_subjects(c, outside, NAME, &subjects)).unwrap();
}

/// Visits of p1: day and cost.
fn visits(rows: &[(&str, &str)]) -> Vec<FactSheet> {
    let rows: String = rows.iter().map(|(on, cost)| format!("p1,{on},{cost}\n")).collect();
    vec![FactSheet { kind: "visit".into(), sheet: sheet("visit.csv", &format!("subject,on,cost\n{rows}")) }]
}

fn record(c: &mut Connection, rows: &[(&str, &str)]) {
    let report = FactReport { recorded: visits(rows), ..FactReport::default() };
    act(c, |c, outside| report_facts(c, outside, NAME, &report)).unwrap();
}

fn accrue(c: &mut Connection, as_of: &str) -> Vec<String> {
    let accrued = act(c, |c, outside| accrue_contract(c, outside, NAME, day(as_of))).unwrap();
    assert_eq!(accrued.posted.is_some(), !accrued.totals.is_empty());
    accrued.totals.iter().map(|total| format!("{} {}", total.payer, total.amount)).collect()
}

fn settle(c: &mut Connection, as_of: &str) {
    let due = act(c, |c, outside| propose_settlement(c, outside, NAME, day(as_of))).unwrap();
    assert_eq!(due.approvers, ["hospital", "insurer", "maker"]);
    for role in &due.approvers {
        act(c, |c, outside| approve_settlement(c, outside, NAME, None, role)).unwrap();
    }
}

fn send(c: &mut Connection, (from, to): (&str, &str), amount: &str, on: &str) {
    let order = PaymentOrder { from, to, amount: amount.parse().unwrap(), reference: None, on: Some(day(on)) };
    act(c, |c, outside| send_payment(c, outside, NAME, &order)).unwrap();
}

fn confirm(c: &mut Connection, payment: &str, on: &str) {
    act(c, |c, outside| confirm_payment(c, outside, NAME, payment, Some(day(on)))).unwrap();
}

const SERVICE: (&str, &str) = ("insurer", "hospital");
const REBATE: (&str, &str) = ("maker", "insurer");

type Step = fn(&mut Connection);

/// What happens, each with the position of the last entry that it leaves.
const STEPS: [(i64, Step); 22] = [
    (7, |c| record(c, &[("2025-01-20", "100")])),
    (8, |c| assert_eq!(accrue(c, "2025-01-31"), ["insurer 100.00", "maker 10.00"])),
    (9, |c| record(c, &[("2025-02-10", "200")])),
    (10, |c| assert_eq!(accrue(c, "2025-02-28"), ["insurer 200.00", "maker 20.00"])),
    (11, |c| record(c, &[("2025-03-15", "300")])),
    (12, |c| assert_eq!(accrue(c, "2025-03-31"), ["insurer 300.00", "maker 30.00"])),
    (12, |c| assert_eq!(accrue(c, "2025-03-31"), [""; 0])),
    // 600 and 60 are settled; what was accrued for them goes back.
    (17, |c| settle(c, "2025-03-31")),
    (18, |c| assert_eq!(accrue(c, "2025-03-31"), ["insurer -600.00", "maker -60.00"])),
    (19, |c| send(c, SERVICE, "600", "2025-04-10")),
    (20, |c| {
        act(c, |c, outside| fail_payment(c, outside, NAME, "19", "AC04", Some(day("2025-04-12")))).unwrap();
    }),
    (21, |c| send(c, SERVICE, "600", "2025-04-14")),
    (22, |c| confirm(c, "21", "2025-04-15")),
    (23, |c| send(c, REBATE, "60", "2025-04-20")),
    (24, |c| confirm(c, "23", "2025-04-22")),
    (26, |c| {
        record(c, &[("2025-04-12", "400")]);
        assert_eq!(accrue(c, "2025-04-30"), ["insurer 400.00", "maker 40.00"]);
    }),
    // February's visit cost 150. The rebate was somebody else's: it has not arrived.
    (27, |c| {
        let report = FactReport { corrected: visits(&[("2025-02-10", "150")]), ..FactReport::default() };
        act(c, |c, outside| report_facts(c, outside, NAME, &report)).unwrap();
    }),
    (28, |c| {
        act(c, |c, outside| reverse_entry(c, outside, NAME, "24", "did-not-happen", None)).unwrap();
    }),
    // Earned by May: 550 + 400 + 500, less 600 settled and 400 accrued. The visit of June is not seen yet.
    (30, |c| {
        record(c, &[("2025-05-20", "500"), ("2025-06-05", "60")]);
        assert_eq!(accrue(c, "2025-05-31"), ["insurer 450.00", "maker 45.00"]);
    }),
    // Earned by June: 1,510, of which the limit leaves 1,500; rebate 151.
    (31, |c| assert_eq!(accrue(c, "2025-06-30"), ["insurer 50.00", "maker 6.00"])),
    (37, |c| {
        settle(c, "2025-06-30");
        assert_eq!(accrue(c, "2025-06-30"), ["insurer -900.00", "maker -91.00"]);
    }),
    (39, |c| {
        confirm(c, "23", "2025-04-25");
        send(c, SERVICE, "900", "2025-07-10");
    }),
];

/// As of a day, as known at a position: account and balance of hospital, insurer and maker; others are zero.
const BALANCES: [(&str, u64, &str); 16] = [
    ("2025-01-31", 8, "H accrued 100, I accrued -90, M accrued -10"),
    ("2025-02-28", 10, "H accrued 300, I accrued -270, M accrued -30"),
    ("2025-03-31", 12, "H accrued 600, I accrued -540, M accrued -60"),
    (
        "2025-03-31",
        17,
        "H accrued 600, H receivable 600, I accrued -540, I payable -600, I receivable 60, M accrued -60, M payable -60",
    ),
    ("2025-03-31", 18, "H receivable 600, I payable -600, I receivable 60, M payable -60"),
    // What was settled in March changes nothing about February.
    ("2025-02-28", 18, "H accrued 300, I accrued -270, M accrued -30"),
    // The payment left on 10 April, came back on the 12th, and what is known of it later does not change the 10th.
    ("2025-04-10", 19, "H receivable 600, I cash -600, I receivable 60, M payable -60"),
    ("2025-04-10", 39, "H receivable 600, I cash -600, I receivable 60, M payable -60"),
    ("2025-04-12", 20, "H receivable 600, I payable -600, I receivable 60, M payable -60"),
    // As April was closed; as it looked when the confirmation was reversed; and after it was recorded rightly.
    ("2025-04-30", 26, "H accrued 400, H cash 600, I accrued -360, I cash -540, M accrued -40, M cash -60"),
    (
        "2025-04-30",
        28,
        "H accrued 400, H cash 600, I accrued -360, I cash -600, I receivable 60, M accrued -40, M cash -60",
    ),
    ("2025-04-30", 39, "H accrued 400, H cash 600, I accrued -360, I cash -540, M accrued -40, M cash -60"),
    (
        "2025-05-31",
        30,
        "H accrued 850, H cash 600, I accrued -765, I cash -600, I receivable 60, M accrued -85, M cash -60",
    ),
    (
        "2025-06-30",
        31,
        "H accrued 900, H cash 600, I accrued -809, I cash -600, I receivable 60, M accrued -91, M cash -60",
    ),
    (
        "2025-06-30",
        37,
        "H cash 600, H receivable 900, I cash -600, I payable -900, I receivable 151, M cash -60, M payable -91",
    ),
    ("2025-07-10", 39, "H cash 600, H receivable 900, I cash -1440, I receivable 91, M cash -60, M payable -91"),
];

/// What accounts hold, sorted, in whole euros; every view has to balance.
fn stated(c: &mut Connection, as_of: &str, known_at: u64) -> String {
    let view = View { as_of: Some(day(as_of)), known_at: Some(known_at) };
    let balances = state_balances(c, NAME, view).unwrap();
    assert!(balances.trial.iter().all(|trial| trial.balanced && trial.debits == trial.credits), "{balances:?}");
    let account = |account: &outcome_ledger::operations::AccountBalance| {
        format!("{} {} {}", account.party, account.account, account.balance.trim_end_matches(".00"))
    };
    let mut accounts: Vec<String> = balances.accounts.iter().map(account).collect();
    accounts.sort();
    accounts.join(", ")
}

fn end(c: &mut Connection) -> i64 {
    let chain = storage::contract::find_by_name(c, NAME).unwrap().unwrap().contract_id;
    storage::chain_head::load(c, chain).unwrap().unwrap().seq
}

#[test]
fn every_month_closes_to_the_cent_and_stays_closed() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let mut seen: BTreeMap<(&str, u64), String> = BTreeMap::new();
        for (position, step) in STEPS {
            step(c);
            assert_eq!(end(c), position);
            let position = position.unsigned_abs();
            for (as_of, ..) in BALANCES {
                seen.insert((as_of, position), stated(c, as_of, position));
            }
        }
        for (as_of, known_at, expected) in BALANCES {
            assert_eq!(stated(c, as_of, known_at), expected, "as of {as_of}, known at {known_at}");
        }
        for ((as_of, known_at), before) in seen {
            assert_eq!(stated(c, as_of, known_at), before, "as of {as_of}, known at {known_at}, seen again later");
        }
        let all = state_all_balances(c, None).unwrap();
        // H cash 600 and receivable 900, I receivable 91 on one side; I cash 1,440, M cash 60 and payable 91 on the other.
        assert_eq!(all.trial.len(), 1);
        assert_eq!((all.trial[0].debits.as_str(), all.trial[0].credits.as_str()), ("1591.00", "1591.00"));
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        assert_eq!((verified.looked_at.settlements, verified.looked_at.accruals), (2, 8));
    });
}

#[test]
fn closed_days_are_not_accrued_again() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        record(c, &[("2025-01-20", "100")]);
        accrue(c, "2025-02-28");
        let refused = |c: &mut Connection, as_of: &str| {
            let accrued =
                act(c, |c: &mut Connection, outside: &mut Outside| accrue_contract(c, outside, NAME, day(as_of)));
            match accrued {
                Err(Error::Refused(refusal)) => refusal.code,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(c, "2025-01-31"), "accrued-later");
        assert_eq!(refused(c, "2026-12-31"), "future-day");
        record(c, &[("2025-01-25", "7")]);
        assert_eq!(accrue(c, "2025-02-28"), ["insurer 7.00", "maker 0.70"], "what is known later is accrued later");
        settle(c, "2025-03-31");
        assert_eq!(refused(c, "2025-02-28"), "accrued-later");
        assert_eq!(accrue(c, "2025-03-31"), ["insurer -107.00", "maker -10.70"]);
        assert_eq!(accrue(c, "2025-04-30"), [""; 0]);
    });
}
