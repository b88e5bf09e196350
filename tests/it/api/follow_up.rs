//! Who is enrolled and what is reported, as the parties send it.

use serde_json::{Value, json};

use super::session::{Answer, Client, Served, found};
use crate::databases::{Database, on_each_empty};

/// A contract whose manufacturer gives money back on a relapse, with consent and age as conditions.
pub const DOCUMENT: &str = "
format: 1
id: relapse-refund
currency: CNY
parties:
  maker: { is: manufacturer }
  insurer: { is: insurer }
  hospital: { is: provider }
  agent: { is: agent }
term: { start: 2025-01-01, end: 2025-12-31 }
enrol: consented and age >= 18
subject:
  is: patient
  fields: { age: number, consented: yes/no, arm: { text: [treated, comparator] }, site: text }
group: site
facts:
  visit: { by: hospital, due: enrolled_on + 30 days, fields: { paid: money } }
  relapse: {}
  baseline: { once: yes, by: hospital, due: enrolled_on + 14 days, fields: { ecog: number } }
  left: {}
  hba1c: { unit: '%', code: { loinc: 4548-4 }, fields: { value: number } }
  price: { of: contract, by: maker, due: 2025-01-31, fields: { amount: money } }
measures:
  subject:
    relapsed_on: first(relapse.on)
    left_on: first(left.on)
    stays: left_on is missing
  contract:
    price_now: last(price.amount) or 100 CNY
clauses:
  refund:
    pays: maker to insurer
    per: subject
    when: relapsed_on is known
    due: enrolled_on + 60 days
    amount: price_now
  support:
    pays: insurer to hospital
    per: subject
    when: stays and baseline.ecog <= 1
    due: enrolled_on + 30 days
    amount: 50 CNY
  remote:
    pays: insurer to hospital
    per: subject
    when: (baseline.ecog or 4) >= 3
    due: enrolled_on + 20 days
    amount: 7 CNY
";

/// A contract of that document in force, and a server beside it.
pub fn in_force(database: &Database) -> Served {
    in_force_with(database, |_| {})
}

pub fn in_force_with(database: &Database, set: impl FnOnce(&mut outcome_ledger::api::Config)) -> Served {
    found(database);
    let served = Served::start_with(database, set);
    let parties = json!({ "maker": "Maker A", "insurer": "Insurer A", "hospital": "Hospital A", "agent": "Agent A" });
    let proposal = json!({ "name": "rr", "document": DOCUMENT, "parties": parties });
    served.as_party("Maker A").post("/contracts", proposal).ok(201);
    for (party, role) in
        [("Maker A", "maker"), ("Insurer A", "insurer"), ("Hospital A", "hospital"), ("Agent A", "agent")]
    {
        served.as_party(party).post("/contracts/rr/signatures", json!({ "role": role })).ok(200);
    }
    served.as_party("Maker A").post("/contracts/rr/activation", json!({})).ok(200);
    served
}

pub const SUBJECTS: &str = "subject,enrolled_on,age,consented,arm,site\n\
    p1,2025-02-01,44,yes,treated,north\np2,2025-02-02,45,yes,comparator,south\nchild,2025-02-03,9,no,treated,north\n";

impl Client<'_> {
    pub fn upload(self, path: &str, media: &str, body: &[u8]) -> Answer {
        self.with("content-type", media).send("POST", path, body)
    }
}

/// The labels or dates of rows, whatever else they say.
fn of<'a>(answer: &'a Answer, member: &str) -> Vec<&'a Value> {
    answer.body["items"].as_array().unwrap().iter().map(|item| &item[member]).collect()
}

#[test]
fn subjects_are_enrolled_with_reasons_and_answered_by_pseudonym() {
    on_each_empty(|database| {
        let served = in_force(database);
        let hospital = served.as_party("Hospital A");
        let enrolled = hospital.upload("/contracts/rr/subjects", "text/csv", SUBJECTS.as_bytes()).ok(201);
        let rows = enrolled.body["result"]["subjects"].as_array().unwrap();
        let told: Vec<_> = rows.iter().map(|row| (&row["eligible"], &row["unmet"])).collect();
        let unmet = json!(["consented", "age >= 18"]);
        assert_eq!(told, [(&json!(true), &Value::Null), (&json!(true), &Value::Null), (&json!(false), &unmet)]);
        assert!(
            !enrolled.text.contains("p1") && !enrolled.text.contains("child"),
            "labels come back: {}",
            enrolled.text
        );
        // One more as a JSON list, one as a line of JSON.
        let p3 = json!({ "subject": "p3", "enrolled_on": "2025-03-01", "age": 50.5, "consented": true, "arm": "treated", "site": "north" });
        served.as_party("Insurer A").post("/contracts/rr/subjects", json!({ "subjects": [p3] })).ok(201);
        let p4 = json!({ "subject": "p4", "enrolled_on": "2025-03-02", "age": "51", "consented": "yes", "arm": "treated", "site": "north" });
        let line = format!("{p4}\n");
        served.as_party("Hospital A").upload("/contracts/rr/subjects", "application/x-ndjson", line.as_bytes()).ok(201);

        let first = served.as_party("Insurer A").get("/contracts/rr/subjects?limit=3").ok(200);
        assert_eq!(of(&first, "label"), ["p1", "p2", "child"]);
        assert_eq!(of(&first, "subject"), rows.iter().map(|row| &row["subject"]).collect::<Vec<_>>());
        let next = format!("/contracts/rr/subjects?cursor={}", first.body["next"].as_str().unwrap());
        let second = served.as_party("Insurer A").get(&next).ok(200);
        assert_eq!(of(&second, "label"), ["p3", "p4"]);
        assert_eq!(second.body["items"][0]["fields"]["age"], json!("50.5"));
        let seen = served.as_party("Regulator A").get("/contracts/rr/subjects").ok(200);
        assert_eq!(of(&seen, "enrolled_on").len(), 5);
        assert!(!seen.text.contains("label") && !seen.text.contains("\"p1\""), "{}", seen.text);
    });
}

