//! Feeds the formula parser and the document loader with broken inputs.
//!
//! `cargo bench --bench hostile -- 10000000` tries so many: nine in ten are formulas, one in ten is a whole document
//! that is compiled. Inputs are mutations of the formulas and documents in `contracts/`. A panic, a hang or unbounded
//! memory ends the run; the seed of the input at hand is printed, so that it can be tried again alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a stress run prints its course"
)]

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use outcome_ledger::terms::{compile, formula};
use rayon::prelude::*;

const SLOWEST: Duration = Duration::from_secs(5);

fn main() {
    let count: u64 = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(200_000);
    let documents = documents();
    let formulas: Vec<String> = documents.iter().flat_map(|text| formulas_of(text)).collect();
    println!("{count} inputs from {} documents and {} formulas", documents.len(), formulas.len());
    let (start, done, sound) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
    (0..count).into_par_iter().for_each(|seed| {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let began = Instant::now();
        let fine = if seed % 10 == 9 {
            let text = mutated(&mut random, &documents);
            compile("fuzz", &text, &[], &|_| Err("no files".into())).0.is_some()
        } else {
            let text = mutated(&mut random, &formulas);
            let positions: Vec<u32> = (0..text.chars().count() as u32).collect();
            formula::parse(&text, &positions).is_ok()
        };
        assert!(began.elapsed() < SLOWEST, "input {seed} took {:?}", began.elapsed());
        sound.fetch_add(u64::from(fine), Ordering::Relaxed);
        let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
        if so_far.is_multiple_of(1_000_000) {
            println!("{so_far} inputs, {:.0} s", start.elapsed().as_secs_f64());
        }
    });
    println!(
        "{} inputs survived, {} of them sound, {:.0} s",
        done.into_inner(),
        sound.into_inner(),
        start.elapsed().as_secs_f64()
    );
}

fn documents() -> Vec<String> {
    let folders = fs::read_dir("contracts").unwrap().map(|entry| entry.unwrap().path().join("contract.yaml"));
    folders.filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// The texts after `: ` in a document; most are formulas.
fn formulas_of(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(_, value)| value.trim_matches(['"', '\'']).to_owned())
        .collect()
}

/// A generator by Marsaglia (xorshift64), so that a seed says it all.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

const SPLINTERS: [&str; 36] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ": ",
    ",",
    "\"",
    "'",
    "\n",
    "  ",
    "- ",
    "%",
    "99999999999999999999999999999",
    "0",
    "-",
    " is known",
    " or ",
    " and ",
    " where ",
    "if ",
    " then ",
    " else ",
    "period.",
    "subjects.",
    "previous(",
    "max(",
    "1 / 0",
    " CNY",
    "2025-02-30",
    "\u{0}",
    "退",
    "\u{feff}",
    "🂡",
];

/// A text cut, doubled, spliced with another, or sprinkled with splinters.
fn mutated(random: &mut Random, corpus: &[String]) -> String {
    let mut text: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
    for _ in 0..=random.below(4) {
        let (a, b) = (random.below(text.len() + 1), random.below(text.len() + 1));
        let (from, to) = (a.min(b), a.max(b));
        match random.below(6) {
            0 => drop(text.drain(from..to.min(from + 40))),
            1 => {
                let part: Vec<char> = text[from..to.min(from + 40)].to_vec();
                let at = random.below(text.len() + 1);
                text.splice(at..at, part);
            }
            2 => {
                let other: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
                let start = random.below(other.len() + 1);
                let end = (start + random.below(60)).min(other.len());
                text.splice(from..from, other[start..end].iter().copied());
            }
            3 if from < text.len() => text[from] = char::from_u32(random.below(0x300) as u32).unwrap_or('x'),
            _ => {
                let splinter = SPLINTERS[random.below(SPLINTERS.len())];
                let times = if random.below(50) == 0 { 500 } else { 1 };
                text.splice(from..from, splinter.repeat(times).chars());
            }
        }
    }
    text.into_iter().take(200_000).collect()
}
