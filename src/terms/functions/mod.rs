//! Placeholder table.
mod checked;
pub mod cohort;
pub mod distributions;
pub mod estimate;
#[cfg(test)]
mod expected;
pub mod log_rank;
pub mod numerics;
pub mod proportion;
#[cfg(test)]
mod reference;
pub mod risk_difference;
pub mod survival;
mod survival_difference;
mod undefined;

pub use cohort::Cohort;
pub use estimate::{Estimate, Limits};
pub use survival_difference::survival_difference;
pub use undefined::Undefined;
