//! Erases a person.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    contract::erasure::Basis,
    operations::{self, Operation, Outside, wipe_files},
};

/// Who is to be forgotten, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "subject": "p1", "basis": "consent_withdrawn" }))]
pub struct NewErasure {
    /// The label by which the subject was enrolled.
    #[schema(max_length = 1000)]
    subject: String,
    /// On what grounds.
    #[schema(value_type = String, pattern = "^(request|retention_over|consent_withdrawn|objection|unlawful|legal_obligation|court_order)$")]
    basis: Basis,
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectErased {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    contract: String,
    /// The pseudonym under which the person still stands in the journal.
    subject: uuid::Uuid,
    /// Number of facts whose content is gone.
    facts: usize,
    /// Number of posted lines of which only clause, parties and amount are left.
    lines: usize,
    /// What follows, in sentences.
    consequences: Vec<String>,
}

/// Erases a person
///
/// Everything sealed about the person goes, the proof of everything else stays. It cannot be undone.
#[utoipa::path(operation_id = "erase_subject", tag = "erasures", request_body = NewErasure,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "The person is erased", body = Written<SubjectErased>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/erasures")]
pub async fn erase_subject(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewErasure>,
) -> Result<HttpResponse, Problem> {
    let (contract, asked) = (contract.into_inner(), body.into_inner());
    let about = About::Contract(contract.clone());
    let request = (contract.clone(), &asked.subject, asked.basis);
    let (label, basis) = (asked.subject.clone(), asked.basis);
    let work = move |connection: &mut _, outside: &mut Outside| {
        let erased = operations::record_erasure(connection, outside, &contract, &label, basis)?;
        let consequences = erased.consequences.into_iter().map(str::to_owned).collect();
        let (facts, lines, subject) = (erased.facts, erased.lines, erased.subject.0);
        Ok((SubjectErased { contract: erased.contract, subject, facts, lines, consequences }, vec![erased.receipt]))
    };
    let mut written = gate.write(ask, Operation::EraseSubject, about, &request, work).await?;
    if let Some(erased) = &mut written.result {
        erased.consequences.push(gate.read_public(|connection| Ok(wipe_files(connection))).await?.to_owned());
    }
    Ok(written.done())
}
