//! Exports one settlement on one page.

use actix_web::{HttpResponse, get, web};

use crate::{
    api::{Gate, Problem, gate::About},
    operations::{self, Caller, Operation},
};

/// Exports one settlement on one page
///
/// With the entries that the page repeats and the proof that the log signed them; it is about no single person.
#[utoipa::path(operation_id = "export_certificate", tag = "audit",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward or posted, or its entry", example = "8")),
    responses((status = 200, description = "The certificate", body = String, content_type = "text/plain"),
        (status = 409, description = "No checkpoint covers it yet", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/settlements/{settlement}/certificate")]
pub async fn export_certificate(
    gate: web::Data<Gate>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (contract, settlement) = path.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::export_certificate(connection, &contract, &settlement);
    let certificate = gate.read(&caller, Operation::ExportCertificate, about, work).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(certificate))
}
