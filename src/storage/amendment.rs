//! What amendments say, word for word; everything else about them follows from the chain.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, reading::Each, schema::amendment};
use crate::values::id::ChainId;

/// Keeps the text of one amendment.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = amendment, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct AmendmentRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The position of the entry that put it forward.
    pub seq: i64,
    /// The document, verbatim.
    pub document: String,
    /// The files that the document refers to, as JSON text, verbatim.
    pub files: String,
    /// What the parties set, as JSON text, verbatim.
    pub settings: String,
}

/// Stores an amendment; its entry comes first.
///
/// # Errors
/// [`Error::Exists`] when one stands at this position, [`Error::Missing`] without contract or entry.
pub fn insert(connection: &mut Connection, row: &AmendmentRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(amendment::table).values(row).execute(c))?;
    Ok(())
}

/// Loads the amendments of a contract, in order.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<AmendmentRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<AmendmentRow>, Error> {
    let of_contract = amendment::table.filter(amendment::contract_id.eq(contract_id));
    Ok(load_each!(connection, AmendmentRow, of_contract.order(amendment::seq)))
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all = amendment::table.select(amendment::contract_id).distinct().order(amendment::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
