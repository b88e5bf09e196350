//! Shows one agreement of the library.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    library::{Template, find_template},
    list_templates::TemplateSummary,
};
use crate::{
    api::{Gate, Problem},
    operations::{Caller, Operation},
};

/// An agreement of the library.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateText {
    /// At a glance.
    #[serde(flatten)]
    pub summary: TemplateSummary,
    /// The text of the document.
    pub document: String,
    /// The texts of the files beside it, by name.
    pub files: BTreeMap<String, String>,
    /// Its parameters with the values that the document gives, as written.
    pub parameters: BTreeMap<String, Option<String>>,
    /// The roles that parties take, with what a party has to be.
    pub roles: BTreeMap<String, String>,
}

impl From<&Template> for TemplateText {
    fn from(template: &Template) -> Self {
        let document = &template.contract.checked.document;
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let parameters = document.parameters.iter();
        Self {
            summary: template.into(),
            document: template.document.into(),
            files: template.files.iter().map(owned).collect(),
            parameters: parameters
                .map(|parameter| (parameter.name.text.clone(), parameter.value.as_ref().map(ToString::to_string)))
                .collect(),
            roles: document.header.parties.iter().map(|party| (party.name.text.clone(), party.is.clone())).collect(),
        }
    }
}

/// Shows one agreement of the library
///
/// With everything that a proposal needs: text, files, parameters, roles.
#[utoipa::path(operation_id = "show_template", tag = "templates",
    params(("name" = String, Path, description = "Its name in the library", example = "efficacy-insurance")),
    responses((status = 200, description = "The agreement", body = TemplateText),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
#[get("/templates/{name}")]
pub async fn show_template(caller: Caller, name: web::Path<String>) -> Result<web::Json<TemplateText>, Problem> {
    let find = move || find_template(&name).map(TemplateText::from);
    Gate::compute(&caller, Operation::ShowTemplate, find).await.map(web::Json)
}
