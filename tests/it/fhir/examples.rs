//! The 172 official examples of FHIR R4: each gives facts, takes some back, or is refused with a reason.

use std::{collections::BTreeMap, fs};

use outcome_ledger::exchange::fhir::{IssueCode, OperationOutcome, Reading};

use super::{Contract, line, path, read, wanting};

/// A contract that wants much of what the examples show.
const FACTS: &str = r#"
  pressure:
    unit: "mm[Hg]"
    code: { loinc: 85354-9 }
    fields: { systolic: { type: number, code: { loinc: 8480-6 } }, diastolic: { type: number, code: { loinc: 8462-4 } } }
  weight: { unit: kg, code: { loinc: 29463-7 }, fields: { value: number } }
  height: { unit: cm, code: { loinc: 8302-2 }, fields: { value: number } }
  temperature: { unit: Cel, code: { loinc: 8310-5 }, fields: { value: number } }
  pulse: { unit: "{beats}/min", code: { loinc: 8867-4 }, fields: { value: number } }
  saturation: { unit: "%", code: { loinc: 59408-5 }, fields: { value: number } }
  glucose: { unit: "mg/dL", code: { loinc: 15074-8 }, fields: { value: number } }
  haemoglobin: { unit: "g/L", code: { loinc: 718-7 }, fields: { value: number } }
  carbon_dioxide: { unit: "mm[Hg]", code: { loinc: 11557-6 }, fields: { value: number } }
  urea: { unit: "mmol/L", code: { loinc: 1963-8 }, fields: { value: number } }
  coma: { code: { loinc: 9269-2 }, fields: { value: number, verbal: { type: text, of: [LA6557-8, LA6560-2], optional: yes, code: { loinc: 9270-0 } } } }
  apgar: { code: { loinc: 9274-2 }, fields: { value: number } }
  density: { unit: "g/cm2", code: { loinc: 24701-5 }, fields: { value: number } }
  last_period: { code: { loinc: 8665-2 }, fields: { began_on: date } }
  vomiting: { code: { loinc: 45708-5 }, fields: { present: yes/no } }
  tenderness: { code: { snomed: 43478001 }, fields: { present: yes/no } }
  vibrio: { code: { loinc: 41857-4 }, fields: { present: yes/no } }
  herd: { code: { loinc: 80219-9 }, fields: { value: number } }
  stroke: { code: { snomed: 422504002, fhir: Condition } }
  infection: { code: { snomed: 87628006, fhir: Condition } }
  cancer: { code: { snomed: 363346000, fhir: Condition } }
  inpatient: { code: { class: IMP, fhir: Encounter }, fields: { stay: { type: duration, optional: yes, code: { fhir: length } } } }
  appendectomy: { code: { snomed: 80146002, fhir: Procedure } }
  walk: { code: { snomed: 62013009, fhir: Procedure } }
  order: { code: { rxnorm: 1313112, ndc: "*", snomed: "*", fhir: MedicationRequest }, fields: { medicine: { type: text, code: { fhir: code } } } }
  death: { code: { fhir: Patient.deceased } }
"#;

/// Formulas that use the fields which an example lacks.
const USED: [&str; 2] = ["sum(pressure.systolic + pressure.diastolic)", "sum(glucose.value)"];

fn examples() -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(path("hl7")).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| (file.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&file).unwrap())).collect()
}

fn read_one(contract: &Contract, name: &str) -> Reading {
    read(contract, &[(name, examples().remove(name).unwrap())])
}

#[test]
fn every_example_is_read_or_refused_with_a_reason() {
    let (contract, examples) = (wanting(FACTS, &USED), examples());
    assert_eq!(examples.len(), 172);
    let mut facts = 0;
    for (name, bytes) in &examples {
        let reading = read(&contract, &[(name, bytes.clone())]);
        let resources: usize = reading.counts.values().map(|count| count.read).sum();
        let used: usize = reading.counts.values().map(|count| count.used).sum();
        assert!(resources > 0 || !reading.issues.is_empty(), "{name}: nothing is told");
        assert!(reading.issues.len() >= resources - used, "{name}: a resource without reason");
        assert!(reading.issues.iter().all(|issue| issue.code != IssueCode::Structure), "{name}: {:?}", reading.issues);
        let again = read(&contract, &[(name, bytes.clone())]);
        assert_eq!(
            (&reading.facts, &reading.withdrawn, &reading.issues),
            (&again.facts, &again.withdrawn, &again.issues)
        );
        facts += reading.facts.len();
    }
    let all: Vec<_> = examples.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let (together, again) = (read(&contract, &all), read(&contract, &all));
    assert_eq!((together.facts, &together.issues), (again.facts, &again.issues));
    assert!(facts > 20, "{facts}");
    let told = serde_json::to_string(&OperationOutcome(&together.issues)).unwrap();
    for name in ["Chalmers", "Heuvel", "Roel", "PatientId", "E***"] {
        assert!(!told.contains(name), "{name} is a patient's");
    }
}

