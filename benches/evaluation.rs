//! How fast contracts are evaluated, and how much memory that takes.
//!
//! `cargo bench` prints subjects per second and peak memory for 10^4, 10^5 and 10^6 subjects with six facts each on the
//! efficacy guarantee, beside a loop on one thread written by hand for this one contract as the limit. Each size runs in a process of
//! its own, so that its peak memory is its own. Figures of one run can be compared; machines differ.
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
        evaluate::{Data, DataBuilder, evaluate},
        scalar::Scalar,
    },
    values::{Currency, Day, Decimal, Rounding},
};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const ROUNDS: usize = 5;

fn main() {
    match env::args().nth(1).filter(|argument| !argument.starts_with("--")) {
        Some(size) => one(size.parse().unwrap()),
        None => all(),
    }
}

/// Runs each size in a process of its own.
fn all() {
    println!("efficacy guarantee, six facts a subject, {} threads", rayon::current_num_threads());
    println!(
        "{:>10} {:>16} {:>16} {:>10} {:>14}",
        "subjects", "subjects/s", "loop by hand/s", "ratio", "bytes/subject"
    );
    for size in SIZES {
        let output = Command::new(env::current_exe().unwrap()).arg(size.to_string()).output().unwrap();
        print!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn one(size: usize) {
    let text = fs::read_to_string("contracts/efficacy-guarantee/contract.yaml").unwrap();
    let contract = compile("efficacy-guarantee", &text, &[], &|_| Err(String::new())).0.unwrap();
    let before = peak_bytes();
    let data = subjects(&contract, size);
    let as_of = Day::parse("2027-12-31").unwrap();
    let ours = best(|| evaluate(&contract, &data, as_of).unwrap().lines.len());
    let peak = peak_bytes() - before;
    let by_hand = best(|| by_hand(&data));
    let (rate, limit) = (size as f64 / ours, size as f64 / by_hand);
    println!("{size:>10} {rate:>16.0} {limit:>16.0} {:>10.2} {:>14}", limit / rate, peak / size as u64);
}

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

/// The same contract as a loop in Rust: refunds by subject, capped per subject, then per year in order of due dates.
fn by_hand(data: &Data) -> usize {
    use outcome_ledger::terms::evaluate::data::Store;
    let yuan = Currency::parse("CNY").unwrap();
    let Store::Decimal(paid) = &data.facts[0].fields[1].values else { return 0 };
    let (dispensing, progression) = (&data.facts[0], &data.facts[1]);
    let cap = Decimal::from(30_000);
    let half = Decimal::new(5, 1);
    let mut refunds: Vec<(i32, usize, Decimal)> = Vec::new();
    for at in 0..data.subjects() {
        let first = progression.offsets[at] as usize;
        if first == progression.offsets[at + 1] as usize {
            continue;
        }
        let on = progression.on[first];
        let days = on - data.enrolled_on[at];
        if days > 365 || days > 180 {
            continue;
        }
        let rows = dispensing.offsets[at] as usize..dispensing.offsets[at + 1] as usize;
        let cost: Decimal = paid[rows].iter().sum();
        let refund = yuan.round(if days <= 90 { cost } else { cost * half }, Rounding::HalfEven);
        refunds.push((on + 30, at, refund.min(cap)));
    }
    refunds.sort_unstable();
    let mut by_year = [Decimal::ZERO; 4];
    let year_cap = Decimal::from(2_000_000);
    let start = Day::parse("2025-01-01").unwrap();
    refunds
        .iter_mut()
        .filter_map(|(due, _, refund)| {
            let sum = &mut by_year[(start.whole_months_until(Day(*due)) / 12) as usize];
            let next = *sum + *refund;
            *refund = next.min(year_cap) - (*sum).min(year_cap);
            *sum = next;
            (!refund.is_zero()).then_some(())
        })
        .count()
}
