//! From a settlement that is put forward to a claim that is paid, as the parties do it, and what is refused on the way.
//!
//! The deal (`tests/it/deal.rs`), as of 2025-06-30, by hand: p1 progressed after 74 days and was dispensed 20,000 twice, so
//! 40,000, cut to 30,000; p2 after 89 days, 9,800.50; p1 was in good condition, a fee of 100. The manufacturer owes patients
//! 39,800.50, the insurer owes the manufacturer 100.

use outcome_ledger::operations::{
    activate_contract, enrol_subjects, propose_contract, register_party, sign_contract, verify_log,
};
use serde_json::{Value, json};

use super::session::{Answer, Client, PARTIES, Served};
use crate::{
    databases::{Database, on_each_empty},
    deal::{self, act, facts, sheet},
};

pub const EP: &str = "/contracts/ep";

/// A server on the deal, with a party for each role.
pub fn served(database: &Database) -> Served {
    let c = &mut database.connect();
    deal::follow_up(c);
    for (name, is) in PARTIES.into_iter().filter(|(name, _)| !["Maker A", "Insurer A"].contains(name)) {
        act(c, |c, outside| register_party(c, outside, name, is)).unwrap();
    }
    Served::start(database)
}

/// Puts the settlement as of the middle of 2025 forward; it is called by its position.
pub fn propose(insurer: &Client) -> String {
    let proposed = insurer.post(&format!("{EP}/settlements"), json!({ "as_of": "2025-06-30" })).ok(201);
    proposed.body["result"]["position"].to_string()
}

pub fn approve(client: &Client, settlement: &str, role: &str) -> Answer {
    client.post(&format!("{EP}/settlements/{settlement}/approvals"), json!({ "role": role }))
}

pub fn assert_valid(database: &Database) {
    let verified = verify_log(&mut database.connect()).unwrap();
    assert!(verified.valid, "{:#?}", verified.findings);
}

pub fn pairs(totals: &Value) -> Vec<[&str; 3]> {
    let text = |total: &'_ Value, key: &str| -> &'static str {
        Box::leak(total[key].as_str().unwrap().to_owned().into_boxed_str())
    };
    totals.as_array().unwrap().iter().map(|total| ["payer", "payee", "amount"].map(|key| text(total, key))).collect()
}

#[test]
fn a_settlement_is_posted_when_both_sides_approve_what_they_read() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let due = insurer.get(&format!("{EP}/due?as_of=2025-06-30")).ok(200);
        let expected = [["manufacturer", "patient", "39800.50"], ["insurer", "manufacturer", "100.00"]];
        assert_eq!(pairs(&due.body["totals"]), expected);
        assert_eq!(due.body["approvers"], json!(["insurer", "manufacturer"]));
        let position = propose(&insurer);
        let settlement = format!("{EP}/settlements/{position}");
        let shown = maker.get(&settlement).ok(200);
        assert_eq!(shown.body["settlement"]["awaited"], json!(["insurer", "manufacturer"]));
        assert_eq!(pairs(&shown.body["clauses"]), expected);
        let tag = shown.header("etag").unwrap().to_owned();
        maker.get(&settlement).ok(200);
        served.as_party("Maker A").with("if-none-match", &tag).get(&settlement).ok(304);
        approve(&insurer, &position, "manufacturer").problem(403, "not-your-role");
        approve(&insurer, &position, "patient").problem(403, "no-say");
        approve(&insurer, "99", "insurer").problem(404, "unknown-entry");
        approve(&insurer, "6", "insurer").problem(404, "no-proposal");
        approve(&served.as_party("Insurer B"), &position, "insurer").problem(404, "unknown-contract");
        approve(&served.as_party("Regulator A"), &position, "insurer").problem(403, "forbidden");
        insurer.post(&format!("{EP}/settlements"), json!({ "as_of": "2025-06-30" })).problem(409, "proposal-open");
        let seen = |name: &str, tag: &str| served.as_party(name).with("if-match", tag);
        let approved = approve(&seen("Insurer A", &tag), &position, "insurer").ok(200);
        assert_eq!(approved.body["result"]["awaited"], json!(["manufacturer"]));
        approve(&insurer, &position, "insurer").problem(409, "approved-already");
        // It has changed since the manufacturer looked: the other side has approved it.
        approve(&seen("Maker A", &tag), &position, "manufacturer").problem(412, "changed-meanwhile");
        // What happens under the contract beside the settlement does not change the settlement.
        maker.post(&format!("{EP}/accruals"), json!({ "as_of": "2025-06-30" })).ok(200);
        let tag = insurer.get(&settlement).ok(200).header("etag").unwrap().to_owned();
        maker.post(&format!("{EP}/accruals"), json!({ "as_of": "2025-07-01" })).ok(200);
        let posted = approve(&seen("Maker A", &tag), &position, "manufacturer").ok(200);
        assert_eq!(posted.body["receipts"].as_array().unwrap().len(), 2, "{}", posted.text);
        approve(&maker, &position, "manufacturer").problem(409, "proposal-over");
        let reject = json!({ "role": "insurer", "reason": "facts" });
        insurer.post(&format!("{settlement}/rejections"), reject).problem(409, "proposal-over");
        let nothing = insurer.post(&format!("{EP}/settlements"), json!({ "as_of": "2025-06-30" })).ok(200);
        assert_eq!((&nothing.body["receipts"], &nothing.body["result"]["totals"]), (&json!([]), &json!([])));
        assert_valid(database);
    });
}

