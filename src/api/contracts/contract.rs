//! A contract as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::precondition,
    operations::ContractOverview,
    storage::overview::{Headline, Part},
    values::Day,
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
    /// Where it stands: `proposed`, `signed`, `in force` or `terminated`.
    #[schema(example = "in force")]
    pub state: String,
    /// The digest that the parties sign, hexadecimal.
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
        let ContractOverview { headline, parts } = overview;
        let Headline { contract_id, name, digest, state, seq, hash } = headline;
        Self {
            name,
            chain: contract_id.0,
            state,
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

/// An instant in microseconds as RFC 3339 text.
pub fn instant(micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    let day = Day(i32::try_from(micros.div_euclid(DAY)).unwrap_or_default());
    let rest = micros.rem_euclid(DAY);
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    format!("{day}T{:02}:{:02}:{:02}.{micros:06}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_rfc_3339() {
        // date -u -d @1767225600 +%FT%TZ: 2026-01-01T00:00:00Z; the second line is 86,399 s and a microsecond later.
        for (micros, text) in [
            (1_767_225_600_000_000, "2026-01-01T00:00:00.000000Z"),
            (1_767_311_999_000_001, "2026-01-01T23:59:59.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(instant(micros), text);
        }
    }
}
