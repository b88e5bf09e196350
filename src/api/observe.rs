//! A number for each request, and one line in the log. The line names the route, never the address, which names contracts.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

use crate::operations::Caller;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers the request and writes what became of it to the log.
pub async fn observe<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let since = Instant::now();
    let id = number(&request);
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "-".into());
    let party = response.request().extensions().get::<Caller>().map(|caller| caller.party.to_string());
    let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    tracing::info!(request = id, %method, route, status, millis, party, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The number that the caller gave, when it is a sensible one, or a new one.
fn number(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sensible =
        |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    given.filter(sensible).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}
