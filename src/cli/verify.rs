//! `verify`: is everything as it was written?

use std::path::PathBuf;

use clap::Args;

#[cfg(feature = "server")]
use super::verify_database::run as database;
use super::{Session, output::Outcome, verify_file};

/// Verifies a ledger, or a file that somebody else was given: hashes, links, contents, every settlement computed again.
///
/// Without a file the database is verified: the journal against itself, every table against the journal. With a file,
/// everything is proven from the file, from your own policy (whose signatures you trust) and from the checkpoint that you
/// held before; no database and no network is asked. Every finding says where it is and what it means.
#[derive(Debug, Args)]
#[command(after_help = "\
EXIT CODES
  0   valid
  10  valid as far as contents were given; some are closed
  20  stale: valid, but older than the checkpoint you hold
  30  diverged: the log showed you another history before; both checkpoints are printed
  40  invalid
  50  no bundle or certificate, or one of an unknown version

Examples:
  outcome-ledger verify --held 2026-03-31.checkpoint
  outcome-ledger verify ep.bundle --policy policy.txt --remember ledger.checkpoint
  outcome-ledger verify ep.bundle --policy policy.txt --format json | jq '.findings[].row'")]
pub struct VerifyArgs {
    /// A bundle or a certificate; without one, the database is verified
    #[arg(value_name = "FILE", requires = "policy")]
    pub file: Option<PathBuf>,
    /// Whose signatures you trust, in the format of C2SP tlog-policy; never taken from the file that is verified
    #[arg(long, value_name = "POLICY", requires = "file")]
    pub policy: Option<PathBuf>,
    /// A checkpoint that you kept: shows whether the log was replaced or cut since; for a database, may be given more than once
    #[arg(long, value_name = "NOTE")]
    pub held: Vec<PathBuf>,
    /// Where you keep the newest checkpoint: read if it is there, written when the file is valid
    #[arg(long, value_name = "NOTE", requires = "file", conflicts_with = "held")]
    pub remember: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &VerifyArgs, session: &Session) -> Outcome {
    match (&arguments.file, &arguments.policy) {
        (Some(file), Some(policy)) => verify_file::run(file, policy, arguments, session.format),
        _ => database(arguments, session),
    }
}

#[cfg(not(feature = "server"))]
fn database(_: &VerifyArgs, _: &Session) -> Outcome {
    use super::output::{Failure, WRONG_USAGE};
    let text = "error: this program has no database\n  help: name a bundle: verify FILE --policy POLICY";
    Err(Failure::new(WRONG_USAGE, "no-database", text))
}
