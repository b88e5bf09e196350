//! `fhir read` as a person types it.

use std::process::{Command, Output};

use serde_json::Value;

use super::path;

const CONTRACT: &str = "format: 1\nid: sugar\ncurrency: USD\nparties: { insurer: { is: insurer }, clinic: { is: provider } }\nsubject: { is: patient, fields: {} }\nfacts:\n  hba1c: { unit: \"%\", code: { loinc: 4548-4 }, fields: { value: number } }\n  visit: {}\nclauses:\n  fee: { pays: insurer to clinic, amount: 1 USD, due: as_of }\n";

const RECORD: &str = r#"{"resourceType":"Observation","id":"o1","meta":{"versionId":"2"},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-01","valueQuantity":{"value":6.80,"system":"http://unitsofmeasure.org","code":"%"}}"#;

fn run(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("contract.yaml", CONTRACT), ("record.json", RECORD), ("broken.json", "{\"resourceType\": ")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.current_dir(folder.path()).args(["fhir", "read"]).args(words).output().unwrap()
}

#[test]
fn facts_are_shown_and_reasons_are_named() {
    let output = run(&["contract.yaml", "record.json", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let fact = &answer["facts"][0];
    assert_eq!(fact["kind"], "hba1c");
    assert_eq!((&fact["subject"], &fact["on"]), (&"p1".into(), &"2026-03-01".into()));
    assert_eq!((&fact["fields"]["value"], &fact["resource"]), (&"6.80".into(), &"Observation/o1".into()));
    assert_eq!(fact["version"], "2");
    assert_eq!(answer["outcome"]["resourceType"], "OperationOutcome");
    assert_eq!(answer["outcome"]["issue"][0]["code"], "informational");
    let packed = path("synthea/Observation.ndjson.gz");
    let output = run(&["contract.yaml", packed.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("hba1c    219        27"), "{text}");
    assert!(text.contains("3106  none of its codes stands in the contract"), "{text}");
}

#[test]
fn exit_codes_tell_what_kind_of_problem_it_was() {
    for (exit, words, word) in [
        (1, &["contract.yaml", "broken.json"][..], "this is not JSON"),
        (1, &["contract.yaml", "contract.yaml"], "this is not JSON"),
        (1, &["contract.yaml", "record.json", "--fact", "visit"], "`code`"),
        (1, &["contract.yaml", "record.json", "--fact", "sugar"], "hba1c, visit"),
        (3, &["contract.yaml", "absent.json"], "absent.json"),
        (2, &["contract.yaml"], "FILES"),
    ] {
        let output = run(words);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {text}");
        assert!(text.contains(word), "{words:?}: {text}");
    }
}

#[cfg(feature = "server")]
#[test]
fn records_are_imported_once_under_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let other = RECORD.replace("\"o1\"", "\"o2\"");
    let subjects = "subject,enrolled_on\np1,2026-01-01\n";
    let contract = CONTRACT.replace("clauses:", "term: { start: 2026-01-01, end: 2026-12-31 }\nclauses:");
    for (name, text) in
        [("contract.yaml", &*contract), ("record.json", RECORD), ("other.json", &other), ("subjects.csv", subjects)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let says = |exit: i32, words: &[&str]| {
        let (code, said) = super::super::restored::run(folder.path(), words);
        assert_eq!(code, exit, "{words:?}: {said}");
        said
    };
    says(0, &["init"]);
    says(0, &["party", "add", "north", "--is", "insurer"]);
    says(0, &["party", "add", "clinic", "--is", "provider"]);
    let parties = ["--party", "insurer=north", "--party", "clinic=clinic"];
    says(0, &[&["contract", "propose", "contract.yaml", "--name", "s"][..], &parties].concat());
    ["insurer", "clinic"].iter().for_each(|role| drop(says(0, &["contract", "sign", "s", "--as", role])));
    says(0, &["contract", "activate", "s"]);
    says(0, &["enrol", "s", "--subjects", "subjects.csv"]);
    let import = |file| ["fhir", "import", "s", file, "--idempotency-key", "k1"];
    assert!(says(0, &import("record.json")).starts_with("Recorded 1 facts"));
    assert!(says(0, &import("record.json")).starts_with("Done before under this key"));
    assert!(says(1, &import("other.json")).contains("used for another request"));
    assert!(says(0, &["fhir", "import", "s", "record.json"]).starts_with("Recorded 0 facts"));
}
