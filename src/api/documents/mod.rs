//! Documents that are no contracts yet: checked, described, compared. Nothing is kept.
//!
//! - `draft`: a document in a request, and what was found in it
//! - `words`: the language of descriptions
//! - `check_document`, `describe_document`, `compare_documents`: the endpoints

pub mod check_document;
pub mod compare_documents;
pub mod describe_document;
pub mod draft;
pub mod words;
