//! Lines set aside, the rest settled, and what becomes of them, as the parties do it.
//!
//! The settlement of the deal: 0 refund p1 40,000, 1 its limit −10,000, 2 refund p2 9,800.50, all from the manufacturer to
//! patients; 3 a fee of 100 from the insurer to the manufacturer.

use outcome_ledger::operations::{
    activate_contract, enrol_subjects, propose_contract, register_party, report_facts, sign_contract,
};
use serde_json::{Value, json};

use super::{
    money::{EP, approve, assert_valid, pairs, propose, served},
    session::{Answer, Client},
};
use crate::{
    databases::on_each_empty,
    deal::{self, act, facts, sheet},
};

/// `sha256sum` of a file with the four bytes `test`.
const EVIDENCE: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn dispute(client: &Client, settlement: &str, role: &str, items: &[u32]) -> Answer {
    let body = json!({ "role": role, "items": items, "reason": "facts", "evidence": EVIDENCE });
    client.post(&format!("{EP}/settlements/{settlement}/disputes"), body)
}

fn decide(client: &Client, dispute: &Value, role: &str, decision: &str) -> Answer {
    let body = json!({ "role": role, "decision": decision });
    client.post(&format!("{EP}/disputes/{dispute}/decisions"), body)
}

fn patients_are_owed(client: &Client) -> String {
    let stated = client.get(&format!("{EP}/balances")).ok(200);
    let accounts = stated.body["accounts"].as_array().unwrap().clone();
    let patient = accounts.into_iter().find(|one| one["party"] == json!("patient of ep"));
    patient.map(|one| one["balance"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn the_rest_is_posted_while_lines_are_in_dispute() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let position = propose(&insurer);
        let settlement = format!("{EP}/settlements/{position}");
        let tag = insurer.get(&settlement).ok(200).header("etag").unwrap().to_owned();
        approve(&maker, &position, "manufacturer").ok(200);
        dispute(&maker, &position, "manufacturer", &[9]).problem(404, "no-line");
        dispute(&maker, &position, "manufacturer", &[]).problem(404, "no-line");
        dispute(&maker, &position, "insurer", &[0]).problem(403, "not-your-role");
        dispute(&maker, &position, "patient", &[0]).problem(403, "no-say");
        dispute(&maker, "99", "manufacturer", &[0]).problem(404, "unknown-entry");
        dispute(&served.as_party("Insurer B"), &position, "insurer", &[0]).problem(404, "unknown-contract");
        dispute(&served.as_party("Auditor A"), &position, "insurer", &[0]).problem(403, "forbidden");
        for (key, value, status, code) in [
            ("reason", json!("p1 is well"), 422, "unknown-reason"),
            ("evidence", json!("the letter of p1"), 422, "bad-evidence"),
            ("items", json!([-1]), 422, "bad-form"),
            ("clause", json!("rebate"), 404, "no-line"),
        ] {
            let mut body = json!({ "role": "manufacturer", "items": [], "reason": "facts" });
            body[key] = value;
            if !["clause", "items"].contains(&key) {
                body["items"] = json!([0]);
            }
            let answer = maker.post(&format!("{settlement}/disputes"), body).problem(status, code);
            assert!(!answer.text.contains("p1"), "{}", answer.text);
        }
        // The limit goes with the amount that it cuts: 40,000 − 10,000.
        let opened = dispute(&maker, &position, "manufacturer", &[1]).ok(201);
        let opened = &opened.body["result"]["dispute"];
        assert_eq!((&opened["items"], &opened["stage"]), (&json!([0, 1]), &json!("open")));
        assert_eq!(pairs(&opened["totals"]), [["manufacturer", "patient", "30000.00"]]);
        assert_eq!(opened["awaited"], json!(["insurer"]));
        dispute(&maker, &position, "manufacturer", &[0]).problem(409, "disputed-already");
        // What was approved or read before was another sum.
        let shown = insurer.get(&settlement).ok(200);
        assert_eq!(
            (&shown.body["settlement"]["approved"], &shown.body["settlement"]["disputed"]),
            (&json!([]), &json!(2))
        );
        let stale = served.as_party("Insurer A").with("if-match", &tag);
        approve(&stale, &position, "insurer").problem(412, "changed-meanwhile");
        approve(&insurer, &position, "insurer").ok(200);
        let posted = approve(&maker, &position, "manufacturer").ok(200);
        let rest = [["insurer", "manufacturer", "100.00"], ["manufacturer", "patient", "9800.50"]];
        assert_eq!(pairs(&posted.body["result"]["totals"]), rest);
        assert_eq!(patients_are_owed(&insurer), "9800.50");
        dispute(&maker, &position, "manufacturer", &[2]).problem(409, "proposal-over");
        // While a claim is in dispute nothing about it is put forward.
        let nothing = insurer.post(&format!("{EP}/settlements"), json!({ "as_of": "2025-06-30" })).ok(200);
        assert_eq!(nothing.body["receipts"], json!([]));
        assert_valid(database);
        let dispute = &opened["position"];
        decide(&insurer, &json!(99), "insurer", "accepted").problem(404, "unknown-entry");
        decide(&insurer, &json!(7), "insurer", "accepted").problem(404, "no-dispute");
        decide(&insurer, dispute, "insurer", "perhaps").problem(422, "bad-form");
        decide(&insurer, dispute, "manufacturer", "accepted").problem(403, "not-your-role");
        let said = decide(&insurer, dispute, "insurer", "accepted").ok(200);
        assert_eq!(said.body["result"]["dispute"]["stage"], json!("open"), "they do not agree");
        decide(&maker, dispute, "manufacturer", "refused").problem(409, "decided-already");
        let resolved = decide(&maker, dispute, "manufacturer", "accepted").ok(200);
        assert_eq!(resolved.body["result"]["dispute"]["stage"], json!("accepted"));
        assert_eq!(resolved.body["receipts"].as_array().unwrap().len(), 2);
        decide(&maker, dispute, "manufacturer", "refused").problem(409, "dispute-over");
        assert_eq!(patients_are_owed(&insurer), "39800.50");
        let stated = insurer.get(&format!("{EP}/statement")).ok(200);
        let amounts: Vec<_> =
            stated.body["lines"]["items"].as_array().unwrap().iter().map(|line| line["amount"].clone()).collect();
        assert_eq!(json!(amounts), json!(["9800.50", "100.00", "40000.00", "-10000.00"]), "in the order of posting");
        let listed = served.as_party("Regulator A").get(&format!("{EP}/disputes?stage=accepted")).ok(200);
        assert_eq!(listed.body["items"][0]["evidence"], json!(EVIDENCE));
        assert_eq!(insurer.get(&format!("{EP}/disputes?stage=open")).ok(200).body["items"], json!([]));
        assert_valid(database);
    });
}

