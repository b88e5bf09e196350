//! Compares two documents.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draft::{Draft, EXAMPLE};
use crate::{
    api::{Gate, Problem},
    operations::{Caller, Operation},
    terms,
};

/// Two documents: two versions, or two offers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "first": { "document": EXAMPLE },
    "second": { "document": EXAMPLE, "settings": { "refund": "2_000 CNY" } } }))]
pub struct Pair {
    /// The first.
    pub first: Draft,
    /// The second.
    pub second: Draft,
}

/// What they say differently.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Differences {
    /// In the order of the first, then what only the second has.
    pub differences: Vec<Difference>,
}

/// One thing that two documents say differently.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Difference {
    /// What it is about.
    #[schema(example = "parameter refund")]
    pub about: String,
    /// Which part of it; empty when it is there in one document only.
    #[schema(example = "value")]
    pub part: String,
    /// What the first says; absent when it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "1_000 CNY")]
    pub first: Option<String>,
    /// What the second says; absent when it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "2_000 CNY")]
    pub second: Option<String>,
}

impl From<terms::compare::Difference> for Difference {
    fn from(difference: terms::compare::Difference) -> Self {
        let terms::compare::Difference { about, part, first, second } = difference;
        Self { about, part, first, second }
    }
}

/// Compares two documents
///
/// Clause by clause; what is only written differently is no difference.
#[utoipa::path(operation_id = "compare_documents", tag = "documents", request_body = Pair,
    responses((status = 200, description = "What they say differently", body = Differences)))]
#[post("/documents/compare")]
pub async fn compare_documents(caller: Caller, body: web::Json<Pair>) -> Result<web::Json<Differences>, Problem> {
    let work = move || {
        let (first, second) = (body.first.needed()?, body.second.needed()?);
        let found = terms::compare::compare(&first.checked.document, &second.checked.document);
        Ok(Differences { differences: found.into_iter().map(Difference::from).collect() })
    };
    Gate::compute(&caller, Operation::CompareDocuments, work).await.map(web::Json)
}
