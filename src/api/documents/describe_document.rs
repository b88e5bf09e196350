//! Describes a document in plain words.

use actix_web::{post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    draft::Draft,
    words::{Words, language},
};
use crate::{
    api::{Gate, Problem},
    operations::{Caller, Operation},
    terms::{
        Contract,
        describe::{Language, describe, markdown},
    },
};

/// A contract in plain words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Description {
    /// The title.
    #[schema(example = "refund")]
    pub title: String,
    /// The language.
    #[schema(example = "en")]
    pub language: String,
    /// The text in Markdown.
    pub markdown: String,
}

impl Description {
    /// Describes a contract. The words come from the terms that run.
    pub fn of(contract: &Contract, language: Language) -> Self {
        let sheet = describe(contract, language);
        let markdown = markdown::render(&sheet);
        Self { title: sheet.title, language: language.code().into(), markdown }
    }
}

/// Describes a document in plain words
///
/// Who pays whom, when, how much, within what limits. The words come from the terms that run, so they cannot say anything
/// else.
#[utoipa::path(operation_id = "describe_document", tag = "documents", params(Words), request_body = Draft,
    responses((status = 200, description = "The document in words", body = Description)))]
#[post("/documents/describe")]
pub async fn describe_document(
    caller: Caller,
    words: web::Query<Words>,
    body: web::Json<Draft>,
) -> Result<web::Json<Description>, Problem> {
    let language = language(words.language.as_deref())?;
    let work = move || Ok(Description::of(&body.needed()?, language));
    Gate::compute(&caller, Operation::DescribeDocument, work).await.map(web::Json)
}
