//! Founds a ledger: tables, the log's identity, the network's chain.

use serde::Serialize;

use super::{Error, Outside, journal};
use crate::{
    storage::{self, Connection, LogRow, migrate::Difference},
    values::{Digest, to_hex},
};

/// What was founded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Founded {
    /// The name under which checkpoints will be signed.
    pub origin: String,
    /// The identity that every entry repeats, hexadecimal.
    pub log: String,
    /// Versions of the tables that were made or brought up to date now.
    pub migrations: Vec<String>,
    /// Whether the ledger was there already and only its tables were brought up to date.
    pub existed: bool,
}

/// Brings the tables up to date and founds a ledger, unless the database holds one. `origin` is its public name; without
/// one a random name is made.
///
/// # Errors
/// A refusal when the ledger has another origin or the origin cannot be one.
pub fn open_log(connection: &mut Connection, outside: &mut Outside, origin: Option<&str>) -> Result<Founded, Error> {
    if let Some(origin) = origin {
        check_origin(origin)?;
    }
    let migrations = storage::migrate::run(connection)?;
    connection.transaction(|connection| {
        if let Some(row) = storage::log::load(connection)? {
            return existing(row, origin, migrations);
        }
        let origin = match origin {
            Some(origin) => origin.to_owned(),
            None => format!("outcome-ledger/{}", to_hex(&outside.bytes::<8>()?)),
        };
        let log_id: Digest = journal::log_identity(&origin, outside.now_micros);
        storage::log::insert(connection, &LogRow { log_id, origin: origin.clone(), created_at: outside.now_micros })?;
        storage::chain_head::start(connection, journal::network_chain(log_id))?;
        Ok(Founded { origin, log: log_id.to_string(), migrations, existed: false })
    })
}

/// Checks, before anything else is asked of a connection, that the database holds a ledger with the tables of this program.
///
/// # Errors
/// A refusal that says to found the ledger or to bring its tables up to date.
pub fn check_log(connection: &mut Connection) -> Result<(), Error> {
    match storage::migrate::compare(connection)? {
        Difference { pending: 0, unknown: 0 } => journal::log(connection).map(drop),
        Difference { unknown: 1.., .. } => {
            let message = "the tables are those of a newer program";
            Err(Error::refused("tables-newer", message, "use that program, or a newer one"))
        }
        // The table of the log is made by the first migration.
        Difference { pending, .. } if storage::log::load(connection).is_ok_and(|log| log.is_some()) => {
            let message = format!("the tables are older than this program by {pending} steps");
            Err(Error::refused("tables-outdated", message, "run `outcome-ledger init`, which keeps all rows"))
        }
        _ => Err(journal::no_ledger()),
    }
}

/// The public name of the ledger.
///
/// # Errors
/// A refusal when there is none.
pub fn origin(connection: &mut Connection) -> Result<String, Error> {
    Ok(journal::log(connection)?.origin)
}

fn existing(row: LogRow, origin: Option<&str>, migrations: Vec<String>) -> Result<Founded, Error> {
    if let Some(other) = origin.filter(|origin| *origin != row.origin) {
        let message = format!("the database holds the ledger `{}` already, not `{other}`", row.origin);
        return Err(Error::refused("other-ledger", message, "give another database, or leave the origin out"));
    }
    Ok(Founded { origin: row.origin, log: row.log_id.to_string(), migrations, existed: true })
}

/// A checkpoint has its origin on a line of its own, and `+` and spaces have a meaning there (C2SP signed-note).
fn check_origin(origin: &str) -> Result<(), Error> {
    let good = (1..=200).contains(&origin.len()) && !origin.contains(|c: char| c.is_whitespace() || c == '+');
    let help = "give something like ledger.example.org/diabetes: 1 to 200 letters without spaces and `+`";
    if good { Ok(()) } else { Err(Error::refused("bad-origin", "this cannot be the name of a ledger", help)) }
}
