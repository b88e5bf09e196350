//! Lists who read rows about patients.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::{self, Page, PageQuery},
    },
    operations::{self, Caller, ListedRead, Operation, Sight},
    values::{ReadId, instant},
};

/// A reading.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientRead)]
pub struct ReadShown {
    /// Its own name.
    read: Uuid,
    /// The party that read.
    #[schema(example = "Hospital A")]
    party: String,
    /// What was asked for.
    #[schema(example = "list_subjects")]
    operation: String,
    /// How many rows about patients were answered; for those who may see such rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    rows: Option<i64>,
    /// When.
    #[schema(format = DateTime, example = "2025-01-01T12:00:00.000000Z")]
    read_at: String,
}

/// Lists who read rows about patients
///
/// From the latest on. Numbers of rows are left out for those who may not see rows, because they count patients.
#[utoipa::path(operation_id = "list_reads", tag = "reads",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), PageQuery),
    responses((status = 200, description = "A page of readings", body = Page<ReadShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/reads")]
pub async fn list_reads(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<ReadShown>>, Problem> {
    let limit = page::limit(query.limit)?;
    let before = page::cursor(query.cursor.as_deref())?.map(|key| key.parse::<Uuid>()).transpose();
    let before = before.map_err(|_| page::bad_cursor())?.map(ReadId);
    let counts = caller.role.sight() != Sight::Sums;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::list_reads(connection, &contract, before, limit + 1);
    let reads = gate.read(&caller, Operation::ListReads, about, work).await?;
    let page = Page::of(reads, limit, |read| read.read.to_string());
    let shown = |read: ListedRead| ReadShown {
        read: read.read.0,
        party: read.party,
        operation: read.operation,
        rows: counts.then_some(read.rows),
        read_at: instant(read.read_at_micros),
    };
    Ok(web::Json(page.map(shown)))
}
