//! Subjects: who is enrolled under a contract.
//!
//! - `enrol_subjects`, `list_subjects`: the endpoints

pub mod enrol_subjects;
pub mod list_subjects;
