//! Shows everything that happened under a contract.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::{self, Page, PageQuery},
    },
    operations::{Caller, Happened, Operation, show_history as show},
    values::instant,
};

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Its position in the contract's chain, from 1.
    pub position: i64,
    /// The entry's own name.
    pub entry: uuid::Uuid,
    /// What happened.
    #[schema(example = "contract.signed")]
    pub kind: String,
    /// When it was recorded.
    #[schema(format = DateTime, example = "2025-01-01T12:00:00.000000Z")]
    pub recorded_at: String,
    /// The day that it counts for.
    #[schema(format = Date, example = "2025-01-01")]
    pub effective_on: String,
    /// The party that did it; absent when that was done on the machine of the ledger, or by a party without a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "Insurer A")]
    pub actor: Option<String>,
    /// What it says.
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    /// The digest of the agreement that it rests on, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub terms: Option<String>,
    /// The chain hash before it, hexadecimal.
    pub previous: String,
    /// The chain hash with it, hexadecimal.
    pub hash: String,
    /// The bytes that are hashed, hexadecimal; `docs/LEDGER-FORMAT.md` says how.
    pub body: String,
}

impl From<Happened> for HistoryEntry {
    fn from(happened: Happened) -> Self {
        Self {
            position: happened.position,
            entry: happened.entry.0,
            kind: happened.kind.name().into(),
            recorded_at: instant(happened.recorded_at_micros),
            effective_on: happened.effective_on.to_string(),
            actor: happened.actor.map(|(_, name)| name),
            payload: happened.payload,
            terms: happened.terms.map(|terms| terms.to_string()),
            previous: happened.previous.to_string(),
            hash: happened.hash.to_string(),
            body: happened.body,
        }
    }
}

/// Shows everything that happened under a contract
///
/// Who, when, what, in order, with the bytes that are hashed, so that the chain can be checked without trusting the server.
#[utoipa::path(operation_id = "show_history", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), PageQuery),
    responses((status = 200, description = "A page of the history", body = Page<HistoryEntry>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/history")]
pub async fn show_history(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<HistoryEntry>>, Problem> {
    let limit = page::limit(query.limit)?;
    let after = page::cursor(query.cursor.as_deref())?.map_or(Ok(0), |after| after.parse());
    let after: i64 = after.map_err(|_| page::bad_cursor())?;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| show(connection, &contract, after, limit + 1);
    let happened = gate.read(&caller, Operation::ShowHistory, about, work).await?;
    let shown = happened.into_iter().map(HistoryEntry::from).collect();
    Ok(web::Json(Page::of(shown, limit, |entry: &HistoryEntry| entry.position.to_string())))
}
