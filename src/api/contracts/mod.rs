//! Contracts: from a proposal to a contract in force, and what happened under it.
//!
//! - `contract`: a contract as it is shown; `query`: which ones are wanted
//! - `list_contracts`, `show_contract`, `show_agreement`, `describe_contract`, `show_history`: what one may know
//! - `propose_contract`, `sign_contract`, `activate_contract`: how it comes into force

pub mod activate_contract;
mod contract;
pub mod describe_contract;
pub mod list_contracts;
pub mod propose_contract;
pub mod query;
pub mod show_agreement;
pub mod show_contract;
pub mod show_history;
pub mod sign_contract;

pub use contract::ContractShown;
