//! Where parties are told of what happened.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{Connection, Error, schema::webhook};
use crate::values::{PartyId, WebhookId};

/// One such place.
#[derive(Clone, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = webhook, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct WebhookRow {
    /// Its identifier.
    pub webhook_id: WebhookId,
    /// The party that is told.
    pub party_id: PartyId,
    /// Its address.
    pub url: String,
    /// What messages are signed with; known to the party.
    pub secret: String,
    /// When it was made: microseconds since 1970-01-01T00:00:00Z.
    pub created_at: i64,
    /// The last place of the log that was told or passed over, -1 before the first.
    pub told_index: i64,
    /// Attempts since the last message that arrived.
    pub failures: i64,
    /// The status that the last attempt was answered with; none when there was no answer.
    pub last_status: Option<i64>,
    /// When the last attempt was made.
    pub last_at: Option<i64>,
    /// When it may be told again.
    pub next_at: i64,
}

/// Keeps a new one.
///
/// # Errors
/// [`Error::Exists`] when the identifier is taken, [`Error::Missing`] without the party.
pub fn insert(connection: &mut Connection, row: &WebhookRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(webhook::table).values(row).execute(c))?;
    Ok(())
}

/// Finds one of a party.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, party: PartyId, id: WebhookId) -> Result<Option<WebhookRow>, Error> {
    let one = webhook::table.filter(webhook::webhook_id.eq(id)).filter(webhook::party_id.eq(party));
    Ok(dual!(connection, |c| one.select(WebhookRow::as_select()).first(c).optional())?)
}

/// Lists those of a party, oldest first.
///
/// # Errors
/// What the database answers.
pub fn of_party(connection: &mut Connection, party: PartyId) -> Result<Vec<WebhookRow>, Error> {
    let rows = webhook::table.filter(webhook::party_id.eq(party)).order((webhook::created_at, webhook::webhook_id));
    Ok(dual!(connection, |c| rows.select(WebhookRow::as_select()).load(c))?)
}

/// Lists those that may be told at an instant, longest waiting first.
///
/// # Errors
/// What the database answers.
pub fn due(connection: &mut Connection, now: i64) -> Result<Vec<WebhookRow>, Error> {
    let rows = webhook::table.filter(webhook::next_at.le(now)).order((webhook::next_at, webhook::webhook_id));
    Ok(dual!(connection, |c| rows.select(WebhookRow::as_select()).load(c))?)
}

/// Takes one until an instant, so that no other server tells it meanwhile; says whether nobody else was faster.
///
/// # Errors
/// What the database answers.
pub fn take(connection: &mut Connection, row: &WebhookRow, until: i64) -> Result<bool, Error> {
    let unchanged = webhook::table
        .filter(webhook::webhook_id.eq(row.webhook_id))
        .filter(webhook::next_at.eq(row.next_at))
        .filter(webhook::told_index.eq(row.told_index));
    let taken = diesel::update(unchanged).set(webhook::next_at.eq(until));
    Ok(dual!(connection, |c| taken.execute(c))? == 1)
}

/// Keeps what came of telling, unless the party has set it back or taken it away meanwhile.
///
/// # Errors
/// What the database answers.
pub fn told(connection: &mut Connection, before: i64, row: &WebhookRow) -> Result<(), Error> {
    let unchanged =
        webhook::table.filter(webhook::webhook_id.eq(row.webhook_id)).filter(webhook::told_index.eq(before));
    let set = diesel::update(unchanged).set((
        webhook::told_index.eq(row.told_index),
        webhook::failures.eq(row.failures),
        webhook::last_status.eq(row.last_status),
        webhook::last_at.eq(row.last_at),
        webhook::next_at.eq(row.next_at),
    ));
    dual!(connection, |c| set.execute(c))?;
    Ok(())
}

/// Sets one back or forward to a place of the log, to be told from there at once.
///
/// # Errors
/// What the database answers.
pub fn set_to(connection: &mut Connection, id: WebhookId, index: i64) -> Result<(), Error> {
    let one = webhook::table.filter(webhook::webhook_id.eq(id));
    let set = diesel::update(one).set((webhook::told_index.eq(index), webhook::failures.eq(0), webhook::next_at.eq(0)));
    dual!(connection, |c| set.execute(c))?;
    Ok(())
}

/// Takes one away.
///
/// # Errors
/// What the database answers.
pub fn delete(connection: &mut Connection, id: WebhookId) -> Result<(), Error> {
    dual!(connection, |c| diesel::delete(webhook::table.filter(webhook::webhook_id.eq(id))).execute(c))?;
    Ok(())
}
