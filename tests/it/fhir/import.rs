//! Clinical records taken into the ledger, on both databases: once, in a newer version, entered in error, and with a hand of
//! people in between.

use outcome_ledger::{
    exchange::fhir::{IssueCode, IssueCode::*},
    operations::{
        FactReport, Imported, Proposal, activate_contract, enrol_subjects, import_records, preview_settlement,
        propose_contract, read_document, report_facts, sign_contract, verify_log,
    },
    storage::{self, Connection},
};
use serde_json::{Value as Json, json};

use super::{Options, read_document_with};
use crate::{
    databases::on_each,
    deal::{act, day, facts, found, sheet},
};

const NAME: &str = "sugar";

const DOCUMENT: &str = "
format: 1
id: sugar
currency: USD
parties: { insurer: { is: insurer }, maker: { is: manufacturer } }
term: { start: 2026-01-01, end: 2026-12-31 }
subject: { is: patient, fields: {} }
facts:
  hba1c: { unit: \"%\", code: { loinc: 4548-4 }, fields: { value: number } }
  baseline: { once: yes, unit: kg, code: { loinc: 29463-7 }, fields: { weight: number } }
  death: { code: { fhir: Patient.deceased } }
clauses:
  high: { pays: maker to insurer, per: subject, when: (last(hba1c.value) or 0) >= 8, amount: 10 USD, due: as_of }
  dead: { pays: maker to insurer, per: subject, when: exists(death), amount: 20 USD, due: as_of }
  heavy: { pays: maker to insurer, per: subject, when: baseline.weight >= 90, amount: 1 USD, due: as_of }
";

fn in_force(c: &mut Connection) {
    found(c);
    let parties =
        [("maker", "Maker A"), ("insurer", "Insurer A")].map(|(role, name)| (role.to_owned(), name.to_owned()));
    let proposal = Proposal {
        name: Some(NAME),
        file: "contract.yaml",
        document: DOCUMENT,
        files: &|_| Err("no file".into()),
        settings: Default::default(),
        parties: parties.into_iter().collect(),
    };
    act(c, |c, outside| propose_contract(c, outside, proposal)).unwrap();
    for role in ["maker", "insurer"] {
        act(c, |c, outside| sign_contract(c, outside, NAME, role)).unwrap();
    }
    act(c, |c, outside| activate_contract(c, outside, NAME)).unwrap();
    let subjects = sheet("subjects.csv", "subject,enrolled_on\np1,2026-01-01\np2,2026-01-01\n");
    act(c, |c, outside| enrol_subjects(c, outside, NAME, &subjects)).unwrap();
}

/// A measurement in a version of its record; version 0 says none.
fn measured(id: &str, version: u32, patient: &str, code: &str, value: f64, unit: &str) -> Json {
    let meta = if version == 0 { json!({}) } else { json!({ "versionId": version.to_string() }) };
    json!({
        "resourceType": "Observation", "id": id, "meta": meta, "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") }, "effectiveDateTime": "2026-03-01",
        "valueQuantity": { "value": value, "system": "http://unitsofmeasure.org", "code": unit },
    })
}

fn sugar(id: &str, version: u32, value: f64) -> Json {
    measured(id, version, "p1", "4548-4", value, "%")
}

fn in_error(record: Json, version: u32) -> Json {
    let mut record = record;
    (record["status"], record["meta"]["versionId"]) = ("entered-in-error".into(), version.to_string().into());
    record
}

fn take_in(c: &mut Connection, records: &[Json]) -> Imported {
    take_from(c, None, records)
}

fn take_from(c: &mut Connection, origin: Option<&str>, records: &[Json]) -> Imported {
    let document = read_document(c, NAME).unwrap();
    let options = Options { origin: origin.map(str::to_owned), ..Options::default() };
    let lines: Vec<String> = records.iter().map(Json::to_string).collect();
    let reading = read_document_with(&document, options, &[("records", lines.join("\n").into_bytes())]);
    act(c, |c, outside| import_records(c, outside, NAME, &reading)).unwrap()
}

/// Recorded, corrected, retracted, unchanged, and the codes of the issues.
fn counts(imported: &Imported) -> (usize, usize, usize, usize, Vec<IssueCode>) {
    let Imported { recorded, corrected, retracted, unchanged, issues, .. } = imported;
    (*recorded, *corrected, *retracted, *unchanged, issues.iter().map(|issue| issue.code).collect())
}

fn entries(c: &mut Connection) -> usize {
    let id = storage::contract::find_by_name(c, NAME).unwrap().unwrap().contract_id;
    storage::entry::page(c, id, 0, 100).unwrap().len()
}

/// What is owed under each clause.
fn owed(c: &mut Connection) -> Vec<String> {
    let preview = preview_settlement(c, NAME, day("2026-06-30")).unwrap();
    let lines = preview.owed.lines.iter();
    lines.map(|line| format!("{} {}", line.clause, line.subject.as_deref().unwrap_or_default())).collect()
}

fn report(c: &mut Connection, report: &FactReport) {
    act(c, |c, outside| report_facts(c, outside, NAME, report)).unwrap();
}

