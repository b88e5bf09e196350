//! Records that are wrong, or right and not usable: each has its reason, its place, and no word of the patient.

use outcome_ledger::exchange::fhir::{
    IssueCode::{self, *},
    OperationOutcome, Reading,
    Severity::{self, *},
};
use serde_json::{Value as Json, json};

use super::{Contract, line, read, wanting};

pub(super) const FACTS: &str = r#"
  pressure:
    unit: "mm[Hg]"
    code: { loinc: 85354-9 }
    fields: { systolic: { number: { min: 20, max: 300, code: { loinc: 8480-6 } } }, diastolic: { type: number, code: { loinc: 8462-4 } } }
  sugar: { unit: "mg/dL", code: { loinc: 2339-0 }, fields: { value: number } }
  score: { code: { loinc: 9269-2 }, fields: { value: number } }
  smokes: { code: { loinc: 72166-2 }, fields: { answer: yes/no } }
  type: { code: { loinc: 883-9 }, fields: { group: { text: ["112144000", "112149005"] } } }
  infarction: { code: { icd10: I21*, fhir: Condition } }
  supply: { code: { rxnorm: 860975, fhir: MedicationDispense }, fields: { days: { duration: { code: { fhir: daysSupply } } } } }
  claim: { code: { cpt: 99213, fhir: Claim }, fields: { amount: { money: { code: { fhir: total } } } } }
  death: { code: { fhir: Patient.deceased } }
"#;

/// Formulas that use the fields.
pub(super) const USED: [&str; 5] = [
    "sum(pressure.systolic + pressure.diastolic)",
    "sum(sugar.value)",
    "sum(score.value)",
    "count(smokes where answer)",
    "count(type where group = \"112144000\")",
];

