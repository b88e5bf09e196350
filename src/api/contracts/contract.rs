//! A contract as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::precondition,
    operations::ContractOverview,
    storage::overview::{Headline, Part},
};

/// A contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Contract)]
pub struct ContractShown {
    /// Its name, unique in the ledger.
    #[schema(example = "acme-north-2025")]
    pub name: String,
    /// Its chain in the journal.
    pub chain: uuid::Uuid,
    /// Where it stands: `proposed`, `withdrawn`, `signed`, `in force`, `suspended` or `terminated`.
    #[schema(example = "in force")]
    pub state: String,
    /// The last day on which it is in force, once an end is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-12-31")]
    pub ends_on: Option<String>,
    /// The last day on which what was earned by then is reported and settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2026-03-31")]
    pub run_out_until: Option<String>,
    /// The digest of the first version that the parties sign, hexadecimal; `…/versions` has later ones.
    pub digest: String,
    /// The position of the last entry in its chain.
    pub position: i64,
    /// The chain hash there, which covers everything that happened; hexadecimal.
    pub hash: String,
    /// Who takes which role.
    pub roles: Vec<RoleShown>,
}

/// Who takes a role.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractRole)]
pub struct RoleShown {
    /// The role that the document names.
    #[schema(example = "insurer")]
    pub role: String,
    /// The party's name.
    #[schema(example = "Insurer A")]
    pub party: String,
    /// What the party is registered as.
    #[schema(example = "insurer")]
    pub is: String,
    /// Whether the role stands for patients, who do not sign.
    pub patients: bool,
    /// The position of its signature; absent while it has not signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub signed_at: Option<i64>,
}

impl From<ContractOverview> for ContractShown {
    fn from(overview: ContractOverview) -> Self {
        let ContractOverview { headline, parts, ending } = overview;
        let Headline { contract_id, name, digest, state, seq, hash } = headline;
        Self {
            name,
            chain: contract_id.0,
            state,
            ends_on: ending.map(|ending| ending.on.to_string()),
            run_out_until: ending.map(|ending| ending.run_out_until.to_string()),
            digest: digest.to_string(),
            position: seq,
            hash: hash.to_string(),
            roles: parts.into_iter().map(RoleShown::from).collect(),
        }
    }
}

impl From<Part> for RoleShown {
    fn from(part: Part) -> Self {
        let Part { role, name, kind, signed_seq, .. } = part;
        Self { role, party: name, patients: kind == "beneficiary", is: kind, signed_at: signed_seq }
    }
}

/// The entity tag of a contract.
pub(super) fn tag(overview: &ContractOverview) -> String {
    precondition::tag(overview.headline.seq, &overview.headline.hash)
}
