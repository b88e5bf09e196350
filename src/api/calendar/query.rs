//! Which reports are wanted.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which reports are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CalendarQuery {
    /// The day as of which it is asked; today in UTC when left out.
    #[param(format = Date, example = "2025-06-30")]
    pub as_of: Option<String>,
    /// Only reports whose day has passed.
    #[serde(default)]
    pub overdue: bool,
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}
