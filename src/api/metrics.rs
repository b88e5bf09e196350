//! What the server counts, for Prometheus. Routes are named, never addresses, which name contracts.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, ServiceConfig},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::{Gate, Problem};

/// The upper ends of what is told apart in times, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// A sort of request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: String,
    route: String,
}

/// A sort of request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

/// What is counted.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
    /// Sign-ins that were refused.
    pub refused: Counter,
    /// Requests under way.
    pub under_way: Gauge,
    waiting_bytes: Gauge,
    lent: Gauge,
    troubled: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("outcome_ledger");
        let answered = Family::default();
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let (refused, under_way, waiting_bytes) = (Counter::default(), Gauge::default(), Gauge::default());
        let (lent, troubled) = (Gauge::default(), Gauge::default());
        registry.register("http_requests", "Requests that were answered", answered.clone());
        let time = "Time from a request to its answer";
        registry.register_with_unit("http_request_duration", time, Unit::Seconds, seconds.clone());
        registry.register("http_requests_under_way", "Requests that are not answered yet", under_way.clone());
        registry.register("sign_ins_refused", "Requests that were not signed in", refused.clone());
        registry.register_with_unit("writer_waiting", "What waits to be written", Unit::Bytes, waiting_bytes.clone());
        registry.register("database_connections_lent", "Connections for reading that are in use", lent.clone());
        registry.register("log_troubled", "1 while the log is not kept up", troubled.clone());
        Self { registry, answered, seconds, refused, under_way, waiting_bytes, lent, troubled }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, method: &str, route: &str, status: u16, time: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.seconds.get_or_create(&Asked { method: method.clone(), route: route.clone() }).observe(time.as_secs_f64());
        self.answered.get_or_create(&Answered { method, route, status }).inc();
    }
}

/// The path that Prometheus reads.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/metrics", web::get().to(show));
}

async fn show(gate: Data<Gate>) -> Result<HttpResponse, Problem> {
    let metrics = &gate.metrics;
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    metrics.waiting_bytes.set(whole(gate.waiting_bytes()));
    metrics.lent.set(whole(gate.pool.lent()));
    metrics.troubled.set(gate.health.is_troubled().into());
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(|error| Problem::internal(&error))?;
    let kind = (header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header(kind).body(text))
}
