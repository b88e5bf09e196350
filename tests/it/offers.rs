//! Offers as a person types them: a contract from a template, two offers side by side, an amount in one sentence.

use std::process::{Command, Output};

use serde_json::Value;

const TEMPLATE: &str = "contracts/efficacy-guarantee/contract.yaml";

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_outcome-ledger")).args(words).output().unwrap()
}

fn json(exit: i32, words: &[&str]) -> Value {
    let output = run(&[words, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(exit), "{}", String::from_utf8_lossy(&output.stderr));
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    serde_json::from_slice(&text).unwrap()
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("patients.csv", "subject,enrolled_on,age,diagnosis,arm\np1,2025-01-10,55,C50,treated\n");
        desk.write("dispensings.csv", "subject,on,units,paid\np1,2025-01-12,21,29800\n");
        desk.write("progressions.csv", "subject,on\np1,2025-03-25\n");
        desk
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The reports of one patient whose disease progresses on day 74, after 29,800 yuan.
    fn reports(&self) -> Vec<String> {
        let facts = |kind: &str, name: &str| format!("{kind}={}", self.path(name));
        ["--subjects".into(), self.path("patients.csv"), "--facts".into(), facts("dispensing", "dispensings.csv")]
            .into_iter()
            .chain(["--facts".into(), facts("progression", "progressions.csv"), "--as-of".into(), "2025-12-31".into()])
            .collect()
    }
}

#[test]
fn a_template_becomes_a_contract_of_ones_own() {
    let desk = Desk::new();
    let mine = desk.path("mine.yaml");
    let words = ["new", TEMPLATE, "--id", "mine", "--set", "max_per_patient=20_000 CNY", "--output", &mine];
    assert_eq!(json(0, &words)["wrote"], mine.as_str());
    let text = std::fs::read_to_string(&mine).unwrap();
    assert!(text.contains("id: mine\n") && text.contains("default: 20_000 CNY"), "{text}");
    // The template's comments and layout stay; only the id and one value differ.
    let template = std::fs::read_to_string(TEMPLATE).unwrap();
    let changed = template.lines().zip(text.lines()).filter(|(a, b)| a != b).count();
    assert_eq!((changed, template.lines().count()), (2, text.lines().count()));
    assert_eq!(run(&words).status.code(), Some(1), "a file is not overwritten");
    for (set, says) in
        [("max_per_patient=-1 CNY", "smallest"), ("max=1 CNY", "max_per_patient"), ("window=soon", "not a parameter")]
    {
        let refused = json(1, &["new", TEMPLATE, "--id", "mine", "--set", set]);
        assert!(refused.to_string().contains(says), "{set}: {refused}");
    }
}

#[test]
fn two_offers_are_compared_in_words_and_in_money() {
    let desk = Desk::new();
    let reports = desk.reports();
    let mut words = vec!["compare", TEMPLATE, TEMPLATE, "--set-second", "max_per_patient=20_000 CNY"];
    words.extend(reports.iter().map(String::as_str));
    let compared = json(1, &words);
    let expected = serde_json::json!([{
        "about": "parameter max_per_patient", "part": "value", "first": "30_000 CNY", "second": "20_000 CNY",
    }]);
    assert_eq!(compared["differences"], expected);
    // 29,800 is below 30,000 and above 20,000.
    let money = serde_json::json!([{
        "clause": "refund", "payer": "manufacturer", "payee": "patient",
        "first": "29800.00", "second": "20000.00", "difference": "-9800.00",
    }]);
    assert_eq!(compared["money"], money);
    assert_eq!(json(0, &["compare", TEMPLATE, TEMPLATE])["differences"], serde_json::json!([]));
}

#[test]
fn an_amount_is_explained_in_one_sentence() {
    let desk = Desk::new();
    let reports = desk.reports();
    let sentence = |more: &[&str]| {
        let mut words = vec!["explain", TEMPLATE, "--clause", "refund", "--subject", "p1"];
        words.extend(reports.iter().map(String::as_str).chain(more.iter().copied()));
        json(0, &words)["sentence"].as_str().unwrap().to_owned()
    };
    let owed = sentence(&["--set", "max_per_patient=20_000 CNY"]);
    for words in [
        "For patient p1",
        "pays Patient CNY 20,000.00",
        "due on 2025-04-24",
        "29_800 CNY",
        "limits take CNY 9,800.00 off",
    ] {
        assert!(owed.contains(words), "{owed}");
    }
    let nothing = sentence(&["--set", "window=30 days"]);
    assert_eq!(nothing, "For patient p1, nothing is owed: the condition “progressed” does not hold.");
}

#[test]
fn folders_are_searched_for_contracts() {
    let checked = json(0, &["check", "contracts", "contracts/README.md", TEMPLATE]);
    let files: Vec<&str> =
        checked["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    let folders =
        std::fs::read_dir("contracts").unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(files.len(), folders, "each once: {files:?}");
    assert_eq!(json(1, &["check", "contracts/README.md"])["problem"]["code"], "no-contracts");
    assert_eq!(json(3, &["check", "contracts/nothing.yaml"])["problem"]["code"], "file");
}
