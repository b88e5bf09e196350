//! Enrols subjects.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        upload::{self, Media},
    },
    operations::{self, EnrolledRow, Operation, Outside},
};

/// Subjects to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "subjects": [{ "subject": "p1", "enrolled_on": "2025-02-01" }] }))]
pub struct NewSubjects {
    /// An object for each: `subject`, the label by which the caller calls it; `enrolled_on`, the day; and the fields that the
    /// document gives a subject, consent among them where the document asks for it.
    #[schema(value_type = Vec<Object>)]
    subjects: Vec<Box<RawValue>>,
}

/// What was enrolled.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectsEnrolled {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    contract: String,
    /// What became of each row, in the order in which they were sent.
    subjects: Vec<SubjectEnrolled>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectEnrolled {
    /// The pseudonym under which the subject stands in the contract. Keep it: only you know which label you sent.
    subject: uuid::Uuid,
    /// Whether it meets the condition for enrolment as far as is known now. Clauses apply to nobody who does not.
    eligible: bool,
    /// The parts of that condition that it does not meet, in the words of the contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["age >= 18"]))]
    unmet: Vec<String>,
}

impl From<EnrolledRow> for SubjectEnrolled {
    fn from(row: EnrolledRow) -> Self {
        let unmet = row.unmet.iter().map(ToString::to_string).collect();
        Self { subject: row.subject.0, eligible: row.unmet.is_empty(), unmet }
    }
}

/// Enrols subjects
///
/// All of them, or none when any row has an error; every error of every row is told. Rows come as a JSON list, as CSV whose
/// first line names the columns, or as a JSON object on each line, packed by gzip if you like. Labels are sealed; the answer
/// gives pseudonyms only, in the order of the rows. Subjects who do not meet the condition for enrolment are enrolled and
/// told with the reason, because later reports can change that.
#[utoipa::path(operation_id = "enrol_subjects", tag = "subjects",
    request_body(content((NewSubjects = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))),
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 201, description = "The subjects are enrolled", body = Written<SubjectsEnrolled>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/subjects")]
pub async fn enrol_subjects(
    gate: web::Data<Gate>,
    ask: Ask,
    request: HttpRequest,
    contract: web::Path<String>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    gate.admit(&ask, Operation::EnrolSubjects, &about).await?;
    let sheet = match Media::of(&request)? {
        Media::Json => upload::sheet("subjects", &upload::json::<NewSubjects>(&request, body).await?.subjects),
        media => gate.uploads.receive(&request, body).await?.sheet("subjects", media)?,
    };
    let asked = (contract.clone(), sheet.digest()?);
    let work = move |connection: &mut _, outside: &mut Outside| {
        let enrolled = operations::enrol_subjects(connection, outside, &contract, &sheet)?;
        let subjects = enrolled.rows.into_iter().map(SubjectEnrolled::from).collect();
        Ok((SubjectsEnrolled { contract: enrolled.contract, subjects }, vec![enrolled.receipt]))
    };
    let address = format!("{}/subjects", request.path().trim_end_matches("/subjects"));
    Ok(gate.write(ask, Operation::EnrolSubjects, about, &asked, work).await?.created(Some(address)))
}
