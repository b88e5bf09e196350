//! 40 patients of Synthea: what a contract finds is what an independent computation over the same files found.

use std::collections::{BTreeMap, BTreeSet};

use outcome_ledger::{
    exchange::fhir::{IssueCode, Reading},
    terms::scalar::Scalar,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Contract, contract, fixture, line, owed, read};

const DOCUMENT: &str = r#"
format: 1
id: chronic-care
currency: USD
parties: { insurer: { is: insurer }, clinic: { is: provider } }
subject: { is: patient, fields: {} }
facts:
  hba1c:
    unit: "%"
    code: { loinc: 4548-4 }
    fields: { value: { number: { min: 3, max: 20 } } }
  pressure:
    unit: "mm[Hg]"
    code: { loinc: [85354-9, 55284-4] }
    fields: { systolic: { number: { code: { loinc: 8480-6 } } }, diastolic: { number: { code: { loinc: 8462-4 } } } }
  inpatient: { code: { class: IMP, fhir: Encounter }, fields: { left_on: { date: { code: { fhir: period.end } } } } }
  emergency: { code: { class: EMER, fhir: Encounter } }
  death: { code: { fhir: Patient.deceased } }
clauses:
  measured: { pays: insurer to clinic, per: subject, when: exists(hba1c), amount: 1 USD, due: as_of }
  below_5_7: { pays: insurer to clinic, per: subject, when: (last(hba1c.value) or 99) < 5.7, amount: 1 USD, due: as_of }
  below_6_5: { pays: insurer to clinic, per: subject, when: (last(hba1c.value) or 99) < 6.5, amount: 1 USD, due: as_of }
  below_8: { pays: insurer to clinic, per: subject, when: (last(hba1c.value) or 99) < 8, amount: 1 USD, due: as_of }
  improved:
    pays: insurer to clinic
    per: subject
    when: (first(hba1c.value) or 0) - (last(hba1c.value) or 99) >= 0.5
    amount: 1 USD
    due: as_of
  controlled:
    pays: insurer to clinic
    per: subject
    when: (last(pressure.systolic) or 999) < 140 and (last(pressure.diastolic) or 999) < 90
    amount: 1 USD
    due: as_of
  died: { pays: insurer to clinic, per: subject, when: exists(death), amount: 1 USD, due: as_of }
"#;

const FILES: [&str; 6] = ["Encounter", "Observation", "Condition", "Procedure", "MedicationRequest", "Patient"];

const BUNDLES: [&str; 4] = [
    "Brent_Beer_7dc94cc0-8c2e-4835-9994-cecbe894bcbf",
    "Derek_Becker_3c7d3369-55b5-420b-83d3-c5dda319b9c9",
    "Filiberto_Ryan_0c63fb2c-e9ef-4e6a-bb8c-dc84f00a2f3c",
    "Reuben_Lind_1d03714f-4851-44d9-a6b6-8a2752bbe178",
];

fn exported() -> Vec<(&'static str, Vec<u8>)> {
    FILES.map(|name| (name, fixture(&format!("synthea/{name}.ndjson.gz")))).into()
}

fn expected() -> Value {
    serde_json::from_slice(&fixture("synthea/reference_results.json.gz")).unwrap()
}

/// One patient of the independent computation. Figures are compared as the text in which they were written says them.
#[derive(Deserialize)]
struct Figures {
    patient_id: String,
    #[serde(rename = "deceasedDateTime")]
    died_at: Option<String>,
    hba1c: Sugar,
    bp: Pressure,
    encounters: Encounters,
}

#[derive(Deserialize)]
struct Sugar {
    n: usize,
    first: Option<(String, Box<RawValue>, String)>,
    last: Option<(String, Box<RawValue>, String)>,
}

#[derive(Deserialize)]
struct Pressure {
    n: usize,
    last: (String, Box<RawValue>, Box<RawValue>),
}

#[derive(Deserialize)]
struct Encounters {
    #[serde(rename = "inpatient_IMP")]
    inpatient: usize,
    #[serde(rename = "emergency_EMER")]
    emergency: usize,
}

/// The facts of one kind and patient in the order of their days.
fn facts<'r>(contract: &Contract, reading: &'r Reading, kind: &str, patient: &str) -> Vec<&'r [Option<Scalar>]> {
    let at = contract.checked.document.facts.iter().position(|fact| fact.name.text == kind).unwrap();
    let mut facts: Vec<_> =
        reading.facts.iter().filter(|fact| fact.kind == at && fact.row.subject.as_deref() == Some(patient)).collect();
    facts.sort_by_key(|fact| fact.row.on);
    facts.iter().map(|fact| &fact.row.cells[..]).collect()
}

