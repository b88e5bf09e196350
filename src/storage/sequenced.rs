//! How far each chain is in the log.

use diesel::{
    ExpressionMethods, QueryDsl, Queryable, QueryableByName, RunQueryDsl, Selectable, SelectableHelper, sql_query,
    sql_types::{BigInt, Binary},
};

use super::{ChainHead, Connection, Error, columns::Identifier, reading::Each, schema::sequenced};
use crate::values::{ChainId, Digest};

/// Says how far a chain is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sequenced)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct SequencedRow {
    /// The chain.
    pub chain_id: ChainId,
    /// The position of its last entry that is in the log; 0 when none is.
    pub seq: i64,
}

/// Gives every chain its row, at position 0.
///
/// # Errors
/// What the database answers.
pub fn start_all(connection: &mut Connection) -> Result<(), Error> {
    let sql = "INSERT INTO sequenced (chain_id, seq) SELECT h.chain_id, 0 FROM chain_head AS h
        WHERE h.seq > 0 AND NOT EXISTS (SELECT 1 FROM sequenced AS s WHERE s.chain_id = h.chain_id)";
    dual!(connection, |c| sql_query(sql).execute(c))?;
    Ok(())
}

/// Moves a chain forward.
///
/// # Errors
/// [`Error::Refused`] when it would not move forward, [`Error::Moved`] when it has no row.
pub fn advance(connection: &mut Connection, to: &SequencedRow) -> Result<(), Error> {
    let one = sequenced::table.filter(sequenced::chain_id.eq(to.chain_id));
    let changed = dual!(connection, |c| diesel::update(one).set(sequenced::seq.eq(to.seq)).execute(c))?;
    if changed == 1 { Ok(()) } else { Err(Error::Moved(format!("the chain {}", to.chain_id))) }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Whether entries of any chain wait to be put into the log.
///
/// # Errors
/// What the database answers.
pub fn is_behind(connection: &mut Connection) -> Result<bool, Error> {
    let sql = "SELECT count(*) AS count FROM (SELECT 1 FROM chain_head AS h
        LEFT JOIN sequenced AS s ON s.chain_id = h.chain_id WHERE h.seq > coalesce(s.seq, 0) LIMIT 1) AS behind";
    let count: Count = dual!(connection, |c| sql_query(sql).get_result(c))?;
    Ok(count.count > 0)
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = Identifier)]
    chain_id: ChainId,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    hash: Digest,
}

/// Lists the heads of all chains as far as they are in the log, ordered by the bytes of the chain's identifier.
///
/// # Errors
/// What the database answers.
pub fn heads(connection: &mut Connection) -> Result<Vec<ChainHead>, Error> {
    let sql = "SELECT e.chain_id, e.seq, e.hash FROM sequenced AS s
        JOIN entry AS e ON e.chain_id = s.chain_id AND e.seq = s.seq ORDER BY e.chain_id";
    let heads: Vec<Head> = dual!(connection, |c| sql_query(sql).load(c))?;
    Ok(heads.into_iter().map(|Head { chain_id, seq, hash }| ChainHead { chain_id, seq, hash }).collect())
}

/// Lists all rows one by one, ordered by chain: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<SequencedRow>, Error> {
    Ok(load_each!(connection, SequencedRow, sequenced::table.order(sequenced::chain_id)))
}
