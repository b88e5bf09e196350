//! Claims over all contracts of a party, and money that nobody claimed.

use serde_json::{Value, json};

use super::{
    money::{EP, approve, propose, served},
    session::Client,
};
use crate::{databases::on_each_empty, deal};

fn claims(client: &Client, query: &str) -> Vec<String> {
    let listed = client.get(&format!("/claims{query}")).ok(200);
    let told = |claim: &Value| {
        ["payer", "amount", "open", "stage", "side"].map(|key| claim[key].as_str().unwrap().to_owned()).join(" ")
    };
    listed.body["items"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn a_claim_is_followed_from_proposal_to_payment() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        // Nothing is put forward yet: 100 from the insurer since 2025-02-09, 30,000 for p1 since 2025-04-24 and 9,800.50 for p2.
        let radar = |client: &Client| client.get("/unclaimed?as_of=2025-06-30").ok(200).body["items"].clone();
        let found = radar(&maker);
        assert_eq!(
            found[0]["unclaimed"],
            json!([
                { "payer": "insurer", "payee": "manufacturer", "amount": "100.00", "since": "2025-02-09" },
                { "payer": "manufacturer", "payee": "patient", "amount": "39800.50", "since": "2025-04-24" },
            ])
        );
        let position = propose(&insurer);
        assert_eq!(radar(&maker)[0]["unclaimed"], json!([]), "put forward is claimed");
        assert_eq!(radar(&maker)[0]["earned"].as_array().unwrap().len(), 2, "earned and not settled");
        assert_eq!(
            claims(&insurer, ""),
            ["insurer 100.00 100.00 proposed payable", "manufacturer 39800.50 39800.50 proposed other"]
        );
        assert_eq!(claims(&insurer, "?awaits_me=true").len(), 2);
        approve(&insurer, &position, "insurer").ok(200);
        assert_eq!(claims(&insurer, "?awaits_me=true").len(), 0);
        let body = json!({ "role": "manufacturer", "items": [2], "reason": "amount" });
        let opened = maker.post(&format!("{EP}/settlements/{position}/disputes"), body).ok(201);
        assert_eq!(claims(&maker, "?stage=disputed"), ["manufacturer 9800.50 9800.50 disputed payable"]);
        approve(&insurer, &position, "insurer").ok(200);
        approve(&maker, &position, "manufacturer").ok(200);
        let dispute = format!("{EP}/disputes/{}/decisions", opened.body["result"]["dispute"]["position"]);
        insurer.post(&dispute, json!({ "role": "insurer", "decision": "refused" })).ok(200);
        assert_eq!(claims(&maker, "?side=receivable"), ["insurer 100.00 100.00 unpaid receivable"]);
        // 9,800.50 was dropped, and the facts still say that it is owed.
        assert_eq!(radar(&maker)[0]["unclaimed"][0]["amount"], json!("9800.50"));
        let pay = |client: &Client, from: &str, to: &str, amount: &str| {
            let sent =
                client.post(&format!("{EP}/payments"), json!({ "from": from, "to": to, "amount": amount })).ok(201);
            format!("{EP}/payments/{}", sent.body["result"]["payment"]["position"])
        };
        let payment = pay(&insurer, "insurer", "manufacturer", "100");
        assert_eq!(claims(&maker, "?stage=in%20flight&awaits_me=true"), ["insurer 100.00 0.00 in flight receivable"]);
        insurer.post(&format!("{payment}/failure"), json!({ "reason": "AC04" })).ok(200);
        assert_eq!(claims(&insurer, "?stage=failed&awaits_me=true"), ["insurer 100.00 100.00 failed payable"]);
        let payment = pay(&insurer, "insurer", "manufacturer", "100");
        maker.post(&format!("{payment}/confirmation"), json!({})).ok(200);
        assert_eq!(claims(&insurer, "?stage=paid"), ["insurer 100.00 0.00 paid payable"]);
        assert_eq!(claims(&maker, "?stage=unpaid"), ["manufacturer 30000.00 30000.00 unpaid payable"]);
        let summary = maker.get("/claims/summary").ok(200).body;
        let sums = |of: &str| {
            let sums = summary[of].as_array().unwrap().clone();
            let told =
                |sum: &Value| ["side", "of", "amount"].map(|key| sum[key].as_str().unwrap().to_owned()).join(" ");
            sums.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(sums("stages"), ["receivable paid 100.00", "payable unpaid 30000.00"]);
        assert_eq!(sums("ages"), ["payable 0-30 30000.00"]);
        // One settlement was posted, and it was disputed.
        assert_eq!((&summary["posted"], &summary["straight_through_rate"]), (&json!(1), &json!("0.0000")));
        let first = maker.get("/claims?limit=1").ok(200);
        let second = maker.get(&format!("/claims?limit=1&cursor={}", first.body["next"].as_str().unwrap())).ok(200);
        assert_ne!(first.body["items"], second.body["items"]);
        assert_eq!(second.body.get("next"), None);
    });
}

#[test]
fn others_see_nothing_of_it() {
    on_each_empty(|database| {
        let served = served(database);
        propose(&served.as_party("Insurer A"));
        let stranger = served.as_party("Insurer B");
        assert_eq!(claims(&stranger, ""), [""; 0]);
        assert_eq!(stranger.get("/unclaimed").ok(200).body["items"], json!([]));
        assert_eq!(stranger.get("/claims/summary").ok(200).body["stages"], json!([]));
        assert_eq!(claims(&served.as_party("Regulator A"), "").len(), 2);
        assert_eq!(claims(&served.as_party("Regulator A"), "?contract=other").len(), 0);
        for bad in ["stage=asleep", "side=left", "age=31", "awaits_me=perhaps", "limit=0", "of=me"] {
            stranger.get(&format!("/claims?{bad}")).problem(422, "bad-query");
        }
        stranger.get("/claims?cursor=zz").problem(422, "bad-cursor");
        stranger.get("/unclaimed?as_of=soon").problem(422, "bad-query");
    });
}

#[test]
fn what_goes_through_at_once_is_counted() {
    on_each_empty(|database| {
        let served = served(database);
        deal::settle(&mut database.connect(), "2025-06-30").unwrap();
        deal::correct(&mut database.connect());
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        let rejected = propose(&insurer);
        let reject = json!({ "role": "manufacturer", "reason": "amount" });
        maker.post(&format!("{EP}/settlements/{rejected}/rejections"), reject).ok(200);
        let position = propose(&insurer);
        approve(&maker, &position, "manufacturer").ok(200);
        // The first went through at once, the second was rejected once. The deal was recorded on the first days of 2026.
        let summary = insurer.get("/claims/summary").ok(200).body;
        assert_eq!((&summary["posted"], &summary["straight_through_rate"]), (&json!(2), &json!("0.5000")));
        assert_eq!(claims(&insurer, "?age=over%2090&side=payable"), ["insurer 100.00 100.00 unpaid payable"]);
    });
}
