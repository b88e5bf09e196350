//! How fast contracts are evaluated, and how much memory that takes.
//!
//! `cargo bench --bench evaluation` prints subjects per second and peak memory for 10^4, 10^5 and 10^6 subjects with six
//! facts each, for the efficacy guarantee, a cohort, a schedule and a corridor, beside a loop on one thread written by
//! hand for each contract as the limit. Each size runs in a process of its own, so that its peak memory is its own.
//! Figures of one run can be compared; machines differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{env, fs, hint::black_box, process::Command, time::Instant};

use outcome_ledger::{
    terms::{
        Contract, compile,
        evaluate::{Data, DataBuilder, Part, data::Store, evaluate},
        scalar::Scalar,
    },
    values::{Currency, Day, Decimal, Rounding},
};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const ROUNDS: usize = 5;

/// A contract to evaluate and the same work as a loop in Rust; both give the number of lines.
struct Case {
    name: &'static str,
    text: fn() -> String,
    by_hand: fn(&Data) -> usize,
}

const CASES: [Case; 4] = [
    Case { name: "guarantee", text: guarantee, by_hand: guarantee_by_hand },
    Case { name: "cohort", text: cohort, by_hand: cohort_by_hand },
    Case { name: "schedule", text: schedule, by_hand: schedule_by_hand },
    Case { name: "corridor", text: corridor, by_hand: corridor_by_hand },
];

fn guarantee() -> String {
    fs::read_to_string("contracts/efficacy-guarantee/contract.yaml").unwrap()
}

/// The subjects and facts of the guarantee under other clauses.
fn around(measures: &str, tables: &str, clauses: &str) -> String {
    format!(
        "format: 1
id: benchmark
currency: CNY
parties: {{ maker: {{ is: manufacturer }}, payer: {{ is: insurer }} }}
term: {{ start: 2025-01-01, end: 2027-12-31 }}
subject: {{ is: patient, fields: {{ age: number, diagnosis: text, arm: {{ text: [treated, comparator] }} }} }}
facts: {{ dispensing: {{ fields: {{ units: number, paid: money }} }}, progression: {{}} }}
tables: {{ {tables} }}
measures:
{measures}
clauses:
{clauses}
"
    )
}

fn cohort() -> String {
    around(
        "  subject:
    cost: sum(dispensing.paid)
    progressed: exists(progression)
    followed: (first(progression.on) or as_of) - enrolled_on
  contract:
    spend: sum(subjects.cost)
    rate: share(subjects where progressed) or 0
    free: 'survival(subjects.followed, event: progressed, at: 180 days) or 1'",
        "",
        "  rebate: { pays: maker to payer, due: as_of, when: free < 85%, amount: spend * rate * 10% }",
    )
}

fn schedule() -> String {
    around(
        "  subject:
    free: not exists(progression)",
        "",
        "  instalment:
    pays: payer to maker
    per: subject
    each: { from: enrolled_on, every: 3 months, times: 5 }
    when: free
    amount: 1_000 CNY",
    )
}

fn corridor() -> String {
    around(
        "  subject:
    cost: sum(dispensing.paid)",
        "corridor: { marginal: [ { upto: 27_000 CNY, is: 0% }, { upto: 30_000 CNY, is: 50% }, { above: 30_000 CNY, is: 80% } ] }",
        "  share: { pays: maker to payer, per: subject, due: as_of, amount: corridor(cost) }",
    )
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match &arguments[..] {
        [name, size] => one(CASES.iter().find(|case| case.name == name).unwrap(), size.parse().unwrap()),
        _ => all(),
    }
}

