//! What happened, in the order of the log, for those who take part.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Binary, Nullable, SmallInt, Text},
};

use super::{
    Connection, Error,
    columns::{Identifier, Wide},
};
use crate::values::{Digest, EntryId, PartyId};

/// An entry at its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct EventRow {
    /// Its place in the log.
    #[diesel(sql_type = BigInt)]
    pub log_index: i64,
    /// The name of its contract; none in the network's own chain.
    #[diesel(sql_type = Nullable<Text>)]
    pub contract: Option<String>,
    /// Its position in its chain.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// Its own name.
    #[diesel(sql_type = Identifier)]
    pub entry_id: EntryId,
    /// What happened.
    #[diesel(sql_type = SmallInt, deserialize_as = Wide)]
    pub kind: i64,
    /// When it was recorded: microseconds since 1970-01-01T00:00:00Z.
    #[diesel(sql_type = BigInt)]
    pub recorded_at: i64,
    /// The chain hash with it.
    #[diesel(sql_type = Binary)]
    pub hash: Digest,
}

/// Loads up to `limit` entries after a place in the log, in its order: of contracts in which the party takes a role, or all
/// when there is none.
///
/// # Errors
/// What the database answers.
pub fn page(connection: &mut Connection, of: Option<PartyId>, after: i64, limit: i64) -> Result<Vec<EventRow>, Error> {
    const SELECT: &str = "SELECT l.log_index, c.name AS contract, e.seq, e.entry_id, e.kind, e.recorded_at, e.hash
        FROM log_entry AS l JOIN entry AS e ON e.chain_id = l.chain_id AND e.seq = l.seq
        LEFT JOIN contract AS c ON c.contract_id = l.chain_id";
    let Some(party) = of else {
        let sql = format!("{SELECT} WHERE l.log_index > $1 ORDER BY l.log_index LIMIT $2");
        let bound = sql_query(sql).bind::<BigInt, _>(after).bind::<BigInt, _>(limit);
        return Ok(dual!(connection, |c| bound.load(c))?);
    };
    // SQLite numbers parameters in the order in which they first stand in the text.
    let own = "EXISTS (SELECT 1 FROM contract_party AS p WHERE p.contract_id = l.chain_id AND p.party_id = $2)";
    let sql = format!("{SELECT} WHERE l.log_index > $1 AND {own} ORDER BY l.log_index LIMIT $3");
    let bound = sql_query(sql).bind::<BigInt, _>(after).bind::<Identifier, _>(party).bind::<BigInt, _>(limit);
    Ok(dual!(connection, |c| bound.load(c))?)
}
