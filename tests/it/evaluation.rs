//! What evaluation promises: the same lines in chunks of any size, on any number of threads, in any order of facts.

use outcome_ledger::{
    contract::{
        SettlementLine, difference,
        settlement::in_minor,
        statement::{StatementLine, state},
    },
    terms::{
        Contract, compile,
        evaluate::{Data, DataBuilder, evaluate, evaluate_earned, run::evaluate_in_chunks},
        scalar::Scalar,
    },
    values::{Day, Decimal, id::SubjectRef},
};
use proptest::prelude::*;

/// A contract with every sort of dependence: facts to subjects, subjects to groups and contract and back, periods,
/// carry-forward, schedules judged on their dates, limits over subjects.
const CONTRACT: &str = r#"
format: 1
id: everything
currency: CNY
parties: { maker: { is: manufacturer }, payer: { is: insurer }, hospital: { is: provider }, clinic: { is: provider } }
parameters: { share: { type: number, default: 30% }, cap: { type: money, default: 900 CNY } }
term: { start: 2025-01-01, end: 2026-12-31 }
subject: { is: patient, fields: { site: text, weight: number } }
group: site
facts:
  visit: { fields: { cost: money, score: number } }
  death: {}
  base: { once: yes, fields: { ecog: number } }
  budget: { of: contract, fields: { amount: money } }
measures:
  subject:
    cost: sum(visit.cost)
    in_year: sum(visit.cost in period)
    alive: not exists(death)
    last_score: last(visit.score) or 0
    excess: max(0 CNY, cost - mean_cost)
    follow_up: if exists(death) then (first(death.on) or as_of) - enrolled_on else as_of - enrolled_on
    carried: max(0 CNY, (previous(carried) or 0 CNY) + in_year - 100 CNY)
  group:
    site_cost: sum(subjects.cost)
    site_share: if total > 0 CNY then site_cost / total else 0
  contract:
    total: sum(subjects.cost)
    mean_cost: mean(subjects.cost) or 0 CNY
    survival_year: 'survival(subjects.follow_up, event: not alive, at: 180 days) or 1'
    year_total: sum(subjects.in_year)
    deficit: max(0 CNY, (previous(deficit) or 0 CNY) + year_total - sum(budget.amount in period))
    worst: max(groups.site_cost) or 0 CNY
clauses:
  refund:
    pays: maker to payer
    per: subject
    when: not alive
    due: enrolled_on + 10 days
    amount: excess * share
    limits: [ { per: subject, at_most: cap }, { per: year, at_most: 1_500 CNY } ]
  milestone:
    pays: payer
    to: { hospital: 60%, clinic: 40% }
    per: subject
    each: { from: enrolled_on, every: 3 months, times: 4 }
    when: alive
    amount: 100.01 CNY * (1 + base.ecog)
    limits: [ { per: contract, at_most: 2_000 CNY, share: pro rata } ]
  site_bonus:
    pays: payer to hospital
    per: group
    due: as_of
    amount: site_share * 1_000 CNY * survival_year
  carry:
    pays: maker to payer
    per: subject
    each: year
    amount: carried
  overrun:
    pays: maker to payer
    each: year
    amount: deficit * 50%
  worst_site:
    pays: hospital to payer
    due: as_of
    amount: worst * 1%
"#;

fn contract() -> Contract {
    let (contract, findings) = compile("everything", CONTRACT, &[], &|_| Err(String::new()));
    contract.unwrap_or_else(|| panic!("{}", findings.iter().map(ToString::to_string).collect::<String>()))
}

/// A subject: site, day of enrolment, whether the base line was reported, day of death, visits of day, cents and score.
type Subject = (u8, i32, bool, Option<i32>, Vec<(i32, i64, i64)>);

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    let visits = prop::collection::vec((0..700i32, 1..50_000i64, 0..10i64), 0..6);
    prop::collection::vec((0..3u8, 0..400i32, prop::bool::weighted(0.9), prop::option::of(0..700i32), visits), 1..12)
}