#[test]
fn people_are_seen_by_those_who_may() {
    on_each_empty(|database| {
        let served = served(database);
        let insurer = served.as_party("Insurer A");
        let lines = format!("{EP}/settlements/{}/lines", propose(&insurer));
        let first = insurer.get(&format!("{lines}?limit=3")).ok(200);
        let rest = insurer.get(&format!("{lines}?cursor={}", first.body["next"].as_str().unwrap())).ok(200);
        let told = [&first, &rest].map(|page| page.body["items"].as_array().unwrap().clone()).concat();
        let told: Vec<_> = told.iter().map(|line| ["item", "subject", "amount"].map(|key| line[key].clone())).collect();
        let expected =
            json!([[0, "p1", "40000.00"], [1, "p1", "-10000.00"], [2, "p2", "9800.50"], [3, "p1", "100.00"]]);
        assert_eq!(json!(told), expected);
        let why = insurer.get(&format!("{lines}/0")).ok(200);
        assert!(why.body["sentence"].as_str().unwrap().contains("p1"), "{}", why.text);
        assert_eq!(why.body["tree"]["value"], json!("40_000 CNY"), "{}", why.text);
        insurer.get(&format!("{lines}/4")).problem(404, "no-line");
        insurer.get(&format!("{lines}/-1")).problem(404, "no-such-place");
        let regulator = served.as_party("Regulator A");
        let pseudonym = regulator.get(&lines).ok(200).body["items"][0]["subject"].as_str().unwrap().to_owned();
        assert_eq!(pseudonym.len(), 36);
        let why = regulator.get(&format!("{lines}/0")).ok(200);
        assert!(why.body.get("sentence").is_none() && why.body["tree"]["from"].is_array(), "{}", why.text);
        let maker = served.as_party("Maker A");
        maker.get(&lines).problem(403, "forbidden");
        maker.get(&format!("{lines}/0")).problem(403, "forbidden");
        let reads = regulator.get(&format!("{EP}/reads")).ok(200);
        for operation in ["list_settlement_lines", "explain_settlement_line"] {
            assert!(reads.text.contains(operation), "{}", reads.text);
        }
        for client in [&maker, &regulator] {
            for path in ["due?as_of=2025-06-30", "statement", "settlements"] {
                let answer = client.get(&format!("{EP}/{path}")).ok(200);
                assert!(!answer.text.contains("\"p1\""), "{path}: {}", answer.text);
            }
        }
        assert!(maker.get(&format!("{EP}/due?as_of=2025-06-30")).ok(200).body.get("lines").is_none());
    });
}

