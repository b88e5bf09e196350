//! Why something was not done, as a problem document (RFC 9457).

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError},
    http::{Method, StatusCode, header},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{operations::Error, storage};

/// Says why something was not done. Nothing was changed then.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:outcome-ledger:problem:unknown-contract",
    "title": "Not Found",
    "status": 404,
    "code": "unknown-contract",
    "detail": "there is no contract named `ep`",
    "help": "look at the list of contracts; a contract is seen by those who take a role in it"
}))]
pub struct Problem {
    /// Names the sort of problem; the code is its last part.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status code.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// A stable name for programs.
    pub code: String,
    /// What stands against it, in one sentence.
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub help: String,
    /// What was found in a document, when there are findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, value_type = Vec<Object>)]
    pub findings: Vec<Value>,
    /// What is wrong with reported rows; no value of a row is repeated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, value_type = Vec<Object>)]
    pub rows: Vec<Value>,
    /// Seconds after which to ask again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
    /// Methods that are served, when another was used.
    #[serde(skip)]
    pub allowed: String,
}

/// The status of refusals that are not about the content of the request, by their codes.
const STATUS: &[(&str, StatusCode)] = &[
    ("unknown-contract", StatusCode::NOT_FOUND),
    ("no-such-party", StatusCode::NOT_FOUND),
    ("no-such-webhook", StatusCode::NOT_FOUND),
    ("no-such-template", StatusCode::NOT_FOUND),
    ("unknown-entry", StatusCode::NOT_FOUND),
    ("no-proposal", StatusCode::NOT_FOUND),
    ("no-line", StatusCode::NOT_FOUND),
    ("no-payment", StatusCode::NOT_FOUND),
    ("no-dispute", StatusCode::NOT_FOUND),
    ("no-settlement", StatusCode::NOT_FOUND),
    ("unknown-fact", StatusCode::NOT_FOUND),
    ("not-covered", StatusCode::NOT_FOUND),
    ("unknown-caller", StatusCode::UNAUTHORIZED),
    ("no-role", StatusCode::FORBIDDEN),
    ("forbidden", StatusCode::FORBIDDEN),
    ("not-your-role", StatusCode::FORBIDDEN),
    ("no-say", StatusCode::FORBIDDEN),
    ("four-eyes", StatusCode::FORBIDDEN),
    ("not-your-report", StatusCode::FORBIDDEN),
    ("name-taken", StatusCode::CONFLICT),
    ("not-allowed-now", StatusCode::CONFLICT),
    ("signature-missing", StatusCode::CONFLICT),
    ("signed-already", StatusCode::CONFLICT),
    ("settled-later", StatusCode::CONFLICT),
    ("accrued-later", StatusCode::CONFLICT),
    ("proposal-open", StatusCode::CONFLICT),
    ("proposal-over", StatusCode::CONFLICT),
    ("approved-already", StatusCode::CONFLICT),
    ("no-checkpoint", StatusCode::CONFLICT),
    ("disputed-already", StatusCode::CONFLICT),
    ("dispute-over", StatusCode::CONFLICT),
    ("decided-already", StatusCode::CONFLICT),
    ("overpaid", StatusCode::CONFLICT),
    ("paid-twice", StatusCode::CONFLICT),
    ("payment-over", StatusCode::CONFLICT),
    ("reversed-already", StatusCode::CONFLICT),
    ("other-digest", StatusCode::CONFLICT),
    ("amendment-open", StatusCode::CONFLICT),
    ("no-amendment", StatusCode::CONFLICT),
    ("not-your-suspension", StatusCode::CONFLICT),
    ("day-settled", StatusCode::CONFLICT),
    ("day-before-version", StatusCode::CONFLICT),
    ("bad-key", StatusCode::BAD_REQUEST),
    ("changed-meanwhile", StatusCode::PRECONDITION_FAILED),
    ("no-ledger", StatusCode::SERVICE_UNAVAILABLE),
    ("tables-newer", StatusCode::SERVICE_UNAVAILABLE),
    ("tables-outdated", StatusCode::SERVICE_UNAVAILABLE),
];

