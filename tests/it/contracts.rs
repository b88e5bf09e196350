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
        document::Document,
        evaluate::{Data, evaluate, measure::measure},
        examples,
        finding::Severity,
        intake::{Assembly, Format, facts, subjects},
        scalar::Scalar,
    },
    values::{Day, Rounding},
};
use rust_decimal::Decimal;

use figures::{DEALS, Figure, RULES};

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

fn figures() -> impl Iterator<Item = &'static Figure> {
    RULES.iter().chain(DEALS)
}

fn set(figure: &Figure) -> Contract {
    let text = fs::read_to_string(library().join(figure.folder).join("contract.yaml")).unwrap();
    let settings: Vec<_> = figure.set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (contract, findings) = compile(figure.folder, &text, &settings, &beside(figure.folder));
    contract.unwrap_or_else(|| panic!("{}: {}", figure.case, findings[0]))
}

fn reported(figure: &Figure, document: &Document) -> Data {
    let mut assembly = Assembly::new(document);
    if !figure.subject.is_empty() {
        let mut rows = Vec::new();
        let errors = subjects(document, ("subjects", Format::Csv), figure.subject.as_bytes(), |row| rows.push(row));
        assert!(errors.is_empty(), "{}: {}", figure.case, errors[0]);
        rows.iter().for_each(|row| assembly.subject("subjects", row));
    }
    for (kind, csv) in figure.facts {
        let at = document.facts.iter().position(|fact| fact.name.text == *kind).unwrap();
        let mut rows = Vec::new();
        let errors = facts(document, at, (kind, Format::Csv), csv.as_bytes(), |row| rows.push(row));
        assert!(errors.is_empty(), "{}: {}", figure.case, errors[0]);
        rows.iter().for_each(|row| assembly.fact(at, kind, row));
    }
    assembly.finish().unwrap()
}

/// Half of the last digit that a figure was published with, zeros at its end before the point not counted.
fn half_a_digit(published: Decimal) -> Decimal {
    let mut digit = Decimal::new(1, published.scale());
    while published.scale() == 0 && (published / (digit * Decimal::TEN)).fract().is_zero() {
        digit *= Decimal::TEN;
    }
    digit / Decimal::TWO
}

#[test]
fn published_totals() {
    for figure in figures() {
        let contract = set(figure);
        let document = &contract.checked.document;
        let as_of = Day::parse(figure.as_of).unwrap();
        let evaluation = evaluate(&contract, &reported(figure, document), as_of).unwrap();
        assert!(evaluation.not_eligible.is_empty(), "{}: the subject is not eligible", figure.case);
        for (name, published) in figure.yields {
            let clause = document.clauses.iter().position(|clause| clause.name.text == *name).unwrap();
            let lines = evaluation.lines.iter().filter(|line| usize::from(line.clause) == clause);
            let found: Decimal = lines.map(|line| line.amount).sum();
            let (about, digits) = (published.contains('≈'), published.trim_start_matches("≈ "));
            let amount: Decimal = digits.parse().unwrap();
            let same = found == amount || about && (found - amount).abs() <= half_a_digit(amount);
            assert!(same, "{}: {name} of {} is {found}, not {published}", figure.case, figure.folder);
        }
    }
}

#[test]
fn published_measures() {
    for figure in figures() {
        let contract = set(figure);
        let document = &contract.checked.document;
        let (data, as_of) = (reported(figure, document), Day::parse(figure.as_of).unwrap());
        for (name, published) in figure.measures {
            let index = document.measures.iter().position(|measure| measure.name.text == *name).unwrap();
            let values = measure(&contract, &data, as_of, index).unwrap();
            let Ok(Scalar::Number(found) | Scalar::Money(found)) = values[0].1 else {
                panic!("{}: {name} is {:?}", figure.case, values[0].1)
            };
            let published: Decimal = published.parse().unwrap();
            let rounded = Rounding::HalfUp.round(found, published.scale());
            assert_eq!(rounded, published, "{}: {name} of {} is {found}", figure.case, figure.folder);
        }
    }
}

/// Codes of published cases; each must have a row in the table of figures.
const CASES: [&str; 21] = [
    "F1", "F2", "F4", "F5", "F6", "F7", "F8", "F9", "R1", "R9", "R10", "R11", "R13", "D1", "D2", "D6", "D17", "D18",
    "D22", "D26", "D29",
];

#[test]
fn every_published_case_has_its_figures() {
    let known: BTreeSet<&str> =
        figures().filter_map(|figure| figure.case.split_once(' ')).map(|(code, _)| code).collect();
    let missing: Vec<_> = CASES.into_iter().filter(|code| !known.contains(code)).collect();
    assert!(missing.is_empty(), "no row of the table of figures belongs to {missing:?}");
    for figure in figures() {
        let shown = figure.yields.len() + figure.measures.len();
        assert!(shown > 0, "{}: nothing is expected", figure.case);
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