#[test]
fn what_is_usable_is_used() {
    let contract = wanting(FACTS, &USED);
    for (name, expected) in [
        ("Observation-blood-pressure", "pressure example 2012-09-17 107 60"),
        // 185 × 0.45359237
        ("Observation-example", "weight example 2016-03-28 83.91458845"),
        // 66.899999999999991 × 2.54
        ("Observation-body-height", "height example 1999-07-02 169.92599999999997714"),
        ("Observation-body-temperature", "temperature example 1999-07-02 36.5"),
        ("Observation-heart-rate", "pulse example 1999-07-02 44"),
        ("Observation-satO2", "saturation example 2014-12-05 95"),
        ("Observation-f005", "haemoglobin f001 2013-04-05 72"),
        ("Observation-glasgow", "coma example 2014-12-11 13 LA6560-2"),
        ("Observation-gcs-qa", "coma example 2014-12-11 13 -"),
        ("Observation-date-lastmp", "last_period pat2 2016-01-24 2016-12-30"),
        ("Observation-vomiting", "vomiting infant 2016-05-18 no"),
        ("Observation-abdo-tender", "tenderness example 2018-04-02 yes"),
        ("Condition-stroke", "stroke example 2010-07-18"),
        ("Encounter-f203", "inpatient f201 2013-03-11 9 days"),
        ("Encounter-emerg", "inpatient example 2017-02-01 -"),
        ("Procedure-example", "appendectomy example 2013-04-05"),
        ("Patient-pat3", "death pat3 2015-02-14"),
    ] {
        let reading = read_one(&contract, name);
        let found: Vec<_> = reading.facts.iter().map(|fact| line(&contract, fact)).collect();
        assert_eq!(found, [expected], "{name}: {:?}", reading.issues);
    }
}

#[test]
fn what_is_not_usable_has_its_reason() {
    use IssueCode::{BusinessRule, NotFound, NotSupported, Required, Value};
    let contract = wanting(FACTS, &USED);
    for (name, code, path) in [
        ("Observation-blood-pressure-dar", Required, "Observation.component[1].dataAbsentReason"),
        ("Observation-f001", BusinessRule, "Observation.valueQuantity.code"),
        ("Observation-f003", BusinessRule, "Observation.valueQuantity.code"),
        ("Observation-f203", Required, "Observation.effective"),
        ("Observation-5minute-apgar-score", NotFound, "Observation.subject.reference"),
        ("Observation-bmd", Required, "Observation.effective"),
        ("Observation-vp-oyster", BusinessRule, "Observation.status"),
        ("Observation-herd1", NotFound, "Observation.subject.reference"),
        ("Observation-eye-color", NotSupported, "Observation"),
        ("Observation-decimal", NotSupported, "Observation"),
        ("Condition-f205", BusinessRule, "Condition.verificationStatus"),
        ("Condition-f202", Value, "Condition.onsetAge"),
        ("Encounter-example", Required, "Encounter.period"),
        ("Organization-hl7", NotSupported, "Organization"),
        ("Patient-pat4", Required, "Patient.deceasedBoolean"),
    ] {
        let reading = read_one(&contract, name);
        let found: Vec<_> = reading.issues.iter().map(|issue| (issue.code, issue.path.as_str())).collect();
        assert_eq!(found, [(code, path)], "{name}: {:?}", reading.issues);
        assert!(reading.facts.is_empty());
    }
}

#[test]
fn what_was_withdrawn_takes_its_fact_back() {
    let contract = wanting(FACTS, &USED);
    for (name, resource) in [
        ("Observation-f202", "Observation/f202"),
        ("Observation-blood-pressure-cancel", "Observation/blood-pressure-cancel"),
        ("Observation-unsat", "Observation/unsat"),
        ("Procedure-ambulation", "Procedure/ambulation"),
    ] {
        let reading = read_one(&contract, name);
        let found: Vec<_> = reading.withdrawn.iter().map(|withdrawal| withdrawal.source.resource.as_str()).collect();
        assert_eq!((found, reading.facts.len()), (vec![resource], 0), "{name}: {:?}", reading.issues);
    }
}

#[test]
fn medicines_are_found_where_requests_refer_to_them() {
    let contract = wanting(FACTS, &USED);
    for (name, expected) in [
        // Named in the request itself.
        ("MedicationRequest-medrx0312", "order pat1 2015-01-15 1313112"),
        // Contained in the request.
        ("MedicationRequest-medrx0301", "order pat1 2015-01-15 430127000"),
    ] {
        let reading = read_one(&contract, name);
        let found: Vec<_> = reading.facts.iter().map(|fact| line(&contract, fact)).collect();
        assert_eq!(found, [expected], "{name}: {:?}", reading.issues);
    }
}
