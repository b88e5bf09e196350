//! The postings of entries: signed amounts on accounts of parties.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
    dsl::sql,
    sql_query,
    sql_types::{Array, BigInt, Bool, Integer, SmallInt, Text},
};

use super::{
    Connection, Error,
    columns::{AmountMinor, Identifier, Minor, Wide},
    connection::PostgresConnection,
    reading::Each,
    schema::posting,
};
use crate::values::id::{ChainId, PartyId};

/// Keeps one leg of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = posting, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct PostingRow {
    /// The chain of its entry.
    pub chain_id: ChainId,
    /// The position of its entry.
    pub seq: i64,
    /// Its place within the entry, from 0.
    #[diesel(serialize_as = Wide, deserialize_as = Wide)]
    pub leg: i64,
    /// Whose account it is.
    pub party_id: PartyId,
    /// The number of the account's kind.
    #[diesel(serialize_as = Wide, deserialize_as = Wide)]
    pub account: i64,
    /// The ISO 4217 code.
    pub currency: String,
    /// The amount in minor units, debit positive.
    #[diesel(serialize_as = Minor, deserialize_as = Minor)]
    pub amount_minor: i128,
}

/// Appends postings; their entries come first.
///
/// # Errors
/// [`Error::Exists`] when a leg is taken, [`Error::Missing`] when the entry or the party is not stored.
pub fn insert(connection: &mut Connection, rows: &[PostingRow]) -> Result<(), Error> {
    match connection {
        Connection::Sqlite(c) => {
            for row in rows {
                diesel::insert_into(posting::table).values(row.clone()).execute(c)?;
            }
        }
        Connection::Postgres(c) => {
            for rows in rows.chunks(10_000) {
                insert_columns(c, rows)?;
            }
        }
    }
    Ok(())
}

/// Whole columns at once are one statement, planned once, however many rows they have.
fn insert_columns(c: &mut PostgresConnection, rows: &[PostingRow]) -> diesel::QueryResult<usize> {
    const SQL: &str = "INSERT INTO posting (chain_id, seq, leg, party_id, account, currency, amount_minor)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)";
    fn of<'r, T: 'r>(rows: &'r [PostingRow], column: impl Fn(&'r PostingRow) -> T + 'r) -> Vec<T> {
        rows.iter().map(column).collect()
    }
    sql_query(SQL)
        .bind::<Array<Identifier>, _>(of(rows, |row| row.chain_id))
        .bind::<Array<BigInt>, _>(of(rows, |row| row.seq))
        .bind::<Array<Integer>, _>(of(rows, |row| Wide::from(row.leg)))
        .bind::<Array<Identifier>, _>(of(rows, |row| row.party_id))
        .bind::<Array<SmallInt>, _>(of(rows, |row| Wide::from(row.account)))
        .bind::<Array<Text>, _>(of(rows, |row| row.currency.as_str()))
        .bind::<Array<AmountMinor>, _>(of(rows, |row| Minor::from(row.amount_minor)))
        .execute(c)
}

/// Loads the postings of a chain, ordered by position and leg.
///
/// # Errors
/// What the database answers.
pub fn of_chain(connection: &mut Connection, chain_id: ChainId) -> Result<Vec<PostingRow>, Error> {
    let of_chain = posting::table.filter(posting::chain_id.eq(chain_id));
    let rows = of_chain.order((posting::seq, posting::leg));
    Ok(dual!(connection, |c| rows.select(PostingRow::as_select()).load(c))?)
}

/// Loads the postings of one entry, ordered by leg.
///
/// # Errors
/// What the database answers.
pub fn of_entry(connection: &mut Connection, chain_id: ChainId, seq: i64) -> Result<Vec<PostingRow>, Error> {
    let of_entry = posting::table.filter(posting::chain_id.eq(chain_id)).filter(posting::seq.eq(seq));
    let rows = of_entry.order(posting::leg);
    Ok(dual!(connection, |c| rows.select(PostingRow::as_select()).load(c))?)
}

/// Loads up to `limit` postings of all chains after a place, ordered by chain, position and leg. An error stands
/// in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn page_of_all(
    connection: &mut Connection,
    after: (ChainId, i64, i64),
    limit: i64,
) -> Result<Each<PostingRow>, Error> {
    // A leg that somebody made wider than its column still is a place to go on from.
    let of_entry = posting::seq.eq(after.1).and(sql::<Bool>("leg > ").bind::<BigInt, _>(after.2));
    let of_chain = posting::chain_id.eq(after.0).and(posting::seq.gt(after.1).or(of_entry));
    let page = posting::table.filter(posting::chain_id.gt(after.0).or(of_chain));
    let page = page.order((posting::chain_id, posting::seq, posting::leg)).limit(limit);
    Ok(load_each!(connection, PostingRow, page))
}

/// Counts the rows of the table.
///
/// # Errors
/// What the database answers.
pub fn count(connection: &mut Connection) -> Result<i64, Error> {
    Ok(count_rows!(connection, posting::table)?)
}
