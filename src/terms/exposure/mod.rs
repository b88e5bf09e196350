//! What the parties should know before they sign: the most each can owe, who must report what, and what never happens.
//!
//! Lives here: interval analysis over typed formulas, and findings from it. Never here: facts; what they come to is the
//! work of [`evaluate`](super::evaluate).
//!
//! - [`range`]: ranges of numbers and their arithmetic
//! - [`domain`]: ranges, lists of texts, yes and no
//! - [`bounds`]: what every formula can come to
//! - [`given`]: what a condition says about values
//! - [`lookup`]: what a table can answer
//! - [`owed`]: the most of one clause
//! - [`step`]: how a figure comes about, in words
//! - [`party`]: the most of each party
//! - [`names`]: which names formulas use
//! - [`reporting`]: who must report what by when, and what is awaited
//! - [`findings`]: all of this as findings

pub mod bounds;
pub mod domain;
pub mod findings;
pub mod given;
pub mod lookup;
pub mod names;
pub mod owed;
pub mod party;
pub mod range;
pub mod reporting;
pub mod step;

pub use party::{ClauseExposure, PartyExposure, exposure};
pub use reporting::{Duty, Missing, duties, missing};
