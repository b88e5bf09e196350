//! `verify`: is everything as it was written?

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::session::{DONE, Failure, Session};
use crate::{
    ledger::note::Note,
    operations::{HeldCheckpoint, Verified, verify_held},
};

/// What was stored was changed.
pub const INVALID: u8 = 40;

/// Verifies the whole ledger: hashes and links of the journal, every table against the journal, every settlement computed
/// again from contract and facts.
///
/// Every finding names table, contract and row. Exit code 0: nothing found; 40: something does not fit.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger verify --held 2026-03-31.checkpoint\n  outcome-ledger verify --format json | jq '.findings[].row'"
)]
pub struct VerifyArgs {
    /// A checkpoint that you kept: shows whether the log was replaced or cut since; may be given more than once
    #[arg(long, value_name = "FILE")]
    held: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(args: &VerifyArgs, session: &Session) -> Result<u8, Failure> {
    let held: Vec<HeldCheckpoint> = args.held.iter().map(|path| read_held(path)).collect::<Result<_, _>>()?;
    let verified = verify_held(&mut session.reach()?, &held)?;
    session.answer(&verified, || in_text(&verified))?;
    Ok(if verified.valid { DONE } else { INVALID })
}

fn read_held(path: &Path) -> Result<HeldCheckpoint, Failure> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Failure::unreachable(format!("cannot read {name}: {error}")))?;
    let note =
        Note::parse(&bytes).map_err(|error| Failure::unreachable(format!("{name} is no checkpoint: {error}")))?;
    Ok(HeldCheckpoint { name, note })
}

fn in_text(verified: &Verified) -> String {
    let findings: String = verified.findings.iter().map(|finding| format!("{finding}\n\n")).collect();
    let looked = &verified.looked_at;
    let outcome = match verified.findings.len() {
        0 => "VALID: nothing was changed".to_owned(),
        count => format!("INVALID: {count} finding(s)"),
    };
    let open: String = verified.not_checked.iter().map(|sentence| format!("\n  - {sentence}")).collect();
    format!(
        "{findings}{outcome}\nlog {}\nlooked at {} entries and {} postings of {} chains, {} parties, {} contracts, \
         {} subjects, {} facts, {} settlement lines; {} receipts; computed {} settlements and {} accruals again\nnot checked:{open}",
        verified.log,
        looked.entries,
        looked.postings,
        looked.chains,
        looked.parties,
        looked.contracts,
        looked.subjects,
        looked.facts,
        looked.lines,
        looked.receipts,
        looked.settlements,
        looked.accruals
    )
}