#[test]
fn rows_with_errors_are_all_told_and_none_is_enrolled() {
    on_each_empty(|database| {
        let served = in_force(database);
        let send = |media: &str, body: &str| {
            served.as_party("Hospital A").upload("/contracts/rr/subjects", media, body.as_bytes())
        };
        let csv = "subject,enrolled_on,age,consented,arm,site\nsecret-1,2025-02-30,44,yes,treated,north\n\
            secret-2,2025-02-02,many,perhaps,other,south\nsecret-3,2024-02-02,9,no,treated,north\n";
        let refused = send("text/csv", csv).problem(422, "rows");
        let rows = refused.body["rows"].as_array().unwrap();
        let told: Vec<_> =
            rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["field"].as_str().unwrap())).collect();
        assert_eq!(told, [(2, "enrolled_on"), (3, "age"), (3, "consented"), (3, "arm"), (4, "enrolled_on")]);
        for secret in ["secret", "many", "perhaps", "2025-02-30"] {
            assert!(!refused.text.contains(secret), "{secret} is told: {}", refused.text);
        }
        let list = json!({ "subjects": [{ "subject": "p1" }, { "subject": "p1", "hobby": "x" }] }).to_string();
        let refused =
            served.as_party("Hospital A").upload("/contracts/rr/subjects", "application/json", list.as_bytes());
        let refused = refused.problem(422, "rows");
        let lines: Vec<_> = refused.body["rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64()).collect();
        assert!(lines.contains(&Some(1)) && lines.contains(&Some(2)), "{}", refused.text);
        send("text/csv", "").problem(422, "rows");
        send("text/csv", "subject,enrolled_on,age,consented,arm,site\n").problem(422, "nothing-to-enrol");
        send("text/plain", SUBJECTS).problem(415, "media-type");
        send("application/x-ndjson", SUBJECTS).problem(422, "media-differs");
        send("text/csv", "{\"subject\":\"p1\"}").problem(422, "media-differs");
        assert_eq!(served.as_party("Insurer A").get("/contracts/rr/subjects").ok(200).body["items"], json!([]));
    });
}

#[test]
fn the_same_upload_counts_once_under_its_key_and_is_refused_under_another() {
    on_each_empty(|database| {
        let served = in_force(database);
        let send = |key: &str, body: &str| {
            let hospital = served.as_party("Hospital A").with("idempotency-key", key);
            hospital.upload("/contracts/rr/subjects", "text/csv", body.as_bytes())
        };
        let first = send("k1", SUBJECTS).ok(201);
        let again = send("k1", SUBJECTS).ok(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.body["receipts"], first.body["receipts"]);
        send("k1", &SUBJECTS.replace("p1", "p9")).problem(422, "key-reused");
        let refused = send("k2", SUBJECTS).problem(422, "rows");
        assert_eq!(refused.body["rows"].as_array().unwrap().len(), 3, "{}", refused.text);
    });
}

#[test]
fn rows_are_for_those_who_may_see_them_and_each_reading_is_recorded() {
    on_each_empty(|database| {
        let served = in_force(database);
        served.as_party("Hospital A").upload("/contracts/rr/subjects", "text/csv", SUBJECTS.as_bytes()).ok(201);
        for (party, status, code) in [
            ("Maker A", 403, "forbidden"),
            ("Agent A", 403, "forbidden"),
            ("Operator A", 403, "forbidden"),
            ("Insurer B", 404, "unknown-contract"),
            ("Payer A", 404, "unknown-contract"),
        ] {
            for path in ["/contracts/rr/subjects", "/contracts/rr/facts"] {
                served.as_party(party).get(path).problem(status, code);
            }
            let enrol = served.as_party(party).upload("/contracts/rr/subjects", "text/csv", SUBJECTS.as_bytes());
            enrol.problem(status, code);
        }
        served.as_party("Auditor A").upload("/contracts/rr/subjects", "text/csv", b"x").problem(403, "forbidden");
        assert_eq!(served.as_party("Regulator A").get("/contracts/rr/reads").ok(200).body["items"], json!([]));

        served.as_party("Insurer A").get("/contracts/rr/subjects?limit=2").ok(200);
        served.as_party("Regulator A").get("/contracts/rr/subjects").ok(200);
        served.as_party("Auditor A").get("/contracts/rr/facts").ok(200);
        let reads = served.as_party("Regulator A").get("/contracts/rr/reads").ok(200);
        let told: Vec<_> = reads.body["items"].as_array().unwrap().iter().collect();
        let told = told.iter().map(|read| [&read["party"], &read["operation"], &read["rows"]].map(Clone::clone));
        assert_eq!(
            json!(told.collect::<Vec<_>>()),
            json!([
                ["Auditor A", "list_facts", 0],
                ["Regulator A", "list_subjects", 3],
                ["Insurer A", "list_subjects", 2]
            ])
        );
        let page = served.as_party("Operator A").get("/contracts/rr/reads?limit=2").ok(200);
        assert_eq!(page.body["items"][0].get("rows"), None, "numbers of rows count patients");
        let next = page.body["next"].as_str().unwrap();
        let last = served.as_party("Agent A").get(&format!("/contracts/rr/reads?cursor={next}")).ok(200);
        assert_eq!(of(&last, "party"), ["Insurer A"]);
        served.as_party("Maker A").get("/contracts/rr/reads").problem(403, "forbidden");
        served.as_party("Insurer B").get("/contracts/rr/reads").problem(404, "unknown-contract");
    });
}
