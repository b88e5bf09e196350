//! The figures about patients that were given out, as they were given out.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, schema::aggregate_release};
use crate::values::{Day, id::ChainId};

/// Keeps one release.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = aggregate_release)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct AggregateReleaseRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The day before which everything counted was recorded.
    pub released_on: Day,
    /// The last position that is counted.
    pub seq: i64,
    /// The figures, as JSON.
    pub counts: String,
}

/// Keeps a release; its position comes first.
///
/// # Errors
/// [`Error::Exists`] when there is one of that day.
pub fn insert(connection: &mut Connection, row: &AggregateReleaseRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(aggregate_release::table).values(row).execute(c))?;
    Ok(())
}

/// Loads all releases of a contract, from the first on.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<AggregateReleaseRow>, Error> {
    let of_contract = aggregate_release::table.filter(aggregate_release::contract_id.eq(contract_id));
    let ordered = of_contract.order(aggregate_release::released_on);
    Ok(dual!(connection, |c| ordered.select(AggregateReleaseRow::as_select()).load(c))?)
}