/// Runs each case and size in a process of its own.
fn all() {
    println!("six facts a subject, {} threads; the loop by hand runs on one", rayon::current_num_threads());
    println!(
        "{:>10} {:>10} {:>14} {:>14} {:>8} {:>14}",
        "contract", "subjects", "subjects/s", "by hand/s", "ratio", "bytes/subject"
    );
    for case in &CASES {
        for size in SIZES {
            let output =
                Command::new(env::current_exe().unwrap()).args([case.name, &size.to_string()]).output().unwrap();
            print!("{}", String::from_utf8_lossy(&output.stdout));
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

fn one(case: &Case, size: usize) {
    let (contract, findings) = compile(case.name, &(case.text)(), &[], &|_| Err(String::new()));
    let contract = contract.unwrap_or_else(|| panic!("{}", findings[0]));
    let before = peak_bytes();
    let data = subjects(&contract, size);
    let as_of = Day::parse(AS_OF).unwrap();
    let mut lines = 0;
    let ours = best(|| {
        lines = evaluate(&contract, &data, as_of).unwrap().lines.iter().filter(|line| line.part == Part::Amount).count()
    });
    let peak = peak_bytes() - before;
    let mut expected = 0;
    let by_hand = best(|| expected = (case.by_hand)(&data));
    assert_eq!(lines, expected, "{}: the loop by hand does other work", case.name);
    let (rate, limit) = (size as f64 / ours, size as f64 / by_hand);
    println!(
        "{:>10} {size:>10} {rate:>14.0} {limit:>14.0} {:>8.2} {:>14}",
        case.name,
        limit / rate,
        peak / size as u64
    );
}

const AS_OF: &str = "2027-12-31";

/// The shortest of several rounds, in seconds.
fn best<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut shortest = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(work());
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    shortest
}

/// The most memory the process has held so far.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Subjects with five dispensings each and a sixth fact: a progression for three in ten, else one more dispensing. The
/// figures come from a linear congruential generator (Knuth, MMIX), so every run sees the same.
fn subjects(contract: &Contract, size: usize) -> Data {
    let mut state = 42u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let start = Day::parse("2025-01-01").unwrap();
    let document = &contract.checked.document;
    let kind = |name: &str| document.facts.iter().position(|fact| fact.name.text == name).unwrap();
    let (dispensing, progression) = (kind("dispensing"), kind("progression"));
    let mut builder = DataBuilder::new(document);
    for at in 0..size {
        let enrolled_on = Day(start.0 + next(700) as i32);
        let fields = document.fields.iter().map(|field| match field.name.text.as_str() {
            "age" => Some(Scalar::Number(Decimal::from(30 + next(50)))),
            "diagnosis" => Some(Scalar::Text("C50".into())),
            _ => Some(Scalar::Text(if next(2) == 0 { "treated" } else { "comparator" }.into())),
        });
        let fields: Vec<_> = fields.collect();
        let subject = builder.subject(&format!("s{at:07}"), enrolled_on, &fields).unwrap();
        let dispense = |builder: &mut DataBuilder, days: i32, paid: u64| {
            let fields = [Some(Scalar::Number(Decimal::from(21))), Some(Scalar::Money(Decimal::new(paid as i64, 2)))];
            builder.fact(dispensing, subject, Day(enrolled_on.0 + days), &fields);
        };
        for month in 0..5 {
            dispense(&mut builder, month * 28, 500_000 + next(100_000));
        }
        if next(10) < 3 {
            builder.fact(progression, subject, Day(enrolled_on.0 + 1 + next(300) as i32), &[]);
        } else {
            dispense(&mut builder, 140, 500_000 + next(100_000));
        }
    }
    builder.finish()
}

fn paid(data: &Data, at: usize) -> &[Decimal] {
    let Store::Decimal(paid) = &data.facts[0].fields[1].values else { return &[] };
    &paid[data.facts[0].offsets[at] as usize..data.facts[0].offsets[at + 1] as usize]
}

fn progressed_on(data: &Data, at: usize) -> Option<i32> {
    let rows = &data.facts[1];
    (rows.offsets[at] < rows.offsets[at + 1]).then(|| rows.on[rows.offsets[at] as usize])
}

/// Refunds by subject, capped per subject, then per year in order of due dates.
fn guarantee_by_hand(data: &Data) -> usize {
    let yuan = Currency::parse("CNY").unwrap();
    let (cap, half) = (Decimal::from(30_000), Decimal::new(5, 1));
    let mut refunds: Vec<(i32, usize, Decimal)> = Vec::new();
    for at in 0..data.subjects() {
        let Some(on) = progressed_on(data, at) else { continue };
        let days = on - data.enrolled_on[at];
        if days > 180 {
            continue;
        }
        let cost: Decimal = paid(data, at).iter().sum();
        let refund = yuan.round(if days <= 90 { cost } else { cost * half }, Rounding::HalfEven);
        refunds.push((on + 30, at, refund.min(cap)));
    }
    refunds.sort_unstable();
    let mut by_year = [Decimal::ZERO; 4];
    let (year_cap, start) = (Decimal::from(2_000_000), Day::parse("2025-01-01").unwrap());
    for (due, _, refund) in &mut refunds {
        let sum = &mut by_year[(start.whole_months_until(Day(*due)) / 12) as usize];
        let next = *sum + *refund;
        *refund = next.min(year_cap) - (*sum).min(year_cap);
        *sum = next;
    }
    black_box(&refunds);
    refunds.len()
}

/// One rebate on the cohort's spend, by the share that progressed and the product-limit curve at 180 days.
fn cohort_by_hand(data: &Data) -> usize {
    let as_of = Day::parse(AS_OF).unwrap().0;
    let (mut spend, mut progressed) = (Decimal::ZERO, 0usize);
    let mut times: Vec<(i32, bool)> = Vec::with_capacity(data.subjects());
    for at in 0..data.subjects() {
        spend += paid(data, at).iter().sum::<Decimal>();
        let on = progressed_on(data, at);
        progressed += usize::from(on.is_some());
        times.push((on.unwrap_or(as_of) - data.enrolled_on[at], on.is_some()));
    }
    times.sort_unstable();
    let mut free = Decimal::ONE;
    let mut at_risk = times.len();
    for day in times.chunk_by(|a, b| a.0 == b.0).take_while(|day| day[0].0 <= 180) {
        let events = day.iter().filter(|(_, event)| *event).count();
        free *= Decimal::from(at_risk - events) / Decimal::from(at_risk);
        at_risk -= day.len();
    }
    let rebate = spend * Decimal::from(progressed) / Decimal::from(times.len()) * Decimal::new(1, 1);
    usize::from(free < Decimal::new(85, 2) && !rebate.is_zero())
}

/// Five dates three months apart, each paid while there is no progression by then.
fn schedule_by_hand(data: &Data) -> usize {
    let as_of = Day::parse(AS_OF).unwrap();
    let mut dues: Vec<(usize, Day, Decimal)> = Vec::new();
    for at in 0..data.subjects() {
        let on = progressed_on(data, at);
        for step in 0..5 {
            let date = Day(data.enrolled_on[at]).plus_months(step * 3).unwrap();
            if date <= as_of && on.is_none_or(|on| on > date.0) {
                dues.push((at, date, Decimal::from(1_000)));
            }
        }
    }
    black_box(&dues);
    dues.len()
}

/// Each slice of a subject's cost at its own rate.
fn corridor_by_hand(data: &Data) -> usize {
    let yuan = Currency::parse("CNY").unwrap();
    let (low, high) = (Decimal::from(27_000), Decimal::from(30_000));
    let (half, most) = (Decimal::new(5, 1), Decimal::new(8, 1));
    let mut shares: Vec<(usize, Decimal)> = Vec::new();
    for at in 0..data.subjects() {
        let cost: Decimal = paid(data, at).iter().sum();
        let middle = (cost.min(high) - low).max(Decimal::ZERO) * half;
        let top = (cost - high).max(Decimal::ZERO) * most;
        let share = yuan.round(middle + top, Rounding::HalfEven);
        if !share.is_zero() {
            shares.push((at, share));
        }
    }
    black_box(&shares);
    shares.len()
}
