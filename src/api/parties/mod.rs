//! Parties: who takes part in the network.
//!
//! - `party`: a party as it is shown
//! - `list_parties`, `show_party`, `register_party`: the endpoints

pub mod list_parties;
mod party;
pub mod register_party;
pub mod show_party;

pub use party::Party;