/// A blood pressure. Every word that is the patient's own says so.
pub(super) const PRESSURE: &str = r##"{
  "resourceType": "Observation", "id": "secret-1", "status": "final",
  "code": { "coding": [{ "system": "http://loinc.org", "code": "85354-9", "display": "secret" }], "text": "secret" },
  "subject": { "reference": "Patient/secret-2", "display": "secret" },
  "effectiveDateTime": "2026-03-01T23:30:00-05:00",
  "component": [
    { "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6" }] },
      "valueQuantity": { "value": 139, "unit": "secret", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" } },
    { "code": { "coding": [{ "system": "http://loinc.org", "code": "8462-4" }] },
      "valueQuantity": { "value": 8.9e1, "unit": "secret", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" } }
  ]
}"##;

const MERCURY: &str = r#""value": 139, "unit": "secret", "system": "http://unitsofmeasure.org", "code": "mm[Hg]""#;

fn record(sort: &str, more: &Json) -> String {
    let mut record = json!({ "resourceType": sort, "id": "secret-1", "subject": { "reference": "Patient/secret-2" } });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record.to_string()
}

pub(super) fn observation(code: &str, more: Json) -> String {
    let mut more = more;
    more["status"] = "final".into();
    more["effectiveDateTime"] = "2026-03-01".into();
    more["code"] = json!({ "coding": [{ "system": "http://loinc.org", "code": code }] });
    record("Observation", &more)
}

pub(super) fn quantity(value: i32, unit: &str) -> Json {
    json!({ "valueQuantity": { "value": value, "system": "http://unitsofmeasure.org", "code": unit } })
}

pub(super) fn read_one(contract: &Contract, text: &str) -> Reading {
    let reading = read(contract, &[("file", text.as_bytes().to_vec())]);
    let told = serde_json::to_string(&OperationOutcome(&reading.issues)).unwrap();
    assert!(!told.contains("secret"), "{told}");
    reading
}

pub(super) fn assert_refused(contract: &Contract, text: &str, severity: Severity, code: IssueCode, path: &str) {
    let reading = read_one(contract, text);
    let found: Vec<_> = reading.issues.iter().map(|issue| (issue.severity, issue.code, issue.path.as_str())).collect();
    assert_eq!(found, [(severity, code, path)], "{text}\n{:?}", reading.issues);
    assert!(reading.facts.is_empty() && reading.withdrawn.is_empty(), "{text}");
}

#[test]
fn the_record_itself_is_used() {
    let contract = wanting(FACTS, &USED);
    let reading = read_one(&contract, PRESSURE);
    assert_eq!(reading.issues, []);
    // The day of the record's own offset, although it is 2 March in UTC.
    assert_eq!(line(&contract, &reading.facts[0]), "pressure secret-2 2026-03-01 139 89");
    assert_eq!(reading.facts[0].source.as_ref().unwrap().resource, "Observation/secret-1");
}

#[test]
fn one_part_that_is_wrong_is_named() {
    let contract = wanting(FACTS, &USED);
    let systolic = "Observation.component[0].valueQuantity";
    let at = |name: &str| format!("{systolic}.{name}");
    let cases: [(&str, &str, Severity, IssueCode, &str); 34] = [
        (r#""status": "final","#, "", Error, Required, "Observation.status"),
        ("\"final\"", "\"preliminary\"", Warning, BusinessRule, "Observation.status"),
        ("\"final\"", "\"unknown\"", Warning, BusinessRule, "Observation.status"),
        ("\"final\"", "5", Error, Structure, "Observation.status"),
        ("\"final\"", "\" \"", Error, Structure, "Observation.status"),
        (r#""status": "final""#, r#""status": "final", "status": "final""#, Error, Structure, "Resource"),
        ("2026-03-01T23:30:00-05:00", "2026-03", Error, Value, "Observation.effectiveDateTime"),
        ("2026-03-01T23:30:00-05:00", "2026", Error, Value, "Observation.effectiveDateTime"),
        ("2026-03-01T23:30:00-05:00", "2026-02-30", Error, Value, "Observation.effectiveDateTime"),
        ("effectiveDateTime", "issued", Error, Required, "Observation.effective"),
        (
            r#""effectiveDateTime": "2026-03-01T23:30:00-05:00""#,
            r#""effectiveTiming": {}"#,
            Error,
            Value,
            "Observation.effectiveTiming",
        ),
        (
            r#""effectiveDateTime": "2026-03-01T23:30:00-05:00""#,
            r#""effectivePeriod": {"end": "2026-03-01"}"#,
            Error,
            Required,
            "Observation.effectivePeriod.start",
        ),
        (
            r#""effectiveDateTime""#,
            r#""effectiveInstant": "2026-03-01T00:00:00Z", "effectiveDateTime""#,
            Error,
            Structure,
            "Observation.effective",
        ),
        ("\"subject\"", "\"focus\"", Error, Required, "Observation.subject"),
        ("Patient/secret-2", "Group/secret-2", Error, NotFound, "Observation.subject.reference"),
        ("Patient/secret-2", "#secret-2", Error, NotFound, "Observation.subject.reference"),
        (
            "Patient/secret-2",
            "urn:uuid:0b2c6d0e-0000-4000-8000-000000000000",
            Error,
            NotFound,
            "Observation.subject.reference",
        ),
        (
            "Patient/secret-2",
            "https://elsewhere.example/fhir/Patient/secret-2",
            Error,
            NotFound,
            "Observation.subject.reference",
        ),
        ("Patient/secret-2", "Patient/../../secret", Error, NotFound, "Observation.subject.reference"),
        (r#""reference": "Patient/secret-2", "#, "", Error, NotFound, "Observation.subject"),
        ("\"code\": \"85354-9\"", "\"code\": \"85353-1\"", Information, NotSupported, "Observation"),
        (
            "\"http://loinc.org\", \"code\": \"85354-9\"",
            "\"http://secret\", \"code\": \"85354-9\"",
            Information,
            NotSupported,
            "Observation",
        ),
        ("8480-6", "8478-0", Error, Required, "Observation.component"),
        ("8462-4", "8480-6", Error, MultipleMatches, "Observation.component"),
        ("139", "\"139\"", Error, Structure, &at("value")),
        ("139", "1e40", Error, Value, &at("value")),
        ("139", "139.00000000000000000000000000000000001", Error, Value, &at("value")),
        ("139", "1390", Error, Value, "Observation.component[0]"),
        (r#""value": 139"#, r#""comparator": "<", "value": 139"#, Error, Value, &at("comparator")),
        (r#""value": 139, "#, "", Error, Required, &at("value")),
        (
            MERCURY,
            r#""value": 139, "system": "http://unitsofmeasure.org", "code": "secret""#,
            Error,
            BusinessRule,
            &at("code"),
        ),
        (MERCURY, r#""value": 139, "unit": "secret""#, Error, CodeInvalid, &at("code")),
        (MERCURY, r#""value": 139"#, Error, Required, &at("code")),
        (
            r#""status""#,
            r#""modifierExtension": [{"url": "secret"}], "status""#,
            Error,
            Extension,
            "Observation.modifierExtension",
        ),
    ];
    for (good, bad, severity, code, path) in cases {
        assert!(PRESSURE.contains(good), "{good}");
        assert_refused(&contract, &PRESSURE.replacen(good, bad, 1), severity, code, path);
    }
    let absent = r#""dataAbsentReason": { "text": "secret" }"#;
    let without = PRESSURE.replacen(&format!(r#""valueQuantity": {{ {MERCURY} }}"#), absent, 1);
    assert_refused(&contract, &without, Error, Required, "Observation.component[0].dataAbsentReason");
}

#[test]
fn values_that_do_not_fit_the_contract_are_refused() {
    let contract = wanting(FACTS, &USED);
    let snomed = |code: &str| json!({ "valueCodeableConcept": { "coding": [{ "system": "http://snomed.info/sct", "code": code }] } });
    let value = "Observation.valueQuantity.code";
    for (text, code, path) in [
        (observation("2339-0", quantity(6, "mmol/L")), BusinessRule, value),
        (observation("2339-0", quantity(6, "%")), BusinessRule, value),
        (observation("2339-0", json!({ "valueString": "secret" })), Value, "Observation.valueString"),
        (observation("2339-0", json!({ "valueInteger": 100 })), Required, "Observation.valueInteger"),
        (observation("2339-0", json!({})), Required, "Observation.value"),
        (observation("2339-0", json!({ "valueQuantity": [1] })), Structure, "Observation.valueQuantity"),
        (observation("9269-2", quantity(13, "mg")), BusinessRule, value),
        (observation("72166-2", snomed("449868002")), CodeInvalid, "Observation.valueCodeableConcept"),
        (observation("883-9", snomed("secret")), Value, "Observation.value"),
        (observation("883-9", json!({ "valueBoolean": true })), Value, "Observation.valueBoolean"),
    ] {
        assert_refused(&contract, &text, Error, code, path);
    }
    for (text, expected) in [
        (observation("2339-0", quantity(6, "g/L")), "sugar secret-2 2026-03-01 600"),
        (observation("9269-2", quantity(13, "{score}")), "score secret-2 2026-03-01 13"),
        (observation("9269-2", json!({ "valueInteger": 13 })), "score secret-2 2026-03-01 13"),
        (observation("72166-2", snomed("373066001")), "smokes secret-2 2026-03-01 yes"),
        (observation("72166-2", json!({ "valueBoolean": false })), "smokes secret-2 2026-03-01 no"),
        (observation("883-9", snomed("112144000")), "type secret-2 2026-03-01 112144000"),
    ] {
        let reading = read_one(&contract, &text);
        assert_eq!(
            reading.facts.iter().map(|fact| line(&contract, fact)).collect::<Vec<_>>(),
            [expected],
            "{:?}",
            reading.issues
        );
    }
}

#[test]
fn other_resources_are_held_to_their_own_rules() {
    let contract = wanting(FACTS, &USED);
    let icd = json!({ "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": "I21.9" }] });
    let verified = |status: &str| json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": status }] });
    let condition = |more: Json| {
        let mut whole = json!({ "code": icd });
        whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record("Condition", &whole)
    };
    let drug = json!({ "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "860975" }] });
    let supply = |days: Json| json!({ "status": "completed", "medicationCodeableConcept": drug, "whenHandedOver": "2026-03-01", "daysSupply": days });
    let days = |value: Json, unit: &str| json!({ "value": value, "system": "http://unitsofmeasure.org", "code": unit });
    let claim = |currency: &str, used: &str| {
        let item = json!([{ "productOrService": { "coding": [{ "system": "http://www.ama-assn.org/go/cpt", "code": "99213" }] } }]);
        json!({ "status": "active", "use": used, "patient": { "reference": "Patient/secret-2" }, "item": item,
                "billablePeriod": { "start": "2026-03-01" }, "total": { "value": 255.50, "currency": currency } })
        .to_string()
        .replacen('{', r#"{"resourceType":"Claim","id":"secret-1","#, 1)
    };
    for (text, severity, code, path) in [
        (condition(json!({ "onsetString": "secret" })), Error, Value, "Condition.onsetString"),
        (condition(json!({ "onsetAge": { "value": 52 } })), Error, Value, "Condition.onsetAge"),
        (condition(json!({ "recordedDate": "2026-03-01" })), Error, Required, "Condition.onset"),
        (
            condition(json!({ "onsetDateTime": "2026-03-01", "verificationStatus": verified("provisional") })),
            Warning,
            BusinessRule,
            "Condition.verificationStatus",
        ),
        (
            condition(json!({ "onsetDateTime": "2026-03-01", "verificationStatus": { "text": "secret" } })),
            Warning,
            BusinessRule,
            "Condition.verificationStatus",
        ),
        (record("MedicationDispense", &supply(days(json!(36), "h"))), Error, Value, "MedicationDispense.daysSupply"),
        (
            record("MedicationDispense", &supply(days(json!(30), "mg"))),
            Error,
            BusinessRule,
            "MedicationDispense.daysSupply.code",
        ),
        (
            record("MedicationDispense", &json!({ "medicationReference": { "reference": "Medication/secret" } })),
            Error,
            NotFound,
            "MedicationDispense.medicationReference.reference",
        ),
        (claim("EUR", "claim"), Error, BusinessRule, "Claim.total.currency"),
        (claim("USD", "preauthorization"), Warning, BusinessRule, "Claim.use"),
        (record("Patient", &json!({ "deceasedBoolean": true })), Error, Required, "Patient.deceasedBoolean"),
        (record("Patient", &json!({ "deceasedDateTime": "2026" })), Error, Value, "Patient.deceasedDateTime"),
        (record("Basic", &json!({})), Information, NotSupported, "Basic"),
        (record("Procedure", &json!({})), Information, NotSupported, "Procedure"),
    ] {
        assert_refused(&contract, &text, severity, code, path);
    }
    for (text, expected) in [
        (condition(json!({ "onsetPeriod": { "start": "2026-03-01" } })), "infarction secret-2 2026-03-01"),
        (
            condition(json!({ "onsetDateTime": "2026-03-01", "verificationStatus": verified("confirmed") })),
            "infarction secret-2 2026-03-01",
        ),
        (record("MedicationDispense", &supply(days(json!(2), "wk"))), "supply secret-2 2026-03-01 14 days"),
        (claim("USD", "claim"), "claim secret-2 2026-03-01 255.5"),
        (record("Patient", &json!({ "deceasedDateTime": "2026-03-01T10:00:00Z" })), "death secret-1 2026-03-01"),
    ] {
        let reading = read_one(&contract, &text);
        assert_eq!(
            reading.facts.iter().map(|fact| line(&contract, fact)).collect::<Vec<_>>(),
            [expected],
            "{:?}",
            reading.issues
        );
    }
}

#[test]
fn texts_that_are_no_records_are_refused() {
    let contract = wanting(FACTS, &USED);
    let nested = |depth: usize| {
        format!(
            "{}{}{}",
            r#"{"resourceType":"Bundle","type":"batch","entry":[{"resource":"#.repeat(depth),
            PRESSURE,
            "}]}".repeat(depth)
        )
    };
    for (text, severity, code, path) in [
        ("secret", Fatal, Structure, "Resource"),
        ("{\"resourceType\":", Fatal, Structure, "Resource"),
        ("[]", Error, Structure, "Resource"),
        ("\"secret\"", Error, Structure, "Resource"),
        ("{}", Error, Structure, "Resource"),
        (r#"{"resourceType":1}"#, Error, Structure, "Resource.resourceType"),
        (r#"{"resourceType":"<secret>"}"#, Error, Value, "Resource.resourceType"),
        (r#"{"resourceType":"Bundle","entry":{}}"#, Error, Structure, "Bundle.entry"),
        (r#"{"resourceType":"Bundle","entry":["secret"]}"#, Error, Structure, "Bundle.entry[0]"),
        (r#"{"resourceType":"Bundle","entry":[{}]}"#, Information, NotSupported, "Bundle.entry[0]"),
        (
            r#"{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Observation?secret"}}]}"#,
            Error,
            NotSupported,
            "Bundle.entry[0].request.url",
        ),
        (&"[".repeat(5_000_000), Fatal, Structure, "Resource"),
        (&format!("{{\"resourceType\":{}", "{\"a\":".repeat(1_000_000)), Fatal, Structure, "Resource"),
    ] {
        assert_refused(&contract, text, severity, code, path);
    }
    assert_eq!(read_one(&contract, &nested(4)).facts.len(), 1);
    let reading = read_one(&contract, &nested(5));
    assert_eq!(reading.issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), [TooCostly]);
    assert_eq!(read_one(&contract, &nested(50_000)).facts.len(), 0);
    let members: String = (0..300).map(|at| format!(",\"m{at}\":1")).collect();
    assert_refused(&contract, &format!("{{\"resourceType\":\"Observation\"{members}}}"), Error, Structure, "Resource");
}
