//! How reports come in: as JSON, CSV, or a JSON object on each line.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask},
        page::bad,
        upload::{self, Media},
    },
    operations::{self, FactReport, FactSheet, Operation, Outside, Recorded},
    terms::intake::RowErrors,
};

/// The most rows that may be left out of one report.
const MOST_REJECTS: usize = 100_000;

/// Reported facts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "facts": { "relapse": [{ "subject": "p1", "on": "2025-03-25" }] } }))]
pub struct NewFacts {
    /// By kind, as the document names it, an object for each fact: `on`, the day; `subject`, the label by which it was
    /// enrolled, where the kind is about subjects; and the fields of the kind.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    facts: BTreeMap<String, Vec<Box<RawValue>>>,
}

/// How a report is read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// The kind of the facts, for CSV and lines of JSON.
    #[param(example = "relapse")]
    kind: Option<String>,
    /// Records new facts also when they equal one reported before: it happened once more on the same day.
    #[serde(default)]
    again: bool,
    /// The most rows that may be wrong: with so many or fewer the others are recorded, and the answer says which were left out.
    /// All rows or none when left out.
    #[serde(default)]
    #[param(minimum = 0, maximum = 100_000)]
    rejects: usize,
}

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactsRecorded {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    contract: String,
    /// Number of new facts.
    recorded: usize,
    /// Number of facts replaced.
    corrected: usize,
    /// Number of facts taken back.
    retracted: usize,
    /// Errors of rows that were left out.
    rejected: usize,
    /// These errors as a CSV file with the columns file, line, column, message, help; it repeats no value.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    rejects: String,
}

impl From<Recorded> for FactsRecorded {
    fn from(recorded: Recorded) -> Self {
        let Recorded { contract, recorded, corrected, retracted, rejected, .. } = recorded;
        let rejects = rejects(&rejected);
        Self { contract, recorded, corrected, retracted, rejected: rejected.total, rejects }
    }
}

/// Errors as a CSV file that spreadsheets can open.
fn rejects(errors: &RowErrors) -> String {
    if errors.is_empty() {
        return String::new();
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    let rows = errors.errors.iter().map(|error| {
        let column = error.field.clone().unwrap_or_default();
        [error.file.clone(), error.line.to_string(), column, error.message.clone(), error.help.clone()]
    });
    let names = ["file", "line", "column", "message", "help"].map(str::to_owned);
    for row in std::iter::once(names).chain(rows) {
        // Memory takes every row.
        let _ = csv.write_record(row.iter().map(|cell| plain(cell)));
    }
    csv.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection): names of columns and files are what others wrote.
fn plain(cell: &str) -> String {
    match cell.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

/// Takes a report in; `sort` says what its rows do.
pub(super) async fn report(
    gate: &Gate,
    ask: Ask,
    (request, contract, query): (HttpRequest, String, ReportQuery),
    body: web::Payload,
    (operation, sort): (Operation, fn(Vec<FactSheet>) -> FactReport),
) -> Result<HttpResponse, Problem> {
    let about = About::Contract(contract.clone());
    gate.admit(&ask, operation, &about).await?;
    if query.rejects > MOST_REJECTS {
        return Err(bad("rejects", "give 0 to 100000"));
    }
    let sheets = match (Media::of(&request)?, &query.kind) {
        (Media::Json, None) => {
            let NewFacts { facts } = upload::json(&request, body).await?;
            let sheet = |(kind, rows): (String, Vec<_>)| FactSheet { sheet: upload::sheet(&kind, &rows), kind };
            facts.into_iter().map(sheet).collect()
        }
        (Media::Json, Some(_)) => return Err(bad("kind", "leave it out: the body names the kinds")),
        (_, None) => return Err(bad("kind", "name the kind of the facts")),
        (media, Some(kind)) => {
            let sheet = gate.uploads.receive(&request, body).await?.sheet(kind, media)?;
            vec![FactSheet { kind: kind.clone(), sheet }]
        }
    };
    let kinds: Vec<String> = sheets.iter().map(|sheet| sheet.kind.clone()).collect();
    let report = FactReport { again: query.again, rejects: query.rejects, ..sort(sheets) };
    let (report, digests) = web::block(move || {
        let sheets = [&report.recorded, &report.corrected, &report.retracted].into_iter().flatten();
        let digests = sheets.map(|sheet| sheet.sheet.digest()).collect::<Result<Vec<_>, _>>();
        digests.map(|digests| (report, digests))
    })
    .await
    .map_err(|error| Problem::internal(&error))??;
    let asked = (contract.clone(), kinds.clone(), query, digests);
    let caller = ask.caller.clone();
    let work = move |connection: &mut _, outside: &mut Outside| {
        operations::allow_report(connection, &caller, &contract, kinds.iter().map(String::as_str))?;
        let mut recorded = operations::report_facts(connection, outside, &contract, &report)?;
        let receipts = std::mem::take(&mut recorded.receipts);
        Ok((FactsRecorded::from(recorded), receipts))
    };
    Ok(gate.write(ask, operation, about, &asked, work).await?.created(None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::intake::RowError;

    #[test]
    fn no_cell_of_rejects_is_a_formula() {
        let error = RowError {
            file: "=cmd|' /C calc'!A0".into(),
            line: 2,
            field: Some("@x".into()),
            message: "-1, \"quoted\"".into(),
            help: "+a\nb".into(),
        };
        let text = rejects(&RowErrors::from(vec![error]));
        let wanted = "file,line,column,message,help\n'=cmd|' /C calc'!A0,2,'@x,\"'-1, \"\"quoted\"\"\",\"'+a\nb\"\n";
        assert_eq!(text, wanted);
    }
}
