//! `fhir`: clinical records as facts of a contract, shown or recorded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use flate2::read::MultiGzDecoder;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use super::{
    Session, input,
    output::{self, DONE, Failure, Format, Outcome, REFUSED},
    table::table,
};
use crate::{
    contract::content,
    exchange::fhir::{
        Issue, OperationOutcome, Options, Place, Reader, Reading, Severity, SourcedFact, Withdrawal, lines,
    },
    terms::document::Document,
};
#[cfg(feature = "server")]
use crate::{
    operations::{Imported, import_records, read_document},
    values::Digest,
};

/// Clinical records in HL7 FHIR R4.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Read(ReadArguments),
    #[cfg(feature = "server")]
    Import(ImportArguments),
}

/// FHIR files and how they are read.
#[derive(Clone, Debug, Args)]
struct Records {
    /// FHIR files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Reads only facts of this kind; may be given several times.
    #[arg(long = "fact", value_name = "KIND")]
    kinds: Vec<String>,
    /// The system of the patients' identifiers by which the contract knows its subjects; else `Patient.id`.
    #[arg(long, value_name = "URI")]
    identifier: Option<String>,
    /// The name of the system that the records come from, where several call different records the same.
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

/// Reads FHIR records and shows which facts a contract finds in them; records nothing.
///
/// Files are bundles, single resources, or one resource on each line (NDJSON), plain or in gzip. Give all files of one export
/// at once, so that references between them are found. The codes in the contract say which resources are meant. What is not
/// used is listed with the reason, and with --format json as an OperationOutcome.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLES\n  outcome-ledger fhir read contract.yaml export/*.ndjson\n  outcome-ledger fhir read contract.yaml bundle.json --identifier http://hospital.example/mrn --format json"
)]
struct ReadArguments {
    /// A contract document.
    contract: PathBuf,
    #[command(flatten)]
    records: Records,
    /// Sets a parameter for this run, written as in the document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
}

