//! The log for monitors, witnesses and everybody else: `checkpoint` and `tile/…` as C2SP `tlog-tiles` serves them.

use actix_web::{
    HttpResponse, guard,
    http::header,
    web::{self, Data, Path, ServiceConfig},
};

use super::{Gate, Problem};
use crate::{
    ledger::note::Tile,
    operations::{read_checkpoint, read_tile},
};

/// A checkpoint is asked for anew each time.
const FRESH: &str = "no-cache";
/// The bytes at the path of a tile never change.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The paths of the log.
pub fn routes(config: &mut ServiceConfig) {
    let read = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config.route("/checkpoint", read().to(checkpoint));
    config.route("/tile/{path:.*}", read().to(tile));
}

async fn checkpoint(gate: Data<Gate>) -> Result<HttpResponse, Problem> {
    let note = gate.read_public(read_checkpoint).await?;
    let note = note.ok_or_else(|| Problem::not_found("nothing of the log was signed yet"))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, FRESH))
        .body(note))
}

async fn tile(gate: Data<Gate>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let tile = Tile::parse(&format!("tile/{path}")).map_err(|error| Problem::bad_request(error.to_string()))?;
    let bytes = gate.read_public(move |connection| read_tile(connection, tile)).await?;
    let bytes = bytes.ok_or_else(|| Problem::not_found(format!("no checkpoint covers {tile}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CACHE_CONTROL, FOREVER))
        .body(bytes))
}