#[test]
fn what_is_dropped_comes_back_while_facts_say_it_is_owed() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let position = propose(&insurer);
        // The manufacturer sees no lines and disputes the clause: 40,000 − 10,000 + 9,800.50.
        let body = json!({ "role": "manufacturer", "clause": "refund", "reason": "facts" });
        let opened = maker.post(&format!("{EP}/settlements/{position}/disputes"), body).ok(201);
        let opened = &opened.body["result"]["dispute"];
        assert_eq!(
            (&opened["items"], pairs(&opened["totals"])),
            (&json!([0, 1, 2]), vec![["manufacturer", "patient", "39800.50"]])
        );
        let resolved = decide(&insurer, &opened["position"], "insurer", "refused").ok(200);
        assert_eq!(resolved.body["result"]["dispute"]["stage"], json!("refused"));
        for (client, role) in [(&insurer, "insurer"), (&maker, "manufacturer")] {
            approve(client, &position, role).ok(200);
        }
        assert_eq!(patients_are_owed(&insurer), "");
        let due = insurer.get(&format!("{EP}/due?as_of=2025-06-30")).ok(200);
        assert_eq!(pairs(&due.body["totals"]), [["manufacturer", "patient", "39800.50"]]);
        // p1 did not progress after all, and p2 cost 100 more.
        deal::correct(&mut database.connect());
        let due = insurer.get(&format!("{EP}/due?as_of=2025-06-30")).ok(200);
        assert_eq!(pairs(&due.body["totals"]), [["manufacturer", "patient", "9900.50"]]);
        let position = propose(&insurer);
        let opened = dispute(&maker, &position, "manufacturer", &[0]).ok(201);
        // Patients alone stand on the other side, so the manufacturer alone approves or rejects it.
        let reject = json!({ "role": "manufacturer", "reason": "facts" });
        maker.post(&format!("{EP}/settlements/{position}/rejections"), reject).ok(200);
        let listed = insurer.get(&format!("{EP}/disputes?stage=lapsed")).ok(200);
        assert_eq!(listed.body["items"][0]["position"], opened.body["result"]["dispute"]["position"]);
        propose(&insurer);
        assert_valid(database);
    });
}

