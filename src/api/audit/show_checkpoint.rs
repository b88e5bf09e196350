//! Shows the newest checkpoint of the log.

use actix_web::{HttpResponse, get, web};

use crate::{
    api::{Gate, Problem, gate::About},
    operations::{Caller, Operation, read_checkpoint},
};

/// Shows the newest checkpoint of the log
///
/// As a signed note (C2SP `tlog-checkpoint`) with all cosignatures. Keep it: whoever holds one notices when the log is
/// changed or cut later. The same stands at `/checkpoint` for everybody.
#[utoipa::path(operation_id = "show_checkpoint", tag = "audit",
    responses((status = 200, description = "The checkpoint", body = String, content_type = "text/plain"),
        (status = 404, description = "Nothing of the log was signed yet", body = Problem,
            content_type = "application/problem+json")))]
#[get("/log/checkpoint")]
pub async fn show_checkpoint(gate: web::Data<Gate>, caller: Caller) -> Result<HttpResponse, Problem> {
    let note = gate.read(&caller, Operation::ShowCheckpoint, About::Network, read_checkpoint).await?;
    let note = note.ok_or_else(|| Problem::not_found("nothing of the log was signed yet"))?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(note))
}
