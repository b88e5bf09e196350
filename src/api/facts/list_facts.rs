//! Lists the reported facts.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        page::{self, Page, PageQuery},
    },
    contract::content::FactContent,
    operations::{self, Caller, ListedFact, Operation},
};

/// A fact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub struct FactShown {
    /// Its own name.
    fact: uuid::Uuid,
    /// The pseudonym of the subject; absent for facts of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    subject: Option<uuid::Uuid>,
    /// Whether its content was erased.
    erased: bool,
    /// The kind, as the document names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "relapse")]
    kind: Option<String>,
    /// The day on which it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-03-25")]
    on: Option<String>,
    /// Its fields, as texts; null where one is empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    fields: BTreeMap<String, Option<String>>,
    /// The fact that it replaces or takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    corrects: Option<uuid::Uuid>,
    /// Whether it takes the other back.
    retracted: bool,
    /// The clinical record that said so, for those who may see labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "Observation/f001")]
    record: Option<String>,
    /// The position of the entry that commits to it.
    position: i64,
    /// Its leaf in that entry, from 0.
    item: i32,
}

impl From<ListedFact> for FactShown {
    fn from(listed: ListedFact) -> Self {
        let ListedFact { fact, place: (position, item), subject, corrects, retracted, known } = listed;
        let erased = known.is_none();
        let (mut kind, mut on, mut record, mut fields) = (None, None, None, BTreeMap::new());
        if let Some(content) = known {
            let FactContent { kind: name, on: day, source, fields: texts, .. } = content;
            (kind, on, fields) = (Some(name), Some(day.to_string()), texts);
            record = source.map(|source| source.resource);
        }
        let (subject, corrects) = (subject.map(|subject| subject.0), corrects.map(|fact| fact.0));
        Self { fact: fact.0, subject, erased, kind, on, fields, corrects, retracted, record, position, item }
    }
}

/// Lists the reported facts
///
/// All that were ever reported, in order, corrections and retractions among them, by the pseudonyms of subjects. Who reads,
/// when, and how many rows is recorded.
#[utoipa::path(operation_id = "list_facts", tag = "facts",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), PageQuery),
    responses((status = 200, description = "A page of facts", body = Page<FactShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/facts")]
pub async fn list_facts(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<FactShown>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::place(query.cursor.as_deref())?);
    let sight = caller.role.sight();
    let work = move |connection: &mut _, contract: &str| {
        let listed = operations::list_facts(connection, contract, sight, after, limit + 1)?;
        let page = Page::of(listed, limit, |row| format!("{}.{}", row.place.0, row.place.1));
        let rows = page.items.len();
        Ok((page.map(FactShown::from), rows))
    };
    gate.read_patients(&caller, Operation::ListFacts, contract.into_inner(), work).await.map(web::Json)
}