#[test]
fn nobody_settles_alone() {
    on_each_empty(|database| {
        let served = served(database);
        let c = &mut database.connect();
        // Without the fee only the manufacturer has a say: patients sign nothing.
        let (document, _) = deal::DOCUMENT.split_once("  fee:").unwrap();
        let mut proposal = deal::proposal(&[("manufacturer", "Maker A"), ("insurer", "Insurer A")]);
        (proposal.name, proposal.document) = (Some("alone"), document);
        act(c, |c, outside| propose_contract(c, outside, proposal)).unwrap();
        for role in ["manufacturer", "insurer"] {
            act(c, |c, outside| sign_contract(c, outside, "alone", role)).unwrap();
        }
        act(c, |c, outside| activate_contract(c, outside, "alone")).unwrap();
        act(c, |c, outside| enrol_subjects(c, outside, "alone", &sheet("s.csv", deal::SUBJECTS))).unwrap();
        for (kind, text) in [("dispensing", deal::DISPENSING), ("progression", deal::PROGRESSION)] {
            let report = outcome_ledger::operations::FactReport { recorded: facts(kind, text), ..Default::default() };
            act(c, |c, outside| outcome_ledger::operations::report_facts(c, outside, "alone", &report)).unwrap();
        }
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let (path, body) = ("/contracts/alone/settlements", json!({ "as_of": "2025-06-30" }));
        maker.post(path, body.clone()).problem(403, "four-eyes");
        let proposed = insurer.post(path, body).ok(201);
        assert_eq!(proposed.body["result"]["approvers"], json!(["manufacturer"]));
        let approvals = format!("{path}/{}/approvals", proposed.body["result"]["position"]);
        insurer.post(&approvals, json!({ "role": "insurer" })).problem(403, "no-say");
        maker.post(&approvals, json!({ "role": "manufacturer" })).ok(200);
        assert_valid(database);
    });
}

#[test]
fn settlements_are_found_by_stage_and_day() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let rejected = propose(&insurer);
        let reject = |reason: &str| json!({ "role": "manufacturer", "reason": reason });
        let rejections = format!("{EP}/settlements/{rejected}/rejections");
        maker.post(&rejections, reject("p1 did not progress")).problem(422, "unknown-reason");
        maker.post(&rejections, reject("facts")).ok(200);
        let open = propose(&insurer);
        for (query, expected) in [
            ("", vec![&rejected, &open]),
            ("?sort=-position", vec![&open, &rejected]),
            ("?stage=open", vec![&open]),
            ("?stage=posted", vec![]),
            ("?from=2025-07-01", vec![]),
            ("?from=2025-06-30&to=2025-06-30&limit=1", vec![&rejected]),
        ] {
            let found = insurer.get(&format!("{EP}/settlements{query}")).ok(200);
            let found: Vec<_> =
                found.body["items"].as_array().unwrap().iter().map(|one| one["position"].to_string()).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        }
        let first = insurer.get(&format!("{EP}/settlements?limit=1&sort=-position")).ok(200);
        let next = first.body["next"].as_str().unwrap();
        let second = insurer.get(&format!("{EP}/settlements?limit=1&sort=-position&cursor={next}")).ok(200);
        assert_eq!((second.body["items"][0]["position"].to_string(), second.body.get("next")), (rejected, None));
        for bad in ["stage=asleep", "from=yesterday", "sort=amount", "limit=0"] {
            insurer.get(&format!("{EP}/settlements?{bad}")).problem(422, "bad-query");
        }
        insurer.get(&format!("{EP}/settlements?cursor=zz")).problem(422, "bad-cursor");
    });
}

