//! Sockets, workers, shutdown.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App, HttpResponse, HttpServer, ResponseError,
    dev::ServerHandle,
    http::header,
    middleware::{Compress, from_fn},
    web,
};
use utoipa_actix_web::{AppExt, scope::scope};
use utoipa_swagger_ui::SwaggerUi;

use super::{
    Config, Gate, Problem,
    describe::{self, Served},
    door::door,
    health, log, metrics,
    observe::observe,
    problem::not_found,
    routes::{ROOT, endpoints},
    tls,
};

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Ends it: requests under way are finished first.
    pub handle: ServerHandle,
    /// Ends with the server.
    pub server: actix_web::dev::Server,
}

/// Starts a server; it runs while `server` is awaited.
///
/// # Errors
/// When the address cannot be listened on.
pub fn start(config: &Config, gate: web::Data<Gate>) -> io::Result<Running> {
    let served = web::Data::new(Served::of_the_interface());
    let description: Arc<str> = describe::document().into();
    let settings = config.clone();
    let server = HttpServer::new(move || {
        let description = Arc::clone(&description);
        let api = scope(ROOT).wrap(from_fn(door)).configure(endpoints).default_service(web::to(nothing_here));
        let (app, _) = App::new().into_utoipa_app().service(api).split_for_parts();
        app.app_data(gate.clone())
            .app_data(served.clone())
            .app_data(json(settings.limits.body_bytes))
            .app_data(web::PathConfig::default().error_handler(|error, _| Problem::from(error).into()))
            .app_data(web::QueryConfig::default().error_handler(|error, _| Problem::from(error).into()))
            .app_data(web::PayloadConfig::new(settings.limits.body_bytes))
            .configure(log::routes)
            .configure(health::routes)
            .route("/api/openapi.json", web::get().to(move || std::future::ready(shown(&description))))
            .service(SwaggerUi::new("/api/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/api/openapi.json")))
            .default_service(web::to(nothing_here))
            .wrap(cors(&settings.cors_origins))
            .wrap(Compress::default())
            .wrap(from_fn(observe))
    });
    let server = server
        .workers(config.workers.max(1))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(config.shutdown_seconds);
    let server = match &config.tls {
        None => server.bind(config.listen)?,
        Some(tls) => server.bind_rustls_0_23(config.listen, tls::read(tls).map_err(io::Error::other)?)?,
    };
    let addresses = server.addrs();
    let server = server.run();
    Ok(Running { addresses, handle: server.handle(), server })
}

/// Starts the server of metrics, when there is to be one; it ends with the process, or when it is told to.
///
/// # Errors
/// When the address cannot be listened on.
pub fn start_metrics(config: &Config, gate: web::Data<Gate>) -> io::Result<Option<Running>> {
    let Some(listen) = config.metrics else { return Ok(None) };
    let server = HttpServer::new(move || App::new().app_data(gate.clone()).configure(metrics::routes));
    let server = server.workers(1).disable_signals().bind(listen)?;
    let addresses = server.addrs();
    let server = server.run();
    Ok(Some(Running { addresses, handle: server.handle(), server }))
}

fn json(limit: usize) -> web::JsonConfig {
    web::JsonConfig::default().limit(limit).error_handler(|error, _| Problem::from(error).into())
}

fn shown(description: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(description.to_owned())
}

async fn nothing_here() -> HttpResponse {
    not_found().error_response()
}

/// Pages of these origins may call; none may when the list is empty.
fn cors(origins: &[String]) -> Cors {
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, header::IF_NONE_MATCH])
        .allowed_header("idempotency-key")
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER])
        .max_age(3_600)
}
