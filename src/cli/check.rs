//! `check`: reads contracts, finds what is wrong, runs their examples.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    input,
    output::{self, DONE, Failure, Format, Outcome, REFUSED},
    table::table,
};
use crate::terms::{
    examples,
    exposure::{PartyExposure, exposure},
    finding::{Finding, Severity},
};

/// Reads contracts, finds what is wrong with them, and runs their worked examples.
///
/// Every finding names file, line and column, shows the line, and says what was expected and what to do. All findings
/// of a file come at once. A contract with an error cannot be run or signed.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLES\n  outcome-ledger check contracts/**\n  outcome-ledger check my.yaml --set max_per_patient='20_000 CNY' --format json"
)]
pub struct Arguments {
    /// Contract documents, or folders that are searched for them.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// Sets a parameter for this run, written as in the document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
}

/// What was found in one file.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    contract: Option<String>,
    examples: usize,
    findings: Vec<Finding>,
    /// The most that each party can owe; empty when the contract cannot be run.
    exposure: Vec<PartyExposure>,
}

impl Report {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, format: Format) -> Outcome {
    let files = documents(&arguments.files)?;
    let reports = files.iter().map(|file| check(file, &arguments.set)).collect::<Result<Vec<_>, _>>()?;
    output::answer(format, &serde_json::json!({ "files": reports }), || text(&reports))?;
    let errors: usize = reports.iter().map(|report| report.count(Severity::Error)).sum();
    Ok(if errors == 0 { DONE } else { REFUSED })
}

/// The documents among files and in folders, each once. Tables and notes beside documents are passed over.
fn documents(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut open: Vec<PathBuf> = named.iter().rev().cloned().collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let unreadable = |error| Failure::unreachable(format!("{}: {error}", path.display()));
            let entries = fs::read_dir(&path).map_err(unreadable)?;
            let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            inside.sort_unstable_by(|a, b| b.cmp(a));
            open.extend(inside);
        } else if (is_document(&path) || !path.exists()) && !found.contains(&path) {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(Failure::refused(
            "no-contracts",
            "no contract is among these; documents end in .yaml, .yml or .json",
        ));
    }
    Ok(found)
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json")
}

fn check(file: &Path, settings: &[(String, String)]) -> Result<Report, Failure> {
    let (contract, mut findings) = input::contract(file, settings)?;
    if let Some(contract) = &contract {
        findings.extend(examples::run(contract, settings, &input::beside(file)));
        findings.sort_by_key(|finding| (finding.line, finding.column));
    }
    let document = contract.as_ref().map(|contract| &contract.checked.document);
    Ok(Report {
        file: file.display().to_string(),
        contract: document.map(|document| document.header.id.clone()),
        examples: document.map_or(0, |document| document.examples.len()),
        findings,
        exposure: contract.as_ref().map(exposure).unwrap_or_default(),
    })
}

/// A finding as text: advice on one line, what is wrong with its place in the document.
fn shown(finding: &Finding) -> String {
    match finding.severity {
        Severity::Advice => format!(
            "advice: {} [{}] {}:{}:{}\n",
            finding.message, finding.code, finding.file, finding.line, finding.column
        ),
        _ => format!("{finding}\n"),
    }
}

fn text(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        report.findings.iter().for_each(|finding| text.push_str(&shown(finding)));
    }
    for report in reports {
        let (errors, warnings, advice) =
            (report.count(Severity::Error), report.count(Severity::Warning), report.count(Severity::Advice));
        let verdict = match (&report.contract, errors) {
            (None, _) => "cannot be run".to_string(),
            (Some(_), 0) => {
                format!(
                    "sound, {} {}",
                    report.examples,
                    if report.examples == 1 { "example holds" } else { "examples hold" }
                )
            }
            (Some(_), _) => "examples fail".to_string(),
        };
        let counts = [(errors, "error"), (warnings, "warning"), (advice, "advice")];
        let found: Vec<String> = counts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{n} {word}{}", if *n > 1 && *word != "advice" { "s" } else { "" }))
            .collect();
        let found = if found.is_empty() { String::new() } else { format!(" ({})", found.join(", ")) };
        text.push_str(&format!("{}: {verdict}{found}\n", report.file));
        if !report.exposure.is_empty() {
            text.push_str(&format!("\nThe most each party can owe\n{}\n", most(&report.exposure)));
        }
    }
    text
}

/// A row for each clause of each party; a party that has several clauses gets a row for all of them first.
fn most(parties: &[PartyExposure]) -> String {
    let amount = |amount: Option<Decimal>, currency: &str| match amount {
        Some(amount) => format!("{} {currency}", output::amount(amount.normalize())),
        None => "unlimited".into(),
    };
    let mut rows = Vec::new();
    for party in parties {
        let row = |clause: &str, per_year, total, reason: &str| {
            let (per_year, total) = (amount(per_year, &party.currency), amount(total, &party.currency));
            vec![party.party.clone(), clause.to_owned(), per_year, total, reason.to_owned()]
        };
        match party.clauses.len() {
            0 => rows.push(row("", party.per_year, party.total, "owes nothing under any clause")),
            1 => {}
            _ => rows.push(row("", party.per_year, party.total, "all clauses together")),
        }
        rows.extend(party.clauses.iter().map(|c| row(&c.clause, c.per_year, c.total, &c.reason)));
    }
    table(&["party", "clause", "per year", "over the term", "because"], &[2, 3], rows)
}
