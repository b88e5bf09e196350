//! Clinical records as facts: published records of patients, every official example, records that are wrong on purpose.

mod command;
mod examples;
mod identity;
#[cfg(feature = "server")]
mod import;
mod measure;
mod patients;
mod refusals;

use std::{
    fs::File,
    io::{BufReader, Read},
    path::PathBuf,
};

use flate2::read::GzDecoder;
use outcome_ledger::{
    contract::statement,
    exchange::fhir::{Options, Place, Reader, Reading, SourcedFact, lines},
    terms::{
        Contract, compile,
        document::Document,
        evaluate::evaluate,
        intake::{Assembly, SubjectRow},
    },
    values::Day,
};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fhir").join(name)
}

/// The bytes of a fixture, unpacked.
fn fixture(name: &str) -> Vec<u8> {
    let file = BufReader::new(File::open(path(name)).unwrap());
    let mut bytes = Vec::new();
    match name.ends_with(".gz") {
        true => GzDecoder::new(file).read_to_end(&mut bytes).unwrap(),
        false => { file }.read_to_end(&mut bytes).unwrap(),
    };
    bytes
}

fn contract(text: &str) -> Contract {
    let (contract, findings) = compile("contract", text, &[], &|_| Err("no files".into()));
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// A contract about facts, written as in a document, and formulas that use their fields.
fn wanting(facts: &str, used: &[&str]) -> Contract {
    let parties = "{ insurer: { is: insurer }, clinic: { is: provider } }";
    let head =
        format!("format: 1\nid: wants\ncurrency: USD\nparties: {parties}\nsubject: {{ is: patient, fields: {{}} }}");
    let measures: String = used.iter().enumerate().map(|(at, formula)| format!("\n    used_{at}: {formula}")).collect();
    let measures = if used.is_empty() { String::new() } else { format!("measures:\n  subject:{measures}\n") };
    let clauses = "clauses:\n  fee: { pays: insurer to clinic, amount: 1 USD, due: as_of }";
    contract(&format!("{head}\nfacts:\n{facts}\n{measures}{clauses}\n"))
}

/// Reads named files for a contract.
fn read_with(contract: &Contract, options: Options, files: &[(&str, Vec<u8>)]) -> Reading {
    read_document_with(&contract.checked.document, options, files)
}

fn read_document_with(document: &Document, options: Options, files: &[(&str, Vec<u8>)]) -> Reading {
    let mut reader = Reader::new(document, options);
    for (_, bytes) in files {
        lines::documents(&bytes[..], |_, text| text.into_iter().for_each(|text| reader.learn(text))).unwrap();
    }
    let mut unread = Vec::new();
    for (name, bytes) in files {
        let take = |line, text: Result<&str, _>| {
            let place = Place { file: (*name).into(), line };
            match text {
                Ok(text) => reader.read(&place, text),
                Err(fault) => unread.push(outcome_ledger::exchange::fhir::outcome::Fault::at(fault, &place)),
            }
        };
        lines::documents(&bytes[..], take).unwrap();
    }
    let mut reading = reader.finish();
    reading.issues.extend(unread);
    reading
}

fn read(contract: &Contract, files: &[(&str, Vec<u8>)]) -> Reading {
    read_with(contract, Options::default(), files)
}

/// A fact in one line: kind, subject, day, values.
fn line(contract: &Contract, fact: &SourcedFact) -> String {
    let kind = &contract.checked.document.facts[fact.kind];
    let values = fact.row.cells.iter().map(|cell| cell.as_ref().map_or("-".into(), ToString::to_string));
    let subject = fact.row.subject.as_deref().unwrap_or_default();
    [kind.name.text.clone(), subject.to_owned(), fact.row.on.to_string()]
        .into_iter()
        .chain(values)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The subjects for whom a contract owes something under each clause.
fn owed(contract: &Contract, subjects: &[String], reading: &Reading, as_of: &str) -> Vec<(String, String)> {
    let mut assembly = Assembly::new(&contract.checked.document);
    for subject in subjects {
        let enrolled_on = Day::parse("1950-01-01").unwrap();
        let row = SubjectRow { line: 0, subject: subject.clone(), enrolled_on, cells: Vec::new() };
        assembly.subject("subjects", &row);
    }
    reading.facts.iter().for_each(|fact| assembly.fact(fact.kind, "facts", &fact.row));
    let data = assembly.finish().unwrap();
    let evaluation = evaluate(contract, &data, Day::parse(as_of).unwrap()).unwrap();
    let lines = statement::state(contract, &evaluation).lines;
    lines.into_iter().map(|line| (line.clause, line.subject.unwrap_or_default())).collect()
}
