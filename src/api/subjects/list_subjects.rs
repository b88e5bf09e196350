//! Lists the enrolled subjects.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        page::{self, Page, PageQuery},
    },
    operations::{self, Caller, ListedSubject, Operation},
};

/// A subject.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subject)]
pub struct SubjectShown {
    /// Its pseudonym in the contract.
    subject: uuid::Uuid,
    /// The label by which the reporting party calls it, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "p1")]
    label: Option<String>,
    /// Whether everything about it was erased.
    erased: bool,
    /// The day of enrolment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-02-01")]
    enrolled_on: Option<String>,
    /// Its fields, as texts; null where one is empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    fields: BTreeMap<String, Option<String>>,
    /// The position of the entry that commits to it.
    position: i64,
    /// Its leaf in that entry, from 0.
    item: i32,
}

impl From<ListedSubject> for SubjectShown {
    fn from(listed: ListedSubject) -> Self {
        let ListedSubject { subject, place: (position, item), label, known } = listed;
        let erased = known.is_none();
        let (enrolled_on, fields) = known.map(|(on, fields)| (on.to_string(), fields)).unzip();
        Self { subject: subject.0, label, erased, enrolled_on, fields: fields.unwrap_or_default(), position, item }
    }
}

/// Lists the enrolled subjects
///
/// For those who care and pay with the labels that they gave, for those who oversee without. Who reads, when, and how many
/// rows is recorded.
#[utoipa::path(operation_id = "list_subjects", tag = "subjects",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), PageQuery),
    responses((status = 200, description = "A page of subjects", body = Page<SubjectShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/subjects")]
pub async fn list_subjects(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<SubjectShown>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::place(query.cursor.as_deref())?);
    let sight = caller.role.sight();
    let work = move |connection: &mut _, contract: &str| {
        let listed = operations::list_subjects(connection, contract, sight, after, limit + 1)?;
        let page = Page::of(listed, limit, |row| format!("{}.{}", row.place.0, row.place.1));
        let rows = page.items.len();
        Ok((page.map(SubjectShown::from), rows))
    };
    gate.read_patients(&caller, Operation::ListSubjects, contract.into_inner(), work).await.map(web::Json)
}