impl Problem {
    /// A problem with a code for programs, what is wrong, and what to do.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:outcome-ledger:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            help: help.into(),
            findings: Vec::new(),
            rows: Vec::new(),
            retry_after: None,
            allowed: String::new(),
        }
    }

    /// Nothing is there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail, "")
    }

    /// The request cannot be understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail, "")
    }

    /// Something that is not the caller's fault. The reason goes to the log, never to the caller.
    pub fn internal(reason: &dyn fmt::Display) -> Self {
        tracing::error!(reason = %reason, "request failed");
        let detail = "the server could not do this; nothing is known to have changed";
        let help = "ask again under the same idempotency key, or tell the operator the request's number";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail, help)
    }

    /// Another method was used than those that are served.
    pub fn method(served: &[Method]) -> Self {
        let allowed = served.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        let (detail, help) = ("this method is not served here", format!("use {allowed}"));
        Self { allowed, ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail, help) }
    }

    /// The caller has to wait.
    pub fn wait(status: StatusCode, code: &str, detail: &str, seconds: u32) -> Self {
        let help = format!("ask again after {seconds} second(s)");
        Self { retry_after: Some(seconds), ..Self::new(status, code, detail, help) }
    }

    fn refusal(code: &str, message: String, help: String) -> Self {
        let status = STATUS.iter().find(|(known, _)| *known == code).map(|(_, status)| *status);
        Self::new(status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY), code, message, help)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        const CONTENT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
        let as_values = |list: &[Value]| list.to_vec();
        match error {
            Error::Refused(refusal) => Self::refusal(refusal.code, refusal.message, refusal.help),
            Error::Document(findings) => {
                let findings: Vec<Value> = findings.iter().map(|finding| serde_json::json!(finding)).collect();
                let problem =
                    Self::new(CONTENT, "document", "the document has errors", "correct what the findings name");
                Self { findings: as_values(&findings), ..problem }
            }
            Error::Rows(errors) => {
                let rows: Vec<Value> = errors.errors.iter().map(|error| serde_json::json!(error)).collect();
                let message = format!("{} errors in the rows; nothing was taken in", errors.total);
                let problem = Self::new(CONTENT, "rows", message, "correct the rows");
                Self { rows: as_values(&rows), ..problem }
            }
            Error::Storage(storage::Error::Moved(_) | storage::Error::Busy(_)) => {
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "busy", "other writers are in the way", 1)
            }
            Error::Storage(storage::Error::Open { .. }) => {
                tracing::error!(%error, "database unreachable");
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "database", "the database cannot be reached", 5)
            }
            Error::QueueFull { retry_after } => Self::wait(
                StatusCode::TOO_MANY_REQUESTS,
                "queue-full",
                "more waits to be written than can be taken",
                retry_after,
            ),
            Error::Storage(storage::Error::Lost(_)) => {
                tracing::error!(%error, "database lost");
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "database", "the connection to the database was lost", 1)
            }
            Error::Stopped(_) | Error::Storage(storage::Error::Full(_)) => {
                tracing::error!(%error, "writing stopped");
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "stopped", "nothing can be written at present", 60)
            }
            other => Self::internal(&other),
        }
    }
}

impl From<JsonPayloadError> for Problem {
    fn from(error: JsonPayloadError) -> Self {
        match &error {
            JsonPayloadError::Overflow { limit } | JsonPayloadError::OverflowKnownLength { limit, .. } => {
                too_large(*limit as u64)
            }
            JsonPayloadError::ContentType => {
                let help = "send it as application/json";
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "this media type is not understood", help)
            }
            JsonPayloadError::Deserialize(error) if error.is_data() => {
                let detail = format!(
                    "the request has another form than expected (line {}, column {})",
                    error.line(),
                    error.column()
                );
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-form", detail, fields(&error.to_string()))
            }
            JsonPayloadError::Payload(error) => Self::from_payload(error),
            _ => Self::new(StatusCode::BAD_REQUEST, "bad-json", "the body is no JSON", "send one JSON object in UTF-8"),
        }
    }
}

/// The names of our own fields in a message of serde; what the caller wrote may be about a person.
fn fields(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    match message.split_once(", expected ") {
        Some((unknown, expected)) if unknown.starts_with("unknown field") => {
            format!("a field is not known here; expected {expected}")
        }
        _ if message.starts_with("missing field") => message.to_owned(),
        _ => "see /api/openapi.json for the fields and their types".to_owned(),
    }
}

/// A body that is too long.
pub fn too_large(limit: u64) -> Problem {
    let detail = format!("the body is longer than {limit} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail, "send less at once")
}

impl Problem {
    /// A body that cannot be read.
    pub fn from_payload(error: &PayloadError) -> Self {
        match error {
            PayloadError::Overflow => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is too long", "send less at once")
            }
            _ => Self::new(
                StatusCode::BAD_REQUEST,
                "bad-body",
                "the body cannot be read",
                "send it whole, in the coding that it names",
            ),
        }
    }
}

impl From<PathError> for Problem {
    fn from(_: PathError) -> Self {
        not_found()
    }
}

impl From<QueryPayloadError> for Problem {
    fn from(error: QueryPayloadError) -> Self {
        let help = fields(&error.to_string().replace("Query deserialize error: ", ""));
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", "a parameter of the address is not understood", help)
    }
}

/// Says that nothing is served there.
pub fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no-such-place", "nothing is served here", "see /api/openapi.json for what is")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json").insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if !self.allowed.is_empty() {
            response.insert_header((header::ALLOW, self.allowed.as_str()));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.body(serde_json::to_string(self).unwrap_or_default())
    }
}
