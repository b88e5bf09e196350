//! Contracts: the document as signed, and the state that follows from the chain.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, reading::Each, schema::contract};
use crate::values::{Digest, id::ChainId};

/// Keeps one contract.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = contract, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ContractRow {
    /// Its identifier, which is that of its chain.
    pub contract_id: ChainId,
    /// Its name, unique in the database.
    pub name: String,
    /// The document, verbatim.
    pub document: String,
    /// The files that the document refers to, as JSON text, verbatim.
    pub files: String,
    /// What the parties set when they took the document over, as JSON text, verbatim.
    pub settings: String,
    /// The digest of document, files and settings that the parties sign.
    pub digest: Digest,
    /// Where it stands in its life; follows from the chain.
    pub state: String,
    /// The position of the entry that proposed it.
    pub proposed_seq: i64,
}

/// Stores a proposed contract; its chain was started before.
///
/// # Errors
/// [`Error::Exists`] when the name is taken, [`Error::Missing`] when the chain was not started.
pub fn insert(connection: &mut Connection, row: &ContractRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(contract::table).values(row).execute(c))?;
    Ok(())
}

/// Moves a contract from the state that was loaded to another.
///
/// # Errors
/// [`Error::Moved`] when the contract is not in the state `from`.
pub fn set_state(connection: &mut Connection, contract_id: ChainId, from: &str, to: &str) -> Result<(), Error> {
    let at = contract::contract_id.eq(contract_id);
    let changed = dual!(connection, |c| {
        diesel::update(contract::table.filter(at).filter(contract::state.eq(from)))
            .set(contract::state.eq(to))
            .execute(c)
    })?;
    if changed == 1 { Ok(()) } else { Err(Error::Moved(format!("the contract {contract_id}"))) }
}

/// Finds a contract by its identifier.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, contract_id: ChainId) -> Result<Option<ContractRow>, Error> {
    let one = contract::table.filter(contract::contract_id.eq(contract_id));
    Ok(dual!(connection, |c| one.select(ContractRow::as_select()).first(c).optional())?)
}

/// Finds a contract by its name.
///
/// # Errors
/// What the database answers.
pub fn find_by_name(connection: &mut Connection, name: &str) -> Result<Option<ContractRow>, Error> {
    let one = contract::table.filter(contract::name.eq(name));
    Ok(dual!(connection, |c| one.select(ContractRow::as_select()).first(c).optional())?)
}

/// Lists all contracts, ordered by the bytes of their names.
///
/// # Errors
/// What the database answers.
pub fn list(connection: &mut Connection) -> Result<Vec<ContractRow>, Error> {
    each(connection)?.into_iter().collect()
}

/// Lists the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<ContractRow>, Error> {
    Ok(load_each!(connection, ContractRow, contract::table.order(contract::name)))
}