#[test]
fn a_claim_is_paid() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let payments = format!("{EP}/payments");
        let pay = |client: &Client, from: &str, to: &str, amount: &str| {
            client.post(&payments, json!({ "from": from, "to": to, "amount": amount, "on": "2025-07-10" }))
        };
        pay(&insurer, "insurer", "manufacturer", "1").problem(409, "overpaid");
        let position = propose(&insurer);
        approve(&insurer, &position, "insurer").ok(200);
        approve(&maker, &position, "manufacturer").ok(200);
        pay(&insurer, "insurer", "manufacturer", "100.01").problem(409, "overpaid");
        pay(&maker, "insurer", "manufacturer", "60").problem(403, "not-your-role");
        pay(&insurer, "insurer", "manufacturer", "0.001").problem(422, "bad-amount");
        pay(&insurer, "insurer", "manufacturer", "sixty").problem(422, "bad-amount");
        pay(&insurer, "insurer", "manufacturer", "-60").problem(422, "bad-amount");
        pay(&served.as_party("Insurer B"), "insurer", "manufacturer", "60").problem(404, "unknown-contract");
        let sent = pay(&insurer, "insurer", "manufacturer", "60").ok(201);
        assert_eq!(sent.body["result"]["payment"]["amount"], json!("60.00"));
        // 60 of 100 are in flight: 40 are open.
        pay(&insurer, "insurer", "manufacturer", "40.01").problem(409, "overpaid");
        let payment = format!("{payments}/{}", sent.body["result"]["payment"]["position"]);
        assert_eq!(sent.header("location"), Some(format!("/api/v1{payment}").as_str()));
        let on = json!({ "on": "2025-07-11" });
        insurer.post(&format!("{payment}/confirmation"), on.clone()).problem(403, "not-your-role");
        maker.post(&format!("{payments}/99/confirmation"), on.clone()).problem(404, "unknown-entry");
        maker.post(&format!("{payments}/{position}/confirmation"), on.clone()).problem(404, "no-payment");
        maker.post(&format!("{payment}/confirmation"), json!({ "on": "2025-07-09" })).problem(422, "too-early");
        maker.post(&format!("{payment}/confirmation"), json!({ "on": "2099-07-09" })).problem(422, "future-day");
        maker.post(&format!("{payment}/confirmation"), on.clone()).ok(200);
        maker.post(&format!("{payment}/confirmation"), on.clone()).problem(409, "payment-over");
        let failing = pay(&insurer, "insurer", "manufacturer", "40").ok(201);
        let failure = format!("{payments}/{}/failure", failing.body["result"]["payment"]["position"]);
        insurer.post(&failure, json!({ "reason": "closed" })).problem(422, "bad-bank-code");
        maker.post(&failure, json!({ "reason": "AC04" })).problem(403, "not-your-role");
        insurer.post(&failure, json!({ "reason": "AC04", "on": "2025-07-12" })).ok(200);
        // Patients have no keys: the manufacturer records both steps.
        let refund = pay(&maker, "manufacturer", "patient", "39800.50").ok(201);
        let refund = format!("{payments}/{}/confirmation", refund.body["result"]["payment"]["position"]);
        insurer.post(&refund, on.clone()).problem(403, "not-your-role");
        let confirmed = maker.post(&refund, on).ok(200);
        let listed = insurer.get(&payments).ok(200);
        assert_eq!(pairs(&listed.body["open"]), [["insurer", "manufacturer", "40.00"]]);
        let stages = |query: &str| {
            let listed = insurer.get(&format!("{payments}{query}")).ok(200);
            let all = listed.body["payments"]["items"].as_array().unwrap().clone();
            all.iter().map(|payment| payment["stage"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(stages(""), ["confirmed", "failed", "confirmed"]);
        assert_eq!(stages("?stage=failed"), ["failed"]);
        let wrong = confirmed.body["receipts"][0]["position"].to_string();
        let reversal = json!({ "entry": wrong, "reason": "did-not-happen" });
        insurer.post(&format!("{EP}/reversals"), reversal.clone()).problem(403, "not-your-role");
        maker.post(&format!("{EP}/reversals"), reversal.clone()).ok(200);
        maker.post(&format!("{EP}/reversals"), reversal).problem(409, "reversed-already");
        assert_eq!(stages("?stage=in%20flight"), ["in flight"]);
        let balances = |query: &str| {
            let stated = insurer.get(&format!("{EP}/balances{query}")).ok(200);
            assert!(stated.body["trial"].as_array().unwrap().iter().all(|trial| trial["balanced"] == json!(true)));
            let accounts = stated.body["accounts"].as_array().unwrap().clone();
            let told = accounts
                .iter()
                .map(|one| ["party", "account", "balance"].map(|key| one[key].as_str().unwrap().to_owned()).join(" "));
            told.collect::<Vec<_>>()
        };
        // Owed 100, paid 60; the refund of 39,800.50 has left and not arrived.
        assert_eq!(
            balances(""),
            [
                "Insurer A payable -40.00",
                "Insurer A cash -60.00",
                "Maker A receivable 40.00",
                "Maker A cash -39740.50",
                "patient of ep receivable 39800.50",
            ]
        );
        assert_eq!(balances("?as_of=2025-06-29"), Vec::<String>::new());
        assert_eq!(balances(&format!("?known_at={position}")), Vec::<String>::new());
        insurer.get(&format!("{EP}/balances?known_at=999")).problem(422, "unknown-position");
        insurer.get(&format!("{EP}/balances?as_of=soon")).problem(422, "bad-query");
        assert_valid(database);
    });
}

