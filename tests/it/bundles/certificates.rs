//! One settlement on one page.

use outcome_ledger::{
    contract::certificate::{Certificate, check as check_certificate},
    operations::{Error, export_certificate},
};
use rayon::prelude::*;

use super::*;

fn certificate(position: impl ToString) -> Result<String, Error> {
    let position = position.to_string();
    let made = std::cell::RefCell::new(None);
    on_sqlite(|database| {
        *made.borrow_mut() = Some(export_certificate(&mut signed(database), deal::CONTRACT, &position))
    });
    made.into_inner().unwrap()
}

/// The position of the first settlement that was posted.
fn first_settlement() -> u64 {
    match certificate(1).unwrap_err() {
        Error::Refused(refusal) => {
            assert_eq!(refusal.code, "no-settlement");
            let positions = refusal.help.trim_start_matches("settlements stand at ");
            positions.split(", ").next().unwrap().parse().unwrap()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_settlement_is_proven_by_its_page_alone() {
    let position = first_settlement();
    let text = certificate(position).unwrap();
    let checked = check_certificate(&text, &policy(&key(ORIGIN, 1)), None).unwrap();
    assert_eq!((told(&checked), checked.verdict), (vec![], Verdict::Valid));
    // The insurer pays a fee of 100 for p1. The manufacturer refunds p1 30,000 of 40,000, and p2 9,800.50.
    for words in [
        "\nContract    ep\n",
        "\nSettled     as of 2025-06-30, ",
        " (patient): 39800.50 CNY\n",
        "Insurer A (insurer) to Maker A (manufacturer): 100.00 CNY\n",
        &format!("\nPosition    {position} of chain "),
    ] {
        assert!(text.contains(words), "`{words}` not in\n{text}");
    }
}

#[test]
fn a_change_of_any_single_byte_of_a_certificate_is_found() {
    let text = certificate(first_settlement()).unwrap();
    let policy = policy(&key(ORIGIN, 1));
    let missed: Vec<usize> = (0..text.len())
        .into_par_iter()
        .filter(|at| {
            let mut other = text.clone().into_bytes();
            other[*at] ^= 1 << (at % 7);
            let checked = String::from_utf8(other).ok().map(|other| check_certificate(&other, &policy, None));
            checked.is_some_and(|checked| checked.is_ok_and(|checked| checked.findings.is_empty()))
        })
        .collect();
    assert_eq!(missed, [0; 0]);
}

#[test]
fn pages_and_entries_that_do_not_belong_together_are_found() {
    let text = certificate(first_settlement()).unwrap();
    let trusted = policy(&key(ORIGIN, 1));
    let told_of = |text: &str| told(&check_certificate(text, &trusted, None).unwrap());
    let more = text.replace(" (patient): 39800.50 CNY", " (patient): 49800.50 CNY");
    assert_eq!(told_of(&more)[0].0, "page.differs");
    let mut without = Certificate::read(&text).unwrap();
    without.proven.pop();
    assert_eq!(told_of(&without.to_string())[0].0, "life.differs");
    let mut moved = Certificate::read(&text).unwrap();
    moved.proven[0].proof.index -= 1;
    assert_eq!(told_of(&moved.to_string())[0].0, "inclusion.fails");
    let stranger = check_certificate(&text, &policy(&key("ledger.example/two", 2)), None).unwrap();
    assert!(stranger.findings.iter().any(|finding| finding.code == "policy.refuses"));
    assert_eq!(stranger.verdict, Verdict::Invalid);
}
