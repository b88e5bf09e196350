//! Shows what was agreed, word for word.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Gate, Problem, gate::About},
    contract::Agreement,
    operations::{Caller, Operation, show_agreement as show},
};

/// What was agreed, as it is signed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementShown {
    /// The digest that the parties sign, hexadecimal; `docs/LEDGER-FORMAT.md` says how it follows from the rest.
    pub digest: String,
    /// The text of the document.
    pub document: String,
    /// The texts of the files that the document refers to, by name.
    pub files: BTreeMap<String, String>,
    /// Values that replace defaults of parameters, as written.
    pub settings: BTreeMap<String, String>,
    /// The parties by the roles that they take.
    pub roles: BTreeMap<String, uuid::Uuid>,
}

/// Shows what was agreed, word for word
///
/// The document with its files, settings and parties: everything that the signed digest covers.
#[utoipa::path(operation_id = "show_agreement", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 200, description = "The agreement", body = AgreementShown),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/agreement")]
pub async fn show_agreement(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
) -> Result<web::Json<AgreementShown>, Problem> {
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| show(connection, &contract);
    let (agreement, digest) = gate.read(&caller, Operation::ShowAgreement, about, work).await?;
    let Agreement { document, files, settings, roles } = agreement;
    let roles = roles.into_iter().map(|(role, party)| (role, party.0)).collect();
    Ok(web::Json(AgreementShown { digest: digest.to_string(), document, files, settings, roles }))
}
