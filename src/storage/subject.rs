//! The subjects of a contract, by pseudonym.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, columns::Narrow, reading::Each, schema::subject};
use crate::values::{
    Digest,
    id::{ChainId, SubjectRef},
};

/// Keeps one enrolled subject.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = subject, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct SubjectRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The pseudonym in this contract.
    pub subject_ref: SubjectRef,
    /// The label by which the reporting party calls it, hashed under the contract's key; unique in the contract, none once
    /// erased.
    pub label_hash: Option<Digest>,
    /// Salt and content, sealed under its key; none once erased.
    pub sealed: Option<Vec<u8>>,
    /// Its commitment, which stays when what is sealed is erased.
    pub commitment: Digest,
    /// The position of the entry that commits to it.
    pub seq: i64,
    /// Its leaf in that entry, from 0.
    #[diesel(deserialize_as = Narrow<i32>)]
    pub item: i32,
}

/// Enrols subjects; their entry comes first.
///
/// # Errors
/// [`Error::Exists`] when a label or a pseudonym is taken in the contract, [`Error::Missing`] without contract or entry.
pub fn insert(connection: &mut Connection, rows: &[SubjectRow]) -> Result<(), Error> {
    insert_rows!(connection, subject::table, rows)
}

/// Loads the subjects of a contract in the order of enrolment.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<SubjectRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the rows that come after a place, position and leaf, in the order of reporting.
///
/// # Errors
/// What the database answers.
pub fn after(
    connection: &mut Connection,
    contract_id: ChainId,
    (seq, item): (i64, i32),
    limit: i64,
) -> Result<Vec<SubjectRow>, Error> {
    let later = subject::seq.gt(seq).or(subject::seq.eq(seq).and(subject::item.gt(item)));
    let page = subject::table.filter(subject::contract_id.eq(contract_id)).filter(later).limit(limit);
    let page = page.order((subject::seq, subject::item));
    Ok(dual!(connection, |c| page.select(SubjectRow::as_select()).load(c))?)
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<SubjectRow>, Error> {
    let of_contract = subject::table.filter(subject::contract_id.eq(contract_id));
    Ok(load_each!(connection, SubjectRow, of_contract.order((subject::seq, subject::item))))
}

/// Finds a subject of a contract by the hash of its label.
///
/// # Errors
/// What the database answers.
pub fn find_by_label(
    connection: &mut Connection,
    contract_id: ChainId,
    label_hash: Digest,
) -> Result<Option<SubjectRow>, Error> {
    let of_contract = subject::table.filter(subject::contract_id.eq(contract_id));
    let one = of_contract.filter(subject::label_hash.eq(label_hash));
    Ok(dual!(connection, |c| one.select(SubjectRow::as_select()).first(c).optional())?)
}

/// Lists hashes of labels with the pseudonyms they belong to, but of those erased.
///
/// # Errors
/// What the database answers.
pub fn names(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<(Digest, SubjectRef)>, Error> {
    let of_contract = subject::table.filter(subject::contract_id.eq(contract_id));
    let named = of_contract.select((subject::label_hash.assume_not_null(), subject::subject_ref));
    Ok(dual!(connection, |c| named.filter(subject::label_hash.is_not_null()).load(c))?)
}

/// Empties what is sealed and the hash of the label, right after the entry that says that the subject is erased.
///
/// # Errors
/// [`Error::Refused`] without that entry.
pub fn erase(connection: &mut Connection, contract_id: ChainId, subject_ref: SubjectRef) -> Result<usize, Error> {
    let of_contract = subject::table.filter(subject::contract_id.eq(contract_id));
    let one = of_contract.filter(subject::subject_ref.eq(subject_ref)).filter(subject::sealed.is_not_null());
    let nothing = (subject::sealed.eq(None::<Vec<u8>>), subject::label_hash.eq(None::<Digest>));
    Ok(dual!(connection, |c| diesel::update(one).set(nothing).execute(c))?)
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all = subject::table.select(subject::contract_id).distinct().order(subject::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
