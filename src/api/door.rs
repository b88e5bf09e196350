//! What every request passes before a handler sees it: who asks, how often, and what it has to bring.

use actix_web::{
    Error, HttpMessage, HttpRequest, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web,
};

use super::{Gate, Problem, describe::Served};
use crate::operations::{Asked, Caller, access::find_caller};

/// The header that makes a request safe to repeat.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Lets a request in, or answers it with a problem.
pub async fn door(
    gate: web::Data<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&gate, request.request()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
        Err(problem) => Ok(request.into_response(problem.error_response())),
    }
}

async fn admit(gate: &web::Data<Gate>, request: &HttpRequest) -> Result<Caller, Problem> {
    let address = request.peer_addr().map(|address| address.ip());
    let caller = match sign_in(gate, request).await {
        Ok(caller) => caller,
        // Guessing is slow: only who fails to sign in draws from the bucket of the address.
        Err(problem) if problem.status < 500 => {
            tracing::warn!(code = problem.code, ?address, "sign-in refused");
            gate.metrics.refused.inc();
            gate.failures.take(address).map_err(too_often)?;
            return Err(problem);
        }
        Err(problem) => return Err(problem),
    };
    gate.requests.take(caller.party).map_err(too_often)?;
    check_method(request)?;
    check_coding(request)?;
    check_key(request)?;
    Ok(caller)
}

fn too_often(seconds: u32) -> Problem {
    Problem::wait(StatusCode::TOO_MANY_REQUESTS, "too-often", "more was asked than is allowed at once", seconds)
}

async fn sign_in(gate: &web::Data<Gate>, request: &HttpRequest) -> Result<Caller, Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let value = headers.next().and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || headers.next().is_some() {
        let help = "send one header `Authorization: Bearer TOKEN`";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "no-token", "the request is not signed in", help));
    }
    let token = token.trim().to_owned();
    let gate = gate.clone();
    let signed_in = web::block(move || {
        let party = gate.keys.party(&token)?;
        if let Some(caller) = gate.known_caller(&party) {
            return Ok(caller);
        }
        let caller = find_caller(&mut *gate.pool.lend().map_err(crate::operations::Error::from)?, &party)?;
        gate.remember_caller(&caller);
        Ok(caller)
    });
    signed_in.await.map_err(|error| Problem::internal(&error))?
}

/// Tells a wrong method from a wrong path, which Actix answers alike.
fn check_method(request: &HttpRequest) -> Result<(), Problem> {
    let served = request.app_data::<web::Data<Served>>();
    match served.and_then(|served| served.methods(request.path())) {
        Some(methods) if !methods.contains(request.method()) => Err(Problem::method(methods)),
        _ => Ok(()),
    }
}

/// Bodies come as they are or packed by gzip or deflate.
fn check_coding(request: &HttpRequest) -> Result<(), Problem> {
    let coding = request.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
    match coding {
        None | Some(b"identity" | b"gzip" | b"deflate") => Ok(()),
        Some(_) => {
            let detail = "this content coding is not understood";
            let help = "send the body as it is, or packed once by gzip or deflate";
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-coding", detail, help))
        }
    }
}

/// Whatever changes something brings a key under which it can be asked again.
fn check_key(request: &HttpRequest) -> Result<(), Problem> {
    if request.method().is_safe() {
        return Ok(());
    }
    if let Some(key) = request.headers().get(IDEMPOTENCY_KEY) {
        return match key.to_str() {
            Ok("") => Err(no_key()),
            Ok(key) => Ok(Asked::check_key(key)?),
            Err(_) => Ok(Asked::check_key("")?),
        };
    }
    Err(no_key())
}

fn no_key() -> Problem {
    let help = "send `Idempotency-Key: KEY`, best a random UUID, and the same one when you ask again";
    Problem::new(StatusCode::BAD_REQUEST, "no-key", "the request brings no idempotency key", help)
}
