//! Which disputes are wanted.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which disputes are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DisputeQuery {
    /// Those that stand there: `open`, `accepted`, `refused` or `lapsed`.
    #[param(pattern = "^(open|accepted|refused|lapsed)$")]
    pub stage: Option<String>,
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}
