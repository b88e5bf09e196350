//! The head of each chain: how far it goes, and the hash that covers it all. The head row is the lock of its chain.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    sql_query,
    sql_types::{Array, BigInt, Binary},
};

use super::{Connection, Error, columns::Identifier, reading::Each, schema::chain_head};
use crate::values::{Digest, id::ChainId};

/// Says how far a chain goes.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = chain_head, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ChainHead {
    /// The chain.
    pub chain_id: ChainId,
    /// The position of its last entry; 0 before the first.
    pub seq: i64,
    /// The chain hash of its last entry; zeros before the first.
    pub hash: Digest,
}

/// Starts a chain, at position 0 with a hash of zeros.
///
/// # Errors
/// [`Error::Exists`] when the chain was started before.
pub fn start(connection: &mut Connection, chain_id: ChainId) -> Result<ChainHead, Error> {
    let head = ChainHead { chain_id, seq: 0, hash: Digest::ZERO };
    dual!(connection, |c| diesel::insert_into(chain_head::table).values(&head).execute(c))?;
    Ok(head)
}

/// Moves a head from the position that was loaded to a later one. The first statement of a writing transaction: other
/// writers of the same chain wait here and then find that the head has moved.
///
/// # Errors
/// [`Error::Moved`] when the chain does not end at `from_seq`.
pub fn advance(connection: &mut Connection, from_seq: i64, to: &ChainHead) -> Result<(), Error> {
    let at = chain_head::chain_id.eq(to.chain_id);
    let changed = dual!(connection, |c| {
        diesel::update(chain_head::table.filter(at).filter(chain_head::seq.eq(from_seq)))
            .set((chain_head::seq.eq(to.seq), chain_head::hash.eq(to.hash)))
            .execute(c)
    })?;
    if changed == 1 { Ok(()) } else { Err(Error::Moved(format!("the chain {}", to.chain_id))) }
}

/// Moves many heads, each as [`advance`] does; all or none. Heads come with the positions that were loaded.
///
/// # Errors
/// [`Error::Moved`] when one of the chains does not end where it did.
pub fn advance_many(connection: &mut Connection, moves: &[(i64, ChainHead)]) -> Result<(), Error> {
    let Connection::Postgres(c) = connection else {
        return moves.iter().try_for_each(|(from_seq, to)| advance(connection, *from_seq, to));
    };
    const SQL: &str = "UPDATE chain_head AS h SET seq = m.seq, hash = m.hash
        FROM unnest($1, $2, $3, $4) AS m (chain_id, from_seq, seq, hash)
        WHERE h.chain_id = m.chain_id AND h.seq = m.from_seq";
    let changed = sql_query(SQL)
        .bind::<Array<Identifier>, _>(moves.iter().map(|(_, to)| to.chain_id).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(moves.iter().map(|(from_seq, _)| *from_seq).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(moves.iter().map(|(_, to)| to.seq).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(moves.iter().map(|(_, to)| to.hash).collect::<Vec<_>>())
        .execute(c)?;
    if changed == moves.len() { Ok(()) } else { Err(Error::Moved("one of several chains".into())) }
}

/// Loads heads and keeps them for this transaction: others who want to move one of them wait. Ordered by chain, so that
/// writers of several chains wait for each other and never in a circle. Chains that do not exist are left out.
///
/// # Errors
/// What the database answers; it refuses this in a transaction that only reads.
pub fn lock(connection: &mut Connection, chains: &[ChainId]) -> Result<Vec<ChainHead>, Error> {
    let rows = chain_head::table.filter(chain_head::chain_id.eq_any(chains)).order(chain_head::chain_id);
    Ok(match connection {
        // The whole file is kept by a transaction that writes.
        Connection::Sqlite(c) => rows.select(ChainHead::as_select()).load(c)?,
        Connection::Postgres(c) => rows.select(ChainHead::as_select()).for_no_key_update().load(c)?,
    })
}

/// Loads the head of a chain.
///
/// # Errors
/// What the database answers.
pub fn load(connection: &mut Connection, chain_id: ChainId) -> Result<Option<ChainHead>, Error> {
    let one = chain_head::table.filter(chain_head::chain_id.eq(chain_id));
    Ok(dual!(connection, |c| one.select(ChainHead::as_select()).first(c).optional())?)
}

/// Lists all heads, ordered by the bytes of the chain's identifier.
///
/// # Errors
/// What the database answers.
pub fn list(connection: &mut Connection) -> Result<Vec<ChainHead>, Error> {
    each(connection)?.into_iter().collect()
}

/// Lists the same rows one by one: an error stands in the place of each row that cannot be read.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<ChainHead>, Error> {
    Ok(load_each!(connection, ChainHead, chain_head::table.order(chain_head::chain_id)))
}
