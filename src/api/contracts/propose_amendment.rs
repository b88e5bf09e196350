//! Puts a new version of a contract forward.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        documents::{
            compare_documents::Difference,
            draft::{Draft, EXAMPLE, Finding},
        },
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
    values::Day,
};

/// A new version of a contract in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "document": EXAMPLE, "settings": { "refund": "3_000 CNY" }, "effective_on": "2025-07-01",
    "reason": "new price list" }))]
pub struct NewAmendment {
    /// The text of the new document, whole.
    #[schema(max_length = 1_048_576)]
    pub document: String,
    /// The texts of files that the document refers to, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Values that replace defaults of parameters, as written in documents.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Day,
    /// Why, in one line that names no person: it stays for good.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// What was put forward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AmendmentProposed {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The digest that the parties sign, hexadecimal: of the new agreement, the version that it replaces, and the day.
    pub digest: String,
    /// The digest of the version that it replaces, hexadecimal.
    pub replaces: String,
    /// The first day on which it holds.
    #[schema(format = Date, example = "2025-07-01")]
    pub effective_on: String,
    /// The roles that have to sign.
    pub signers: Vec<String>,
    /// What it says differently.
    pub differences: Vec<Difference>,
    /// What the compiler remarks; none of it is an error.
    pub findings: Vec<Finding>,
}

impl From<operations::ProposedAmendment> for AmendmentProposed {
    fn from(proposed: operations::ProposedAmendment) -> Self {
        let operations::ProposedAmendment { contract, digest, replaces, effective_on, signers, .. } = proposed;
        let effective_on = effective_on.to_string();
        let differences = proposed.differences.into_iter().map(Difference::from).collect();
        let findings = proposed.findings.into_iter().map(Finding::from).collect();
        Self { contract, digest, replaces, effective_on, signers, differences, findings }
    }
}

/// Puts a new version of a contract forward
///
/// It holds from its day on once everybody has signed it. A period belongs to the version that holds on its first day; what
/// has no period, to the one that holds on the day it falls due. Parties, currency and what was reported so far stay.
#[utoipa::path(operation_id = "propose_amendment", tag = "contracts", request_body = NewAmendment,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 201, description = "The amendment is proposed", body = Written<AmendmentProposed>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/amendments")]
pub async fn propose_amendment(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewAmendment>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let NewAmendment { document, files, settings, effective_on, reason } = new;
    let draft = Draft { document, files, settings };
    let work = move |connection: &mut _, outside: &mut Outside| {
        let amendment = operations::AmendmentDraft {
            file: "document",
            document: &draft.document,
            files: &|name| draft.file(name),
            settings: draft.settings.clone(),
            effective_on,
            reason: &reason,
        };
        let proposed = operations::propose_amendment(connection, outside, &contract, &amendment)?;
        let receipt = proposed.receipt.clone();
        Ok((AmendmentProposed::from(proposed), vec![receipt]))
    };
    Ok(gate.write(ask, Operation::ProposeAmendment, about, &request, work).await?.created(None))
}
