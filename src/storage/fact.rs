//! The facts reported under a contract. A correction is a new row that names the one it replaces.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, columns::Narrow, reading::Each, schema::fact};
use crate::values::{
    Digest,
    id::{ChainId, FactId, SubjectRef},
};

/// Keeps one reported fact.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = fact, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct FactRow {
    /// The contract.
    pub contract_id: ChainId,
    /// Its own name.
    pub fact_id: FactId,
    /// The subject it is about; none when it is about the contract as a whole.
    pub subject_ref: Option<SubjectRef>,
    /// Salt and content, sealed under the key of the subject or the contract; none once erased.
    pub sealed: Option<Vec<u8>>,
    /// Its commitment, which stays when what is sealed is erased.
    pub commitment: Digest,
    /// The position of the entry that commits to it.
    pub seq: i64,
    /// Its leaf in that entry, from 0.
    #[diesel(deserialize_as = Narrow<i32>)]
    pub item: i32,
    /// The fact it replaces; none for a first report.
    pub corrects: Option<FactId>,
    /// Whether it takes the fact it replaces back without putting another in its place.
    #[diesel(deserialize_as = Narrow<bool>)]
    pub retracted: bool,
}

/// Appends facts; entry, subjects and corrected facts come first.
///
/// # Errors
/// [`Error::Exists`] when a name or a leaf is taken, [`Error::Missing`] when something referred to is not stored,
/// [`Error::Refused`] when a fact corrects itself or a retraction names nothing.
pub fn insert(connection: &mut Connection, rows: &[FactRow]) -> Result<(), Error> {
    insert_rows!(connection, fact::table, rows)
}

/// Loads the facts of a contract in the order of reporting, corrected and retracted ones among them.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<FactRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    Ok(load_each!(connection, FactRow, of_contract.order((fact::seq, fact::item))))
}

/// Finds a fact of a contract by its name.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, contract_id: ChainId, fact_id: FactId) -> Result<Option<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let one = of_contract.filter(fact::fact_id.eq(fact_id));
    Ok(dual!(connection, |c| one.select(FactRow::as_select()).first(c).optional())?)
}

/// Loads the facts about one subject, ordered by position and leaf.
///
/// # Errors
/// What the database answers.
pub fn of_subject(
    connection: &mut Connection,
    contract_id: ChainId,
    subject_ref: SubjectRef,
) -> Result<Vec<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let of_subject = of_contract.filter(fact::subject_ref.eq(subject_ref)).order((fact::seq, fact::item));
    Ok(dual!(connection, |c| of_subject.select(FactRow::as_select()).load(c))?)
}

/// Empties what is sealed about one subject, right after the entry that says that the subject is erased.
///
/// # Errors
/// [`Error::Refused`] without that entry.
pub fn erase(connection: &mut Connection, contract_id: ChainId, subject_ref: SubjectRef) -> Result<usize, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let of_subject = of_contract.filter(fact::subject_ref.eq(subject_ref)).filter(fact::sealed.is_not_null());
    Ok(dual!(connection, |c| diesel::update(of_subject).set(fact::sealed.eq(None::<Vec<u8>>)).execute(c))?)
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all = fact::table.select(fact::contract_id).distinct().order(fact::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
