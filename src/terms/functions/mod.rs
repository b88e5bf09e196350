//! Placeholder table.
pub mod adherence;
pub mod annuity;
mod checked;
pub mod cohort;
pub mod distributions;
pub mod estimate;
#[cfg(test)]
mod expected;
pub mod interest;
pub mod log_rank;
pub mod numerics;
pub mod order_statistics;
pub mod person_time;
pub mod proportion;
pub mod rate_ratio;
#[cfg(test)]
mod reference;
pub mod reinsurance;
pub mod risk_difference;
pub mod risk_ratio;
pub mod survival;
mod survival_difference;
mod undefined;
pub mod vaccine_effectiveness;
pub mod weighted_score;

pub use cohort::Cohort;
pub use estimate::{Estimate, Limits};
pub use survival_difference::survival_difference;
pub use undefined::Undefined;
