//! `report`: facts, corrections, retractions.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::session::{DONE, Failure, REFUSED, Session, Under, pair, read_sheet};
use crate::operations::{Error, FactReport, FactSheet, report_facts};

/// Reports facts of a contract in force, replaces facts or takes them back. All of it is recorded, or nothing.
///
/// A file has the columns `subject` (not for facts of the whole contract), `on` and the fields of its kind, in any order.
/// It is CSV, or JSON line by line when its name ends in `.ndjson` or `.jsonl`.
/// A correction replaces the one fact of the same subject and day, or the only one of a kind that a subject has once. A
/// retraction needs `subject` and `on`; give values too where several facts share a day.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger report acme-north-2025 --facts dispensing=units.csv --facts progression=scans.csv\n  outcome-ledger report acme-north-2025 --correct dispensing=corrected.csv\n  outcome-ledger report acme-north-2025 --retract progression=withdrawn.csv"
)]
pub struct ReportArgs {
    /// The contract's name
    contract: String,
    /// New facts of a kind; may be given several times
    #[arg(long, value_name = "KIND=FILE", value_parser = pair)]
    facts: Vec<(String, String)>,
    /// Facts that replace others
    #[arg(long, value_name = "KIND=FILE", value_parser = pair)]
    correct: Vec<(String, String)>,
    /// Facts to be taken back
    #[arg(long, value_name = "KIND=FILE", value_parser = pair)]
    retract: Vec<(String, String)>,
    /// Record facts also when they equal one reported before
    #[arg(long)]
    again: bool,
    /// Leave wrong rows out when there are N at most, record the others and tell which (exit code 1)
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    rejects: usize,
    #[command(flatten)]
    under: Under,
}

/// Runs the command.
pub fn run(args: &ReportArgs, session: &Session) -> Result<u8, Failure> {
    let report = FactReport {
        recorded: sheets(&args.facts)?,
        corrected: sheets(&args.correct)?,
        retracted: sheets(&args.retract)?,
        again: args.again,
        rejects: args.rejects,
    };
    let digest = |fact: &FactSheet| Ok((fact.kind.clone(), fact.sheet.digest()?));
    let mut request = Vec::new();
    for sheets in [&report.recorded, &report.corrected, &report.retracted] {
        request.push(sheets.iter().map(digest).collect::<Result<Vec<_>, Error>>()?);
    }
    let request = json!([args.contract, request, report.again, report.rejects]);
    let recorded = session.once(&args.under, "report_facts", &request, |connection, outside| {
        report_facts(connection, outside, &args.contract, &report)
    })?;
    session.answer(&recorded, || {
        let positions: Vec<_> = recorded.receipts.iter().map(|receipt| receipt.position.to_string()).collect();
        let text = format!(
            "Recorded {} facts, corrected {}, retracted {}, at position {}",
            recorded.recorded,
            recorded.corrected,
            recorded.retracted,
            positions.join(", ")
        );
        match recorded.rejected.total {
            0 => text,
            total => format!("{text}\nLeft out, with {total} error(s):\n{}", recorded.rejected),
        }
    })?;
    Ok(if recorded.rejected.is_empty() { DONE } else { REFUSED })
}

fn sheets(files: &[(String, String)]) -> Result<Vec<FactSheet>, Failure> {
    let sheet = |(kind, file): &(String, String)| {
        Ok(FactSheet { kind: kind.clone(), sheet: read_sheet(&PathBuf::from(file))? })
    };
    files.iter().map(sheet).collect()
}
