//! Proofs over HTTP: what one downloads is what the log signed, and others get nothing.

use outcome_ledger::{
    contract::{
        bundle::{Verdict, check},
        certificate::check as check_certificate,
    },
    storage,
};
use serde_json::json;

use super::money::{EP, approve, assert_valid, propose, served};
use crate::{
    bundles::{ORIGIN, key, policy, second_verifier::says, sign},
    databases::on_each_empty,
    deal::CONTRACT,
};

#[test]
fn what_is_downloaded_proves_itself() {
    on_each_empty(|database| {
        let served = served(database);
        let [maker, insurer] = ["Maker A", "Insurer A"].map(|name| served.as_party(name));
        insurer.get("/log/checkpoint").problem(404, "not-found");
        insurer.get(&format!("{EP}/bundle")).problem(409, "no-checkpoint");
        // Two lines of p1 are in dispute, the rest is posted, then they are.
        let position = propose(&insurer);
        let body = json!({ "role": "manufacturer", "items": [0], "reason": "facts" });
        let opened = maker.post(&format!("{EP}/settlements/{position}/disputes"), body).ok(201);
        approve(&insurer, &position, "insurer").ok(200);
        approve(&maker, &position, "manufacturer").ok(200);
        let decisions = format!("{EP}/disputes/{}/decisions", opened.body["result"]["dispute"]["position"]);
        insurer.post(&decisions, json!({ "role": "insurer", "decision": "accepted" })).ok(200);
        maker.post(&decisions, json!({ "role": "manufacturer", "decision": "accepted" })).ok(200);
        assert_valid(database);
        let c = &mut database.connect();
        sign(c);
        let trusted = policy(&key(ORIGIN, 1));
        let open = insurer.download(&format!("{EP}/bundle"));
        let checked = check(&open, &trusted, None).unwrap();
        assert_eq!((checked.verdict, checked.findings.len()), (Verdict::Valid, 0), "{:?}", checked.findings);
        assert_eq!(
            (checked.looked_at.settlements, checked.looked_at.lines),
            (1, 4),
            "computed again, disputes and all"
        );
        let closed = served.as_party("Regulator A").download(&format!("{EP}/bundle?since=3"));
        assert_eq!(check(&closed, &trusted, None).unwrap().verdict, Verdict::Closed);
        assert!(!closed.windows(12).any(|bytes| bytes == b"\"label\":\"p1\""), "a regulator sees no names");
        assert!(open.windows(12).any(|bytes| bytes == b"\"label\":\"p1\""));
        assert_eq!(says(&[open, closed], &key(ORIGIN, 1)), ["valid"; 2]);
        let certificate = maker.get(&format!("{EP}/settlements/{position}/certificate")).ok(200);
        assert_eq!(check_certificate(&certificate.text, &trusted, None).unwrap().verdict, Verdict::Valid);
        // The refund of p2 alone: 9,800.50.
        assert!(
            certificate.text.contains("Maker A (manufacturer) to patient of ep (patient): 9800.50 CNY"),
            "{}",
            certificate.text
        );
        maker.get(&format!("{EP}/settlements/6/certificate")).problem(404, "no-settlement");
        let checkpoint = served.as_party("Hospital A").get("/log/checkpoint").ok(200);
        assert!(checkpoint.text.starts_with(ORIGIN));
        let size: u64 = checkpoint.text.lines().nth(1).unwrap().parse().unwrap();
        let growth = maker.get(&format!("/log/proofs/growth?old=3&new={size}")).ok(200);
        assert!(!growth.body["nodes"].as_array().unwrap().is_empty());
        maker.get(&format!("/log/proofs/growth?old=3&new={}", size + 1)).problem(422, "beyond-log");
        maker.get("/log/proofs/growth?old=3").problem(422, "bad-query");
        let entry = maker.get(&format!("/log/proofs/entry?contract={CONTRACT}&position={position}")).ok(200);
        assert!(entry.body["proof"].as_str().unwrap().contains(&checkpoint.text));
        maker.get("/log/proofs/entry?position=1").ok(200);
        maker.get("/log/proofs/entry?position=999").problem(404, "not-covered");
        maker.get("/log/proofs/entry?contract=other&position=1").problem(404, "unknown-contract");
        let stranger = served.as_party("Insurer B");
        stranger.get(&format!("/log/proofs/entry?contract={CONTRACT}&position=1")).problem(404, "unknown-contract");
        stranger.get(&format!("{EP}/bundle")).problem(404, "unknown-contract");
        let chain = storage::contract::find_by_name(c, CONTRACT).unwrap().unwrap().contract_id;
        let fact = storage::fact::of_contract(c, chain).unwrap()[0].fact_id;
        let proof = format!("{EP}/facts/{fact}/proof");
        let proven = insurer.get(&proof).ok(200);
        assert!(proven.body["opening"]["content"].as_str().unwrap().contains("\"kind\":\""), "{}", proven.text);
        assert!(!proven.text.contains("p1"), "whom it is about is a pseudonym: {}", proven.text);
        maker.get(&proof).problem(403, "forbidden");
        stranger.get(&proof).problem(404, "unknown-contract");
        insurer.get(&format!("{EP}/facts/{chain}/proof")).problem(404, "unknown-fact");
        insurer.get(&format!("{EP}/facts/p1/proof")).problem(404, "no-such-place");
    });
}
