//! What of the books is wanted.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::values::Day;

/// Up to which day, and which part of the lines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// Leaves out settlements as of later days.
    #[param(value_type = Option<String>, format = Date, example = "2025-06-30")]
    pub as_of: Option<Day>,
    /// The most lines; 50 when left out. A table holds all of them.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the lines before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}

/// As of which day, as known at which position.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BalanceQuery {
    /// Counts entries that take effect up to this day; all when left out.
    #[param(value_type = Option<String>, format = Date, example = "2025-06-30")]
    pub as_of: Option<Day>,
    /// As it was known at this position of the contract's chain; as it is known now when left out.
    #[param(minimum = 1)]
    pub known_at: Option<u64>,
}
