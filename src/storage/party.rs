//! The parties of the network: manufacturers, insurers, hospitals.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, reading::Each, schema::party};
use crate::values::id::PartyId;

/// Keeps one party.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = party, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct PartyRow {
    /// Its identifier.
    pub party_id: PartyId,
    /// Its name, unique in the network.
    pub name: String,
    /// What it is: payer, manufacturer, provider and so on.
    pub kind: String,
    /// The position in the network's chain of the entry that registered it.
    pub chain_seq: i64,
}

/// Registers parties.
///
/// # Errors
/// [`Error::Exists`] when a name or an identifier is taken.
pub fn insert(connection: &mut Connection, rows: &[PartyRow]) -> Result<(), Error> {
    insert_rows!(connection, party::table, rows)
}

/// Finds a party by its identifier.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, party_id: PartyId) -> Result<Option<PartyRow>, Error> {
    let one = party::table.filter(party::party_id.eq(party_id));
    Ok(dual!(connection, |c| one.select(PartyRow::as_select()).first(c).optional())?)
}

/// Finds a party by its name.
///
/// # Errors
/// What the database answers.
pub fn find_by_name(connection: &mut Connection, name: &str) -> Result<Option<PartyRow>, Error> {
    let one = party::table.filter(party::name.eq(name));
    Ok(dual!(connection, |c| one.select(PartyRow::as_select()).first(c).optional())?)
}

/// Lists all parties, ordered by the bytes of their names.
///
/// # Errors
/// What the database answers.
pub fn list(connection: &mut Connection) -> Result<Vec<PartyRow>, Error> {
    each(connection)?.into_iter().collect()
}

/// Lists the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<PartyRow>, Error> {
    Ok(load_each!(connection, PartyRow, party::table.order(party::name)))
}
