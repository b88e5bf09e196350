//! In which words a contract is described.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{Problem, page},
    terms::describe::Language,
};

/// In which words.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// `en` or `zh`; English when left out.
    #[param(pattern = "^(en|zh)$")]
    pub language: Option<String>,
}

/// A language by its code.
///
/// # Errors
/// A problem when there are no words in it.
pub fn language(code: Option<&str>) -> Result<Language, Problem> {
    let missing = || page::bad("language", "give en or zh");
    code.map_or(Ok(Language::English), |code| Language::parse(code).ok_or_else(missing))
}
