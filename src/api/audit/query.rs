//! What is to be proven.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::values::Day;

/// How much of the contents is opened, and since when the log is proven.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BundleQuery {
    /// Opens contents of entries that count from this day on only.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Opens contents of entries that count up to this day only.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// Opens no contents: proves the chain and shows nobody.
    pub closed: Option<bool>,
    /// The size of a checkpoint that the caller holds: proves that the log continues it.
    pub since: Option<u64>,
}

/// Which entry.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntryQuery {
    /// The contract in whose chain it stands; the chain of the network when left out.
    pub contract: Option<String>,
    /// Its position in the chain.
    #[param(minimum = 1, example = 1)]
    pub position: u64,
}

/// From which size to which.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GrowthQuery {
    /// The earlier size.
    #[param(example = 1)]
    pub old: u64,
    /// The later size.
    #[param(example = 2)]
    pub new: u64,
}
