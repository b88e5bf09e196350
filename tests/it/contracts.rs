//! The library of contracts: every document compiles without a complaint, its worked cases hold, and figures that were
//! published come out to the cent.

mod figures;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use outcome_ledger::{
    terms::{
        Contract, compile,
        evaluate::{evaluate, measure::measure},
        examples,
        finding::Severity,
        intake::{Assembly, facts, subjects},
        scalar::Scalar,
    },
    values::Day,
};
use rust_decimal::Decimal;

use figures::{FIGURES, Figure, RATES};

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts")
}

fn folders() -> BTreeSet<String> {
    let entries = fs::read_dir(library()).unwrap().map(|entry| entry.unwrap());
    entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn beside(folder: &str) -> impl Fn(&str) -> Result<String, String> {
    let folder = library().join(folder);
    move |name| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
}

fn compiled(folder: &str) -> Contract {
    let text = fs::read_to_string(library().join(folder).join("contract.yaml")).unwrap();
    let (contract, findings) = compile(folder, &text, &[], &beside(folder));
    let complaints: Vec<_> = findings.iter().filter(|finding| finding.severity != Severity::Advice).collect();
    assert!(complaints.is_empty(), "{folder}: {}", complaints[0]);
    contract.unwrap()
}

#[test]
fn every_contract_is_sound_and_its_examples_hold() {
    let folders = folders();
    assert!(folders.len() >= 7, "contracts are missing: {folders:?}");
    for folder in &folders {
        let contract = compiled(folder);
        assert!(contract.checked.document.examples.len() >= 2, "{folder} shows too few cases");
        let failed = examples::run(&contract, &[], &beside(folder));
        assert!(failed.is_empty(), "{folder}: {}", failed[0]);
    }
}

#[test]
fn every_contract_says_in_two_languages_what_it_is_and_where_it_comes_from() {
    for folder in folders() {
        let document = compiled(&folder).checked.document;
        let titles = document.clauses.iter().map(|clause| (clause.name.text.as_str(), &clause.title));
        let titles = titles.chain([("the document", &document.header.title)]);
        let titles = titles.chain(document.parameters.iter().map(|one| (one.name.text.as_str(), &one.title)));
        for (name, title) in titles {
            assert!(title.en.is_some() && title.zh.is_some(), "{folder}: {name} lacks a title in English or Chinese");
        }
        for parameter in &document.parameters {
            assert!(parameter.source.is_some(), "{folder}: {} lacks its source", parameter.name.text);
        }
        assert!(document.header.source.is_some(), "{folder} lacks its source");
        let notes = document.header.notes.unwrap_or_default();
        for word in ["ublished", "hosen"] {
            assert!(notes.contains(word), "{folder}: the notes do not say which terms are published, which chosen");
        }
    }
}

#[test]
fn the_index_names_every_contract_and_no_other() {
    let index = fs::read_to_string(library().join("README.md")).unwrap();
    let links =
        index.lines().filter_map(|line| line.strip_prefix("| [")?.split_once(']')).map(|(name, _)| name.to_owned());
    assert_eq!(links.collect::<BTreeSet<_>>(), folders());
}

fn totals(figure: &Figure) -> Vec<(String, Decimal)> {
    let contract = compiled(figure.folder);
    let document = &contract.checked.document;
    let mut assembly = Assembly::new(document);
    let mut rows = Vec::new();
    let errors = subjects(document, "subjects", figure.subject.as_bytes(), |row| rows.push(row));
    assert!(errors.is_empty(), "{}: {}", figure.case, errors[0]);
    rows.iter().for_each(|row| assembly.subject("subjects", row));
    for (kind, csv) in figure.facts {
        let at = document.facts.iter().position(|fact| fact.name.text == *kind).unwrap();
        let mut rows = Vec::new();
        let errors = facts(document, at, kind, csv.as_bytes(), |row| rows.push(row));
        assert!(errors.is_empty(), "{}: {}", figure.case, errors[0]);
        rows.iter().for_each(|row| assembly.fact(at, kind, row));
    }
    let data = assembly.finish().unwrap();
    let evaluation = evaluate(&contract, &data, Day::parse(figure.as_of).unwrap()).unwrap();
    assert!(evaluation.not_eligible.is_empty(), "{}: the subject is not eligible", figure.case);
    let of = |index: usize| evaluation.lines.iter().filter(move |line| usize::from(line.clause) == index);
    let clauses = document.clauses.iter().enumerate();
    clauses.map(|(index, clause)| (clause.name.text.clone(), of(index).map(|line| line.amount).sum())).collect()
}

#[test]
fn published_figures() {
    for figure in FIGURES {
        let totals = totals(figure);
        for (clause, published) in figure.yields {
            let found = totals.iter().find(|(name, _)| name == clause).map(|(_, total)| *total).unwrap();
            assert_eq!(found, published.parse::<Decimal>().unwrap(), "{}, {clause} of {}", figure.case, figure.folder);
        }
    }
}

#[test]
fn published_minimum_savings_rates() {
    let contract = compiled("mssp-2018");
    let document = &contract.checked.document;
    let msr = document.measures.iter().position(|measure| measure.name.text == "msr").unwrap();
    let results = document.facts.iter().position(|fact| fact.name.text == "results").unwrap();
    let mut assembly = Assembly::new(document);
    let mut aco = String::from("subject,enrolled_on,track\n");
    let mut rows = String::from("subject,on,assigned,benchmark,expenditure,quality,quality_met\n");
    for (size, _) in RATES {
        aco.push_str(&format!("n{size},2018-01-01,track_1\n"));
        rows.push_str(&format!("n{size},2019-07-01,{size},1000,1000,1,yes\n"));
    }
    let (mut acos, mut reports) = (Vec::new(), Vec::new());
    assert!(subjects(document, "subjects", aco.as_bytes(), |row| acos.push(row)).is_empty());
    assert!(facts(document, results, "results", rows.as_bytes(), |row| reports.push(row)).is_empty());
    acos.iter().for_each(|row| assembly.subject("subjects", row));
    reports.iter().for_each(|row| assembly.fact(results, "results", row));
    let values = measure(&contract, &assembly.finish().unwrap(), Day::parse("2019-12-31").unwrap(), msr).unwrap();
    let tolerance = Decimal::new(1, 8);
    for ((name, found), (size, published)) in values.iter().zip(RATES) {
        let Ok(Scalar::Number(found)) = found else { panic!("{name} has no rate") };
        assert_eq!(*name, format!("n{size}"));
        assert!((found - published.parse::<Decimal>().unwrap()).abs() < tolerance, "{name}: {found}, not {published}");
    }
}

/// Rows of the inventory of payment models that move money; each has a document of its own or the index says why not.
const ROWS: [std::ops::RangeInclusive<u32>; 24] = [
    2..=8,
    11..=11,
    13..=14,
    16..=16,
    22..=24,
    26..=26,
    29..=30,
    32..=32,
    34..=35,
    38..=39,
    42..=43,
    45..=45,
    47..=47,
    49..=52,
    54..=58,
    60..=61,
    64..=66,
    68..=68,
    71..=75,
    80..=81,
    85..=88,
    41..=41,
    17..=17,
    12..=12,
];

#[test]
fn the_index_covers_every_row_that_moves_money() {
    let index = fs::read_to_string("contracts/README.md").unwrap();
    let numbers = |cell: &str| -> Vec<u32> {
        let listed = cell.split(['(', ';']).filter(|part| part.trim_start().starts_with("row"));
        listed
            .flat_map(|part| {
                part.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect::<Vec<_>>()
            })
            .collect()
    };
    let covered: Vec<u32> = index.lines().filter_map(|line| line.split(" | ").nth(1)).flat_map(numbers).collect();
    let missing: Vec<u32> = ROWS.into_iter().flatten().filter(|row| !covered.contains(row)).collect();
    assert!(missing.is_empty(), "contracts/README.md has no row {missing:?}: add a document, or say why there is none");
}
