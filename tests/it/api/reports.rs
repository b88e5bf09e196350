//! Facts as the parties report, correct and take them back, and people who are forgotten.

use outcome_ledger::operations::{preview_settlement, verify_log};
use serde_json::{Value, json};

use super::{
    follow_up::{SUBJECTS, in_force},
    session::Served,
};
use crate::{
    databases::{Database, on_each_empty},
    deal::day,
};

/// A contract in force with subjects enrolled.
pub fn enrolled(database: &Database) -> Served {
    let served = in_force(database);
    served.as_party("Hospital A").upload("/contracts/rr/subjects", "text/csv", SUBJECTS.as_bytes()).ok(201);
    served
}

/// What is owed by clause and subject's amount, in the order of the lines.
fn owed(database: &Database, as_of: &str) -> Vec<(String, String)> {
    let due = preview_settlement(&mut database.connect(), "rr", day(as_of)).unwrap();
    due.due.iter().map(|line| (line.clause.clone(), line.amount.to_string())).collect()
}

#[test]
fn facts_are_reported_corrected_and_taken_back() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let (hospital, insurer) = (served.as_party("Hospital A"), served.as_party("Insurer A"));
        let facts = json!({ "facts": {
            "visit": [{ "subject": "p1", "on": "2025-02-10", "paid": "20.50 CNY" }],
            "baseline": [{ "subject": "p1", "on": "2025-02-01", "ecog": 1 }, { "subject": "p2", "on": "2025-02-02", "ecog": 4 }],
        } });
        let recorded = hospital.post("/contracts/rr/facts", facts).ok(201);
        assert_eq!(recorded.body["result"]["recorded"], json!(3), "{}", recorded.text);
        let csv = b"on,subject\n2025-03-25,p1\n2025-03-26,p2\n";
        served.as_party("Insurer A").upload("/contracts/rr/facts?kind=relapse", "text/csv", csv).ok(201);
        // p1: 100 back, and 50 for support; p2 scores 4: 100 back, and 7 for remote care. All are due by the end of April.
        let amounts = [("refund", "100.00"), ("refund", "100.00"), ("support", "50.00"), ("remote", "7.00")];
        let amounts = amounts.map(|(clause, amount)| (clause.to_owned(), amount.to_owned()));
        assert_eq!(owed(database, "2025-04-30"), amounts);
        // The manufacturer reports its price, which is about the contract: refunds become 80.
        let price = json!({ "facts": { "price": [{ "on": "2025-01-05", "amount": "80" }] } });
        served.as_party("Maker A").post("/contracts/rr/facts", price).ok(201);
        let corrected = json!({ "facts": { "baseline": [{ "subject": "p2", "on": "2025-02-02", "ecog": 1 }] } });
        let corrected = hospital.post("/contracts/rr/facts/corrections", corrected).ok(201);
        assert_eq!(corrected.body["result"]["corrected"], json!(1));
        let line = b"{\"subject\":\"p1\",\"on\":\"2025-03-25\"}\n";
        let media = "application/x-ndjson";
        let retracted = insurer.upload("/contracts/rr/facts/retractions?kind=relapse", media, line).ok(201);
        assert_eq!(retracted.body["result"]["retracted"], json!(1));
        let amounts = [("refund", "80.00"), ("support", "50.00"), ("support", "50.00")];
        assert_eq!(
            owed(database, "2025-04-30"),
            amounts.map(|(clause, amount)| (clause.to_owned(), amount.to_owned()))
        );
        let listed = served.as_party("Regulator A").get("/contracts/rr/facts").ok(200);
        let of =
            |item: &Value| (item["kind"].clone(), item["retracted"] == json!(true), item.get("corrects").is_some());
        let last: Vec<_> = listed.body["items"].as_array().unwrap().iter().rev().take(2).map(of).collect();
        assert_eq!(last, [(json!("relapse"), true, true), (json!("baseline"), false, true)]);
        assert!(verify_log(&mut database.connect()).unwrap().findings.is_empty());
    });
}

#[test]
fn everybody_reports_what_the_document_gives_it_to_report() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let of = |kind: &str, subject: &str| json!({ "facts": { kind: [{ "subject": subject, "on": "2025-02-10", "paid": 1, "ecog": 1 }] } });
        let price = json!({ "facts": { "price": [{ "on": "2025-01-05", "amount": 80 }] } });
        for (party, facts, status, code) in [
            // The manufacturer learns not even who is enrolled: the answers to both are the same.
            ("Maker A", of("relapse", "p1"), 403, "not-your-report"),
            ("Maker A", of("relapse", "nobody"), 403, "not-your-report"),
            ("Insurer A", of("visit", "p1"), 403, "not-your-report"),
            ("Insurer A", of("baseline", "p1"), 403, "not-your-report"),
            ("Hospital A", price.clone(), 403, "not-your-report"),
            ("Agent A", of("relapse", "p1"), 403, "forbidden"),
            ("Operator A", of("relapse", "p1"), 403, "forbidden"),
            ("Regulator A", of("relapse", "p1"), 403, "forbidden"),
            ("Insurer B", of("relapse", "p1"), 404, "unknown-contract"),
            ("Hospital A", json!({ "facts": { "secret": [{}] } }), 422, "unknown-kind"),
            ("Hospital A", json!({ "facts": {} }), 422, "nothing-to-report"),
            ("Hospital A", json!({ "visit": [] }), 422, "bad-form"),
        ] {
            for path in ["/contracts/rr/facts", "/contracts/rr/facts/corrections", "/contracts/rr/facts/retractions"] {
                let answer = served.as_party(party).post(path, facts.clone());
                assert_eq!((answer.status, answer.code()), (status, code), "{party} {path} {facts}: {}", answer.text);
            }
        }
        let [maker, nobody] = ["p1", "nobody"]
            .map(|subject| served.as_party("Maker A").post("/contracts/rr/facts", of("relapse", subject)).text);
        assert_eq!(maker, nobody);
        assert_eq!(served.as_party("Insurer A").get("/contracts/rr/facts").ok(200).body["items"], json!([]));
    });
}

