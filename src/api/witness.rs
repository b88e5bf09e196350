//! A witness over HTTP, as `tlog-witness` of C2SP says: logs post checkpoints and are answered with cosignatures.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::Server,
    http::StatusCode,
    web::{self, Bytes, Data},
};

use crate::{
    ledger::note::{AddCheckpoint, Refusal},
    operations::{CosignError, WitnessDesk, cosign_checkpoint},
};

/// Most bytes of a request: a proof, and a checkpoint with the sixteen post-quantum signatures that a witness must bear.
const LONGEST_REQUEST: usize = 256 * 1024;

/// Is told of every request that is not answered with a cosignature.
pub type Tell = dyn Fn(&CosignError) + Send + Sync;

/// A witness that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    /// Runs while it is awaited.
    pub server: Server,
}

struct Desk {
    desk: WitnessDesk,
    tell: Box<Tell>,
}

/// Listens for requests to cosign.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(desk: WitnessDesk, address: SocketAddr, tell: Box<Tell>) -> io::Result<Listening> {
    let desk = Data::from(Arc::new(Desk { desk, tell }));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::clone(&desk))
            .app_data(web::PayloadConfig::new(LONGEST_REQUEST))
            .route("/add-checkpoint", web::post().to(add_checkpoint))
    });
    // Requests are answered one after the other anyway; the second worker reads while the first waits for the disk.
    let server = server.workers(2).client_request_timeout(Duration::from_secs(10)).bind(address)?;
    let address = server.addrs().first().copied().ok_or_else(|| io::Error::other("no address is listened on"))?;
    Ok(Listening { address, server: server.run() })
}

async fn add_checkpoint(desk: Data<Desk>, body: Bytes) -> HttpResponse {
    let answered = web::block(move || match answer(&desk.desk, &body) {
        Ok(lines) => (StatusCode::OK, PLAIN, lines),
        Err(error) => {
            (desk.tell)(&error);
            refused(&error)
        }
    });
    let ending = |_| (StatusCode::SERVICE_UNAVAILABLE, PLAIN, "the witness is ending\n".to_owned());
    let (status, content, text) = answered.await.unwrap_or_else(ending);
    HttpResponse::build(status).content_type(content).body(text)
}

const PLAIN: &str = "text/plain; charset=utf-8";

fn answer(desk: &WitnessDesk, body: &[u8]) -> Result<String, CosignError> {
    let request = AddCheckpoint::parse(body).map_err(Refusal::from)?;
    let instant = SystemTime::now().duration_since(UNIX_EPOCH);
    let instant = instant.map_err(|_| CosignError::Kept("the clock of the witness stands before 1970".into()))?;
    Ok(cosign_checkpoint(desk, &request, instant.as_secs())?.line.to_string())
}

fn refused(error: &CosignError) -> (StatusCode, &'static str, String) {
    let CosignError::Refused(refusal) = error else {
        // Which file and why is for the witness alone.
        return (StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the witness cannot keep what it saw\n".into());
    };
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal.conflicting_size() {
        Some(size) => (status, "text/x.tlog.size", format!("{size}\n")),
        None => (status, PLAIN, format!("{refusal}\n")),
    }
}
