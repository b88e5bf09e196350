//! What happened, in one order for everybody.
//!
//! - `query`: what part of them
//! - `list_events`: everything that the caller may know of, by cursor

pub mod list_events;
pub mod query;
