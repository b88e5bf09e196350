//! Contracts: from a proposal to a contract in force, and what happened under it.
//!
//! - `contract`: a contract as it is shown; `query`: which ones are wanted
//! - `list_contracts`, `show_contract`, `show_agreement`, `describe_contract`, `show_history`: what one may know
//! - `propose_contract`, `sign_contract`, `activate_contract`: how it comes into force
//! - `propose_amendment`, `withdraw_proposal`, `list_versions`, `compare_amendment`: how it changes
//! - `suspend_contract`, `resume_contract`, `terminate_contract`, `renew_contract`: how it pauses, ends and goes on

pub mod activate_contract;
pub mod compare_amendment;
mod contract;
pub mod describe_contract;
pub mod list_contracts;
pub mod list_versions;
pub mod propose_amendment;
pub mod propose_contract;
pub mod query;
pub mod renew_contract;
pub mod resume_contract;
pub mod show_agreement;
pub mod show_contract;
pub mod show_history;
pub mod sign_contract;
pub mod suspend_contract;
pub mod terminate_contract;
pub mod withdraw_proposal;

pub use contract::ContractShown;
