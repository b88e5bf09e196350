//! Why a request was not answered: a problem document (RFC 9457), without anything that is nobody else's business.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::operations;

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable name for programs; `about:blank` is not used.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in one sentence.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What to do; left out when there is nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, kind: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        let kind = format!("urn:outcome-ledger:problem:{kind}");
        Self { kind, title: title.into(), status: status.as_u16(), detail: detail.into() }
    }

    /// Nothing is there.
    pub fn not_found(title: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", title, "")
    }

    /// The request cannot be understood.
    pub fn bad_request(title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", title, "")
    }

    /// Not now.
    pub fn unavailable(title: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, "try again later")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(serde_json::to_string(self).unwrap_or_default())
    }
}

impl From<operations::Error> for Problem {
    fn from(error: operations::Error) -> Self {
        match error {
            operations::Error::Refused(refusal) => {
                Self::new(StatusCode::CONFLICT, refusal.code, refusal.message, refusal.help)
            }
            operations::Error::Storage(error) if error.is_retryable() => Self::unavailable("the database is busy"),
            operations::Error::Storage(_) => Self::unavailable("the database cannot be reached"),
            _ => {
                let help = "the operator runs `outcome-ledger verify`";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "stored", "what is stored cannot be understood", help)
            }
        }
    }
}

/// Answers every path that is not served, and every method that a path does not have.
pub async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("there is nothing at this path"))
}
