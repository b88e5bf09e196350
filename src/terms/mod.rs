//! The contract document and its terms language, from text to obligations.
//!
//! Lives here: reading documents, formulas, types and checks, the plan, its evaluation, explanations. Never here:
//! files, clocks, databases, and what has been posted before; a formula knows only the facts it is given.
//!
//! A document goes through named stages, each a folder or file:
//!
//! | stage | from | to |
//! |---|---|---|
//! | [`tree`] | text ([`source`]) | mappings and scalars ([`scalar`]) with places |
//! | [`document`] | tree | plain data and formulas ([`formula`]) |
//! | [`check`] | plain data | typed formulas, findings ([`finding`]) |
//! | [`intake`] | reported texts | typed subjects and facts |
//! | [`plan`] | typed formulas | operations on columns |
//! | [`evaluate`] | plan and facts | obligations and lines |
//!
//! [`functions`] holds statistics and actuarial mathematics, [`compile`](compile()) joins the stages, [`examples`] runs the
//! worked cases, [`explain`](mod@explain) shows where an amount comes from, [`compare`](mod@compare) sets two documents side
//! by side, [`exposure`] says what the parties should know before they sign, [`describe`] writes the contract in plain words.

pub mod check;
pub mod compare;
pub mod compile;
pub mod describe;
pub mod document;
pub mod evaluate;
pub mod examples;
pub mod explain;
pub mod exposure;
pub mod finding;
pub mod formula;
pub mod functions;
pub mod intake;
pub mod plan;
pub mod scalar;
pub mod source;
pub mod tree;

pub use compile::{Contract, compile};
