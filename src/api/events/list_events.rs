//! Lists what happened.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::EventQuery;
use crate::{
    api::{Gate, Problem, gate::About, page},
    operations::{self, Caller, Event, Operation, access::Scope},
    values::{instant, to_hex},
};

/// Something that happened. It names no person and no sum: who may know more asks the contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventShown {
    /// Its place in the log, from 0. Places between belong to contracts of others.
    #[schema(minimum = 0)]
    pub index: i64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "settlement.posted")]
    pub kind: String,
    /// When it was recorded.
    #[schema(format = DateTime, example = "2025-01-01T12:00:00.000000Z")]
    pub recorded_at: String,
    /// The contract's name; absent in the network's own chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "acme-north-2025")]
    pub contract: Option<String>,
    /// Its position in its chain, from 1.
    #[schema(minimum = 1)]
    pub position: i64,
    /// The entry's own name.
    pub entry: uuid::Uuid,
    /// The chain hash with it, hexadecimal.
    pub hash: String,
}

/// Events in their order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events.
    pub items: Vec<EventShown>,
    /// The cursor to go on from, now or later, when there is more.
    pub next: String,
}

impl From<Event> for EventShown {
    fn from(event: Event) -> Self {
        Self {
            index: event.index,
            kind: event.kind.name().into(),
            recorded_at: instant(event.recorded_at_micros),
            contract: event.contract,
            position: event.position,
            entry: event.entry.0,
            hash: event.hash.to_string(),
        }
    }
}

/// Lists what happened, in the order of the log
///
/// Entries enter the log about a second after they are recorded, and stay at their place: whoever goes on from `next` misses
/// nothing and sees nothing twice. An empty list says that there is nothing new yet.
#[utoipa::path(operation_id = "list_events", tag = "events", params(EventQuery),
    responses((status = 200, description = "Events after the cursor", body = EventPage)))]
#[get("/events")]
pub async fn list_events(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<EventQuery>,
) -> Result<web::Json<EventPage>, Problem> {
    let limit = page::limit(query.limit)?;
    let after = page::cursor(query.cursor.as_deref())?.map_or(Ok(-1), |after| after.parse());
    let after: i64 = after.map_err(|_| page::bad_cursor())?;
    let of = (Operation::ListEvents.scope(caller.role) == Scope::Own).then_some(caller.party);
    let work = move |connection: &mut _| operations::list_events(connection, of, after, limit);
    let events = gate.read(&caller, Operation::ListEvents, About::Network, work).await?;
    let last = events.last().map_or(after, |event| event.index);
    let items = events.into_iter().map(EventShown::from).collect();
    Ok(web::Json(EventPage { items, next: to_hex(last.to_string().as_bytes()) }))
}
