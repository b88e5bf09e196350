//! What was answered to requests that came with an idempotency key, so that asking again gives the same answer.

use diesel::SelectableHelper;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable};

use super::{Connection, Error, reading::Each, schema::receipt};
use crate::values::{Digest, id::ChainId};

/// Keeps the answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = receipt, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ReceiptRow {
    /// The digest of the key, as it stands in the first entry.
    pub idempotency: Digest,
    /// The digest of the request, as it stands in the first entry.
    pub request: Digest,
    /// The chain of the first entry that was written.
    pub chain_id: ChainId,
    /// The position of the first entry that was written.
    pub seq: i64,
    /// All entries that were written, as JSON; nothing about a person.
    pub answer: String,
}

/// Keeps an answer; its entries come first.
///
/// # Errors
/// [`Error::Exists`] when the key was used before.
pub fn insert(connection: &mut Connection, row: &ReceiptRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(receipt::table).values(row).execute(c))?;
    Ok(())
}

/// Finds what was answered under a key.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, idempotency: Digest) -> Result<Option<ReceiptRow>, Error> {
    let one = receipt::table.filter(receipt::idempotency.eq(idempotency));
    Ok(dual!(connection, |c| one.select(ReceiptRow::as_select()).first(c).optional())?)
}

/// Lists all answers one by one, ordered by chain and position: an error stands in the place of each row that cannot be
/// read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<ReceiptRow>, Error> {
    Ok(load_each!(connection, ReceiptRow, receipt::table.order((receipt::chain_id, receipt::seq))))
}
