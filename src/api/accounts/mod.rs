//! Accounts: what was posted, what they hold, what is earned and not settled, what is taken back.
//!
//! - `query`: what is wanted
//! - `state_contract`, `state_balances`: what stands in the books
//! - `accrue_contract`, `reverse_entry`: what is posted beside settlements and payments

pub mod accrue_contract;
mod query;
pub mod reverse_entry;
pub mod state_balances;
pub mod state_contract;

pub use state_balances::AccountShown;
