//! The contract document and its terms language, from text to obligations.

pub mod check;
pub mod document;
pub mod finding;
pub mod formula;
pub mod functions;
pub mod plan;
pub mod scalar;
pub mod source;
pub mod tree;
