//! The leaves of the log: which entry stands at which index.

use std::ops::Range;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, QueryableByName, RunQueryDsl, Selectable,
    SelectableHelper, sql_query,
    sql_types::{BigInt, Binary},
};

use super::{Connection, Error, columns::Identifier, reading::Each, schema::log_entry};
use crate::values::{ChainId, Digest};

/// Keeps one leaf.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = log_entry, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct LogEntryRow {
    /// Its place in the log, from 0, without gaps.
    pub log_index: i64,
    /// The chain of its entry.
    pub chain_id: ChainId,
    /// The position of its entry.
    pub seq: i64,
    /// The leaf hash of the entry's body.
    pub leaf: Digest,
}

/// Appends leaves; their entries come first.
///
/// # Errors
/// [`Error::Exists`] when an index or an entry is taken, [`Error::Missing`] when the entry is not stored.
pub fn insert(connection: &mut Connection, rows: &[LogEntryRow]) -> Result<(), Error> {
    insert_rows!(connection, log_entry::table, rows)
}

/// Loads the leaf hashes of a range of indexes, in order; fewer where rows are missing.
///
/// # Errors
/// What the database answers.
pub fn leaves(connection: &mut Connection, range: Range<i64>) -> Result<Vec<Digest>, Error> {
    let rows = log_entry::table.filter(log_entry::log_index.ge(range.start)).filter(log_entry::log_index.lt(range.end));
    let leaves = rows.order(log_entry::log_index).select(log_entry::leaf);
    Ok(dual!(connection, |c| leaves.load(c))?)
}

/// Finds the leaf of an entry; none when it is not in the log yet.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, chain_id: ChainId, seq: i64) -> Result<Option<LogEntryRow>, Error> {
    let one = log_entry::table.filter(log_entry::chain_id.eq(chain_id)).filter(log_entry::seq.eq(seq));
    Ok(dual!(connection, |c| one.select(LogEntryRow::as_select()).first(c).optional())?)
}

/// A leaf with the body it was made from.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct LeafWithBody {
    /// Its place in the log.
    #[diesel(sql_type = BigInt)]
    pub log_index: i64,
    /// The stored leaf hash.
    #[diesel(sql_type = Binary)]
    pub leaf: Digest,
    /// The hashed bytes of the entry.
    #[diesel(sql_type = Binary)]
    pub body: Vec<u8>,
}

/// Loads the leaves of a range of indexes with the bodies of their entries, in order; fewer where rows are missing.
///
/// # Errors
/// What the database answers.
pub fn bodies(connection: &mut Connection, range: Range<i64>) -> Result<Vec<LeafWithBody>, Error> {
    let sql = "SELECT l.log_index, l.leaf, e.body FROM log_entry AS l
        JOIN entry AS e ON e.chain_id = l.chain_id AND e.seq = l.seq
        WHERE l.log_index >= $1 AND l.log_index < $2 ORDER BY l.log_index";
    let bound = sql_query(sql).bind::<BigInt, _>(range.start).bind::<BigInt, _>(range.end);
    Ok(dual!(connection, |c| bound.load(c))?)
}

/// An entry that is not in the log yet, or the one before the first such of its chain.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct WaitingEntry {
    /// Its chain.
    #[diesel(sql_type = Identifier)]
    pub chain_id: ChainId,
    /// Its position.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// How far its chain is in the log.
    #[diesel(sql_type = BigInt)]
    pub sequenced: i64,
    /// Its stored chain hash.
    #[diesel(sql_type = Binary)]
    pub hash: Digest,
    /// Its hashed bytes.
    #[diesel(sql_type = Binary)]
    pub body: Vec<u8>,
}

/// Loads up to `limit` entries of chains that are not wholly in the log, ordered by chain and position: for each chain the
/// last entry that is in the log and those after it, up to the chain's head. Every chain has its row in `sequenced`.
///
/// # Errors
/// What the database answers.
pub fn waiting(connection: &mut Connection, limit: i64) -> Result<Vec<WaitingEntry>, Error> {
    let sql = "SELECT e.chain_id, e.seq, s.seq AS sequenced, e.hash, e.body FROM chain_head AS h
        JOIN sequenced AS s ON s.chain_id = h.chain_id
        JOIN entry AS e ON e.chain_id = h.chain_id AND e.seq >= s.seq AND e.seq <= h.seq
        WHERE h.seq > s.seq ORDER BY e.chain_id, e.seq LIMIT $1";
    Ok(dual!(connection, |c| sql_query(sql).bind::<BigInt, _>(limit).load(c))?)
}

/// Loads all rows one by one, ordered by index: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<LogEntryRow>, Error> {
    Ok(load_each!(connection, LogEntryRow, log_entry::table.order(log_entry::log_index)))
}

/// A body with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ChainBody {
    /// Its place in the log.
    #[diesel(sql_type = BigInt)]
    pub log_index: i64,
    /// The hashed bytes of the entry.
    #[diesel(sql_type = Binary)]
    pub body: Vec<u8>,
}

/// Loads the bodies of a chain's entries that are among the first `size` of the log, in order.
///
/// # Errors
/// What the database answers.
pub fn of_chain(connection: &mut Connection, chain_id: ChainId, size: i64) -> Result<Vec<ChainBody>, Error> {
    let sql = "SELECT l.log_index, e.body FROM log_entry AS l
        JOIN entry AS e ON e.chain_id = l.chain_id AND e.seq = l.seq
        WHERE l.chain_id = $1 AND l.log_index < $2 ORDER BY l.log_index";
    let bound = sql_query(sql).bind::<Identifier, _>(chain_id).bind::<BigInt, _>(size);
    Ok(dual!(connection, |c| bound.load(c))?)
}

/// The last entry of a chain in the log.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ChainEnd {
    /// The chain.
    #[diesel(sql_type = Identifier)]
    pub chain_id: ChainId,
    /// Its position.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// Its chain hash.
    #[diesel(sql_type = Binary)]
    pub hash: Digest,
}

/// Loads where each chain ended when the log had its first `size` entries, ordered by chain.
///
/// # Errors
/// What the database answers.
pub fn heads_at(connection: &mut Connection, size: i64) -> Result<Vec<ChainEnd>, Error> {
    let sql = "SELECT e.chain_id, e.seq, e.hash FROM entry AS e
        JOIN (SELECT chain_id, max(seq) AS seq FROM log_entry WHERE log_index < $1 GROUP BY chain_id) AS l
        ON e.chain_id = l.chain_id AND e.seq = l.seq ORDER BY e.chain_id";
    Ok(dual!(connection, |c| sql_query(sql).bind::<BigInt, _>(size).load(c))?)
}
