//! Registers a party.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Party;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        page::in_address,
    },
    operations::{self, Error, Operation, Outside, Registered, RegisteredParty},
};

/// A party to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Hospital B", "is": "provider" }))]
pub struct NewParty {
    /// Its name, unique in the network.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is, in the words of contracts: manufacturer, insurer, payer, provider, agent, regulator, auditor, operator.
    #[schema(min_length = 1, max_length = 100)]
    pub is: String,
}

/// Registers a party
///
/// For the operator of the ledger. What it is registered as gives its rights.
#[utoipa::path(operation_id = "register_party", tag = "parties", request_body = NewParty,
    responses((status = 201, description = "The party is registered", body = Written<Party>)))]
#[post("/parties")]
pub async fn register_party(
    gate: web::Data<Gate>,
    ask: Ask,
    body: web::Json<NewParty>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let NewParty { name, is } = new.clone();
    let work = move |connection: &mut _, outside: &mut Outside| {
        if is == "beneficiary" {
            let help = "patients are made by the contracts that are about them";
            return Err(Error::refused("role-of-patients", "patients do not register", help));
        }
        let Registered { party, name, is, receipt } = operations::register_party(connection, outside, &name, &is)?;
        let position = i64::try_from(receipt.position).unwrap_or(i64::MAX);
        Ok((Party::from(RegisteredParty { party, name, is, position }), vec![receipt]))
    };
    let written = gate.write(ask, Operation::RegisterParty, About::Network, &new, work).await?;
    Ok(written.created(Some(format!("/api/v1/parties/{}", in_address(new.name.trim())))))
}
