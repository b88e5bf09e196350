//! The facts reported under a contract. A correction is a new row that names the one it replaces.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper,
    dsl::sql,
    sql_query,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable},
};

use super::{
    Connection, Error,
    columns::{Identifier, Narrow},
    connection::PostgresConnection,
    reading::Each,
    schema::fact,
};
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

/// Appends facts; that subjects and corrected facts are there, and that the entry follows, is not looked up for each row.
///
/// # Errors
/// [`Error::Exists`] when a leaf is taken, [`Error::Refused`] when a fact corrects itself or a retraction names nothing.
pub fn insert(connection: &mut Connection, rows: &[FactRow]) -> Result<(), Error> {
    match connection {
        Connection::Sqlite(c) => {
            // Many rows in a statement that is prepared once: each statement on its own keeps what its pages were.
            let (many, rest) = rows.as_chunks::<50>();
            for rows in many {
                diesel::insert_into(fact::table).values(rows).execute(c)?;
            }
            for row in rest {
                diesel::insert_into(fact::table).values(row).execute(c)?;
            }
            Ok(())
        }
        Connection::Postgres(c) => rows.chunks(5_000).try_for_each(|rows| insert_arrays(c, rows)),
    }
}

/// A column as one array, so that a statement has nine values however many rows it brings.
fn insert_arrays(connection: &mut PostgresConnection, rows: &[FactRow]) -> Result<(), Error> {
    macro_rules! column {
        ($of:expr) => {{
            let of: fn(&FactRow) -> _ = $of;
            rows.iter().map(of).collect::<Vec<_>>()
        }};
    }
    let query = sql_query(
        "INSERT INTO fact (contract_id, fact_id, subject_ref, sealed, commitment, seq, item, corrects, retracted)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    query
        .bind::<Array<Identifier>, _>(column!(|row| row.contract_id))
        .bind::<Array<Identifier>, _>(column!(|row| row.fact_id))
        .bind::<Array<Nullable<Identifier>>, _>(column!(|row| row.subject_ref))
        .bind::<Array<Nullable<Binary>>, _>(rows.iter().map(|row| row.sealed.as_deref()).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(column!(|row| row.commitment))
        .bind::<Array<BigInt>, _>(column!(|row| row.seq))
        .bind::<Array<Integer>, _>(column!(|row| row.item))
        .bind::<Array<Nullable<Identifier>>, _>(column!(|row| row.corrects))
        .bind::<Array<Bool>, _>(column!(|row| row.retracted))
        .execute(connection)?;
    Ok(())
}

/// Loads the facts about some subjects and about the contract as a whole, ordered by position and leaf.
///
/// # Errors
/// What the database answers.
pub fn of_subjects(
    connection: &mut Connection,
    contract_id: ChainId,
    subjects: &[SubjectRef],
) -> Result<Vec<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let some = of_contract.filter(fact::subject_ref.is_null().or(fact::subject_ref.eq_any(subjects)));
    let some = some.order((fact::seq, fact::item));
    Ok(dual!(connection, |c| some.select(FactRow::as_select()).load(c))?)
}

/// Loads the facts of a contract in the order of reporting, corrected and retracted ones among them.
///
/// # Errors
/// What the database answers.
pub fn of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<FactRow>, Error> {
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
) -> Result<Vec<FactRow>, Error> {
    let later = fact::seq.gt(seq).or(fact::seq.eq(seq).and(fact::item.gt(item)));
    let page = fact::table.filter(fact::contract_id.eq(contract_id)).filter(later).limit(limit);
    let page = page.order((fact::seq, fact::item));
    Ok(dual!(connection, |c| page.select(FactRow::as_select()).load(c))?)
}

/// Loads the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each_of_contract(connection: &mut Connection, contract_id: ChainId) -> Result<Each<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    Ok(load_each!(connection, FactRow, of_contract.order((fact::seq, fact::item))))
}

/// Loads up to `limit` facts of a contract after a place, ordered by position and leaf.
///
/// # Errors
/// What the database answers.
pub fn page(
    connection: &mut Connection,
    contract_id: ChainId,
    (seq, item): (i64, i32),
    limit: i64,
) -> Result<Vec<FactRow>, Error> {
    let after = sql::<Bool>("(seq, item) > (").bind::<BigInt, _>(seq).sql(", ").bind::<Integer, _>(item).sql(")");
    let page = fact::table.filter(fact::contract_id.eq(contract_id)).filter(after);
    let page = page.order((fact::seq, fact::item)).limit(limit);
    Ok(dual!(connection, |c| page.select(FactRow::as_select()).load(c))?)
}

/// Lists the facts of a contract that were replaced or taken back.
///
/// # Errors
/// What the database answers.
pub fn replaced(connection: &mut Connection, contract_id: ChainId) -> Result<Vec<FactId>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let replaced = of_contract.filter(fact::corrects.is_not_null()).select(fact::corrects.assume_not_null());
    Ok(dual!(connection, |c| replaced.load(c))?)
}

/// Loads the facts of one entry, ordered by leaf.
///
/// # Errors
/// What the database answers.
pub fn of_entry(connection: &mut Connection, contract_id: ChainId, seq: i64) -> Result<Vec<FactRow>, Error> {
    let of_contract = fact::table.filter(fact::contract_id.eq(contract_id));
    let of_entry = of_contract.filter(fact::seq.eq(seq)).order(fact::item);
    Ok(dual!(connection, |c| of_entry.select(FactRow::as_select()).load(c))?)
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