/// Records the facts that FHIR records give, for a contract in force.
///
/// Each record is taken once: the same files again change nothing. A newer version of a record corrects the fact that it gave
/// before; one entered in error takes it back. Patients who are not enrolled are passed over. What is not used is listed with
/// the reason, and with --format json as an OperationOutcome; `fhir read` shows beforehand what would be found.
#[cfg(feature = "server")]
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES\n  outcome-ledger fhir import acme-north-2025 export/*.ndjson")]
struct ImportArguments {
    /// The contract's name.
    contract: String,
    #[command(flatten)]
    records: Records,
    #[command(flatten)]
    under: super::session::Under,
}

/// Runs the command.
pub fn run(arguments: &Arguments, session: &Session) -> Outcome {
    match &arguments.action {
        Action::Read(arguments) => show(arguments, session.format),
        #[cfg(feature = "server")]
        Action::Import(arguments) => import(arguments, session),
    }
}

fn show(arguments: &ReadArguments, format: Format) -> Outcome {
    let contract = input::needed_contract(&arguments.contract, &arguments.set)?;
    let document = &contract.checked.document;
    let reading = read(document, &arguments.records)?;
    output::answer(format, &Shown { document, reading: &reading }, || text(document, &reading))?;
    Ok(exit(&reading.issues))
}

/// Files that could not be read at all are a problem; what a contract does not want is none.
fn exit(issues: &[Issue]) -> u8 {
    if issues.iter().any(|issue| issue.severity == Severity::Fatal) { REFUSED } else { DONE }
}

#[cfg(feature = "server")]
fn import(arguments: &ImportArguments, session: &Session) -> Outcome {
    let document = session.act(|connection, _| read_document(connection, &arguments.contract))?;
    let reading = read(&document, &arguments.records)?;
    let Records { files, kinds, identifier, origin } = &arguments.records;
    let digests = files.iter().map(|path| digest(path)).collect::<Result<Vec<_>, _>>()?;
    let request = json!([arguments.contract, digests, kinds, identifier, origin]);
    let imported = session.once(&arguments.under, "import_records", &request, |connection, outside| {
        import_records(connection, outside, &arguments.contract, &reading)
    })?;
    let value = json!({
        "contract": imported.contract,
        "recorded": imported.recorded,
        "corrected": imported.corrected,
        "retracted": imported.retracted,
        "unchanged": imported.unchanged,
        "receipts": imported.receipts,
        "outcome": OperationOutcome(&imported.issues),
    });
    output::answer(session.format, &value, || {
        let Imported { recorded, corrected, retracted, unchanged, issues, .. } = &imported;
        let done = format!(
            "Recorded {recorded} facts, corrected {corrected}, retracted {retracted}; {unchanged} stand already\n"
        );
        format!("{done}{}", not_used(issues))
    })?;
    Ok(exit(&imported.issues))
}

/// What tells a file from others, without holding it in memory.
#[cfg(feature = "server")]
fn digest(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::unreachable(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut digest, mut chunk) = (Digest::ZERO, Vec::new());
    while file.by_ref().take(1 << 20).read_to_end(&mut chunk).map_err(unreadable)? > 0 {
        digest = Digest::of(&[&digest.0, &chunk]);
        chunk.clear();
    }
    Ok(digest.to_string())
}

fn refuse_unknown_kinds(document: &Document, kinds: &[String]) -> Result<(), Failure> {
    let known = || document.facts.iter().map(|fact| fact.name.text.as_str());
    match kinds.iter().find(|kind| known().all(|name| name != kind.as_str())) {
        None => Ok(()),
        Some(kind) => {
            let known = known().collect::<Vec<_>>().join(", ");
            let message = format!("`{kind}` is not a kind of fact of this contract; its kinds are {known}");
            Err(Failure::refused("unknown-kind", message))
        }
    }
}

/// Reads files for a contract.
fn read(document: &Document, records: &Records) -> Result<Reading, Failure> {
    refuse_unknown_kinds(document, &records.kinds)?;
    let Records { files, kinds, identifier, origin } = records.clone();
    let mut reader = Reader::new(document, Options { kinds, identifier, origin });
    if !reader.wants_anything() {
        let message =
            "no kind of fact asked for has a `code`, so nothing can be found in records; see docs/TERMS.md, Facts";
        return Err(Failure::refused("no-codes", message));
    }
    for path in &files {
        each_document(path, |_, text| {
            if let Ok(text) = text {
                reader.learn(text);
            }
        })?;
    }
    let mut unread = Vec::new();
    for path in &files {
        let file: Arc<str> = path.display().to_string().into();
        each_document(path, |line, text| {
            let place = Place { file: file.clone(), line };
            match text {
                Ok(text) => reader.read(&place, text),
                Err(fault) => unread.push(fault.at(&place)),
            }
        })?;
    }
    let mut reading = reader.finish();
    reading.issues.extend(unread);
    Ok(reading)
}

/// No file is unpacked to more bytes.
const MOST_UNPACKED: u64 = 16 << 30;

fn each_document(
    path: &Path,
    take: impl FnMut(Option<u64>, Result<&str, crate::exchange::fhir::outcome::Fault>),
) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::unreachable(format!("{}: {error}", path.display()));
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let is_packed = file.fill_buf().map_err(unreadable)?.starts_with(b"\x1f\x8b");
    match is_packed {
        true => lines::documents(BufReader::new(MultiGzDecoder::new(file).take(MOST_UNPACKED)), take),
        false => lines::documents(file, take),
    }
    .map_err(unreadable)
}

/// The reading for programs, written one fact after the other.
struct Shown<'r> {
    document: &'r Document,
    reading: &'r Reading,
}

/// A list that is made while it is written.
struct Each<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = Value>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reading { facts, withdrawn, issues, counts } = self.reading;
        let mut shown = serializer.serialize_struct("Reading", 5)?;
        shown.serialize_field("contract", &self.document.header.id)?;
        shown.serialize_field("resources", counts)?;
        shown.serialize_field("facts", &Each(|| facts.iter().map(|fact| self.fact(fact))))?;
        shown.serialize_field("withdrawn", &Each(|| withdrawn.iter().filter_map(|one| self.withdrawal(one))))?;
        shown.serialize_field("outcome", &OperationOutcome(issues))?;
        shown.end()
    }
}

impl Shown<'_> {
    fn name(&self, kind: usize) -> &str {
        &self.document.facts[kind].name.text
    }

    fn fact(&self, fact: &SourcedFact) -> Value {
        let source = fact.source.as_ref();
        json!({
            "kind": self.name(fact.kind),
            "subject": fact.row.subject,
            "on": fact.row.on,
            "fields": content::texts(&self.document.facts[fact.kind].fields, &fact.row.cells),
            "resource": source.map(|source| &source.resource),
            "version": source.and_then(|source| source.version.as_ref()),
        })
    }

    fn withdrawal(&self, withdrawal: &Withdrawal) -> Option<Value> {
        let issue = withdrawal.issue.as_ref()?;
        Some(json!({
            "resource": withdrawal.source.resource,
            "version": withdrawal.source.version,
            "kinds": withdrawal.kinds.iter().map(|kind| self.name(*kind)).collect::<Vec<_>>(),
            "reason": issue.reason,
        }))
    }
}

/// The reading for people: numbers, and each reason once with the first place where it occurs.
fn text(document: &Document, reading: &Reading) -> String {
    let mut text = format!("Facts for {} in FHIR records; nothing was recorded\n\n", document.header.id);
    text.push_str(&table(&["kind", "facts", "subjects", "first day", "last day"], &[1, 2], kinds(document, reading)));
    let withdrawn = reading.withdrawn.iter().filter(|withdrawal| withdrawal.issue.is_some()).count();
    if withdrawn > 0 {
        text.push_str(&format!("\nResources whose earlier facts no longer stand: {withdrawn}\n"));
    }
    text.push_str("\nResources\n");
    let rows = reading.counts.iter().map(|(sort, count)| {
        vec![sort.clone(), count.read.to_string(), count.used.to_string(), (count.read - count.used).to_string()]
    });
    text.push_str(&table(&["resource", "read", "used", "not used"], &[1, 2, 3], rows));
    text.push_str(&not_used(&reading.issues));
    text
}

fn not_used(issues: &[Issue]) -> String {
    let table = || table(&["severity", "number", "reason", "first"], &[1], reasons(issues));
    if issues.is_empty() { String::new() } else { format!("\nNot used\n{}", table()) }
}

fn kinds<'r>(document: &'r Document, reading: &'r Reading) -> impl Iterator<Item = Vec<String>> + 'r {
    document.facts.iter().enumerate().filter_map(|(at, kind)| {
        let rows: Vec<_> = reading.facts.iter().filter(|fact| fact.kind == at).map(|fact| &fact.row).collect();
        let subjects: BTreeSet<_> = rows.iter().map(|row| &row.subject).collect();
        let (first, last) = (rows.iter().map(|row| row.on).min()?, rows.iter().map(|row| row.on).max()?);
        let numbers = [rows.len().to_string(), subjects.len().to_string(), first.to_string(), last.to_string()];
        Some([vec![kind.name.text.clone()], numbers.to_vec()].concat())
    })
}

fn reasons(issues: &[Issue]) -> impl Iterator<Item = Vec<String>> {
    let mut groups: BTreeMap<(Severity, &str), (usize, &Issue)> = BTreeMap::new();
    for issue in issues {
        groups.entry((issue.severity, &issue.reason)).or_insert((0, issue)).0 += 1;
    }
    groups.into_iter().map(|((severity, reason), (number, first))| {
        vec![severity.code().into(), number.to_string(), reason.into(), format!("{}, {}", first.place, first.path)]
    })
}