#[test]
fn statements_are_tables_that_run_nothing() {
    on_each_empty(|database| {
        let served = served(database);
        let c = &mut database.connect();
        let name = "=HYPERLINK(1)";
        let subjects = sheet("more.csv", &format!("subject,enrolled_on,age,site\n{name},2025-02-01,61,\n"));
        act(c, |c, outside| enrol_subjects(c, outside, deal::CONTRACT, &subjects)).unwrap();
        let recorded = facts("baseline", &format!("subject,on,ecog\n{name},2025-02-01,0\n"));
        let report = outcome_ledger::operations::FactReport { recorded, ..Default::default() };
        deal::report(c, report).unwrap();
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let position = propose(&insurer);
        approve(&insurer, &position, "insurer").ok(200);
        approve(&maker, &position, "manufacturer").ok(200);
        let table = |name: &str| {
            let table = served.as_party(name).with("accept", "text/csv").get(&format!("{EP}/statement")).ok(200);
            assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
            table.text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
        };
        let rows = table("Insurer A");
        let subject = rows[0].iter().position(|heading| heading == "subject").unwrap();
        let amount = rows[0].iter().position(|heading| heading == "amount").unwrap();
        let told: Vec<_> = rows[1..].iter().map(|row| [row[subject].as_str(), row[amount].as_str()]).collect();
        let named = format!("'{name}");
        let expected =
            [["p1", "40000.00"], ["p1", "-10000.00"], ["p2", "9800.50"], ["p1", "100.00"], [&named, "100.00"]];
        assert_eq!(told, expected);
        // The manufacturer sees sums: a fee of 100 twice, and 39,800.50.
        let sums: Vec<String> = table("Maker A")[1..].iter().map(|row| row.join(",")).collect();
        assert_eq!(sums, ["refund,manufacturer,patient,39800.50,CNY", "fee,insurer,manufacturer,200.00,CNY"]);
        let stated = insurer.get(&format!("{EP}/statement?limit=1")).ok(200);
        assert_eq!(stated.body["lines"]["items"][0]["amount"], json!("40000.00"));
        let last = insurer.get(&format!("{EP}/statement")).ok(200);
        assert_eq!(last.body["lines"]["items"][4]["subject"], json!(name), "JSON is no spreadsheet");
    });
}