/// Builds the data with facts in an order that `turn` varies.
fn data(contract: &Contract, subjects: &[Subject], turn: usize) -> Data {
    let document = &contract.checked.document;
    let day = |days: i32| Day(Day::parse("2025-01-01").unwrap().0 + days);
    let mut builder = DataBuilder::new(document);
    let mut facts = Vec::new();
    for (at, (site, enrolled, base, death, visits)) in subjects.iter().enumerate() {
        let fields = [Some(Scalar::Text(format!("site {site}"))), Some(Scalar::Number(Decimal::from(60)))];
        let subject = builder.subject(&format!("p{at}"), day(*enrolled), &fields).unwrap();
        let visits = visits.iter().map(|(on, cents, score)| {
            let fields =
                vec![Some(Scalar::Money(Decimal::new(*cents, 2))), Some(Scalar::Number(Decimal::from(*score)))];
            (0, subject, day(*on), fields)
        });
        facts.extend(visits);
        facts.extend(death.map(|on| (1, subject, day(on), Vec::new())));
        facts.extend(base.then(|| (2, subject, day(*enrolled), vec![Some(Scalar::Number(Decimal::from(at % 3)))])));
    }
    facts.push((3, 0, day(30), vec![Some(Scalar::Money(Decimal::from(500)))]));
    facts.push((3, 0, day(400), vec![Some(Scalar::Money(Decimal::from(100)))]));
    let length = facts.len();
    facts.rotate_left(turn % length);
    if turn % 2 == 1 {
        facts.reverse();
    }
    for (kind, subject, on, fields) in facts {
        builder.fact(kind, subject, on, &fields);
    }
    builder.finish()
}

fn lines(contract: &Contract, data: &Data, as_of: Day, chunk: usize) -> Vec<StatementLine> {
    state(contract, &evaluate_in_chunks(contract, data, as_of, chunk).unwrap()).lines
}

