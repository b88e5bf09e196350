//! `certificate`: one settlement on one page, for somebody else.

use std::{fs, path::PathBuf};

use clap::Args;
use serde_json::json;

use super::session::{DONE, Failure, Session};
use crate::operations::export_certificate;

/// Writes a certificate: one settlement on one page that people read, with the entries and proofs that it repeats.
///
/// Whoever has it checks it alone: `outcome-ledger verify FILE --policy POLICY`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  outcome-ledger certificate ep --settlement 7 --output settlement.txt")]
pub struct CertificateArgs {
    /// The contract
    pub contract: String,
    /// The settlement, by position or identifier of its posting or its proposal; see `settlement list`
    #[arg(long, value_name = "POSITION")]
    pub settlement: String,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Runs the command.
pub fn run(arguments: &CertificateArgs, session: &Session) -> Result<u8, Failure> {
    let text = export_certificate(&mut session.open()?, &arguments.contract, &arguments.settlement)?;
    let path = &arguments.output;
    fs::write(path, &text)
        .map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", path.display())))?;
    session.answer(&json!({ "file": path, "bytes": text.len() }), || {
        format!("{}: settlement {}, proven", path.display(), arguments.settlement)
    })?;
    Ok(DONE)
}
