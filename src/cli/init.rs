//! `init`: founds a ledger.

use clap::Args;

use super::session::{DONE, Failure, Session};
use crate::operations::open_log;

/// Founds a ledger: makes the database and its tables, and gives the log its identity.
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

/// Runs the command.
pub fn run(args: &InitArgs, session: &Session) -> Result<u8, Failure> {
    let mut connection = session.create()?;
    let founded = session.outside(|outside| open_log(&mut connection, outside, args.origin.as_deref()))?;
    session.answer(&founded, || {
        let what = if founded.existed { "The ledger was there already" } else { "The ledger is founded" };
        format!(
            "{what}: {}\nlog identity {}\nNext: outcome-ledger party add NAME --is manufacturer",
            founded.origin, founded.log
        )
    })?;
    Ok(DONE)
}
