//! `export`: everything that proves a contract, in one file for somebody else.

use std::{fs, path::PathBuf};

use clap::Args;

use super::session::{DONE, Failure, Session, day, read_text};
use crate::{
    operations::{Export, export_bundle},
    values::Day,
};

/// Writes a bundle: everything that proves a contract, or the whole log, checked offline by `verify FILE --policy POLICY`.
///
/// It holds the document, the entries with proofs that the signed log has them, the list of all chains, and salts and
/// contents of subjects, facts and settlement lines. Give it to those who may see these; to others, give it `--closed`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outcome-ledger export ep --output ep.bundle
  outcome-ledger export ep --closed --since 120 --output ep.bundle
  outcome-ledger export --all --output log.bundle")]
pub struct ExportArgs {
    /// The contract
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub contract: Option<String>,
    /// Exports all contracts and every entry of the log
    #[arg(long)]
    pub all: bool,
    /// Where to write the bundle
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Opens contents of entries that count from this day on only
    #[arg(long, value_parser = day, value_name = "DAY")]
    pub from: Option<Day>,
    /// Opens contents of entries that count up to this day only
    #[arg(long, value_parser = day, value_name = "DAY")]
    pub to: Option<Day>,
    /// Opens no contents: proves the chain and shows nobody
    #[arg(long)]
    pub closed: bool,
    /// Size of a checkpoint that the reader holds: proves that the log continues it
    #[arg(long, value_name = "SIZE")]
    pub since: Vec<u64>,
    /// The policy that you claim for your log, with its witnesses; without one, that the announced key is to be trusted. The
    /// reader uses an own one
    #[arg(long, value_name = "POLICY")]
    pub policy: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &ExportArgs, session: &Session) -> Result<u8, Failure> {
    let policy = arguments.policy.as_deref().map(read_text).transpose()?;
    let export = Export {
        contract: arguments.contract.as_deref(),
        from: arguments.from,
        to: arguments.to,
        closed: arguments.closed,
        since: &arguments.since,
        policy: policy.as_deref(),
    };
    let exported = export_bundle(&mut session.open()?, &export)?;
    let path = &arguments.output;
    fs::write(path, &exported.archive)
        .map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", path.display())))?;
    session.answer(&exported, || {
        let waiting = match exported.not_signed {
            0 => String::new(),
            count => {
                format!("\n{count} entries are not signed yet and not in it; `outcome-ledger checkpoint` signs them")
            }
        };
        format!(
            "{}: {} bytes, {} entries of {} contract(s), proven by the checkpoint of {} entries{waiting}",
            path.display(),
            exported.bytes,
            exported.entries,
            exported.contracts,
            exported.size
        )
    })?;
    Ok(DONE)
}
