//! The library of contracts: every document compiles without a complaint, its worked cases hold, and figures that were
//! published come out to the cent.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use outcome_ledger::{
    terms::{
        Contract, compile,
        evaluate::evaluate,
        examples,
        finding::Severity,
        intake::{Assembly, facts, subjects},
    },
    values::Day,
};
use rust_decimal::Decimal;

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

/// A published figure: what is reported, and what a clause must then yield in all.
struct Figure {
    /// The case, as it was published.
    case: &'static str,
    folder: &'static str,
    /// CSV with the day of enrolment and the fields of one subject `x`.
    subject: &'static str,
    /// Kinds of facts, each with a CSV.
    facts: &'static [(&'static str, &'static str)],
    as_of: &'static str,
    /// Clause and published total in the contract's currency.
    yields: &'static [(&'static str, &'static str)],
}

/// Rows of the result of an ACO.
macro_rules! aco {
    ($case:literal, $track:literal, $rate:literal, $row:literal, $facts:expr, $yields:expr) => {
        Figure {
            case: $case,
            folder: "mssp-2018",
            subject: concat!("subject,enrolled_on,track\nx,2018-01-01,", $track),
            facts: &[
                (
                    "results",
                    concat!(
                        "subject,on,assigned,benchmark,expenditure,quality,quality_met,stated_rate\nx,2019-07-01,",
                        $row,
                        ",yes,",
                        $rate
                    ),
                ),
                ("advance", concat!("subject,on,balance\n", $facts)),
            ],
            as_of: "2019-12-31",
            yields: $yields,
        }
    };
}

/// Each row: assigned, benchmark, expenditure, quality (sharing rate / most share, see the document).
const FIGURES: &[Figure] = &[
    aco!("A1001", "track_1", "", "77372,1072551536,960028237,0.90843749", "", &[("shared_savings", "50087988")]),
    aco!("A1002", "track_1", "", "9139,91914080,79742206,0.8503126", "", &[("shared_savings", "5071450")]),
    aco!("A1026, in the dead zone", "track_1", "", "56362,625808887,620860274,0.9034", "", &[("shared_savings", "0")]),
    aco!("A1409, cap", "track_1", "", "5451,121182225,83501144,0.9082", "", &[("shared_savings", "12118223")]),
    aco!("A1161, loss not owed", "track_1", "", "42910,558505588,603632476,0.8786", "", &[("shared_losses", "0")]),
    aco!("A1033", "track_1_plus", "0", "127371,1497358051,1459862163,0.8530824", "", &[("shared_savings", "15673670")]),
    aco!("A1041", "track_3", "0.02", "16934,220610162,202723302,0.9212074", "", &[("shared_savings", "12110968")]),
    aco!(
        "A2084, advance recouped",
        "track_1_plus",
        "0",
        "7291,103945581,102954601,0.741092",
        "x,2018-01-01,183990",
        &[("shared_savings", "359860"), ("recoupment", "183990")]
    ),
    Figure {
        case: "liver transplant, alive after three years",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[
            ("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"),
            ("visit", "subject,on\nx,2019-03-01\nx,2021-03-01"),
        ],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "21000")],
    },
    Figure {
        case: "liver transplant, death in month 14",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"), ("death", "subject,on\nx,2019-04-20")],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "0")],
    },
];

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
