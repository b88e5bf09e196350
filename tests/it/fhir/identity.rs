//! Who and which: withdrawals, versions of one record, patients of several servers, encounters, kinds that share a code.

use outcome_ledger::exchange::fhir::{
    IssueCode::{BusinessRule, Conflict, Duplicate, MultipleMatches, NotFound, NotSupported},
    Options,
    Severity::{Error, Information, Warning},
};
use serde_json::{Value as Json, json};

use super::{
    line, read, read_with,
    refusals::{FACTS, PRESSURE, USED, assert_refused, observation, quantity, read_one},
    wanting,
};

#[test]
fn what_was_entered_in_error_takes_its_fact_back() {
    let contract = wanting(FACTS, &USED);
    for status in ["entered-in-error", "cancelled"] {
        let reading = read_one(&contract, &PRESSURE.replace("\"final\"", &format!("\"{status}\"")));
        let withdrawn = &reading.withdrawn[0];
        assert_eq!((withdrawn.source.resource.as_str(), &withdrawn.kinds[..]), ("Observation/secret-1", &[0][..]));
        assert!(reading.issues.is_empty() && reading.facts.is_empty());
    }
    // Stripped of its content, or deleted, it may have given a fact of any kind that an Observation gives.
    let stripped =
        r#"{"resourceType":"Observation","id":"secret-1","status":"entered-in-error","code":{"text":"secret"}}"#;
    let deleted = r#"{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Observation/secret-1"}}]}"#;
    for text in [stripped, deleted] {
        let reading = read_one(&contract, text);
        assert_eq!(reading.withdrawn[0].kinds, [0, 1, 2, 3, 4], "{text}");
    }
    let other = PRESSURE.replace("\"final\"", "\"entered-in-error\"").replace("85354-9", "1-8");
    assert_refused(&contract, &other, Information, NotSupported, "Observation");
    let nameless = PRESSURE.replace("\"final\"", "\"entered-in-error\"").replacen(r#""id": "secret-1", "#, "", 1);
    assert_refused(&contract, &nameless, Warning, BusinessRule, "Observation.status");
}

#[test]
fn of_several_versions_the_newest_counts() {
    let contract = wanting(FACTS, &USED);
    let version = |meta: &str, value: &str| {
        PRESSURE
            .replacen("\"status\"", &format!("\"meta\": {{{meta}}}, \"status\""), 1)
            .replacen("139", value, 1)
            .replace('\n', " ")
    };
    let lines = |versions: &[String]| {
        let reading = read(&contract, &[("file", versions.join("\n").into_bytes())]);
        let facts: Vec<_> = reading.facts.iter().map(|fact| line(&contract, fact)).collect();
        (facts, reading.issues.iter().map(|issue| issue.code).collect::<Vec<_>>())
    };
    let fact = |value: &str| vec![format!("pressure secret-2 2026-03-01 {value} 89")];
    let (one, two) = (r#""versionId": "9""#, r#""versionId": "10""#);
    let (early, late) = (r#""lastUpdated": "2026-03-01T12:00:00+02:00""#, r#""lastUpdated": "2026-03-01T11:00:00Z""#);
    for (old, new) in [(one, two), (early, late)] {
        let (a, b) = (version(old, "139"), version(new, "141"));
        assert_eq!(lines(&[a.clone(), b.clone()]), (fact("141"), vec![Duplicate]));
        assert_eq!(lines(&[b, a]), (fact("141"), vec![Duplicate]));
    }
    assert_eq!(lines(&[version(one, "139"), version(two, "139")]), (fact("139"), vec![Duplicate]));
    for (a, b) in [("", ""), (one, one), (one, late), ("", two)] {
        assert_eq!(lines(&[version(a, "139"), version(b, "141")]), (vec![], vec![Conflict, Conflict]), "{a} {b}");
    }
}

#[test]
fn patients_are_known_by_the_identifier_asked_for() {
    let contract = wanting(FACTS, &USED);
    let system = "http://hospital.example/mrn";
    let patient = |id: &str, identifiers: &[(&str, &str)]| {
        let identifiers: Vec<Json> =
            identifiers.iter().map(|(system, value)| json!({ "system": system, "value": value })).collect();
        json!({ "resourceType": "Patient", "id": id, "identifier": identifiers })
    };
    let about = |patient: &str| {
        let mut about: Json = serde_json::from_str(PRESSURE).unwrap();
        about["subject"] = json!({ "reference": patient });
        about
    };
    let found = |entries: Json| {
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string();
        let options = Options { identifier: Some(system.into()), ..Options::default() };
        let reading = read_with(&contract, options, &[("file", bundle.into_bytes())]);
        let subject = reading.facts.first().and_then(|fact| fact.row.subject.clone());
        (subject, reading.issues.iter().map(|issue| issue.code).collect::<Vec<_>>())
    };
    let url = "urn:uuid:0b2c6d0e-0000-4000-8000-000000000000";
    let entry = |patient: Json| json!([{ "fullUrl": url, "resource": patient }, { "resource": about(url) }]);
    assert_eq!(found(entry(patient("a", &[(system, "42"), ("http://other", "7")]))), (Some("42".into()), vec![]));
    assert_eq!(found(entry(patient("a", &[("http://other", "7")]))), (None, vec![NotFound, NotFound]));
    assert_eq!(found(entry(patient("a", &[(system, "42"), (system, "43")]))), (None, vec![MultipleMatches; 2]));
    assert_eq!(found(json!([{ "resource": about("Patient/a") }])), (None, vec![NotFound]));
    let mut contained = about("#p");
    contained["contained"] = json!([patient("p", &[(system, "42")])]);
    assert_eq!(found(json!([{ "resource": contained }])), (Some("42".into()), vec![]));
    let mut logical = about("");
    logical["subject"] = json!({ "identifier": { "system": system, "value": "42" } });
    assert_eq!(found(json!([{ "resource": logical }])), (Some("42".into()), vec![]));
}

#[test]
fn a_name_of_two_servers_is_nobody() {
    let contract = wanting(FACTS, &USED);
    let entry = |server: &str, id: &str| {
        let url = |sort: &str, id: &str| format!("https://{server}.example/fhir/{sort}/{id}");
        let mut about: Json = serde_json::from_str(PRESSURE).unwrap();
        about["id"] = json!(format!("of-{server}"));
        about["subject"] = json!({ "reference": format!("Patient/{id}") });
        [
            json!({ "fullUrl": url("Patient", id), "resource": { "resourceType": "Patient", "id": id } }),
            json!({ "fullUrl": url("Observation", "1"), "resource": about }),
        ]
    };
    let read = |entries: Vec<Json>| {
        let bundle = json!({ "resourceType": "Bundle", "entry": entries }).to_string();
        let reading = read_one(&contract, &bundle);
        (reading.facts.len(), reading.issues.iter().map(|issue| issue.code).collect::<Vec<_>>())
    };
    assert_eq!(read([entry("a", "1"), entry("b", "2")].concat()), (2, vec![]));
    let both = read([entry("a", "1"), entry("b", "1")].concat());
    assert_eq!(both, (0, vec![MultipleMatches, Duplicate, MultipleMatches]));
    // The same name of a record on two servers: no version of one is newer than the other's.
    let version = |server: &str, patient: &str, version: &str| {
        let mut entries = entry(server, patient);
        (entries[1]["resource"]["id"], entries[1]["resource"]["meta"]) = (json!("o"), json!({ "versionId": version }));
        entries
    };
    let both = read([version("a", "1", "1"), version("b", "2", "2")].concat());
    assert_eq!(both, (0, vec![Conflict, Conflict]));
}

#[test]
fn a_reading_in_an_unknown_encounter_is_not_taken_for_one_outside_hospital() {
    let contract = wanting(
        "  sugar: { unit: \"mg/dL\", code: { loinc: 2339-0 }, fields: { value: number, setting: { type: text, optional: yes, code: { fhir: encounter.class } } } }",
        &[],
    );
    let encounter = json!({ "resourceType": "Encounter", "id": "e", "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" } }).to_string();
    let mut inside: Json = serde_json::from_str(&observation("2339-0", quantity(100, "mg/dL"))).unwrap();
    inside["encounter"] = json!({ "reference": "Encounter/e" });
    let inside = inside.to_string();
    assert_refused(&contract, &inside, Error, NotFound, "Observation.encounter.reference");
    let reading = read(&contract, &[("file", format!("{inside}\n{encounter}").into_bytes())]);
    assert_eq!(line(&contract, &reading.facts[0]), "sugar secret-2 2026-03-01 100 IMP");
}

#[test]
fn a_resource_that_can_be_two_facts_is_read_as_the_kind_asked_for() {
    let contract = wanting(
        "  baseline: { unit: \"%\", code: { loinc: 4548-4 }, fields: { value: number } }\n  followed: { unit: \"%\", code: { loinc: 4548-4 }, fields: { value: number } }",
        &[],
    );
    let text = observation("4548-4", quantity(7, "%"));
    assert_refused(&contract, &text, Error, MultipleMatches, "Observation");
    let options = Options { kinds: vec!["followed".into()], ..Options::default() };
    let reading = read_with(&contract, options, &[("file", text.into_bytes())]);
    assert_eq!(line(&contract, &reading.facts[0]), "followed secret-2 2026-03-01 7");
}
