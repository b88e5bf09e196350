//! Whether the server lives, is ready, is well. The log is kept up in the background; what stops that is told here.

use std::sync::{Mutex, PoisonError};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{self, Data, ServiceConfig},
};

use super::{Gate, Problem};
use crate::operations::check_log;

/// What stands against the keeping of the log, if anything.
#[derive(Debug, Default)]
pub struct Health(Mutex<Option<String>>);

impl Health {
    /// Notes what happened; says whether it is news.
    pub fn note(&self, trouble: Option<String>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = *known != trouble;
        *known = trouble;
        is_news
    }

    /// Whether something stands against the keeping of the log.
    pub fn is_troubled(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// The paths for those who watch over servers.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/livez", web::get().to(live));
    config.route("/readyz", web::get().to(ready));
    config.route("/healthz", web::get().to(well));
}

/// The process lives and answers.
async fn live() -> HttpResponse {
    ok()
}

/// The database is there and holds a ledger with the tables of this program.
async fn ready(gate: Data<Gate>) -> Result<HttpResponse, Problem> {
    match gate.read_public(check_log).await {
        Ok(()) => Ok(ok()),
        Err(problem) => {
            tracing::warn!(code = problem.code, "not ready");
            Err(unavailable("not-ready", "the server is not ready"))
        }
    }
}

/// Ready, and the log is kept up.
async fn well(gate: Data<Gate>) -> Result<HttpResponse, Problem> {
    let ready = ready(gate.clone()).await?;
    if gate.health.is_troubled() {
        return Err(unavailable("log-behind", "the log is not kept up; the server's own output says why"));
    }
    Ok(ready)
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).body("ok\n")
}

fn unavailable(code: &str, detail: &str) -> Problem {
    Problem::wait(StatusCode::SERVICE_UNAVAILABLE, code, detail, 5)
}
