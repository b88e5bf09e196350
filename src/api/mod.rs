//! The system over HTTP.
//!
//! Lives here: paths, requests, answers, problem documents. Never here: what is asked for means; that is in `operations`. Where the
//! server listens and when it stops is the business of `cli`.
//!
//! - [`databases`]: connections that requests share, on threads that may wait
//! - [`problem`]: why a request was not answered (RFC 9457)
//! - [`log`]: the log as C2SP `tlog-tiles` serves it
//! - [`health`]: is the server well?
//! - [`witness`]: others ask for cosignatures

pub mod databases;
pub mod health;
pub mod log;
pub mod problem;
pub mod witness;

use actix_web::web::{self, Data, ServiceConfig};

pub use databases::Databases;
pub use health::Health;
pub use problem::Problem;

/// What handlers share.
#[derive(Clone)]
pub struct Shared {
    /// Connections.
    pub databases: Data<Databases>,
    /// What the server knows about itself.
    pub health: Data<Health>,
}

/// Puts all paths into an application.
pub fn routes(shared: &Shared) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let Shared { databases, health } = shared.clone();
    move |config| {
        config.app_data(databases).app_data(health);
        config.configure(log::routes).configure(health::routes);
        config.default_service(web::to(problem::nothing_here));
    }
}