#[test]
fn the_same_records_again_change_nothing() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let dead = json!({ "resourceType": "Patient", "id": "p2", "deceasedDateTime": "2026-04-01" });
        let records = [
            sugar("a", 1, 8.5),
            sugar("b", 0, 8.5),
            measured("c", 0, "p1", "29463-7", 95.0, "kg"),
            dead,
            sugar("a", 1, 8.5),
        ];
        assert_eq!(counts(&take_in(c, &records)), (4, 0, 0, 0, vec![Duplicate]));
        assert_eq!(owed(c), ["high p1", "dead p2", "heavy p1"]);
        let before = entries(c);
        let again = take_in(c, &records);
        assert_eq!(counts(&again), (0, 0, 0, 4, vec![Duplicate]));
        assert!(again.receipts.is_empty() && entries(c) == before);
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:?}", verified.findings);
    });
}

#[test]
fn a_newer_version_corrects_and_an_older_one_does_not() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        take_in(c, &[sugar("a", 2, 8.5)]);
        assert_eq!(counts(&take_in(c, &[sugar("a", 1, 7.0)])), (0, 0, 0, 0, vec![Duplicate]));
        assert_eq!(owed(c), ["high p1"]);
        assert_eq!(counts(&take_in(c, &[sugar("a", 3, 7.0)])), (0, 1, 0, 0, vec![]));
        assert_eq!(owed(c), [""; 0]);
        let other = measured("a", 4, "p2", "4548-4", 7.0, "%");
        assert_eq!(counts(&take_in(c, &[other])), (0, 0, 0, 0, vec![Conflict]));
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn what_was_entered_in_error_falls_and_does_not_come_back_by_itself() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let (dead, alive) = (
            json!({ "resourceType": "Patient", "id": "p2", "meta": { "versionId": "1" }, "deceasedDateTime": "2026-04-01" }),
            json!({ "resourceType": "Patient", "id": "p2", "meta": { "versionId": "2" }, "deceasedBoolean": false }),
        );
        assert_eq!(counts(&take_in(c, &[in_error(sugar("a", 0, 8.5), 1)])), (0, 0, 0, 0, vec![BusinessRule]));
        take_in(c, &[sugar("a", 1, 8.5), dead.clone()]);
        assert_eq!(owed(c), ["high p1", "dead p2"]);
        assert_eq!(counts(&take_in(c, &[in_error(sugar("a", 0, 8.5), 2), alive])), (0, 0, 2, 0, vec![]));
        assert_eq!(owed(c), [""; 0]);
        assert_eq!(counts(&take_in(c, &[sugar("a", 1, 8.5), dead])), (0, 0, 0, 0, vec![Duplicate; 2]));
        assert_eq!(counts(&take_in(c, &[sugar("a", 3, 8.5)])), (1, 0, 0, 0, vec![]));
        assert_eq!(owed(c), ["high p1"]);
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn what_people_reported_or_corrected_is_left_to_them() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let recorded = facts("hba1c", "subject,on,value\np1,2026-03-01,8.5\n");
        report(c, &FactReport { recorded, ..FactReport::default() });
        assert_eq!(counts(&take_in(c, &[sugar("a", 1, 8.5)])), (0, 0, 0, 0, vec![Duplicate]));
        let weight = |version, value| measured("w", version, "p1", "29463-7", value, "kg");
        take_in(c, &[weight(1, 95.0)]);
        let second = measured("x", 1, "p1", "29463-7", 80.0, "kg");
        assert_eq!(counts(&take_in(c, &[second])), (0, 0, 0, 0, vec![BusinessRule]), "there is one baseline only");
        let corrected = facts("baseline", "subject,on,weight\np1,2026-03-01,80\n");
        report(c, &FactReport { corrected, ..FactReport::default() });
        assert_eq!(owed(c), ["high p1"]);
        assert_eq!(counts(&take_in(c, &[weight(1, 95.0)])), (0, 0, 0, 0, vec![Duplicate]));
        assert_eq!(counts(&take_in(c, &[weight(2, 96.0)])), (0, 0, 0, 0, vec![Conflict]));
        assert_eq!(owed(c), ["high p1"]);
    });
}

#[test]
fn records_of_two_systems_with_one_name_are_two() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        assert_eq!(counts(&take_from(c, Some("north"), &[sugar("1", 1, 8.5)])), (1, 0, 0, 0, vec![]));
        assert_eq!(counts(&take_from(c, Some("south"), &[sugar("1", 2, 7.0)])), (1, 0, 0, 0, vec![]));
        assert_eq!(counts(&take_from(c, Some("north"), &[sugar("1", 1, 8.5)])), (0, 0, 0, 1, vec![]));
    });
}

#[test]
fn who_is_not_enrolled_is_passed_over() {
    on_each(|database| {
        let c = &mut database.connect();
        in_force(c);
        let stranger = measured("s", 1, "p9", "4548-4", 9.0, "%");
        let imported = take_in(c, &[stranger, sugar("a", 1, 8.5), json!({ "resourceType": "Observation" })]);
        assert_eq!(counts(&imported), (1, 0, 0, 0, vec![NotSupported, NotFound]));
        assert!(imported.issues.iter().all(|issue| !issue.to_string().contains("p9")));
    });
}
