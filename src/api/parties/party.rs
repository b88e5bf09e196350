//! A party as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{RegisteredParty, Role};

/// A party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Party {
    /// Its identifier.
    pub id: uuid::Uuid,
    /// Its name, unique in the network.
    #[schema(example = "Insurer A")]
    pub name: String,
    /// What it is registered as.
    #[schema(example = "insurer")]
    pub is: String,
    /// The role that this gives in the table of access; absent when it gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "insurer")]
    pub role: Option<String>,
    /// The position of its registration in the network's chain.
    pub position: i64,
}

impl From<RegisteredParty> for Party {
    fn from(party: RegisteredParty) -> Self {
        let RegisteredParty { party, name, is, position } = party;
        let role = Role::of_kind(&is).map(|role| role.word().to_owned());
        Self { id: party.0, name, is, role, position }
    }
}

/// What contracts make for their patients is not shown: the names name contracts.
pub(super) fn is_shown(party: &RegisteredParty) -> bool {
    party.is != "beneficiary"
}
