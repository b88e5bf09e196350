//! The follow-up calendar: who owes which report by when.
//!
//! - `query`: which reports are wanted
//! - `show_calendar`: the endpoint

pub mod query;
pub mod show_calendar;
