//! What witnesses signed under checkpoints.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper, dsl::max};

use super::{Connection, Error, reading::Each, schema::cosignature};

/// Keeps the cosignature of one witness on one checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = cosignature, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct CosignatureRow {
    /// The number of entries in the tree.
    pub size: i64,
    /// The key that verifies it, as text.
    pub verifier_key: String,
    /// The signature line of the note, verbatim, without its line end.
    pub line: String,
}

/// Keeps a cosignature; its checkpoint comes first.
///
/// # Errors
/// [`Error::Exists`] when the witness has signed this checkpoint before, [`Error::Missing`] without the checkpoint.
pub fn insert(connection: &mut Connection, row: &CosignatureRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(cosignature::table).values(row).execute(c))?;
    Ok(())
}

/// Lists the cosignatures of a checkpoint, ordered by key.
///
/// # Errors
/// What the database answers.
pub fn of_checkpoint(connection: &mut Connection, size: i64) -> Result<Vec<CosignatureRow>, Error> {
    let rows = cosignature::table.filter(cosignature::size.eq(size)).order(cosignature::verifier_key);
    Ok(dual!(connection, |c| rows.select(CosignatureRow::as_select()).load(c))?)
}

/// The size of the greatest tree that a witness has cosigned; none when it has cosigned nothing.
///
/// # Errors
/// What the database answers.
pub fn greatest_size(connection: &mut Connection, verifier_key: &str) -> Result<Option<i64>, Error> {
    let greatest = cosignature::table.filter(cosignature::verifier_key.eq(verifier_key)).select(max(cosignature::size));
    Ok(dual!(connection, |c| greatest.first(c))?)
}

/// Lists all cosignatures one by one, ordered by size and key.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<CosignatureRow>, Error> {
    let rows = cosignature::table.order((cosignature::size, cosignature::verifier_key));
    Ok(load_each!(connection, CosignatureRow, rows))
}
