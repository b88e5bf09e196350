//! From a proposed document to posted settlements, by operations alone, on both databases.

use outcome_ledger::{
    contract::StatementLine,
    operations::{preview_settlement, show_contract, state_contract, verify_log},
    storage::{self, Connection},
    values::ChainId,
};

use super::{
    databases::on_each,
    deal::{self, CONTRACT, day},
};

fn shown(lines: &[StatementLine]) -> Vec<String> {
    let line = |line: &StatementLine| {
        let subject = line.subject.as_deref().unwrap_or_default();
        format!("{} {subject} {} {} {}", line.clause, line.part, line.amount, line.due_on)
    };
    lines.iter().map(line).collect()
}

fn contract_id(c: &mut Connection) -> ChainId {
    storage::contract::find_by_name(c, CONTRACT).unwrap().unwrap().contract_id
}

fn state(c: &mut Connection) -> &'static str {
    show_contract(c, CONTRACT).unwrap().state
}

/// p1: 20,000 + 20,000, progressed on day 74, capped at 30,000. p2: 9,800.50, progressed on day 89. p3: nothing. p1 alone
/// has an ECOG status of 1 or less. Due 30 days after progression and after enrolment.
const FIRST: [&str; 4] = [
    "refund p1 0 40000.00 2025-04-24",
    "refund p1 1 -10000.00 2025-04-24",
    "refund p2 0 9800.50 2025-05-31",
    "fee p1 0 100.00 2025-02-09",
];

/// p2 cost 9,900.50 after all, and p1 did not progress.
const SECOND: [&str; 3] =
    ["refund p2 0 100.00 2025-05-31", "refund p1 0 -40000.00 2025-04-24", "refund p1 1 10000.00 2025-04-24"];

#[test]
fn a_contract_is_settled_and_settled_again_by_difference() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        deal::propose(c);
        assert_eq!(state(c), "proposed");
        deal::sign_and_activate(c);
        assert_eq!(state(c), "in force");
        deal::enrol_and_report(c);
        let preview = preview_settlement(c, CONTRACT, day("2025-06-30")).unwrap();
        assert_eq!(shown(&preview.due), FIRST);
        assert!(preview.proposed.is_none() && shown(&preview.due) == shown(&preview.owed.lines));
        let first = deal::settle(c, "2025-06-30").unwrap();
        assert_eq!((shown(&first.due), first.proposed.is_some()), (FIRST.map(str::to_owned).to_vec(), true));
        let entries = |c: &mut Connection| {
            let chain = contract_id(c);
            storage::entry::page(c, chain, 0, 100).unwrap().len()
        };
        let before = entries(c);
        let again = deal::settle(c, "2025-06-30").unwrap();
        assert!(again.due.is_empty() && again.proposed.is_none());
        assert_eq!(entries(c), before, "a settlement without a difference is no entry");
        deal::correct(c);
        assert_eq!(shown(&deal::settle(c, "2025-06-30").unwrap().due), SECOND);
        assert!(deal::settle(c, "2025-06-30").unwrap().due.is_empty());
        assert_statement(c);
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
        let looked = verified.looked_at;
        assert_eq!((looked.subjects, looked.facts, looked.lines, looked.settlements), (3, 9, 7, 2));
    });
}

/// All that is owed in the end: 9,900.50 from the manufacturer to p2, 100 from the insurer to the manufacturer.
fn assert_statement(c: &mut Connection) {
    let statement = state_contract(c, CONTRACT, None).unwrap();
    let lines: Vec<_> = statement.lines.iter().map(|line| line.line.clone()).collect();
    assert_eq!(shown(&lines), [&FIRST[..], &SECOND[..]].concat());
    let totals: Vec<_> =
        statement.totals.iter().map(|total| (total.clause.as_str(), total.amount.to_string())).collect();
    assert_eq!(totals, [("refund", "9900.50".to_owned()), ("fee", "100.00".to_owned())]);
    let mut balances: Vec<_> = statement
        .balances
        .iter()
        .map(|balance| format!("{} {} {}", balance.party, balance.account, balance.balance))
        .collect();
    balances.sort();
    let expected = [
        "Insurer A payable -100.00",
        "Maker A payable -9900.50",
        "Maker A receivable 100.00",
        "patient of ep receivable 9900.50",
    ];
    assert_eq!(balances, expected);
    assert!(state_contract(c, CONTRACT, Some(day("2025-06-29"))).unwrap().lines.is_empty());
    let chain = contract_id(c);
    let postings = storage::posting::of_chain(c, chain).unwrap();
    for position in [10, 15] {
        let of_entry: Vec<_> = postings.iter().filter(|row| row.seq == position).collect();
        assert!(of_entry.len() >= 2);
        assert_eq!(of_entry.iter().map(|row| row.amount_minor).sum::<i128>(), 0, "position {position}");
    }
}
