//! The lines of posted settlements: who owes whom how much, by which clause and why.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{
    Connection, Error,
    columns::{Minor, Narrow},
    reading::Each,
    schema::settlement_line,
};
use crate::values::{
    Digest,
    id::{ChainId, SubjectRef},
};

/// Keeps one line of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = settlement_line, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct SettlementLineRow {
    /// The contract.
    pub contract_id: ChainId,
    /// The position of the entry that commits to it.
    pub seq: i64,
    /// Its leaf in that entry, from 0.
    #[diesel(deserialize_as = Narrow<i32>)]
    pub item: i32,
    /// The clause of the document that it follows from.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that is paid.
    pub payee: String,
    /// The subject it is about; none when it is about more than one.
    pub subject_ref: Option<SubjectRef>,
    /// Which part of an obligation in several parts, from 0.
    #[diesel(deserialize_as = Narrow<i16>)]
    pub part: i16,
    /// The difference to what was posted before, in minor units; negative when it flows back.
    #[diesel(serialize_as = Minor, deserialize_as = Minor)]
    pub amount_minor: i128,
    /// Salt and content, sealed under the key of the subject or the contract; none once erased.
    pub sealed: Option<Vec<u8>>,
    /// Its commitment, which stays when what is sealed is erased.
    pub commitment: Digest,
}

/// Appends lines; their entry comes first.
///
/// # Errors
/// [`Error::Exists`] when a leaf is taken, [`Error::Missing`] when the entry or the subject is not stored.
pub fn insert(connection: &mut Connection, rows: &[SettlementLineRow]) -> Result<(), Error> {
    insert_rows!(connection, settlement_line::table, rows)
}

/// Loads the lines of a contract, ordered by position and leaf.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<SettlementLineRow>, Error> {
    each_of_contract(connection, contract_id)?.into_iter().collect()
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<SettlementLineRow>, Error> {
    let of_contract = settlement_line::table.filter(settlement_line::contract_id.eq(contract_id));
    Ok(load_each!(connection, SettlementLineRow, of_contract.order((settlement_line::seq, settlement_line::item))))
}

/// Loads the lines of one settlement, ordered by leaf.
///
/// # Errors
/// What the database answers.
pub fn of_entry(connection: &mut Connection, contract_id: ChainId, seq: i64) -> Result<Vec<SettlementLineRow>, Error> {
    let of_contract = settlement_line::table.filter(settlement_line::contract_id.eq(contract_id));
    let of_entry = of_contract.filter(settlement_line::seq.eq(seq)).order(settlement_line::item);
    Ok(dual!(connection, |c| of_entry.select(SettlementLineRow::as_select()).load(c))?)
}

/// Loads the lines about one subject, ordered by position and leaf.
///
/// # Errors
/// What the database answers.
pub fn of_subject(
    connection: &mut Connection,
    contract_id: ChainId,
    subject_ref: SubjectRef,
) -> Result<Vec<SettlementLineRow>, Error> {
    let of_contract = settlement_line::table.filter(settlement_line::contract_id.eq(contract_id));
    let of_subject = of_contract
        .filter(settlement_line::subject_ref.eq(subject_ref))
        .order((settlement_line::seq, settlement_line::item));
    Ok(dual!(connection, |c| of_subject.select(SettlementLineRow::as_select()).load(c))?)
}

/// Empties what is sealed about one subject, right after the entry that says that the subject is erased.
///
/// # Errors
/// [`Error::Refused`] without that entry.
pub fn erase(connection: &mut Connection, contract_id: ChainId, subject_ref: SubjectRef) -> Result<usize, Error> {
    let of_contract = settlement_line::table.filter(settlement_line::contract_id.eq(contract_id));
    let of_subject =
        of_contract.filter(settlement_line::subject_ref.eq(subject_ref)).filter(settlement_line::sealed.is_not_null());
    Ok(dual!(connection, |c| diesel::update(of_subject).set(settlement_line::sealed.eq(None::<Vec<u8>>)).execute(c))?)
}

/// Lists the contracts that have rows here, each once.
///
/// # Errors
/// What the database answers.
pub fn contracts(connection: &mut Connection) -> Result<Vec<ChainId>, Error> {
    let all =
        settlement_line::table.select(settlement_line::contract_id).distinct().order(settlement_line::contract_id);
    Ok(dual!(connection, |c| all.load(c))?)
}
