//! Records the facts that clinical records give.

use std::{io::BufRead, sync::Arc};

use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::StatusCode, post, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::records_query::RecordsQuery;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        upload::{self, Upload},
    },
    exchange::fhir::{Issue, Options, Place, Reader, Reading, Severity, lines},
    operations::{
        self, Error, Imported, Operation, Outside,
        allow_report::{allow_report, reportable},
        read_document,
    },
    terms::document::Document,
};

/// What became of records: a FHIR OperationOutcome.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationOutcome {
    /// `OperationOutcome`.
    resource_type: &'static str,
    /// First what was recorded and where, then each resource that was not used, with the reason.
    issue: Vec<OutcomeIssue>,
}

/// One thing that is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeIssue {
    /// `information`, `warning`, `error` or `fatal`.
    severity: &'static str,
    /// A code of the value set `issue-type`.
    code: &'static str,
    /// The reason, with the place in the body.
    diagnostics: String,
    /// The element, in FHIRPath.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    expression: Vec<String>,
}

impl OutcomeIssue {
    fn told(diagnostics: String) -> Self {
        Self { severity: "information", code: "informational", diagnostics, expression: Vec::new() }
    }

    fn of(issue: &Issue) -> Self {
        let diagnostics = format!("{}: {}", issue.place, issue.reason);
        let (severity, code) = (issue.severity.code(), issue.code.code());
        Self { severity, code, diagnostics, expression: vec![issue.path.clone()] }
    }
}

