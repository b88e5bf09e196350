//! Traces of requests for OpenTelemetry: a span for each, with the route and what became of it, and nothing about persons.

use std::{pin::Pin, time::Duration};

use actix_web::http::header::HeaderMap;
use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::TracerProvider,
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};

/// Sends spans to a collector, in the background.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts sending to a collector's OTLP endpoint over HTTP, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// When the address is none.
    pub fn start(collector: &str) -> Result<Self, String> {
        let address = format!("{}/v1/traces", collector.trim_end_matches('/'));
        let exporter = SpanExporter::builder().with_http().with_http_client(Courier::default()).with_endpoint(address);
        let exporter = exporter.build().map_err(|error| error.to_string())?;
        let resource = Resource::builder().with_service_name("outcome-ledger").build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// Takes in spans.
    pub fn tracer(&self) -> SdkTracer {
        self.0.tracer("outcome-ledger")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // What is left is sent, or given up after a while; a server does not stay for its traces.
        let _ = self.0.shutdown_with_timeout(Duration::from_secs(5));
    }
}

/// The trace that a caller says its request belongs to (W3C Trace Context).
pub fn parent(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract(&Headers(headers))
}

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// Carries spans by the client that reads keys, so that no second one is needed.
#[derive(Debug)]
struct Courier(ureq::Agent);

impl Default for Courier {
    fn default() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5)));
        Self(config.http_status_as_error(false).build().into())
    }
}

impl Courier {
    fn carry(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let (parts, mut body) = self.0.run(Request::from_parts(parts, body.to_vec()))?.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}

impl HttpClient for Courier {
    // The exporter has a thread of its own, so this may wait.
    fn send_bytes<'client, 'sent>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'client: 'sent,
    {
        Box::pin(async move { self.carry(request) })
    }
}
