//! The entries of the journal. `body` is what was hashed; the other columns repeat parts of it for queries.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, QueryableByName,
    RunQueryDsl, Selectable, SelectableHelper, sql_query,
    sql_types::{Array, BigInt, Binary, SmallInt},
};

use super::{
    ChainHead, Connection, Error,
    columns::{CalendarDay, Identifier, Wide},
    connection::PostgresConnection,
    reading::Each,
    schema::entry,
};
use crate::values::{
    Digest,
    id::{ChainId, EntryId},
};

/// Keeps one entry.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = entry, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct EntryRow {
    /// The chain it belongs to.
    pub chain_id: ChainId,
    /// Its position in the chain, from 1, without gaps.
    pub seq: i64,
    /// Its own name.
    pub entry_id: EntryId,
    /// The number of its kind.
    #[diesel(serialize_as = Wide, deserialize_as = Wide)]
    pub kind: i64,
    /// The day it counts for, in days since 1970-01-01.
    #[diesel(serialize_as = Wide, deserialize_as = Wide)]
    pub effective_on: i64,
    /// When it was recorded, in microseconds UTC.
    pub recorded_at: i64,
    /// The chain hash before it.
    pub prev_hash: Digest,
    /// The chain hash with it.
    pub hash: Digest,
    /// The hashed bytes, verbatim.
    pub body: Vec<u8>,
}

