//! The keys under which contents are sealed: the only table that loses rows, when somebody is erased.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, reading::Each, schema::subject_key};
use crate::{
    contract::seal::SubjectKey,
    values::id::{ChainId, SubjectRef},
};

/// Keeps the key of one subject in one contract.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = subject_key, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct SubjectKeyRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The subject; zeros for what is about no single subject.
    pub subject_ref: SubjectRef,
    /// The key.
    pub key: SubjectKey,
}

/// Keeps keys; their contract comes first.
///
/// # Errors
/// [`Error::Exists`] when the subject has a key, [`Error::Missing`] without the contract.
pub fn insert(connection: &mut Connection, rows: &[SubjectKeyRow]) -> Result<(), Error> {
    insert_rows!(connection, subject_key::table, rows)
}

/// Deletes the key of a subject, right after the entry that says that the subject is erased.
///
/// # Errors
/// [`Error::Missing`] when there is no such key, [`Error::Refused`] without that entry.
pub fn delete(connection: &mut Connection, contract_id: ChainId, subject_ref: SubjectRef) -> Result<(), Error> {
    let of_contract = subject_key::table.filter(subject_key::contract_id.eq(contract_id));
    let one = of_contract.filter(subject_key::subject_ref.eq(subject_ref));
    match dual!(connection, |c| diesel::delete(one).execute(c))? {
        1 => Ok(()),
        _ => Err(Error::Missing(format!("the key of subject {subject_ref}"))),
    }
}

/// Loads the keys of a contract, ordered by subject.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<SubjectKeyRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<SubjectKeyRow>, Error> {
    let of_contract = subject_key::table.filter(subject_key::contract_id.eq(contract_id));
    Ok(load_each!(connection, SubjectKeyRow, of_contract.order(subject_key::subject_ref)))
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all = subject_key::table.select(subject_key::contract_id).distinct().order(subject_key::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
