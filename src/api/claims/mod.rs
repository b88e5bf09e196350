//! Claims over all contracts of a party: what awaits it, what is disputed, open, paid; and what nobody claimed.
//!
//! - `claim`: a claim as it is shown; `query`: which ones are wanted
//! - `list_claims`, `summarize_claims`, `list_unclaimed`: the endpoints

mod claim;
pub mod list_claims;
pub mod list_unclaimed;
mod query;
pub mod summarize_claims;

pub use claim::ClaimShown;
