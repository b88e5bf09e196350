//! Signed checkpoints of the log.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, reading::Each, schema::checkpoint};
use crate::values::Digest;

/// Keeps what was signed.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = checkpoint, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct CheckpointRow {
    /// The number of entries in the tree.
    pub size: i64,
    /// The root of the tree.
    pub root: Digest,
    /// The signed note, verbatim.
    pub note: String,
}

/// Keeps a checkpoint.
///
/// # Errors
/// [`Error::Exists`] when there is one of that size.
pub fn insert(connection: &mut Connection, row: &CheckpointRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(checkpoint::table).values(row).execute(c))?;
    Ok(())
}

/// Loads the checkpoint of the greatest tree; none before the first.
///
/// # Errors
/// What the database answers.
pub fn latest(connection: &mut Connection) -> Result<Option<CheckpointRow>, Error> {
    let latest = checkpoint::table.order(checkpoint::size.desc());
    Ok(dual!(connection, |c| latest.select(CheckpointRow::as_select()).first(c).optional())?)
}

/// Finds the checkpoint of a size.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, size: i64) -> Result<Option<CheckpointRow>, Error> {
    let one = checkpoint::table.filter(checkpoint::size.eq(size));
    Ok(dual!(connection, |c| one.select(CheckpointRow::as_select()).first(c).optional())?)
}

/// Lists all checkpoints one by one, ordered by size: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<CheckpointRow>, Error> {
    Ok(load_each!(connection, CheckpointRow, checkpoint::table.order(checkpoint::size)))
}
