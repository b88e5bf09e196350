//! Clinical, statistical and actuarial functions of the contract language, exact in decimals.
//!
//! Lives here: pure functions from columns of figures to a figure or to the reason why there is none ([`Undefined`]).
//! Never here: the language's syntax and types, missing data, money and its rounding, floating point. Each file names
//! its words for people, method, source, what is undefined, and works an example. Confidence levels are arguments, such
//! as 0.95; limits are two-sided and come from a function of their own, because a figure can exist without limits.
//!
//! | file | answers |
//! |---|---|
//! | [`survival`] | What share survives to a time, what is the median survival, with which limits? |
//! | [`survival_difference`] | How much more of one cohort survives to a time? |
//! | [`log_rank`] | Do the event times of two or more groups differ? |
//! | [`person_time`] | How often do events happen per person-time? |
//! | [`rate_ratio`] | How many times more often than in another group? |
//! | [`proportion`] | What share has the event? |
//! | [`risk_ratio`], [`risk_difference`] | How many times more, or how much more, than of another group? |
//! | [`vaccine_effectiveness`] | What share of the events did a vaccine prevent? |
//! | [`adherence`] | What share of the days was medicine in hand? |
//! | [`weighted_score`] | What is the score when a part may be missing? |
//! | [`order_statistics`] | What are the median, a percentile, the ranks? |
//! | [`reinsurance`] | What does the reinsurer bear? |
//! | [`annuity`] | What are payments worth today, what level payment repays a sum? |
//! | [`interest`] | What interest is due between two days? |
//!
//! Beneath them:
//!
//! | file | holds |
//! |---|---|
//! | [`cohort`] | times and events of people under follow-up |
//! | [`limits`] | confidence limits and levels |
//! | [`distributions`] | normal and chi-square tails and quantiles |
//! | [`numerics`] | logarithm, exponential, power, square root |
//! | `checked` | formulas that remember when they left the range |
//! | `undefined` | why a figure is undefined |
//! | `expected`, `reference` | tests only: comparison with published figures and cohorts |

pub mod adherence;
pub mod annuity;
mod checked;
pub mod cohort;
pub mod distributions;
#[cfg(test)]
mod expected;
pub mod interest;
pub mod limits;
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
pub mod survival_difference;
mod undefined;
pub mod vaccine_effectiveness;
pub mod weighted_score;

pub use cohort::Cohort;
pub use limits::Limits;
pub use undefined::Undefined;
