//! `backup` and `restore`: copies of a ledger.

use std::path::PathBuf;

use clap::Args;

use super::session::{DONE, Failure, Session, WRONG_USAGE};
use crate::{
    operations::{Error, Verified, back_up_log, restore_log},
    storage::Address,
};

/// Copies the ledger into a file while others read and write.
///
/// The keys under which contents about people are sealed go to FILE.keys. Keep that file for a short time only: as long as a
/// key exists anywhere, what it seals is not erased. PostgreSQL has tools of its own; see docs/OPERATIONS.md.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger backup ledger-2026-01-31.db")]
pub struct BackupArgs {
    /// The copy; it must not be there yet
    file: PathBuf,
}

/// Puts a copy of a ledger in place, after verifying all of it.
///
/// Nothing is written over: the database must not be there yet. A copy that is not valid is refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger restore ledger-2026-01-31.db --keys ledger-2026-01-31.db.keys --to ledger.db\n  outcome-ledger restore ledger-2026-01-31.db --keys ledger-2026-01-31.db.keys --verify"
)]
pub struct RestoreArgs {
    /// The copy
    file: PathBuf,
    /// The keys that were copied with it
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The database that it becomes
    #[arg(long, value_name = "DATABASE", required_unless_present = "verify")]
    to: Option<String>,
    /// Verifies the copy; without --to it is not put in place
    #[arg(long)]
    verify: bool,
}

/// Runs `backup`.
pub fn run_backup(args: &BackupArgs, session: &Session) -> Result<u8, Failure> {
    let copied = back_up_log(&mut session.open()?, &args.file)?;
    session.answer(&copied, || {
        format!(
            "Copied to {}\nkeys in {}; keep them for a short time only",
            copied.file.display(),
            copied.keys.display()
        )
    })?;
    Ok(DONE)
}

/// Runs `restore`.
pub fn run_restore(args: &RestoreArgs, session: &Session) -> Result<u8, Failure> {
    let verified = match &args.to {
        Some(to) => match Address::parse(to)? {
            Address::Sqlite(path) => restore_log(&args.file, args.keys.as_deref(), &path)?,
            Address::Postgres(_) => {
                let text = "error: a copy becomes an SQLite file\n  help: for PostgreSQL see docs/OPERATIONS.md";
                return Err(Failure::new(WRONG_USAGE, "address", text));
            }
        },
        None => rehearse(args)?,
    };
    session.answer(&verified, || {
        let done = args.to.as_ref().map_or("The copy can be restored".into(), |to| format!("Restored to {to}"));
        format!("{done}: {} entries verified, nothing was changed", verified.looked_at.entries)
    })?;
    Ok(DONE)
}

/// Restores into a place that goes away.
fn rehearse(args: &RestoreArgs) -> Result<Verified, Failure> {
    let mut place = args.file.as_os_str().to_owned();
    place.push(".rehearsal");
    let place = PathBuf::from(place);
    let verified = restore_log(&args.file, args.keys.as_deref(), &place)?;
    std::fs::remove_file(&place).map_err(|error| Error::Stored(error.to_string()))?;
    Ok(verified)
}
