//! Who takes which part in a contract, and whether they have signed.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, reading::Each, schema::contract_party};
use crate::values::id::{ChainId, PartyId};

/// Keeps one party's part in a contract.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = contract_party, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ContractPartyRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The role that the document names.
    pub role: String,
    /// The party that takes it.
    pub party_id: PartyId,
    /// The position of the entry with its signature; none until it signs.
    pub signed_seq: Option<i64>,
}

/// Stores who takes which role.
///
/// # Errors
/// [`Error::Exists`] when a role is taken, [`Error::Missing`] when contract or party is not stored.
pub fn insert(connection: &mut Connection, rows: &[ContractPartyRow]) -> Result<(), Error> {
    insert_rows!(connection, contract_party::table, rows)
}

/// Notes the signature of a role, once.
///
/// # Errors
/// [`Error::Moved`] when the contract has no such role or it has signed already.
pub fn sign(connection: &mut Connection, contract_id: ChainId, role: &str, signed_seq: i64) -> Result<(), Error> {
    let at = (contract_party::contract_id.eq(contract_id), contract_party::role.eq(role));
    let changed = dual!(connection, |c| {
        diesel::update(contract_party::table)
            .filter(at.0)
            .filter(at.1)
            .filter(contract_party::signed_seq.is_null())
            .set(contract_party::signed_seq.eq(signed_seq))
            .execute(c)
    })?;
    if changed == 1 { Ok(()) } else { Err(Error::Moved(format!("the signature of {role}"))) }
}

/// Loads the parties of a contract, ordered by the bytes of their roles.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<ContractPartyRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<ContractPartyRow>, Error> {
    let of_contract = contract_party::table.filter(contract_party::contract_id.eq(contract_id));
    Ok(load_each!(connection, ContractPartyRow, of_contract.order(contract_party::role)))
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all = contract_party::table.select(contract_party::contract_id).distinct().order(contract_party::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