/// Imports clinical records
///
/// A Bundle or one resource in HL7 FHIR R4 (`application/fhir+json`), or one resource on each line (`application/fhir+ndjson` or
/// `application/x-ndjson`). Resources are found by the codes in the document. Each record counts once: the same again changes
/// nothing, a newer version corrects, one entered in error takes back. Patients who are not enrolled are passed over.
#[utoipa::path(operation_id = "import_records", tag = "facts",
    request_body(content((Object = "application/fhir+json"), (String = "application/fhir+ndjson"), (String = "application/x-ndjson"))),
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), RecordsQuery),
    responses((status = 200, description = "What was used, and what was not and why", body = OperationOutcome,
            content_type = "application/fhir+json"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/fhir")]
pub async fn import_records(
    gate: web::Data<Gate>,
    ask: Ask,
    request: HttpRequest,
    contract: web::Path<String>,
    query: web::Query<RecordsQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (contract, query) = (contract.into_inner(), query.into_inner());
    let about = About::Contract(contract.clone());
    gate.admit(&ask, Operation::ImportRecords, &about).await?;
    if !["application/fhir+json", "application/fhir+ndjson", "application/x-ndjson"].contains(&request.content_type()) {
        return Err(upload::unknown("send application/fhir+json, application/fhir+ndjson or application/x-ndjson"));
    }
    let upload = gate.records.receive(&request, body).await?;
    let asked = (contract.clone(), query.clone(), upload.digest.to_string());
    let (caller, name, wanted) = (ask.caller.clone(), contract.clone(), query.kinds.clone());
    let work = move |connection: &mut _| {
        let mut kinds = Vec::new();
        if let Some(wanted) = &wanted {
            kinds = wanted.split(',').map(|kind| kind.trim().to_owned()).collect();
            allow_report(connection, &caller, &name, kinds.iter().map(String::as_str))?;
        } else {
            let may = reportable(connection, &caller, &name)?;
            kinds.extend(may.into_iter().filter(|(_, may)| *may).map(|(kind, _)| kind));
        }
        if kinds.is_empty() {
            let help = "facts are reported by the party that takes the role that the document names with `by`";
            return Err(Error::refused("not-your-report", "you report no kind of fact under this contract", help));
        }
        Ok((read_document(connection, &name)?, kinds))
    };
    let (document, kinds) = gate.read(&ask.caller, Operation::ImportRecords, about.clone(), work).await?;
    let options = Options { kinds, identifier: query.identifier, origin: query.origin };
    let reading = web::block(move || read(&document, options, upload)).await;
    let reading = reading.map_err(|error| Problem::internal(&error))??;
    let work = move |connection: &mut _, outside: &mut Outside| {
        let mut imported = operations::import_records(connection, outside, &contract, &reading)?;
        let receipts = std::mem::take(&mut imported.receipts);
        Ok((Counted::from(imported), receipts))
    };
    let written = gate.write(ask, Operation::ImportRecords, about, &asked, work).await?;
    Ok(written.answered(HttpResponse::Ok()).content_type("application/fhir+json").json(outcome(&written)))
}

/// What was recorded, as it is kept until it is told.
#[derive(Debug, Serialize)]
struct Counted {
    done: String,
    issues: Vec<OutcomeIssue>,
}

impl From<Imported> for Counted {
    fn from(imported: Imported) -> Self {
        let Imported { recorded, corrected, retracted, unchanged, issues, .. } = imported;
        let done = format!(
            "recorded {recorded} facts, corrected {corrected}, retracted {retracted}; {unchanged} stand already"
        );
        Self { done, issues: issues.iter().map(OutcomeIssue::of).collect() }
    }
}

fn outcome(written: &Written<Counted>) -> serde_json::Value {
    let done = written.result.as_ref().map_or("the same request was carried out before", |counted| &counted.done);
    let receipts = written.receipts.iter().map(|receipt| {
        let (position, entry, hash) = (receipt.position, receipt.entry, &receipt.hash);
        OutcomeIssue::told(format!("recorded at position {position} by entry {entry}, chain hash {hash}"))
    });
    let told: Vec<OutcomeIssue> = std::iter::once(OutcomeIssue::told(done.to_owned())).chain(receipts).collect();
    let issues = written.result.iter().flat_map(|counted| &counted.issues);
    json!({ "resourceType": "OperationOutcome", "issue": told.iter().chain(issues).collect::<Vec<_>>() })
}

/// Reads records for a contract, twice: first who is who, then what they say.
fn read(document: &Document, options: Options, mut upload: Upload) -> Result<Reading, Problem> {
    if let Some(kind) = options.kinds.iter().find(|kind| document.facts.iter().all(|fact| fact.name.text != **kind)) {
        let known: Vec<_> = document.facts.iter().map(|fact| fact.name.text.as_str()).collect();
        let message = format!("the contract knows no facts of kind `{kind}`");
        return Err(Error::refused("unknown-kind", message, format!("it knows {}", known.join(", "))).into());
    }
    let mut reader = Reader::new(document, options);
    if !reader.wants_anything() {
        let help = "give the kinds of facts a `code` in the document, or report them as rows";
        return Err(Error::refused("no-codes", "no kind of fact that you report has a code", help).into());
    }
    each(upload.reader()?, |_, text| {
        if let Ok(text) = text {
            reader.learn(text);
        }
    })?;
    let mut unread = Vec::new();
    each(upload.reader()?, |line, text| {
        let place = Place { file: Arc::from("records"), line };
        match text {
            Ok(text) => reader.read(&place, text),
            Err(fault) => unread.push(fault.at(&place)),
        }
    })?;
    let mut reading = reader.finish();
    reading.issues.extend(unread);
    let fatal: Vec<_> = reading.issues.iter().filter(|issue| issue.severity == Severity::Fatal).collect();
    if fatal.is_empty() {
        return Ok(reading);
    }
    let detail = "records cannot be read; nothing was taken in";
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "records", detail, "send JSON of FHIR R4, whole");
    Err(Problem { findings: fatal.into_iter().map(|issue| json!(OutcomeIssue::of(issue))).collect(), ..problem })
}

fn each(
    input: impl BufRead,
    take: impl FnMut(Option<u64>, Result<&str, crate::exchange::fhir::outcome::Fault>),
) -> Result<(), Problem> {
    lines::documents(input, take).map_err(|error| Problem::internal(&error))
}