/// Appends entries.
///
/// # Errors
/// [`Error::Exists`] when a position or a name is taken, [`Error::Missing`] when the chain was not started.
pub fn insert(connection: &mut Connection, rows: &[EntryRow]) -> Result<(), Error> {
    match connection {
        Connection::Sqlite(c) => {
            for row in rows {
                diesel::insert_into(entry::table).values(row.clone()).execute(c)?;
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
fn insert_columns(c: &mut PostgresConnection, rows: &[EntryRow]) -> diesel::QueryResult<usize> {
    const SQL: &str = "INSERT INTO entry
        (chain_id, seq, entry_id, kind, effective_on, recorded_at, prev_hash, hash, body)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    fn of<'r, T: 'r>(rows: &'r [EntryRow], column: impl Fn(&'r EntryRow) -> T + 'r) -> Vec<T> {
        rows.iter().map(column).collect()
    }
    sql_query(SQL)
        .bind::<Array<Identifier>, _>(of(rows, |row| row.chain_id))
        .bind::<Array<BigInt>, _>(of(rows, |row| row.seq))
        .bind::<Array<Identifier>, _>(of(rows, |row| row.entry_id))
        .bind::<Array<SmallInt>, _>(of(rows, |row| Wide::from(row.kind)))
        .bind::<Array<CalendarDay>, _>(of(rows, |row| Wide::from(row.effective_on)))
        .bind::<Array<BigInt>, _>(of(rows, |row| row.recorded_at))
        .bind::<Array<Binary>, _>(of(rows, |row| row.prev_hash))
        .bind::<Array<Binary>, _>(of(rows, |row| row.hash))
        .bind::<Array<Binary>, _>(of(rows, |row| row.body.as_slice()))
        .execute(c)
}

#[derive(QueryableByName)]
struct Recorded {
    #[diesel(sql_type = Identifier)]
    chain_id: ChainId,
    #[diesel(sql_type = BigInt)]
    recorded_at: i64,
}

/// When the entries at which heads stand were recorded, in microseconds UTC; chains without entries are left out.
///
/// # Errors
/// What the database answers.
pub fn recorded_at(connection: &mut Connection, heads: &[ChainHead]) -> Result<Vec<(ChainId, i64)>, Error> {
    let places = || heads.iter().map(|head| (head.chain_id, head.seq));
    Ok(match connection {
        Connection::Sqlite(c) => {
            let mut found = Vec::with_capacity(heads.len());
            for (chain_id, seq) in places() {
                let one = entry::table.filter(entry::chain_id.eq(chain_id)).filter(entry::seq.eq(seq));
                let recorded_at = one.select(entry::recorded_at).first(c).optional()?;
                found.extend(recorded_at.map(|recorded_at| (chain_id, recorded_at)));
            }
            found
        }
        Connection::Postgres(c) => {
            let (chains, seqs): (Vec<_>, Vec<_>) = places().unzip();
            let sql = "SELECT chain_id, recorded_at FROM unnest($1, $2) AS h (chain_id, seq)
                JOIN entry USING (chain_id, seq)";
            let query = sql_query(sql).bind::<Array<Identifier>, _>(chains).bind::<Array<BigInt>, _>(seqs);
            query.load::<Recorded>(c)?.into_iter().map(|row| (row.chain_id, row.recorded_at)).collect()
        }
    })
}

/// Finds an entry by its name.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, entry_id: EntryId) -> Result<Option<EntryRow>, Error> {
    let one = entry::table.filter(entry::entry_id.eq(entry_id));
    Ok(dual!(connection, |c| one.select(EntryRow::as_select()).first(c).optional())?)
}

/// Loads up to `limit` entries of a chain after a position, in order.
///
/// # Errors
/// What the database answers.
pub fn page(
    connection: &mut Connection,
    chain_id: ChainId,
    after_seq: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, Error> {
    let of_chain = entry::table.filter(entry::chain_id.eq(chain_id)).filter(entry::seq.gt(after_seq));
    let page = of_chain.order(entry::seq).limit(limit);
    Ok(dual!(connection, |c| page.select(EntryRow::as_select()).load(c))?)
}

/// Loads the last entry of a kind of a chain; none when there is none.
///
/// # Errors
/// What the database answers.
pub fn last_of_kind(connection: &mut Connection, chain_id: ChainId, kind: u16) -> Result<Option<EntryRow>, Error> {
    let of_kind = entry::table.filter(entry::chain_id.eq(chain_id)).filter(entry::kind.eq(Wide::from(i64::from(kind))));
    let last = of_kind.order(entry::seq.desc());
    Ok(dual!(connection, |c| last.select(EntryRow::as_select()).first(c).optional())?)
}

/// Loads the entries of a chain that are of some kinds, in order.
///
/// # Errors
/// What the database answers.
pub fn of_kinds(connection: &mut Connection, chain_id: ChainId, kinds: &[u16]) -> Result<Vec<EntryRow>, Error> {
    let kinds: Vec<Wide> = kinds.iter().map(|kind| Wide::from(i64::from(*kind))).collect();
    let of_kinds = entry::table.filter(entry::chain_id.eq(chain_id)).filter(entry::kind.eq_any(kinds));
    Ok(dual!(connection, |c| of_kinds.order(entry::seq).select(EntryRow::as_select()).load(c))?)
}

/// Hands every entry of a chain to `each`, in order, without holding them all in memory.
///
/// # Errors
/// The first error of `each`, or what the database answers.
pub fn for_each_of_chain<E: From<Error>>(
    connection: &mut Connection,
    chain_id: ChainId,
    mut each: impl FnMut(EntryRow) -> Result<(), E>,
) -> Result<(), E> {
    let rows = entry::table.filter(entry::chain_id.eq(chain_id)).order(entry::seq);
    dual!(connection, |c| {
        for row in rows.select(EntryRow::as_select()).load_iter(c).map_err(Error::from)? {
            each(row.map_err(Error::from)?)?;
        }
    });
    Ok(())
}

/// Hands every entry of every chain to `each`, ordered by chain and position, without holding them all in memory.
///
/// # Errors
/// The first error of `each`, or what the database answers.
pub fn for_each<E: From<Error>>(
    connection: &mut Connection,
    mut each: impl FnMut(EntryRow) -> Result<(), E>,
) -> Result<(), E> {
    let rows = entry::table.order((entry::chain_id, entry::seq));
    dual!(connection, |c| {
        for row in rows.select(EntryRow::as_select()).load_iter(c).map_err(Error::from)? {
            each(row.map_err(Error::from)?)?;
        }
    });
    Ok(())
}

/// Loads up to `limit` entries of all chains after a place, ordered by chain and position. An error stands
/// in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn page_of_all(connection: &mut Connection, after: (ChainId, i64), limit: i64) -> Result<Each<EntryRow>, Error> {
    let of_chain = entry::chain_id.eq(after.0).and(entry::seq.gt(after.1));
    let page = entry::table.filter(entry::chain_id.gt(after.0).or(of_chain)).order((entry::chain_id, entry::seq));
    Ok(load_each!(connection, EntryRow, page.limit(limit)))
}

/// Counts the rows of the table.
///
/// # Errors
/// What the database answers.
pub fn count(connection: &mut Connection) -> Result<i64, Error> {
    Ok(count_rows!(connection, entry::table)?)
}
