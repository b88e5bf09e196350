//! Describes a contract in plain words.

use actix_web::{get, web};

use crate::{
    api::{
        Gate, Problem,
        documents::{
            describe_document::Description,
            words::{Words, language},
        },
        gate::About,
    },
    operations::{Caller, Error, Operation, show_agreement},
};

/// Describes a contract in plain words
///
/// Who pays whom, when, how much, within what limits, with the values that were agreed.
#[utoipa::path(operation_id = "describe_contract", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), Words),
    responses((status = 200, description = "The contract in words", body = Description),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/description")]
pub async fn describe_contract(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    words: web::Query<Words>,
) -> Result<web::Json<Description>, Problem> {
    let language = language(words.language.as_deref())?;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| {
        let (agreement, _) = show_agreement(connection, &contract)?;
        let (compiled, findings) = agreement.compile(&contract);
        Ok(Description::of(&compiled.ok_or(Error::Document(findings))?, language))
    };
    gate.read(&caller, Operation::DescribeContract, about, work).await.map(web::Json)
}