#[test]
fn the_contract_of_these_tests_yields_every_clause() {
    let contract = contract();
    let sample =
        [(0, 0, true, Some(200), vec![(10, 400_000, 1)]), (1, 30, true, None, vec![(20, 1_000, 2), (400, 30_000, 1)])];
    let lines = lines(&contract, &data(&contract, &sample, 0), Day::parse("2027-01-01").unwrap(), 1_024);
    for clause in ["refund", "milestone", "site_bonus", "carry", "overrun", "worst_site"] {
        assert!(lines.iter().any(|line| line.clause == clause), "{clause}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunks_and_threads_change_nothing(subjects in subjects(), chunk in 1usize..13, threads in 1usize..5, day in 100i32..900) {
        let contract = contract();
        let data = data(&contract, &subjects, 0);
        let as_of = Day(Day::parse("2025-01-01").unwrap().0 + day);
        let whole = evaluate(&contract, &data, as_of).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let parts = pool.install(|| evaluate_in_chunks(&contract, &data, as_of, chunk).unwrap());
        prop_assert_eq!(&whole.lines, &parts.lines);
        prop_assert_eq!(&whole.pending, &parts.pending);
        prop_assert_eq!(&whole.upcoming, &parts.upcoming);
    }

    #[test]
    fn the_order_of_facts_changes_nothing(subjects in subjects(), turn in 0usize..60) {
        let contract = contract();
        let as_of = Day::parse("2026-12-31").unwrap();
        let first = lines(&contract, &data(&contract, &subjects, 0), as_of, 4);
        prop_assert_eq!(first, lines(&contract, &data(&contract, &subjects, turn), as_of, 4));
    }

    #[test]
    fn limits_never_increase_an_amount_and_hold(subjects in subjects()) {
        let contract = contract();
        let found = lines(&contract, &data(&contract, &subjects, 0), Day::parse("2026-12-31").unwrap(), 1_024);
        prop_assert!(found.iter().filter(|line| line.part > 0).all(|line| line.amount < Decimal::ZERO));
        let total = |clause: &str| found.iter().filter(|line| line.clause == clause).map(|line| line.amount).sum::<Decimal>();
        prop_assert!(total("milestone") <= Decimal::from(2_000));
        for at in 0..subjects.len() {
            let subject = Some(format!("p{at}"));
            let refund: Decimal = found.iter().filter(|line| line.clause == "refund" && line.subject == subject).map(|line| line.amount).sum();
            prop_assert!(refund >= Decimal::ZERO && refund <= Decimal::from(900));
        }
    }

    #[test]
    fn a_later_settlement_never_changes_what_a_schedule_judged_before(subjects in subjects(), day in 100i32..700) {
        let contract = contract();
        let data = data(&contract, &subjects, 0);
        let milestones = |days: i32| -> Vec<StatementLine> {
            let as_of = Day(Day::parse("2025-01-01").unwrap().0 + days);
            lines(&contract, &data, as_of, 1_024).into_iter().filter(|line| line.clause == "milestone" && line.part == 0).collect()
        };
        let (early, late) = (milestones(day), milestones(day + 200));
        prop_assert!(early.iter().all(|line| late.contains(line)));
    }
}

/// Amounts by the quarter and by the year; both add up the same costs.
const BY_QUARTER: &str = r#"
format: 1
id: by-quarter
currency: CNY
parties: { maker: { is: manufacturer }, payer: { is: insurer } }
term: { start: 2025-01-01, end: 2026-12-31 }
subject: { is: patient, fields: { site: text, weight: number } }
facts:
  visit: { fields: { cost: money, score: number } }
  death: {}
  base: { once: yes, fields: { ecog: number } }
  budget: { of: contract, fields: { amount: money } }
measures:
  subject: { in_period: sum(visit.cost in period) }
clauses:
  by_quarter: { pays: maker to payer, each: quarter, amount: sum(subjects.in_period) }
  by_year: { pays: maker to payer, each: year, amount: sum(subjects.in_period) }
"#;

fn sum(lines: &[StatementLine], clause: &str) -> Decimal {
    lines.iter().filter(|line| line.clause == clause).map(|line| line.amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn splitting_a_period_gives_the_same_total(subjects in subjects()) {
        let (contract, findings) = compile("by-quarter", BY_QUARTER, &[], &|_| Err(String::new()));
        let contract = contract.unwrap_or_else(|| panic!("{}", findings[0]));
        let found = lines(&contract, &data(&contract, &subjects, 0), Day::parse("2026-12-31").unwrap(), 7);
        prop_assert_eq!(sum(&found, "by_quarter"), sum(&found, "by_year"));
    }

    #[test]
    fn what_is_earned_is_what_is_due_when_nothing_falls_due_later(subjects in subjects(), day in 0i32..900) {
        let (contract, _) = compile("by-quarter", BY_QUARTER, &[], &|_| Err(String::new()));
        for contract in [contract.unwrap(), self::contract()] {
            let as_of = Day(Day::parse("2025-01-01").unwrap().0 + day);
            let data = data(&contract, &subjects, 0);
            let (due, earned) = (evaluate(&contract, &data, as_of).unwrap(), evaluate_earned(&contract, &data, as_of).unwrap());
            prop_assert!(earned.upcoming.is_empty() && earned.pending == due.pending);
            if due.upcoming.is_empty() {
                prop_assert_eq!(&earned.lines, &due.lines);
            }
            // Without limits, what is earned is what is due and what falls due later.
            if contract.checked.clauses.iter().all(|clause| clause.limits.is_empty()) {
                let amounts = due.lines.iter().map(|line| line.amount).chain(due.upcoming.iter().map(|o| o.amount));
                prop_assert_eq!(earned.lines.iter().map(|line| line.amount).sum::<Decimal>(), amounts.sum::<Decimal>());
            }
        }
    }

    #[test]
    fn settling_in_steps_posts_the_same_total(subjects in subjects(), steps in prop::collection::vec(30i32..730, 1..5)) {
        let contract = contract();
        let data = data(&contract, &subjects, 0);
        let start = Day::parse("2025-01-01").unwrap().0;
        let mut days: Vec<Day> = steps.iter().map(|days| Day(start + days)).collect();
        days.push(Day::parse("2026-12-31").unwrap());
        days.sort_unstable();
        let currency = contract.checked.document.header.currency;
        // A subject's number stands for its pseudonym.
        let pseudonym = |label: &str| {
            let number: u8 = label[1..].parse().unwrap();
            Some(SubjectRef::from_bytes([number; 16]))
        };
        let owed_on = |day: Day| in_minor(&lines(&contract, &data, day, 5), currency, pseudonym).unwrap();
        let mut posted: Vec<SettlementLine> = Vec::new();
        for day in &days {
            let due = difference(&owed_on(*day), &posted).unwrap();
            posted.extend(due);
        }
        let last = owed_on(Day::parse("2026-12-31").unwrap());
        let total = |lines: &[SettlementLine]| lines.iter().map(|line| line.amount_minor).sum::<i128>();
        prop_assert_eq!(total(&posted), total(&last));
        prop_assert!(difference(&last, &posted).unwrap().is_empty());
    }

    #[test]
    fn lines_add_up_to_the_totals(subjects in subjects(), day in 100i32..900) {
        let contract = contract();
        let as_of = Day(Day::parse("2025-01-01").unwrap().0 + day);
        let statement = state(&contract, &evaluate(&contract, &data(&contract, &subjects, 0), as_of).unwrap());
        for total in &statement.totals {
            let of_total = |line: &&StatementLine| (&line.clause, &line.payer, &line.payee) == (&total.clause, &total.payer, &total.payee);
            let sum: Decimal = statement.lines.iter().filter(of_total).map(|line| line.amount).sum();
            prop_assert_eq!(sum, total.amount);
        }
        let all: Decimal = statement.totals.iter().map(|total| total.amount).sum();
        prop_assert_eq!(all, statement.lines.iter().map(|line| line.amount).sum::<Decimal>());
    }
}