fn number(cell: &Option<Scalar>) -> f64 {
    match cell {
        Some(Scalar::Number(value)) => value.to_string().parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn float(raw: &RawValue) -> f64 {
    raw.get().parse().unwrap()
}

#[test]
fn each_patient_has_the_facts_that_were_counted() {
    let contract = contract(DOCUMENT);
    let reading = read(&contract, &exported());
    let file = fixture("synthea/reference_results.json.gz");
    let mut parts: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(&file).unwrap();
    let patients: Vec<Figures> = serde_json::from_str(parts.remove("patients").unwrap().get()).unwrap();
    assert_eq!(patients.len(), 40);
    for Figures { patient_id: id, died_at, hba1c: sugar, bp, encounters } in &patients {
        let of = |kind| facts(&contract, &reading, kind, id);
        let (hba1c, pressure) = (of("hba1c"), of("pressure"));
        assert_eq!(hba1c.len(), sugar.n, "{id}");
        if let (Some((_, first, _)), Some((_, last, _))) = (&sugar.first, &sugar.last) {
            let found = (number(&hba1c[0][0]), number(&hba1c[hba1c.len() - 1][0]));
            assert_eq!(found, (float(first), float(last)), "{id}");
        }
        assert_eq!(pressure.len(), bp.n, "{id}");
        let last = pressure[pressure.len() - 1];
        assert_eq!((number(&last[0]), number(&last[1])), (float(&bp.last.1), float(&bp.last.2)), "{id}");
        assert_eq!(of("inpatient").len(), encounters.inpatient, "{id}");
        assert_eq!(of("emergency").len(), encounters.emergency, "{id}");
        assert_eq!(of("death").len(), usize::from(died_at.is_some()), "{id}");
    }
}

#[test]
fn what_is_owed_for_them_follows_the_same_figures() {
    let (contract, summary) = (contract(DOCUMENT), expected()["summary"].clone());
    let reading = read(&contract, &exported());
    let subjects: BTreeSet<String> = reading.facts.iter().filter_map(|fact| fact.row.subject.clone()).collect();
    assert_eq!(subjects.len(), 40);
    let subjects: Vec<String> = subjects.into_iter().collect();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (clause, _) in owed(&contract, &subjects, &reading, "2021-12-31") {
        *counts.entry(clause).or_default() += 1;
    }
    for (clause, figure) in [
        ("measured", "patients_with_hba1c"),
        ("below_5_7", "last_hba1c_lt_5_7"),
        ("below_6_5", "last_hba1c_lt_6_5"),
        ("below_8", "last_hba1c_lt_8"),
        ("improved", "hba1c_improved_first_to_last_by_0_5_or_more"),
        ("controlled", "bp_last_controlled"),
        ("died", "deaths"),
    ] {
        assert_eq!(counts.get(clause).copied().unwrap_or(0), summary[figure].as_u64().unwrap(), "{clause}");
    }
}

#[test]
fn every_resource_is_used_or_has_its_reason() {
    let contract = contract(DOCUMENT);
    let reading = read(&contract, &exported());
    let read: BTreeMap<_, _> = reading.counts.iter().map(|(sort, count)| (sort.clone(), count.read as u64)).collect();
    let expected: BTreeMap<String, u64> = serde_json::from_value(expected()["summary"]["resources"].clone()).unwrap();
    assert_eq!(read, expected);
    let unused: usize = reading.counts.values().map(|count| count.read - count.used).sum();
    assert_eq!(reading.issues.len(), unused);
    assert!(reading.issues.iter().all(|issue| issue.code == IssueCode::NotSupported), "all of them are not asked for");
}

#[test]
fn whole_bundles_say_the_same_as_the_export() {
    let contract = contract(DOCUMENT);
    let sorted = |files: &[(&str, Vec<u8>)], of: &[String]| {
        let reading = read(&contract, files);
        let facts =
            reading.facts.iter().filter(|fact| of.is_empty() || of.contains(fact.row.subject.as_ref().unwrap()));
        let mut facts: Vec<_> = facts.map(|fact| (line(&contract, fact), fact.source.clone().unwrap())).collect();
        facts.sort_by(|a, b| a.1.resource.cmp(&b.1.resource));
        facts
    };
    let bundles = BUNDLES.map(|name| (name, fixture(&format!("synthea/{name}.json.gz"))));
    let found = sorted(&bundles, &[]);
    let patients: BTreeSet<String> = found.iter().map(|(line, _)| line.split(' ').nth(1).unwrap().to_owned()).collect();
    let patients: Vec<String> = patients.into_iter().collect();
    assert_eq!(patients.len(), 4);
    assert_eq!(found, sorted(&exported(), &patients));
}

#[test]
fn reading_twice_changes_nothing() {
    let contract = contract(DOCUMENT);
    let once = read(&contract, &exported());
    let again = read(&contract, &exported());
    assert_eq!((&once.facts, &once.withdrawn, &once.issues), (&again.facts, &again.withdrawn, &again.issues));
    let both = read(&contract, &[exported(), exported()].concat());
    assert_eq!(both.facts, once.facts, "the same record given twice is one fact");
    assert_eq!(both.withdrawn, once.withdrawn);
    let doubled = both.issues.iter().filter(|issue| issue.code == IssueCode::Duplicate).count();
    assert_eq!(doubled, once.counts.values().map(|count| count.used).sum::<usize>());
}