#[test]
fn an_arbiter_decides_where_the_document_names_one() {
    on_each_empty(|database| {
        let served = served(database);
        let c = &mut database.connect();
        act(c, |c, outside| register_party(c, outside, "Arbiter A", "arbiter")).unwrap();
        let document = deal::DOCUMENT.replace("  patient: {", "  referee: { is: arbiter }\n  patient: {");
        let parties = [("manufacturer", "Maker A"), ("insurer", "Insurer A"), ("referee", "Arbiter A")];
        let mut proposal = deal::proposal(&parties);
        (proposal.name, proposal.document) = (Some("judged"), &document);
        act(c, |c, outside| propose_contract(c, outside, proposal.clone())).unwrap();
        for (role, _) in parties {
            act(c, |c, outside| sign_contract(c, outside, "judged", role)).unwrap();
        }
        act(c, |c, outside| activate_contract(c, outside, "judged")).unwrap();
        act(c, |c, outside| enrol_subjects(c, outside, "judged", &sheet("s.csv", deal::SUBJECTS))).unwrap();
        let recorded = facts("baseline", deal::BASELINE);
        let report = outcome_ledger::operations::FactReport { recorded, ..Default::default() };
        act(c, |c, outside| report_facts(c, outside, "judged", &report)).unwrap();
        let [maker, insurer, referee] = ["Maker A", "Insurer A", "Arbiter A"].map(|name| served.as_party(name));
        let proposed = maker.post("/contracts/judged/settlements", json!({ "as_of": "2025-06-30" })).ok(201);
        let settlement = format!("/contracts/judged/settlements/{}", proposed.body["result"]["position"]);
        let body = |role: &str| json!({ "role": role, "items": [0], "reason": "eligibility" });
        referee.post(&format!("{settlement}/disputes"), body("referee")).problem(403, "no-say");
        let opened = insurer.post(&format!("{settlement}/disputes"), body("insurer")).ok(201);
        let decisions =
            format!("/contracts/judged/disputes/{}/decisions", opened.body["result"]["dispute"]["position"]);
        let says = |decision: &str| json!({ "role": "referee", "decision": decision, "evidence": EVIDENCE });
        maker.post(&decisions, says("accepted")).problem(403, "not-your-role");
        let resolved = referee.post(&decisions, says("accepted")).ok(200);
        assert_eq!(resolved.body["result"]["dispute"]["stage"], json!("accepted"));
        let stated = maker.get("/contracts/judged/statement").ok(200);
        assert_eq!(pairs(&stated.body["totals"]), [["insurer", "manufacturer", "100.00"]]);
        assert_valid(database);
    });
}