#[test]
fn every_error_is_told_by_row_and_column_and_wrong_rows_may_be_left_out() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let csv = "subject,on,paid\np1,2025-02-10,1\nsecret,2025-02-10,2\np2,2025-13-01,much\n\"p2\",2025-02-11,3\np1,2025-02-10,1\n";
        let send = |query: &str| {
            let path = format!("/contracts/rr/facts?kind=visit{query}");
            served.as_party("Hospital A").upload(&path, "text/csv", csv.as_bytes())
        };
        let refused = send("").problem(422, "rows");
        let told = |row: &Value| (row["line"].as_u64().unwrap(), row["field"].as_str().unwrap().to_owned());
        let told: Vec<_> = refused.body["rows"].as_array().unwrap().iter().map(told).collect();
        let wanted = [(3, "subject"), (4, "on"), (4, "paid"), (6, "on")].map(|(line, field)| (line, field.to_owned()));
        assert_eq!(told, wanted);
        assert!(!refused.text.contains("secret") && !refused.text.contains("much"), "{}", refused.text);
        send("&rejects=2").problem(422, "rows");
        send("&rejects=-1").problem(422, "bad-query");
        send("&rejects=100001").problem(422, "bad-query");
        assert_eq!(served.as_party("Insurer A").get("/contracts/rr/facts").ok(200).body["items"], json!([]));

        let taken = send("&rejects=3").ok(201);
        let result = &taken.body["result"];
        assert_eq!([&result["recorded"], &result["rejected"]], [&json!(2), &json!(4)], "{}", taken.text);
        let mut rejects = csv::Reader::from_reader(result["rejects"].as_str().unwrap().as_bytes());
        let rows: Vec<csv::StringRecord> = rejects.records().map(Result::unwrap).collect();
        let rows: Vec<_> = rows.iter().map(|row| (row[1].parse().unwrap(), row[2].to_owned())).collect();
        assert_eq!(rows, wanted);
        assert!(!taken.text.contains("secret") && !taken.text.contains("much"), "{}", taken.text);
        let path = "/contracts/rr/facts";
        served.as_party("Hospital A").upload(path, "text/csv", csv.as_bytes()).problem(422, "bad-query");
    });
}

#[test]
fn the_same_report_counts_once() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let csv = "subject,on\np1,2025-03-25\n";
        let send = |key: &str, query: &str| {
            let insurer = served.as_party("Insurer A").with("idempotency-key", key);
            insurer.upload(&format!("/contracts/rr/facts?kind=relapse{query}"), "text/csv", csv.as_bytes())
        };
        let first = send("one", "").ok(201);
        let again = send("one", "").ok(201);
        assert_eq!(
            (again.header("idempotency-replayed"), &again.body["receipts"]),
            (Some("true"), &first.body["receipts"])
        );
        send("one", "&again=true").problem(422, "key-reused");
        send("two", "").problem(422, "rows");
        assert_eq!(send("three", "&again=true").ok(201).body["result"]["recorded"], json!(1));
        assert_eq!(
            served.as_party("Insurer A").get("/contracts/rr/facts").ok(200).body["items"].as_array().unwrap().len(),
            2
        );
    });
}

#[test]
fn a_person_is_forgotten_and_the_proof_stays() {
    on_each_empty(|database| {
        let served = enrolled(database);
        let facts = json!({ "facts": { "relapse": [{ "subject": "p1", "on": "2025-03-25" }] } });
        served.as_party("Hospital A").post("/contracts/rr/facts", facts).ok(201);
        let erasure = json!({ "subject": "p1", "basis": "consent_withdrawn" });
        for (party, status, code) in
            [("Maker A", 403, "forbidden"), ("Agent A", 403, "forbidden"), ("Insurer B", 404, "unknown-contract")]
        {
            served.as_party(party).post("/contracts/rr/erasures", erasure.clone()).problem(status, code);
        }
        let hospital = served.as_party("Hospital A");
        hospital
            .post("/contracts/rr/erasures", json!({ "subject": "nobody", "basis": "request" }))
            .problem(422, "unknown-subject");
        hospital
            .post("/contracts/rr/erasures", json!({ "subject": "p1", "basis": "boredom" }))
            .problem(422, "bad-form");
        let erased = hospital.post("/contracts/rr/erasures", erasure.clone()).ok(200);
        assert_eq!(erased.body["result"]["facts"], json!(1));
        assert!(!erased.text.contains("p1"), "{}", erased.text);
        hospital.post("/contracts/rr/erasures", erasure).problem(422, "unknown-subject");
        let listed = served.as_party("Insurer A").get("/contracts/rr/subjects").ok(200);
        let first = &listed.body["items"][0];
        assert_eq!((&first["erased"], first.get("label"), first.get("fields")), (&json!(true), None, None));
        let facts = served.as_party("Insurer A").get("/contracts/rr/facts").ok(200);
        assert_eq!((&facts.body["items"][0]["erased"], facts.body["items"][0].get("kind")), (&json!(true), None));
        assert!(verify_log(&mut database.connect()).unwrap().findings.is_empty());
    });
}
