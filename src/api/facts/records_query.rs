//! How clinical records are read.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// How records are read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    /// The kinds of facts to look for, with commas between them; all that the caller may report when left out.
    pub kinds: Option<String>,
    /// The system of the patients' identifiers by which the contract knows its subjects; else `Patient.id`.
    pub identifier: Option<String>,
    /// The name of the system that the records come from, where several call different records the same.
    pub origin: Option<String>,
}
