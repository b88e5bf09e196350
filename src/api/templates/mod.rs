//! The library of agreements, from which new ones are made. The program carries it with it.
//!
//! - `library`: the documents
//! - `list_templates`, `show_template`: the endpoints

pub mod library;
pub mod list_templates;
pub mod show_template;
