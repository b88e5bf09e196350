//! CMS165 "Controlling High Blood Pressure": a contract on the last reading of the year agrees with the expected results of
//! the measure's own test patients.

use outcome_ledger::exchange::fhir::Reading;
use serde_json::Value;

use super::{Contract, contract, fixture, owed, read};

const DOCUMENT: &str = r#"
format: 1
id: cms165
currency: USD
parties: { payer: { is: payer }, clinic: { is: provider } }
subject: { is: patient, fields: {} }
facts:
  pressure:
    unit: "mm[Hg]"
    code: { loinc: 85354-9 }
    fields:
      systolic:  { type: number, code: { loinc: 8480-6 } }
      diastolic: { type: number, code: { loinc: 8462-4 } }
      setting:   { type: text, optional: yes, code: { fhir: encounter.class } }
measures:
  subject:
    systolic:  last(pressure.systolic where COUNTS)
    diastolic: last(pressure.diastolic where COUNTS)
clauses:
  controlled:
    pays: payer to clinic
    per: subject
    when: systolic is known and systolic < 140 and diastolic is known and diastolic < 90
    amount: 1 USD
    due: 2026-12-31
"#;

const IN_YEAR: &str = "on >= 2026-01-01 and on <= 2026-12-31";
const OUTSIDE_HOSPITAL: &str = r#"(setting or "AMB") not in ["IMP", "ACUTE", "NONAC", "OBSENC", "EMER"]"#;

fn controlled(counts: &str) -> (Contract, Reading, Vec<String>) {
    let contract = contract(&DOCUMENT.replace("COUNTS", counts));
    let reading = read(&contract, &[("cases", fixture("cms165/case_bundles.ndjson.gz"))]);
    let subjects: Vec<String> = cases().into_iter().map(|(id, _)| id).collect();
    let owed = owed(&contract, &subjects, &reading, "2026-12-31").into_iter().map(|(_, subject)| subject).collect();
    (contract, reading, owed)
}

/// Each case with its expected populations.
fn cases() -> Vec<(String, Value)> {
    let expected: Value = serde_json::from_slice(&fixture("cms165/expected.json.gz")).unwrap();
    let cases = expected["cases"].as_array().unwrap().iter();
    cases
        .map(|case| (case["case_id"].as_str().unwrap().to_owned(), case["expected"][0]["populations"].clone()))
        .collect()
}

/// The cases that the measure asks about, with the expected result.
fn asked() -> Vec<(String, bool)> {
    let counts = |populations: &Value| populations["denominator"] == 1 && populations["denominator-exclusion"] == 0;
    let cases = cases().into_iter().filter(|(_, populations)| counts(populations));
    cases.map(|(id, populations)| (id, populations["numerator"] == 1)).collect()
}

#[test]
fn all_cases_agree_when_the_contract_leaves_hospitals_out() {
    let (_, reading, controlled) = controlled(&format!("{IN_YEAR} and {OUTSIDE_HOSPITAL}"));
    assert_eq!(reading.counts["Patient"].read, 68);
    assert_eq!(reading.facts.len(), 5, "five of the patients have a reading");
    assert_eq!(asked().len(), 29);
    for (id, expected) in asked() {
        assert_eq!(controlled.contains(&id), expected, "{id}");
    }
}

#[test]
fn a_rule_on_readings_alone_differs_where_it_is_known_to() {
    let (.., controlled) = controlled(IN_YEAR);
    let check: Value = serde_json::from_slice(&fixture("cms165/observation_rule_check.json")).unwrap();
    let rows = check["measures"]["CMS165FHIRControllingHighBP"]["rows"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 29);
    for row in &rows {
        assert_eq!(controlled.contains(&row["case_id"].as_str().unwrap().to_owned()), row["rule_result"] == 1, "{row}");
    }
    let agree = asked().iter().filter(|(id, expected)| controlled.contains(id) == *expected).count();
    assert_eq!(agree, 27);
}
