//! `backup` and `restore`: copies of a ledger.

use std::path::PathBuf;

use clap::Args;

use super::session::{DONE, Failure, Session, WRONG_USAGE};
use crate::{
    operations::{Copy, Error, Refusal, Restored, back_up_log, restore_log, signing::KeyFiles},
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
/// Nothing is written over: the database must not be there yet. A copy that is not valid is refused, and so is one that is
/// older than the last checkpoint that was signed, as the signer remembers it beside the key.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger restore ledger-2026-01-31.db --to ledger.db\n  outcome-ledger restore ledger-2026-01-31.db --verify\n  outcome-ledger restore old.db --keys keys/old.db.keys --to old-ledger.db --older"
)]
pub struct RestoreArgs {
    /// The copy
    file: PathBuf,
    /// The keys that were copied with it; FILE.keys by default, if it is there
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The database that it becomes
    #[arg(long, value_name = "DATABASE", required_unless_present = "verify")]
    to: Option<String>,
    /// Verifies the copy; without --to it is not put in place
    #[arg(long)]
    verify: bool,
    /// Puts a copy in place that is older than what was signed: to be read, nothing can be written to it
    #[arg(long, requires = "to")]
    older: bool,
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
    let (place, signer) = match &args.to {
        Some(to) => match Address::parse(to)? {
            Address::Sqlite(path) => {
                let beside = Session { database: to.clone(), ..session.clone() };
                (path, beside.key_files()?)
            }
            Address::Postgres(_) => {
                let text = "error: a copy becomes an SQLite file\n  help: for PostgreSQL see docs/OPERATIONS.md";
                return Err(Failure::new(WRONG_USAGE, "address", text));
            }
        },
        // Restored into a place that goes away.
        None => (args.file.with_added_extension("rehearsal"), session.key_files()?),
    };
    let signed = signer.as_ref().map_or(Ok(None), KeyFiles::last)?;
    let even_if_older = args.older || args.to.is_none();
    let copy = Copy { file: &args.file, keys: args.keys.as_deref(), signed, even_if_older };
    let restored = restore_log(&copy, &place).map_err(|error| refused(error, args))?;
    if args.to.is_none() {
        std::fs::remove_file(&place).map_err(|error| Error::Stored(error.to_string()))?;
    }
    session.answer(&restored, || in_text(&restored, args.to.as_deref(), signer.as_ref()))?;
    Ok(DONE)
}

/// Says what can be done with a copy that is too old.
fn refused(error: Error, args: &RestoreArgs) -> Error {
    match error {
        Error::Refused(refusal) if refusal.code == "older-database" => {
            let help = format!(
                "restore a newer copy than {}; to read this one and write nothing to it: --older",
                args.file.display()
            );
            Error::Refused(Refusal { help, ..refusal })
        }
        error => error,
    }
}

fn in_text(restored: &Restored, to: Option<&str>, signer: Option<&KeyFiles>) -> String {
    let done = to.map_or("The copy can be restored".into(), |to| format!("Restored to {to}"));
    let size = restored.size;
    let compared = match (restored.signed, signer) {
        (Some(signed), _) if restored.is_older() => format!(
            "OLDER: its log has {size} entries, and {signed} were signed. What came after the copy is missing, and nothing can be written to it: the log would fork"
        ),
        (Some(signed), _) => format!("It continues the {signed} entries that were signed last"),
        (None, signer) => {
            let place =
                signer.map_or("no key was named".into(), |files| format!("{} is not there", files.signed.display()));
            format!(
                "Not compared with what was signed last: {place}. `outcome-ledger verify --held NOTE` compares it with a checkpoint that somebody kept"
            )
        }
    };
    format!("{done}: {} entries verified, nothing was changed\n{compared}", restored.verified.looked_at.entries)
}
