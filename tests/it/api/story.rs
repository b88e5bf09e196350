//! From a template to a contract in force, as the parties do it.

use outcome_ledger::{ledger::Entry, operations::verify_log, values::from_hex};
use serde_json::json;

use super::session::{Served, found, proposal};
use crate::databases::on_each_empty;

#[test]
fn a_contract_comes_into_force() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let maker = served.as_party("Maker A");
        let checked = maker.post("/documents/check", json!({ "document": super::session::DOCUMENT })).ok(200);
        assert_eq!((&checked.body["sound"], &checked.body["id"]), (&json!(true), &json!("refund")), "{}", checked.text);
        let proposed = maker.post("/contracts", proposal("refund-2025", "Insurer A")).ok(201);
        assert_eq!(proposed.header("location"), Some("/api/v1/contracts/refund-2025"));
        assert_eq!(proposed.body["receipts"][0]["position"], json!(1));
        let digest = proposed.body["result"]["digest"].clone();
        maker.post("/contracts/refund-2025/activation", json!({})).problem(409, "signature-missing");
        for (party, role) in [
            ("Maker A", "maker"),
            ("Insurer A", "insurer"),
            ("Payer A", "payer"),
            ("Hospital A", "hospital"),
            ("Agent A", "agent"),
        ] {
            let signed = served.as_party(party).post("/contracts/refund-2025/signatures", json!({ "role": role }));
            assert_eq!(signed.ok(200).body["result"]["digest"], digest);
        }
        maker.post("/contracts/refund-2025/signatures", json!({ "role": "maker" })).problem(409, "signed-already");
        served.as_party("Insurer A").send("POST", "/contracts/refund-2025/activation", &[]).ok(200);
        let shown = served.as_party("Regulator A").get("/contracts/refund-2025").ok(200);
        // Proposed, five signatures, in force.
        assert_eq!((&shown.body["state"], &shown.body["position"]), (&json!("in force"), &json!(7)));
        let findings = verify_log(&mut database.connect()).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    });
}

#[test]
fn the_history_says_who_did_what_and_proves_it() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        served.as_party("Insurer A").post("/contracts", proposal("refund-2025", "Insurer A")).ok(201);
        served.as_party("Maker A").post("/contracts/refund-2025/signatures", json!({ "role": "maker" })).ok(200);
        let regulator = served.as_party("Regulator A");
        let first = regulator.get("/contracts/refund-2025/history?limit=1").ok(200);
        let next = first.body["next"].as_str().unwrap();
        let second = regulator.get(&format!("/contracts/refund-2025/history?cursor={next}")).ok(200);
        let entries = [&first.body["items"][0], &second.body["items"][0]];
        let told = entries.map(|entry| [&entry["position"], &entry["kind"], &entry["actor"]].map(Clone::clone));
        assert_eq!(json!(told), json!([[1, "contract.proposed", "Insurer A"], [2, "contract.signed", "Maker A"]]));
        assert_eq!(entries[1]["previous"], entries[0]["hash"]);
        assert_eq!(second.body.get("next"), None);
        let body = Entry::decode(&from_hex(entries[1]["body"].as_str().unwrap()).unwrap()).unwrap();
        assert_eq!((body.seq, body.prev_hash.to_string().as_str()), (2, entries[0]["hash"].as_str().unwrap()));
    });
}

#[test]
fn two_servers_share_a_ledger() {
    on_each_empty(|database| {
        found(database);
        let (one, two) = (Served::start(database), Served::start(database));
        one.as_party("Maker A").post("/contracts", proposal("refund-2025", "Insurer A")).ok(201);
        for (served, party, role) in [
            (&two, "Maker A", "maker"),
            (&one, "Insurer A", "insurer"),
            (&two, "Payer A", "payer"),
            (&one, "Hospital A", "hospital"),
            (&two, "Agent A", "agent"),
        ] {
            served.as_party(party).post("/contracts/refund-2025/signatures", json!({ "role": role })).ok(200);
        }
        one.as_party("Maker A").post("/contracts/refund-2025/activation", json!({})).ok(200);
        for served in [&one, &two] {
            assert_eq!(
                served.as_party("Payer A").get("/contracts/refund-2025").ok(200).body["state"],
                json!("in force")
            );
        }
    });
}

#[test]
fn templates_can_be_proposed_as_they_are() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let maker = served.as_party("Maker A");
        let template = maker.get("/templates/efficacy-insurance").ok(200);
        assert_eq!(template.body["roles"]["maker"], json!("manufacturer"));
        let draft = json!({ "document": template.body["document"], "files": template.body["files"] });
        assert_eq!(maker.post("/documents/check", draft.clone()).ok(200).body["sound"], json!(true));
        let described = maker.post("/documents/describe?language=zh", draft.clone()).ok(200);
        assert!(described.body["markdown"].as_str().unwrap().contains("疗效险"), "{}", described.text);
        let pair = json!({ "first": draft, "second": draft });
        assert_eq!(maker.post("/documents/compare", pair).ok(200).body["differences"], json!([]));

        let mut own = json!({ "name": "ours", "template": "efficacy-insurance", "settings": { "sum_insured": "2_500 CNY" },
            "parties": { "maker": "Maker A", "insurer": "Insurer A", "platform": "Agent A" } });
        maker.post("/contracts", own.clone()).ok(201);
        let agreed = maker.get("/contracts/ours/agreement").ok(200).body;
        assert_eq!(agreed["document"], template.body["document"]);
        assert_eq!(agreed["settings"], json!({ "sum_insured": "2_500 CNY" }));
        own["template"] = json!("nothing");
        maker.post("/contracts", own.clone()).problem(404, "no-such-template");
        own["document"] = template.body["document"].clone();
        maker.post("/contracts", own.clone()).problem(422, "one-document");
        own.as_object_mut().unwrap().retain(|name, _| name != "document" && name != "template");
        maker.post("/contracts", own).problem(422, "one-document");
    });
}
