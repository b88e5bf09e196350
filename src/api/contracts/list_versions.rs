//! Lists the versions of a contract.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Gate, Problem, documents::compare_documents::Difference, gate::About},
    operations::{Caller, Operation, ShownVersion, show_versions},
};

/// The versions of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Versions {
    /// The first, then amendments in the order of their proposals.
    pub versions: Vec<Version>,
}

/// A version of a contract, agreed or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractVersion)]
pub struct Version {
    /// The position of its proposal in the contract's chain.
    pub position: i64,
    /// The digest that is signed, hexadecimal.
    pub digest: String,
    /// The digest of the version that it replaces, hexadecimal; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub replaces: Option<String>,
    /// The first day on which it holds; absent for the first, which holds from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-07-01")]
    pub effective_on: Option<String>,
    /// Where it stands: the contract's own state for the first, `proposed`, `agreed` or `withdrawn` for amendments.
    #[schema(example = "agreed")]
    pub state: String,
    /// Why it was proposed; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "new price list")]
    pub reason: Option<String>,
    /// Positions of signatures by role.
    pub signed: BTreeMap<String, i64>,
    /// What it says differently from the version that it replaces.
    pub differences: Vec<Difference>,
}

impl From<ShownVersion> for Version {
    fn from(shown: ShownVersion) -> Self {
        let ShownVersion { position, digest, replaces, effective_on, state, reason, signed, differences } = shown;
        let effective_on = effective_on.map(|day| day.to_string());
        let differences = differences.into_iter().map(Difference::from).collect();
        Self { position, digest, replaces, effective_on, state: state.into(), reason, signed, differences }
    }
}

/// Lists the versions of a contract
///
/// Those that were agreed settle their time for good; those proposed or withdrawn are told apart by their state.
#[utoipa::path(operation_id = "list_versions", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "All versions", body = Versions),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/versions")]
pub async fn list_versions(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
) -> Result<web::Json<Versions>, Problem> {
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| show_versions(connection, &contract);
    let shown = gate.read(&caller, Operation::ListVersions, about, work).await?;
    Ok(web::Json(Versions { versions: shown.into_iter().map(Version::from).collect() }))
}
