//! Checks a document: what is wrong with it, whether its examples hold, the most that each party can owe.

use actix_web::{post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::draft::{Draft, Finding};
use crate::{
    api::{Gate, Problem},
    operations::{Caller, Operation},
    terms::{
        examples,
        exposure::{PartyExposure, exposure},
        finding::Severity,
    },
};

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checked {
    /// Whether it can be proposed.
    pub sound: bool,
    /// The document's own id; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "refund")]
    pub id: Option<String>,
    /// Worked examples in it.
    pub examples: usize,
    /// What was found, in the order of the document.
    pub findings: Vec<Finding>,
    /// The most that each party can owe; empty when the document cannot be run.
    pub exposure: Vec<Exposure>,
}

/// The most that a party can owe.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Exposure {
    /// The role.
    #[schema(example = "maker")]
    pub party: String,
    /// The currency of the amounts.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The most in one year; absent when nothing limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "100000")]
    pub per_year: Option<String>,
    /// The most over the term; absent when nothing limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "100000")]
    pub total: Option<String>,
}

impl From<PartyExposure> for Exposure {
    fn from(exposure: PartyExposure) -> Self {
        let PartyExposure { party, currency, per_year, total, .. } = exposure;
        let text = |amount: Option<rust_decimal::Decimal>| amount.map(|amount| amount.normalize().to_string());
        Self { party, currency, per_year: text(per_year), total: text(total) }
    }
}

/// Checks a document
///
/// Findings are no failure: the answer is 200 whether the document is sound or not.
#[utoipa::path(operation_id = "check_document", tag = "documents", request_body = Draft,
    responses((status = 200, description = "What was found", body = Checked)))]
#[post("/documents/check")]
pub async fn check_document(caller: Caller, body: web::Json<Draft>) -> Result<web::Json<Checked>, Problem> {
    let checked = Gate::compute(&caller, Operation::CheckDocument, move || Ok(check(&body)));
    checked.await.map(web::Json)
}

fn check(draft: &Draft) -> Checked {
    let (contract, mut findings) = draft.compile();
    if let Some(contract) = &contract {
        findings.extend(examples::run(contract, &draft.settings(), &|name| draft.file(name)));
        findings.sort_by_key(|finding| (finding.line, finding.column));
    }
    let document = contract.as_ref().map(|contract| &contract.checked.document);
    Checked {
        sound: contract.is_some() && !findings.iter().any(|finding| finding.severity == Severity::Error),
        id: document.map(|document| document.header.id.clone()),
        examples: document.map_or(0, |document| document.examples.len()),
        findings: findings.into_iter().map(Finding::from).collect(),
        exposure: contract.iter().flat_map(exposure).map(Exposure::from).collect(),
    }
}
