//! Exports everything that proves a contract.

use actix_web::{HttpResponse, get, http::header, web};

use super::query::BundleQuery;
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{self, Caller, Export, Operation, Sight},
};

/// Exports everything that proves a contract
///
/// An archive that is checked offline (`outcome-ledger verify FILE --policy POLICY`, or by `docs/LEDGER-FORMAT.md`). Contents
/// are opened for those who may see people by name; for all others it is closed.
#[utoipa::path(operation_id = "export_bundle", tag = "audit",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), BundleQuery),
    responses((status = 200, description = "The archive", body = Vec<u8>, content_type = "application/x-tar"),
        (status = 409, description = "No checkpoint covers it yet", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/bundle")]
pub async fn export_bundle(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<BundleQuery>,
) -> Result<HttpResponse, Problem> {
    let BundleQuery { from, to, closed, since } = query.into_inner();
    let contract = contract.into_inner();
    let name = contract.clone();
    let about = About::Contract(contract.clone());
    let closed = closed.unwrap_or_default() || caller.role.sight() != Sight::Named;
    let work = move |connection: &mut _| {
        let since = Vec::from_iter(since);
        let export = Export { contract: Some(&name), from, to, closed, since: &since, policy: None };
        operations::export_bundle(connection, &export)
    };
    let exported = gate.read(&caller, Operation::ExportBundle, about, work).await?;
    if !closed {
        gate.record_reading(&caller, Operation::ExportBundle, contract, exported.entries).await?;
    }
    Ok(HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"contract.bundle\""))
        .body(exported.archive))
}
