//! Is the server well? The log is kept in the background; what stops it is told here.

use std::sync::{Mutex, PoisonError};

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, ServiceConfig},
};

use super::{Databases, Problem};
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

    fn trouble(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The path for those who watch over servers.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/healthz", web::get().to(health));
}

async fn health(databases: Data<Databases>, health: Data<Health>) -> Result<HttpResponse, Problem> {
    databases.into_inner().run(check_log).await?;
    match health.trouble() {
        Some(_) => Err(Problem::unavailable("the log is not kept up; the server's own output says why")),
        None => Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).body("ok\n")),
    }
}
