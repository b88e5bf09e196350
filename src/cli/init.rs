//! `init`: founds a ledger.

use clap::Args;
use serde::Serialize;

use super::session::{DONE, Failure, Session};
use crate::operations::{Founded, LogKey, make_key, open_log};

/// Founds a ledger: makes the database and its tables, gives the log its identity, and makes the key that signs it.
///
/// Running it again changes nothing but brings the tables up to date after an update of the program.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger init\n  outcome-ledger init --origin ledger.example.org/diabetes\n  outcome-ledger init --database postgres://ledger@db.example.org/ledger"
)]
pub struct InitArgs {
    /// The public name of the ledger, under which checkpoints will be signed; a random one when left out
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

/// What was founded, with the key.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    founded: Founded,
    key: Option<LogKey>,
}

/// Runs the command.
pub fn run(args: &InitArgs, session: &Session) -> Result<u8, Failure> {
    let mut connection = session.create()?;
    let founded = session.outside(|outside| open_log(&mut connection, outside, args.origin.as_deref()))?;
    let key = match session.key_files()? {
        Some(files) => Some(session.outside(|outside| make_key(&mut connection, outside, files))?),
        None => None,
    };
    session.answer(&Answer { founded: founded.clone(), key: key.clone() }, || {
        let what = if founded.existed { "The ledger was there already" } else { "The ledger is founded" };
        let signed = key.map_or_else(
            || "no key: give one to `checkpoint` and `serve` with --key FILE".to_owned(),
            |key| format!("signed by {}\nkey in {}: keep a copy of it in a safe place", key.verifier_key, key.file),
        );
        format!(
            "{what}: {}\nlog identity {}\n{signed}\nNext: outcome-ledger party add NAME --is manufacturer",
            founded.origin, founded.log
        )
    })?;
    Ok(DONE)
}
