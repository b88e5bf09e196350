//! Who owes which report by when, and what loss to follow-up changes.

use outcome_ledger::operations::preview_settlement;
use serde_json::{Value, json};

use super::{reports::enrolled, session::Answer};
use crate::{databases::on_each_empty, deal::day};

const CALENDAR: &str = "/contracts/rr/calendar?as-of=2025-02-20";

/// Day, role, kind, label and whether the day has passed.
fn told(answer: &Answer) -> Vec<(String, String, String, String, bool)> {
    let text = |item: &Value, member: &str| item[member].as_str().unwrap_or_default().to_owned();
    let items = answer.body["items"].as_array().unwrap().iter();
    let told = items.map(|item| {
        let [due_on, by, fact, label] = ["due_on", "by", "fact", "label"].map(|member| text(item, member));
        (due_on, by, fact, label, item["overdue"] == json!(true))
    });
    told.collect()
}

#[test]
fn reports_are_owed_by_their_day_and_say_what_waits() {
    on_each_empty(|database| {
        let served = enrolled(database);
        // Enrolled on the first and second of February: baseline within 14 days, a visit within 30. The child is not covered.
        let calendar = served.as_party("Hospital A").get(CALENDAR).ok(200);
        let row = |due: &str, by: &str, fact: &str, label: &str, overdue| {
            (due.to_owned(), by.to_owned(), fact.to_owned(), label.to_owned(), overdue)
        };
        let wanted = [
            row("2025-01-31", "maker", "price", "", true),
            row("2025-02-15", "hospital", "baseline", "p1", true),
            row("2025-02-16", "hospital", "baseline", "p2", true),
            row("2025-03-03", "hospital", "visit", "p1", false),
            row("2025-03-04", "hospital", "visit", "p2", false),
        ];
        assert_eq!(told(&calendar), wanted);
        // Support waits, at most 50 for one patient; remote care is decided by the default of 4, and owes 7.
        let baseline = &calendar.body["items"][1];
        assert_eq!(baseline["waits"], json!([{ "clause": "support", "payer": "insurer", "at_most": "50" }]));
        assert_eq!(
            baseline["without"],
            json!([{ "clause": "remote", "payer": "insurer", "payee": "hospital", "amount": "7.00" }])
        );
        let overdue = served.as_party("Insurer A").get(&format!("{CALENDAR}&overdue=true&limit=2")).ok(200);
        assert_eq!(told(&overdue), wanted[..2]);
        let next = overdue.body["next"].as_str().unwrap();
        let rest = served.as_party("Insurer A").get(&format!("{CALENDAR}&overdue=true&cursor={next}")).ok(200);
        assert_eq!(told(&rest), wanted[2..3]);

        // Who may see no patients sees what the contract as a whole is owed; who oversees sees no labels.
        assert_eq!(told(&served.as_party("Maker A").get(CALENDAR).ok(200)), wanted[..1]);
        let seen = served.as_party("Regulator A").get(CALENDAR).ok(200);
        assert!(told(&seen).iter().all(|(.., label, _)| label.is_empty()) && told(&seen).len() == 5, "{}", seen.text);
        served.as_party("Agent A").get(CALENDAR).problem(403, "forbidden");
        served.as_party("Operator A").get(CALENDAR).problem(403, "forbidden");
        served.as_party("Insurer B").get(CALENDAR).problem(404, "unknown-contract");
        served.as_party("Hospital A").get("/contracts/rr/calendar?as-of=2025-02-30").problem(422, "bad-query");
        served.as_party("Hospital A").get("/contracts/rr/calendar?as_of=2025-02-20").problem(422, "bad-query");
        let reads = served.as_party("Regulator A").get("/contracts/rr/reads").ok(200);
        let rows: Vec<_> = reads.body["items"].as_array().unwrap().iter().map(|read| &read["rows"]).collect();
        assert_eq!(rows, [4, 0, 1, 1, 4], "the latest first: regulator, maker, insurer twice, hospital");
    });
}

#[test]
fn a_report_that_comes_is_no_longer_owed_and_who_leaves_is_owed_no_more() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let hospital = served.as_party("Hospital A");
        let report = |facts: Value| hospital.post("/contracts/rr/facts", json!({ "facts": facts })).ok(201);
        let item = |label: &str, fact: &str| {
            let calendar = served.as_party("Hospital A").get(CALENDAR).ok(200);
            let items = calendar.body["items"].as_array().unwrap().clone();
            items.into_iter().find(|item| item["label"] == json!(label) && item["fact"] == json!(fact))
        };
        let owed = |as_of: &str| {
            let due = preview_settlement(&mut database.connect(), "rr", day(as_of)).unwrap().due;
            due.iter().map(|line| (line.clause.clone(), line.subject.clone().unwrap())).collect::<Vec<_>>()
        };
        let line = |clause: &str, subject: &str| (clause.to_owned(), subject.to_owned());
        report(json!({ "baseline": [{ "subject": "p1", "on": "2025-02-03", "ecog": 1 }] }));
        assert_eq!(item("p1", "baseline"), None);
        assert_eq!(owed("2025-03-31"), [line("support", "p1"), line("remote", "p2")]);
        // p1 leaves: the clause that pays for those who stay pays no more.
        report(json!({ "left": [{ "subject": "p1", "on": "2025-02-10" }] }));
        assert_eq!(owed("2025-03-31"), [line("remote", "p2")]);
        // p2 is lost before its baseline came: nothing waits for that report any more.
        assert_eq!(item("p2", "baseline").unwrap()["waits"].as_array().unwrap().len(), 1);
        report(json!({ "left": [{ "subject": "p2", "on": "2025-02-11" }] }));
        assert_eq!(item("p2", "baseline").unwrap()["waits"], json!([]));
        // A mistake is taken back, and all is as it was.
        hospital
            .post(
                "/contracts/rr/facts/retractions",
                json!({ "facts": { "left": [{ "subject": "p1", "on": "2025-02-10" }] } }),
            )
            .ok(201);
        assert_eq!(owed("2025-03-31"), [line("support", "p1"), line("remote", "p2")]);
    });
}
