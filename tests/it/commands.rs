//! The commands on a database as a person types them: a deal from start to end, exit codes, and answers for programs.

use std::{
    path::Path,
    process::{Command, Output},
};

use outcome_ledger::storage::{Address, Connection};
use serde_json::Value;
use tempfile::TempDir;

use super::{databases::execute, deal};

struct Desk(TempDir);

impl Desk {
    /// A folder with the document and the files of the deal.
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("contract.yaml", deal::DOCUMENT);
        desk.write("subjects.csv", deal::SUBJECTS);
        desk.write("dispensing.csv", deal::DISPENSING);
        desk.write("progression.csv", deal::PROGRESSION);
        desk.write("baseline.csv", deal::BASELINE);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
        command.current_dir(self.path()).env_remove("OUTCOME_LEDGER_DATABASE").args(words).output().unwrap()
    }

    /// Runs a command, checks its exit code and gives what it wrote: the answer, or else the problem.
    fn says(&self, exit: i32, words: &[&str]) -> String {
        let output = self.run(words);
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(exit), "{words:?}\n{out}\n{err}");
        assert!(out.is_empty() != err.is_empty(), "either an answer or a problem: {words:?}\n{out}\n{err}");
        if out.is_empty() { err } else { out }
    }

    fn json(&self, exit: i32, words: &[&str]) -> Value {
        let text = self.says(exit, &[words, &["--format", "json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn in_force(&self) {
        self.says(0, &["init"]);
        self.says(0, &["party", "add", "Maker A", "--is", "manufacturer"]);
        self.says(0, &["party", "add", "Insurer A", "--is", "insurer"]);
        let parties = ["--party", "manufacturer=Maker A", "--party", "insurer=Insurer A"];
        self.says(0, &[&["contract", "propose", "contract.yaml", "--name", "ep"][..], &parties].concat());
        self.says(0, &["contract", "sign", "ep", "--as", "manufacturer"]);
        let refused = self.says(1, &["contract", "activate", "ep"]);
        assert!(refused.contains("outcome-ledger contract sign ep --as insurer"), "{refused}");
        self.says(0, &["contract", "sign", "ep", "--as", "insurer"]);
        self.says(0, &["contract", "activate", "ep"]);
    }
}

const REPORT: [&str; 8] = [
    "report",
    "ep",
    "--facts",
    "dispensing=dispensing.csv",
    "--facts",
    "progression=progression.csv",
    "--facts",
    "baseline=baseline.csv",
];

#[test]
fn a_deal_from_start_to_end() {
    let desk = Desk::new();
    desk.in_force();
    desk.says(0, &["enrol", "ep", "--subjects", "subjects.csv"]);
    desk.says(0, &REPORT);
    let dry = desk.json(0, &["settle", "ep", "--as-of", "2025-06-30"]);
    assert_eq!((dry["due"].as_array().unwrap().len(), dry["proposed"].is_null()), (4, true));
    assert_eq!(dry["due"][0]["amount"], "40000.00", "money is text");
    let proposed = desk.says(0, &["settlement", "propose", "ep", "--as-of", "2025-06-30"]);
    assert!(proposed.contains("Proposed at position 7"), "{proposed}");
    assert!(proposed.contains("outcome-ledger settlement approve ep --as insurer"), "{proposed}");
    assert!(desk.says(1, &["settlement", "approve", "ep", "--as", "patient"]).contains("insurer"));
    assert!(
        desk.says(0, &["settlement", "approve", "ep", "--as", "insurer"]).contains("still to approve: manufacturer")
    );
    assert!(desk.says(0, &["settlement", "show", "ep"]).contains("waits for manufacturer"));
    assert!(
        desk.says(0, &["settlement", "approve", "ep", "7", "--as", "manufacturer"]).contains("posted at position 10")
    );
    assert!(desk.says(0, &["settle", "ep", "--as-of", "2025-06-30"]).contains("Nothing is due"));
    desk.write("corrected.csv", "subject,on,units,paid\np2,2025-02-03,21,9900.50\n");
    desk.says(0, &["report", "ep", "--correct", "dispensing=corrected.csv"]);
    desk.says(0, &["settlement", "propose", "ep", "--as-of", "2025-06-30"]);
    assert!(
        desk.says(0, &["settlement", "reject", "ep", "--as", "manufacturer", "--reason", "facts"]).contains("facts")
    );
    desk.says(0, &["settlement", "propose", "ep", "--as-of", "2025-06-30"]);
    desk.says(0, &["settlement", "approve", "ep", "--as", "manufacturer"]);
    let stages = desk.json(0, &["settlement", "list", "ep"]);
    let stages: Vec<_> = stages["settlements"].as_array().unwrap().iter().map(|one| &one["stage"]).collect();
    assert_eq!(stages, ["posted", "rejected", "posted"]);
    pay_and_close(&desk);
    let statement = desk.json(0, &["statement", "ep"]);
    let totals: Vec<_> = statement["totals"].as_array().unwrap().iter().map(|total| &total["amount"]).collect();
    // p1 is capped at 30,000; p2 cost 9,900.50 after the correction.
    assert_eq!(totals, ["39900.50", "100.00"]);
    assert_eq!(desk.json(0, &["contract", "show", "ep"])["state"], "in force");
    assert_eq!(desk.json(0, &["party", "list"])["parties"].as_array().unwrap().len(), 3);
    assert!(desk.says(0, &["contract", "list"]).contains("in force"));
    let verified = desk.says(0, &["verify"]);
    assert!(verified.starts_with("VALID") && verified.contains("no checkpoint that was kept elsewhere"), "{verified}");
}

/// 100 are owed by the insurer, 39,900.50 by the manufacturer to its patients.
fn pay_and_close(desk: &Desk) {
    let send = |from, to, amount| ["payment", "send", "ep", "--from", from, "--to", to, "--amount", amount];
    assert!(
        desk.says(1, &send("insurer", "manufacturer", "100.01")).contains("10001 minor units, when 10000 are open")
    );
    let lost = desk.json(0, &send("insurer", "manufacturer", "100"))["payment"]["position"].to_string();
    assert!(desk.says(0, &["payment", "fail", "ep", &lost, "--reason", "AC04"]).contains("failed"));
    let sent = desk.json(0, &send("insurer", "manufacturer", "100"));
    let sent = sent["payment"]["entry"].as_str().unwrap().to_owned();
    let confirmed = desk.json(0, &["payment", "confirm", "ep", &sent]);
    assert_eq!(confirmed["payment"]["stage"], "confirmed");
    let position = confirmed["receipt"]["position"].to_string();
    assert!(desk.says(0, &["reverse", "ep", &position, "--reason", "did-not-happen"]).contains("Reversed"));
    assert!(desk.says(1, &["reverse", "ep", &position, "--reason", "other"]).contains("reversed already"));
    assert!(desk.says(2, &["reverse", "ep", &position, "--reason", "for p1"]).contains("did-not-happen"));
    let listed = desk.says(0, &["payment", "list", "ep"]);
    assert!(listed.contains("in flight") && listed.contains("39900.50"), "{listed}");
    assert!(desk.says(0, &["accrue", "ep", "--as-of", "2025-06-30"]).contains("nothing to accrue"));
    let balances = desk.json(0, &["balances", "ep", "--as-of", "2025-06-30"]);
    assert_eq!(balances["trial"][0]["debits"], "40000.50", "{balances}");
    assert_eq!(balances["trial"][0]["balanced"], true);
    assert!(desk.says(0, &["balances", "ep", "--known-at", "9"]).contains("No account holds anything"));
    assert!(desk.says(1, &["balances", "ep", "--known-at", "999"]).contains("ends at position"));
    assert!(desk.says(2, &["balances", "--known-at", "9"]).contains("CONTRACT"));
    let all = desk.says(0, &["balances"]);
    assert!(all.contains("they balance") && all.contains("cash"), "{all}");
}

#[test]
fn exit_codes_tell_what_kind_of_problem_it_was() {
    let desk = Desk::new();
    assert!(desk.says(3, &["party", "list"]).contains("outcome-ledger init"));
    assert!(desk.says(3, &["init", "--database", "no/such/folder/l.db"]).contains("no/such/folder"));
    assert!(desk.says(2, &["init", "--database", "mysql://host/db"]).contains("no scheme we know"));
    assert!(desk.says(2, &["settle", "ep", "--as-of", "2025-02-30"]).contains("2025-12-31"));
    assert!(desk.says(2, &["party", "ad"]).contains("add"));
    desk.in_force();
    assert!(desk.says(3, &["enrol", "ep", "--subjects", "missing.csv"]).contains("missing.csv"));
    desk.write("bad.csv", "subject,enrolled_on,age,site\np1,yesterday,55,\np2,2025-02-01,old,\n");
    let rows = desk.json(1, &["enrol", "ep", "--subjects", "bad.csv"]);
    let lines: Vec<_> = rows["problem"]["errors"].as_array().unwrap().iter().map(|error| &error["line"]).collect();
    assert_eq!(lines, [2, 3], "all errors at once: {rows}");
    let unknown = desk.json(1, &["statement", "eq"]);
    assert_eq!(unknown["problem"]["code"], "unknown-contract");
    assert_eq!(unknown["problem"]["help"], "known: `ep`");
    desk.write("broken.yaml", &deal::DOCUMENT.replace("amount: drug_cost", "amount: dru_cost"));
    let parties = ["--party", "manufacturer=Maker A", "--party", "insurer=Maker A"];
    let told = desk.says(1, &[&["contract", "propose", "broken.yaml"][..], &parties].concat());
    assert!(told.contains("broken.yaml:") && told.contains("did you mean `drug_cost`?"), "{told}");
}

#[test]
fn a_role_or_a_setting_given_twice_is_refused() {
    let desk = Desk::new();
    desk.says(0, &["init"]);
    let propose = |more: [&str; 4]| {
        desk.json(2, &[&["contract", "propose", "contract.yaml"][..], &more].concat())["problem"]["message"].to_string()
    };
    let told = propose(["--party", "insurer=Insurer A", "--party", "insurer=Maker A"]);
    assert!(told.contains("--party gives `insurer` twice"), "{told}");
    let told = propose(["--set", "most=1 CNY", "--set", "most=2 CNY"]);
    assert!(told.contains("--set gives `most` twice"), "{told}");
}

#[test]
fn a_command_under_a_key_is_done_once() {
    let desk = Desk::new();
    desk.says(0, &["init"]);
    let add = |name: &'static str| ["party", "add", name, "--is", "insurer", "--idempotency-key", "k1"];
    let first = desk.json(0, &add("Insurer B"));
    let again = desk.json(0, &add("Insurer B"));
    assert_eq!((&again["done_before"], &again["receipts"][0]), (&true.into(), &first["receipt"]));
    assert!(desk.says(0, &add("Insurer B")).starts_with("Done before under this key"));
    assert_eq!(desk.json(1, &add("Insurer C"))["problem"]["code"], "key-reused");
    // Every command that writes takes a key; those that write nothing take none.
    desk.says(0, &["party", "add", "Maker A", "--is", "manufacturer", "--idempotency-key", "k2"]);
    let propose = ["contract", "propose", "contract.yaml", "--name", "ep", "--party", "manufacturer=Maker A"];
    let propose = [&propose[..], &["--party", "insurer=Insurer B"]].concat();
    let pay = ["payment", "send", "ep", "--from", "insurer", "--to", "manufacturer", "--amount", "60"];
    let commands: [(&[&str], usize); 16] = [
        (&propose, 2),
        (&["contract", "sign", "ep", "--as", "manufacturer"], 1),
        (&["contract", "sign", "ep", "--as", "insurer"], 1),
        (&["contract", "activate", "ep"], 1),
        (&["enrol", "ep", "--subjects", "subjects.csv"], 1),
        (&REPORT, 1),
        (&["accrue", "ep", "--as-of", "2025-04-30"], 1),
        (&["settlement", "propose", "ep", "--as-of", "2025-06-30"], 1),
        (&["settlement", "reject", "ep", "--as", "insurer", "--reason", "facts"], 1),
        (&["settlement", "propose", "ep", "--as-of", "2025-06-30"], 1),
        (&["settlement", "approve", "ep", "--as", "insurer"], 1),
        (&["settlement", "approve", "ep", "--as", "manufacturer"], 2),
        (&pay, 1),
        (&["payment", "confirm", "ep", "14"], 1),
        (&["reverse", "ep", "15", "--reason", "duplicate"], 1),
        (&["payment", "fail", "ep", "14", "--reason", "AC04"], 1),
    ];
    for (number, (words, entries)) in commands.into_iter().enumerate() {
        let key = format!("of {number}").replace(' ', "-");
        let words = [words, &["--idempotency-key", &key]].concat();
        assert_eq!(desk.json(0, &words)["done_before"], Value::Null, "{words:?}");
        let again = desk.json(0, &words);
        assert_eq!(again["receipts"].as_array().unwrap().len(), entries, "{words:?}");
    }
    desk.write("subjects.csv", &deal::SUBJECTS.replace("p1,", "p9,"));
    let other = desk.json(1, &["enrol", "ep", "--subjects", "subjects.csv", "--idempotency-key", "of-4"]);
    assert_eq!(other["problem"]["code"], "key-reused", "the content of the file counts");
    desk.says(2, &["settle", "ep", "--as-of", "2025-06-30", "--idempotency-key", "k9"]);
    desk.says(0, &["verify"]);
}

#[test]
fn a_changed_ledger_is_invalid() {
    let desk = Desk::new();
    desk.in_force();
    let mut c = Connection::open(&Address::Sqlite(desk.path().join("outcome-ledger.db"))).unwrap();
    execute(&mut c, "DROP TRIGGER party_refuses_update").unwrap();
    execute(&mut c, "UPDATE party SET kind = 'insurer' WHERE name = 'Maker A'").unwrap();
    drop(c);
    let verified = desk.json(40, &["verify"]);
    assert_eq!(verified["valid"], false);
    assert_eq!(
        (&verified["findings"][0]["table"], &verified["findings"][0]["code"]),
        (&"party".into(), &"column.differs".into())
    );
    assert!(desk.says(40, &["verify"]).contains("INVALID: 1 finding(s)"));
}

/// Asked again under the same key, nothing is done twice, and the label is no part of what is compared.
#[test]
fn a_person_is_erased_once_under_a_key() {
    let desk = Desk::new();
    deal::complete(&mut {
        let mut c = Connection::open(&Address::Sqlite(desk.path().join("outcome-ledger.db"))).unwrap();
        outcome_ledger::storage::migrate::run(&mut c).unwrap();
        c
    });
    let erase = ["erase", "ep", "--subject", "p1", "--basis", "request", "--idempotency-key", "e1"];
    let erased = desk.says(0, &erase);
    assert!(erased.contains("Erased one subject of ep") && erased.contains("no byte of it is left"), "{erased}");
    assert!(desk.says(0, &erase).starts_with("Done before under this key"));
    let other = ["erase", "ep", "--subject", "p2", "--basis", "consent_withdrawn", "--idempotency-key", "e1"];
    assert!(desk.says(1, &other).contains("used for another request"));
    assert!(desk.says(1, &erase[..6]).contains("no such subject"));
    assert!(desk.says(0, &["verify"]).starts_with("VALID"));
}

/// The figures are those of the worked case in the contract: 51 refunds and the rebate; the corrected death moves from
/// day 4 (all of 12,000) to day 40 (half of it), shared 70 to 30.
#[test]
fn the_demo_tells_the_whole_story() {
    let desk = Desk::new();
    let told = desk.json(0, &["demo", "--folder", "demo"]);
    let step = |title: &str| {
        let steps = told["steps"].as_array().unwrap();
        steps.iter().find(|step| step["title"].as_str().unwrap().contains(title)).unwrap()["result"].clone()
    };
    let amounts = |lines: &Value| -> Vec<String> {
        lines.as_array().unwrap().iter().map(|line| line["amount"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(amounts(&step("is settled")["totals"]), ["315000.00", "135000.00", "107640.00"]);
    assert_eq!(step("explains itself")["tree"]["value"], "12_000 CNY");
    assert_eq!(step("posts nothing")["due"], serde_json::json!([]));
    // The insurer's share of the refunds and the rebate.
    let paid = step("sent and confirmed")["confirmed"]["payment"].clone();
    assert_eq!((&paid["amount"], &paid["stage"]), (&"422640.00".into(), &"confirmed".into()));
    assert_eq!(amounts(&step("is corrected")["settled"]["due"]), ["-4200.00", "-1800.00"]);
    assert_eq!(step("is verified")["valid"], true);
    let tampered = step("is tampered with");
    assert_eq!(tampered["valid"], false);
    assert!(tampered["findings"][0].to_string().contains("item 0"), "{tampered}");
    // Its ledger has a key, so that it can be signed and proven to others straight away.
    let on = ["--database", "demo/ledger.db"];
    desk.says(0, &[&["checkpoint"][..], &on].concat());
    desk.says(0, &[&["export", "heart-failure-survival", "--output", "demo.bundle"][..], &on].concat());
    assert!(desk.says(0, &[&["verify"][..], &on].concat()).starts_with("VALID"));
}

#[test]
fn the_calendar_says_which_reports_are_owed_and_what_waits() {
    let desk = Desk::new();
    desk.in_force();
    desk.says(0, &["enrol", "ep", "--subjects", "subjects.csv"]);
    let calendar = desk.says(0, &["calendar", "ep", "--as-of", "2025-04-01"]);
    // Three patients without the one baseline that each has; the document names neither a day nor who reports it.
    for text in ["3, 0 of them overdue", "no day", "nobody named", "p3", "fee waits, insurer pays at most 100 CNY"] {
        assert!(calendar.contains(text), "{text}: {calendar}");
    }
    desk.says(0, &REPORT);
    let calendar = desk.json(0, &["calendar", "ep", "--as-of", "2025-04-01"]);
    let reports = calendar["reports"].as_array().unwrap();
    assert_eq!((reports.len(), &reports[0]["label"]), (1, &serde_json::json!("p3")), "{calendar}");
    assert!(desk.says(0, &["calendar", "ep", "--overdue"]).starts_with("No report is owed under ep"));
    desk.says(1, &["calendar", "nothing"]);
}
