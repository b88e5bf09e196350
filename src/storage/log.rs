//! The identity of the log: one row, written when the ledger is founded.

use diesel::{Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, reading::Each, schema::log};
use crate::values::Digest;

/// Says which log the database holds.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = log, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct LogRow {
    /// The identity that each entry repeats.
    pub log_id: Digest,
    /// The name under which checkpoints are signed.
    pub origin: String,
    /// When the ledger was founded, in microseconds UTC.
    pub created_at: i64,
}

/// Founds the ledger.
///
/// # Errors
/// [`Error::Exists`] when the database has a log already.
pub fn insert(connection: &mut Connection, row: &LogRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(log::table).values(row).execute(c))?;
    Ok(())
}

/// Loads the identity; none before the ledger is founded.
///
/// # Errors
/// What the database answers.
pub fn load(connection: &mut Connection) -> Result<Option<LogRow>, Error> {
    Ok(dual!(connection, |c| log::table.select(LogRow::as_select()).first(c).optional())?)
}

/// Loads all rows one by one, of which there is never more than one unless somebody wrote past this program.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<LogRow>, Error> {
    Ok(load_each!(connection, LogRow, log::table))
}
