//! A number for each request, and one line in the log. The line names the route, never the address, which names contracts.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use prometheus_client::metrics::gauge::Gauge;
use tracing::{Instrument, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{Gate, traces};
use crate::operations::Caller;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers the request and writes what became of it to the log.
pub async fn observe<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let since = Instant::now();
    let id = number(&request);
    let gate = request.app_data::<Data<Gate>>().cloned();
    let route = request.match_pattern().unwrap_or_else(|| "-".into());
    let method = known(request.method());
    let name = format!("{method} {route}");
    let span = tracing::info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        request = id,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        party = Empty
    );
    // Without a collector there is no trace to belong to.
    let _ = span.set_parent(traces::parent(request.headers()));
    let under_way = gate.as_ref().map(|gate| UnderWay::begin(&gate.metrics.under_way));
    let mut response = next.call(request).instrument(span.clone()).await?;
    drop(under_way);
    let party = response.request().extensions().get::<Caller>().map(|caller| caller.party.to_string());
    let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.record("http.response.status_code", status);
    span.record("party", party.as_deref());
    tracing::info!(request = id, method, route, status, millis, party, "request");
    if let Some(gate) = gate {
        gate.metrics.answered(method, &route, status, since.elapsed());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The methods that are told apart: who makes up others makes no new counters.
fn known(method: &Method) -> &'static str {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    methods.into_iter().find(|known| method.as_str() == *known).unwrap_or("other")
}

/// Counts a request as under way until it is dropped, also when its caller went away.
struct UnderWay(Gauge);

impl UnderWay {
    fn begin(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The number that the caller gave, when it is a sensible one, or a new one.
fn number(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sensible =
        |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    given.filter(sensible).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}
