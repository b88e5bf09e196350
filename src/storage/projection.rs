//! Rows that repeat what the journal says, put right where they do not: the one place that lifts the guards of the tables,
//! and only within a transaction that sets them again.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl, connection::SimpleConnection,
    sql_query, sql_types::Text,
};

use super::{
    ChainHead, Connection, ContractRow, EntryRow, Error, LogEntryRow, LogNodeRow, PartyRow, PostingRow, SequencedRow,
    SequencerRow, chain_head,
    columns::Wide,
    log_entry, log_node, party, posting,
    schema::{self, contract, contract_party, entry},
    sequenced, sequencer,
};
use crate::values::id::{ChainId, PartyId};

/// The tables whose rows can be put right.
const TABLES: &str = "'chain_head', 'entry', 'posting', 'party', 'contract', 'contract_party', 'log_entry', 'log_node', 'sequenced', 'sequencer'";

#[derive(QueryableByName)]
struct Guard {
    #[diesel(sql_type = Text)]
    lift: String,
    #[diesel(sql_type = Text)]
    set: String,
}

/// Runs `work` without the guards, which stand again afterwards. Call it within a transaction: when anything fails, it has
/// to be undone.
///
/// # Errors
/// What `work` returns, or what the database answers; on PostgreSQL only the owner of the tables may do this.
pub fn unguarded<E: From<Error>>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<(), E>,
) -> Result<(), E> {
    let guards = guards(connection)?;
    for guard in &guards {
        execute(connection, &guard.lift)?;
    }
    work(connection)?;
    for guard in &guards {
        execute(connection, &guard.set)?;
    }
    Ok(())
}

fn guards(connection: &mut Connection) -> Result<Vec<Guard>, Error> {
    let sql = match connection {
        Connection::Sqlite(_) => format!(
            "SELECT 'DROP TRIGGER ' || name AS lift, sql AS \"set\" FROM sqlite_schema
             WHERE type = 'trigger' AND tbl_name IN ({TABLES})"
        ),
        Connection::Postgres(_) => format!(
            "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) AS lift,
                format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', tgrelid::regclass, tgname) AS set
             FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
             WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace AND relname IN ({TABLES})"
        ),
    };
    Ok(dual!(connection, |c| sql_query(sql).load(c))?)
}

fn execute(connection: &mut Connection, statement: &str) -> Result<(), Error> {
    Ok(dual!(connection, |c| c.batch_execute(statement))?)
}

/// Puts a head right, or puts it there.
///
/// # Errors
/// What the database answers.
pub fn put_head(connection: &mut Connection, head: &ChainHead) -> Result<(), Error> {
    let at = schema::chain_head::table.filter(schema::chain_head::chain_id.eq(head.chain_id));
    let to = (schema::chain_head::seq.eq(head.seq), schema::chain_head::hash.eq(head.hash));
    if dual!(connection, |c| diesel::update(at).set(to).execute(c))? == 0 {
        chain_head::start(connection, head.chain_id)?;
        chain_head::advance(connection, 0, head)?;
    }
    Ok(())
}

/// Takes away a head that no entry stands behind.
///
/// # Errors
/// What the database answers.
pub fn drop_head(connection: &mut Connection, chain_id: ChainId) -> Result<(), Error> {
    let at = schema::chain_head::table.filter(schema::chain_head::chain_id.eq(chain_id));
    dual!(connection, |c| diesel::delete(at).execute(c))?;
    Ok(())
}

/// Puts the columns beside a body right.
///
/// # Errors
/// What the database answers.
pub fn put_entry(connection: &mut Connection, row: &EntryRow) -> Result<(), Error> {
    let at = entry::table.filter(entry::chain_id.eq(row.chain_id).and(entry::seq.eq(row.seq)));
    let to = (
        entry::entry_id.eq(row.entry_id),
        entry::kind.eq(Wide::from(row.kind)),
        entry::effective_on.eq(Wide::from(row.effective_on)),
        entry::recorded_at.eq(row.recorded_at),
        entry::prev_hash.eq(row.prev_hash),
        entry::hash.eq(row.hash),
    );
    dual!(connection, |c| diesel::update(at).set(to).execute(c))?;
    Ok(())
}

/// Puts the postings of a chain in the place of those that are there.
///
/// # Errors
/// What the database answers.
pub fn replace_postings(connection: &mut Connection, chain_id: ChainId, rows: &[PostingRow]) -> Result<(), Error> {
    let at = schema::posting::table.filter(schema::posting::chain_id.eq(chain_id));
    dual!(connection, |c| diesel::delete(at).execute(c))?;
    posting::insert(connection, rows)
}

/// Puts a party right, or puts it there.
///
/// # Errors
/// What the database answers.
pub fn put_party(connection: &mut Connection, row: &PartyRow) -> Result<(), Error> {
    let at = schema::party::table.filter(schema::party::party_id.eq(row.party_id));
    let to = (
        schema::party::name.eq(&row.name),
        schema::party::kind.eq(&row.kind),
        schema::party::chain_seq.eq(row.chain_seq),
    );
    if dual!(connection, |c| diesel::update(at).set(to).execute(c))? == 0 {
        party::insert(connection, std::slice::from_ref(row))?;
    }
    Ok(())
}

/// Takes away a party that nobody registered.
///
/// # Errors
/// [`Error::Missing`] while other rows name it.
pub fn drop_party(connection: &mut Connection, party_id: PartyId) -> Result<(), Error> {
    let at = schema::party::table.filter(schema::party::party_id.eq(party_id));
    dual!(connection, |c| diesel::delete(at).execute(c))?;
    Ok(())
}

/// Puts name, digest, state and position of a contract right; its document is no projection and stays.
///
/// # Errors
/// What the database answers.
pub fn put_contract(connection: &mut Connection, row: &ContractRow) -> Result<(), Error> {
    let at = contract::table.filter(contract::contract_id.eq(row.contract_id));
    let to = (
        contract::name.eq(&row.name),
        contract::digest.eq(row.digest),
        contract::state.eq(&row.state),
        contract::proposed_seq.eq(row.proposed_seq),
    );
    dual!(connection, |c| diesel::update(at).set(to).execute(c))?;
    Ok(())
}

/// Puts the roles of a contract in the place of those that are there.
///
/// # Errors
/// What the database answers.
pub fn replace_roles(
    connection: &mut Connection,
    chain_id: ChainId,
    rows: &[super::ContractPartyRow],
) -> Result<(), Error> {
    let at = contract_party::table.filter(contract_party::contract_id.eq(chain_id));
    dual!(connection, |c| diesel::delete(at).execute(c))?;
    super::contract_party::insert(connection, rows)
}

/// Puts the log's tree in the place of the one that is there: leaves, nodes, how far chains are, and the numbers.
///
/// # Errors
/// What the database answers.
pub fn replace_tree(
    connection: &mut Connection,
    leaves: &[LogEntryRow],
    nodes: &[LogNodeRow],
    ends: &[SequencedRow],
    numbers: &SequencerRow,
) -> Result<(), Error> {
    dual!(connection, |c| diesel::delete(schema::log_entry::table).execute(c))?;
    dual!(connection, |c| diesel::delete(schema::log_node::table).execute(c))?;
    dual!(connection, |c| diesel::delete(schema::sequenced::table).execute(c))?;
    sequencer::advance(connection, numbers)?;
    log_entry::insert(connection, leaves)?;
    log_node::insert(connection, nodes)?;
    sequenced::start_all(connection)?;
    ends.iter().try_for_each(|end| sequenced::advance(connection, end))
}
