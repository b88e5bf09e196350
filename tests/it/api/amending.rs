//! Amendments over HTTP, as the parties make them.

use outcome_ledger::operations::verify_log;
use serde_json::{Value, json};

use super::session::{Answer, DOCUMENT, Served, found, proposal};
use crate::databases::on_each_empty;

/// Who takes which role in [`DOCUMENT`].
pub const ROLES: [(&str, &str); 5] = [
    ("Maker A", "maker"),
    ("Insurer A", "insurer"),
    ("Payer A", "payer"),
    ("Hospital A", "hospital"),
    ("Agent A", "agent"),
];

pub fn sign(served: &Served, name: &str, party: &str, body: Value) -> Answer {
    served.as_party(party).post(&format!("/contracts/{name}/signatures"), body)
}

pub fn in_force(served: &Served, name: &str) {
    served.as_party("Maker A").post("/contracts", proposal(name, "Insurer A")).ok(201);
    for (party, role) in ROLES {
        sign(served, name, party, json!({ "role": role })).ok(200);
    }
    served.as_party("Maker A").post(&format!("/contracts/{name}/activation"), json!({})).ok(200);
}

pub fn amendment(refund: &str, from: &str) -> Value {
    json!({ "document": DOCUMENT, "settings": { "refund": refund }, "effective_on": from, "reason": "new price list" })
}

#[test]
fn everybody_signs_an_amendment() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        in_force(&served, "one");
        let insurer = served.as_party("Insurer A");
        let proposed = insurer.post("/contracts/one/amendments", amendment("2_000 CNY", "2025-07-01")).ok(201);
        let result = &proposed.body["result"];
        assert_eq!(result["differences"][0]["about"], json!("parameter refund"), "{}", proposed.text);
        let compared = insurer.get("/contracts/one/amendment/comparison?as_of=2025-12-31").ok(200);
        assert_eq!((&compared.body["digest"], &compared.body["money"]), (&result["digest"], &json!([])));
        let digest = result["digest"].as_str().unwrap();
        for (at, (party, role)) in ROLES.into_iter().enumerate() {
            let signed = sign(&served, "one", party, json!({ "role": role, "digest": digest })).ok(200);
            assert_eq!(signed.body["result"]["amendment"], json!(true));
            // The last signature is followed by the entry that says that the amendment is agreed.
            assert_eq!(signed.body["receipts"].as_array().unwrap().len(), if at == 4 { 2 } else { 1 });
        }
        let regulator = served.as_party("Regulator A");
        let versions = regulator.get("/contracts/one/versions").ok(200).body["versions"].clone();
        assert_eq!(json!([versions[0]["state"], versions[1]["state"]]), json!(["in force", "agreed"]));
        assert_eq!(
            versions[1]["signed"],
            json!({ "agent": 13, "hospital": 12, "insurer": 10, "maker": 9, "payer": 11 })
        );
        let history = regulator.get("/contracts/one/history").ok(200);
        let told = |at: usize| {
            let entry = &history.body["items"][at];
            json!([entry["kind"], entry["actor"], entry["effective_on"], entry["payload"]["reason"]])
        };
        let today = history.body["items"][7]["recorded_at"].as_str().unwrap()[..10].to_owned();
        assert_eq!(told(7), json!(["amendment.proposed", "Insurer A", today, "new price list"]));
        assert_eq!(told(13), json!(["contract.amended", null, "2025-07-01", null]));
        let findings = verify_log(&mut database.connect()).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    });
}

#[test]
fn amendments_of_others_and_other_digests_are_refused() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        in_force(&served, "one");
        in_force(&served, "two");
        let change = || amendment("2_000 CNY", "2025-07-01");
        for (party, status, code) in
            [("Insurer B", 404, "unknown-contract"), ("Regulator A", 403, "forbidden"), ("Agent A", 403, "forbidden")]
        {
            served.as_party(party).post("/contracts/one/amendments", change()).problem(status, code);
        }
        let maker = served.as_party("Maker A");
        let [one, two] = ["one", "two"].map(|name| {
            let proposed = maker.post(&format!("/contracts/{name}/amendments"), change()).ok(201);
            proposed.body["result"]["digest"].clone()
        });
        assert_ne!(one, two, "the same change of two contracts has two digests");
        sign(&served, "one", "Maker A", json!({ "role": "maker", "digest": two })).problem(409, "other-digest");
        sign(&served, "one", "Maker A", json!({ "role": "insurer" })).problem(403, "not-your-role");
        sign(&served, "one", "Insurer B", json!({ "role": "insurer" })).problem(404, "unknown-contract");
        sign(&served, "one", "Maker A", json!({ "role": "maker" })).ok(200);
        sign(&served, "one", "Maker A", json!({ "role": "maker" })).problem(409, "signed-already");
        maker.post("/contracts/one/amendments", change()).problem(409, "amendment-open");
        let withdraw = |party: &str, role: &str| {
            let body = json!({ "role": role, "reason": "no agreement" });
            served.as_party(party).post("/contracts/one/withdrawals", body)
        };
        withdraw("Insurer B", "insurer").problem(404, "unknown-contract");
        withdraw("Maker A", "insurer").problem(403, "not-your-role");
        withdraw("Payer A", "payer").ok(200);
        withdraw("Payer A", "payer").problem(409, "no-amendment");
        sign(&served, "one", "Insurer A", json!({ "role": "insurer", "digest": one })).problem(409, "signed-already");
        let other = json!({ "document": DOCUMENT.replace("CNY", "EUR"), "effective_on": "2025-07-01", "reason": "x" });
        let refused = maker.post("/contracts/one/amendments", other).problem(422, "cannot-change");
        assert!(refused.text.contains("the currency is EUR, and stays CNY"), "{}", refused.text);
        maker.post("/contracts/one/amendments", amendment("2_000 CNY", "2025-02-30")).problem(422, "bad-form");
    });
}
