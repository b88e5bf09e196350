//! What part of the events is wanted.

use serde::Deserialize;
use utoipa::IntoParams;

/// What part of the events is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    /// The most events; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the answer before; from the beginning when left out.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}
