//! Clinical records over HTTP: what was used and what was not, and nothing twice.

use serde_json::{Value, json};

use super::{reports::enrolled, session::Answer};
use crate::databases::on_each_empty;

fn measured(id: &str, patient: &str, value: f64, status: &str, version: &str) -> Value {
    json!({
        "resourceType": "Observation", "id": id, "meta": { "versionId": version }, "status": status,
        "code": { "coding": [{ "system": "http://loinc.org", "code": "4548-4" }] },
        "subject": { "reference": format!("Patient/{patient}") }, "effectiveDateTime": "2025-03-01",
        "valueQuantity": { "value": value, "system": "http://unitsofmeasure.org", "code": "%" },
    })
}

fn bundle(resources: &[Value]) -> Vec<u8> {
    let patients = ["p1", "stranger"].map(|id| json!({ "resourceType": "Patient", "id": id }));
    let entries: Vec<Value> =
        patients.iter().chain(resources).map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string().into_bytes()
}

/// The issues of an outcome: severity and code.
fn issues(answer: &Answer) -> Vec<(&str, &str)> {
    assert_eq!(answer.header("content-type"), Some("application/fhir+json"));
    assert_eq!(answer.body["resourceType"], json!("OperationOutcome"));
    let issues = answer.body["issue"].as_array().unwrap();
    issues.iter().map(|issue| (issue["severity"].as_str().unwrap(), issue["code"].as_str().unwrap())).collect()
}

fn done(answer: &Answer) -> &str {
    answer.body["issue"][0]["diagnostics"].as_str().unwrap()
}

#[test]
fn records_become_facts_once() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let send =
            |body: &[u8]| served.as_party("Hospital A").upload("/contracts/rr/fhir", "application/fhir+json", body);
        let first = bundle(&[measured("o1", "p1", 6.1, "final", "1"), measured("o2", "stranger", 7.0, "final", "1")]);
        let told = send(&first).ok(200);
        assert_eq!(done(&told), "recorded 1 facts, corrected 0, retracted 0; 0 stand already");
        // What was recorded, where, and the patient who is not enrolled.
        assert_eq!(issues(&told)[..2], [("information", "informational"); 2]);
        assert!(issues(&told)[2..].contains(&("information", "not-found")), "{}", told.text);
        assert!(!told.text.contains("6.1"), "{}", told.text);
        let again = send(&first).ok(200);
        assert_eq!(done(&again), "recorded 0 facts, corrected 0, retracted 0; 1 stand already");
        assert!(!again.text.contains("at position"), "{}", again.text);
        let newer = send(&bundle(&[measured("o1", "p1", 6.4, "amended", "2")])).ok(200);
        assert_eq!(done(&newer), "recorded 0 facts, corrected 1, retracted 0; 0 stand already");
        let lines = measured("o1", "p1", 6.4, "entered-in-error", "3").to_string();
        let patient = json!({ "resourceType": "Patient", "id": "p1" });
        let lines = format!("{patient}\n{lines}\n");
        let fallen =
            served.as_party("Insurer A").upload("/contracts/rr/fhir", "application/fhir+ndjson", lines.as_bytes());
        assert_eq!(done(&fallen.ok(200)), "recorded 0 facts, corrected 0, retracted 1; 0 stand already");
        let facts = served.as_party("Insurer A").get("/contracts/rr/facts").ok(200);
        assert_eq!(facts.body["items"][0]["record"], json!("Observation/o1"));
        let seen = served.as_party("Auditor A").get("/contracts/rr/facts").ok(200);
        assert_eq!(seen.body["items"][0].get("record"), None, "a record's name leads to the patient");
    });
}

#[test]
fn records_that_cannot_be_read_or_are_not_ones_own_are_refused() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let send = |party: &str, query: &str, body: &[u8]| {
            served.as_party(party).upload(&format!("/contracts/rr/fhir{query}"), "application/fhir+json", body)
        };
        let good = bundle(&[measured("o1", "p1", 6.1, "final", "1")]);
        send("Maker A", "", &good).problem(403, "forbidden");
        send("Regulator A", "", &good).problem(403, "forbidden");
        send("Insurer B", "", &good).problem(404, "unknown-contract");
        send("Insurer A", "?kinds=visit", &good).problem(403, "not-your-report");
        send("Hospital A", "?kinds=secret", &good).problem(422, "unknown-kind");
        send("Hospital A", "?kinds=visit", &good).problem(422, "no-codes");
        send("Hospital A", "?colour=red", &good).problem(422, "bad-query");
        send("Hospital A", "", b"\xff\xfe").problem(422, "records");
        send("Hospital A", "", &good[..good.len() - 3]).problem(422, "records");
        served
            .as_party("Hospital A")
            .upload("/contracts/rr/fhir", "application/json", &good)
            .problem(415, "media-type");
        // Deep nesting is told and takes no stack.
        let deep = [b"[".repeat(50_000), b"]".repeat(50_000)].concat();
        let told = send("Hospital A", "", &deep).ok(200);
        assert!(issues(&told).iter().any(|(severity, _)| *severity == "error"), "{}", told.text);
        assert_eq!(served.as_party("Insurer A").get("/contracts/rr/facts").ok(200).body["items"], json!([]));
    });
}
