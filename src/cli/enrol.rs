//! `enrol`: subjects of a contract.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::session::{DONE, Failure, Session, Under, read_sheet};
use crate::operations::enrol_subjects;

/// Enrols the subjects of a CSV file under a contract in force, all or none.
///
/// The file has the columns `subject`, `enrolled_on` and the fields that the document gives a subject, in any order. Use
/// pseudonyms as identifiers. What identifies a subject stays in the database; the journal holds a digest only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger enrol acme-north-2025 --subjects patients.csv")]
pub struct EnrolArgs {
    /// The contract's name
    contract: String,
    /// The file
    #[arg(long, value_name = "FILE")]
    subjects: PathBuf,
    #[command(flatten)]
    under: Under,
}

/// Runs the command.
pub fn run(args: &EnrolArgs, session: &Session) -> Result<u8, Failure> {
    let sheet = read_sheet(&args.subjects)?;
    let request = json!([args.contract, sheet.digest()?]);
    let enrolled = session.once(&args.under, "enrol_subjects", &request, |connection, outside| {
        enrol_subjects(connection, outside, &args.contract, &sheet)
    })?;
    session.answer(&enrolled, || {
        let position = enrolled.receipt.position;
        let mut text = format!("Enrolled {} subjects at position {position}", enrolled.subjects);
        if !enrolled.not_eligible.is_empty() {
            let first: Vec<_> = enrolled.not_eligible.iter().take(10).cloned().collect();
            text += &format!(
                "\nwarning: {} of them do not meet the condition for enrolment and are left out of settlements: {}{}",
                enrolled.not_eligible.len(),
                first.join(", "),
                if enrolled.not_eligible.len() > first.len() { " …" } else { "" }
            );
        }
        text
    })?;
    Ok(DONE)
}
