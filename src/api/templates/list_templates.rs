//! Lists the library of agreements.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::library::{Template, templates};
use crate::{
    api::{
        Gate, Problem,
        page::{self, Page, PageQuery},
    },
    operations::{Caller, Operation},
};

/// An agreement of the library at a glance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateSummary {
    /// Its name in the library.
    #[schema(example = "efficacy-insurance")]
    pub name: String,
    /// Its title.
    #[schema(example = "Efficacy insurance bound to a product")]
    pub title: String,
    /// Its sort in the field's taxonomy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "efficacy-insurance")]
    pub model: Option<String>,
    /// Where published terms come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub source: Option<String>,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
}

impl From<&Template> for TemplateSummary {
    fn from(template: &Template) -> Self {
        let header = &template.contract.checked.document.header;
        Self {
            name: template.name.into(),
            title: header.title.en.clone().or_else(|| header.title.zh.clone()).unwrap_or_else(|| header.id.clone()),
            model: header.model.clone(),
            source: header.source.clone(),
            currency: header.currency.code().into(),
        }
    }
}

/// Lists the library of agreements
///
/// In the order of their names.
#[utoipa::path(operation_id = "list_templates", tag = "templates", params(PageQuery),
    responses((status = 200, description = "A page of agreements", body = Page<TemplateSummary>)))]
#[get("/templates")]
pub async fn list_templates(
    caller: Caller,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<TemplateSummary>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::cursor(query.cursor.as_deref())?);
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    let follows = move |template: &&Template| after.as_ref().is_none_or(|after| template.name > after.as_str());
    let work = move || Ok(templates().iter().filter(follows).take(most).map(TemplateSummary::from).collect());
    let items = Gate::compute(&caller, Operation::ListTemplates, work).await?;
    Ok(web::Json(Page::of(items, limit, |item: &TemplateSummary| item.name.clone())))
}
