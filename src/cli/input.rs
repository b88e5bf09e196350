//! Contracts and reports from files.

use std::{
    fs::{self, File},
    io::Read,
    path::{Component, Path, PathBuf},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::output::{Failure, REFUSED, WRONG_USAGE};
use crate::{
    terms::{
        Contract, compile,
        evaluate::Data,
        finding::{Finding, Severity},
        intake::{Assembly, Format, RowError, facts, subjects},
    },
    values::Day,
};

/// Reads `parameter=value`.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as parameter=value")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Reads `kind=file.csv`.
fn fact_file(text: &str) -> Result<(String, PathBuf), String> {
    let (kind, file) = text.split_once('=').ok_or("write it as kind=file.csv")?;
    Ok((kind.trim().to_owned(), PathBuf::from(file.trim())))
}

/// Reads a day.
pub fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "expected a day such as 2025-12-31".into())
}

/// Subjects and facts in CSV files.
#[derive(Debug, Args)]
pub struct Reports {
    /// CSV of subjects: columns `subject,enrolled_on` and the contract's fields.
    #[arg(long, value_name = "CSV")]
    pub subjects: Option<PathBuf>,
    /// CSV of facts of a kind: columns `subject,on` and the kind's fields (no `subject` for facts of the contract).
    #[arg(long, value_name = "KIND=CSV", value_parser = fact_file)]
    pub facts: Vec<(String, PathBuf)>,
}

/// Tells whether a document in a file is meant, not the name of a contract in the ledger.
pub fn is_document(contract: &Path, reports: &Reports) -> bool {
    reports.subjects.is_some() || !reports.facts.is_empty() || contract.is_file()
}

/// Refuses settings for a contract in the ledger, whose parameters are signed.
pub fn no_settings(settings: &[(String, String)]) -> Result<(), Failure> {
    match settings.first() {
        None => Ok(()),
        Some((name, _)) => {
            let text = format!("error: `{name}` cannot be set: the parameters of a contract in the ledger are signed");
            Err(Failure::new(WRONG_USAGE, "signed-parameters", text))
        }
    }
}

/// Says that a document is not there, in a program that has no ledger.
#[cfg(not(feature = "server"))]
pub fn no_such_file(path: &Path) -> Failure {
    Failure::unreachable(format!("there is no file {}; this program was built without databases", path.display()))
}

/// Gives the texts of files beside a document; nothing outside its folder can be named.
pub fn beside(document: &Path) -> impl Fn(&str) -> Result<String, String> + use<> {
    let folder = document.parent().map(Path::to_path_buf).unwrap_or_default();
    move |name: &str| {
        let path = Path::new(name);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("only files in the document's own folder can be named".into());
        }
        fs::read_to_string(folder.join(path)).map_err(|error| error.to_string())
    }
}

/// Reads and compiles a contract; findings are told unless there are none.
pub fn contract(path: &Path, settings: &[(String, String)]) -> Result<(Option<Contract>, Vec<Finding>), Failure> {
    let text = read_text(path)?;
    let name = path.display().to_string();
    Ok(compile(&name, &text, settings, &beside(path)))
}

/// Reads a text file, refusing one too large to be a document.
fn read_text(path: &Path) -> Result<String, Failure> {
    let unreadable = |reason: &dyn std::fmt::Display| Failure::unreachable(format!("{}: {reason}", path.display()));
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    let most = crate::terms::tree::MOST_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::refused(
            "refused",
            format!("{}, line {line}: the file is not UTF-8 text; save it as UTF-8", path.display()),
        )
    })
}

/// Reads and compiles a contract that is needed; anything that keeps it from running is told and ends the command.
pub fn needed_contract(path: &Path, settings: &[(String, String)]) -> Result<Contract, Failure> {
    let (contract, findings) = contract(path, settings)?;
    contract.ok_or_else(|| {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let texts: Vec<String> = errors.map(Finding::to_string).collect();
        let text = format!("error: the contract cannot be run\n\n{}", texts.join("\n"));
        Failure { exit: REFUSED, text, problem: json!({ "code": "document", "findings": findings }) }
    })
}

/// A source of bytes that shows how far a long file has been read, on a terminal.
fn watched(path: &Path) -> Result<impl Read + Send, Failure> {
    let file = File::open(path).map_err(|error| Failure::unreachable(format!("{}: {error}", path.display())))?;
    let length = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent}% {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = if length > 4_000_000 { ProgressBar::new(length) } else { ProgressBar::hidden() };
    bar.set_style(style);
    bar.set_message(path.display().to_string());
    Ok(bar.wrap_read(file))
}

/// Reads subjects and facts; every error of every file is told at once.
pub fn data(contract: &Contract, reports: &Reports) -> Result<Data, Failure> {
    let document = &contract.checked.document;
    let mut assembly = Assembly::new(document);
    if let Some(path) = &reports.subjects {
        let name = path.display().to_string();
        let mut rows = Vec::new();
        let errors = subjects(document, (&name, Format::of_name(&name)), watched(path)?, |row| rows.push(row));
        rows.iter().for_each(|row| assembly.subject(&name, row));
        assembly.refuse_subjects(errors);
    }
    for (kind, path) in &reports.facts {
        let Some(at) = document.facts.iter().position(|fact| fact.name.text == *kind) else {
            let known: Vec<&str> = document.facts.iter().map(|fact| fact.name.text.as_str()).collect();
            return Err(Failure::refused(
                "refused",
                format!("`{kind}` is not a kind of fact of this contract; its kinds are {}", known.join(", ")),
            ));
        };
        if reports.facts.iter().filter(|other| **other == (kind.clone(), path.clone())).count() > 1 {
            return Err(Failure::refused(
                "twice",
                format!("--facts {kind}={} is given twice; its facts would count twice", path.display()),
            ));
        }
        let name = path.display().to_string();
        let mut rows = Vec::new();
        let errors = facts(document, at, (&name, Format::of_name(&name)), watched(path)?, |row| rows.push(row));
        rows.iter().for_each(|row| assembly.fact(at, &name, row));
        assembly.refuse(errors);
    }
    assembly.finish().map_err(|errors| refused_rows(&errors))
}

/// Tells what is wrong with reported rows.
pub fn refused_rows(errors: &[RowError]) -> Failure {
    let shown: Vec<String> = errors.iter().take(50).map(ToString::to_string).collect();
    let rest = if errors.len() > 50 { format!("\n… and {} more", errors.len() - 50) } else { String::new() };
    let count = if errors.len() == 1 { "one error".into() } else { format!("{} errors", errors.len()) };
    let text = format!("error: {count} in the reports; nothing was taken in\n{}{rest}", shown.join("\n"));
    Failure { exit: REFUSED, text, problem: json!({ "code": "rows", "errors": errors }) }
}
