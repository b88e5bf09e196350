//! How the server behaves, whatever is asked: problems, limits, tags, pages, numbers of requests.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::session::{DOCUMENT, Served, found, proposal};
use crate::databases::on_each_empty;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn what_cannot_be_understood_is_a_problem_document() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start_with(database, |config| config.limits.body_bytes = 20_000);
        let draft = json!({ "document": DOCUMENT }).to_string();
        let long = json!({ "document": "x".repeat(30_000) }).to_string();
        let nested = format!("{}{}", "[".repeat(15_000), "]".repeat(4_000));
        let operator = || served.as_party("Operator A");
        let check = "/documents/check";
        for (client, method, path, body, status, code) in [
            (operator(), "GET", "/nowhere", "", 404, "no-such-place"),
            (operator(), "GET", "//nowhere", "", 404, "no-such-place"),
            (operator(), "GET", "/contracts/a/b/c", "", 404, "no-such-place"),
            (operator(), "DELETE", "/contracts", "", 405, "method"),
            (operator(), "PUT", "/contracts/ep", "{}", 405, "method"),
            (operator().with("idempotency-key", ""), "POST", check, &draft, 400, "no-key"),
            (
                operator().with("idempotency-key", "a b"),
                "POST",
                "/parties",
                "{\"name\":\"X\",\"is\":\"payer\"}",
                400,
                "bad-key",
            ),
            (operator().with("content-type", "text/csv"), "POST", check, "a,b", 415, "media-type"),
            (operator().with("content-encoding", "br"), "POST", check, &draft, 415, "content-coding"),
            (operator().with("content-encoding", "gzip, gzip"), "POST", check, &draft, 415, "content-coding"),
            (operator().with("content-encoding", "gzip"), "POST", check, &draft, 400, "bad-body"),
            (operator(), "POST", check, &long, 413, "too-large"),
            (operator(), "POST", check, &nested, 422, "bad-form"),
            (operator(), "POST", check, "{", 400, "bad-json"),
            (operator(), "POST", check, "[]", 422, "bad-form"),
            (operator(), "POST", check, "{}", 422, "bad-form"),
            (operator(), "POST", "/parties", "{\"name\":\"X\",\"is\":\"payer\",\"party\":\"y\"}", 422, "bad-form"),
            (operator(), "POST", "/parties", "{\"name\":\"Insurer A\",\"is\":\"insurer\"}", 409, "name-taken"),
            (operator(), "POST", "/parties", "{\"name\":\"\",\"is\":\"insurer\"}", 422, "bad-name"),
            (operator(), "GET", "/contracts?limit=0", "", 422, "bad-query"),
            (operator(), "GET", "/contracts?limit=501", "", 422, "bad-query"),
            (operator(), "GET", "/contracts?limit=many", "", 422, "bad-query"),
            (operator(), "GET", "/contracts?cursor=zz", "", 422, "bad-cursor"),
            (operator(), "GET", "/contracts?sort=state", "", 422, "bad-query"),
            (operator(), "GET", "/contracts?state=asleep", "", 422, "bad-query"),
            (operator(), "GET", "/contracts?of=Maker%20A", "", 422, "bad-query"),
            (operator(), "GET", "/parties/Nobody", "", 404, "no-such-party"),
            (operator(), "GET", "/templates/..%2F..%2Fetc", "", 404, "no-such-template"),
        ] {
            client.send(method, path, body.as_bytes()).problem(status, code);
        }
        let wrong = operator().send("DELETE", "/contracts", &[]);
        assert_eq!(wrong.header("allow"), Some("GET, POST"));
    });
}

#[test]
fn problems_repeat_nothing_of_the_body() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let operator = served.as_party("Operator A");
        for body in [json!({ "document": { "born": "1957-08-13" } }), json!({ "document": 19_570_813 })] {
            let answer = operator.post("/documents/check", body).problem(422, "bad-form");
            assert!(!answer.text.contains("1957"), "{}", answer.text);
        }
    });
}

#[test]
fn packed_bodies_are_unpacked_within_the_limit() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let client = served.as_party("Maker A").with("content-encoding", "gzip");
        let draft = json!({ "document": DOCUMENT }).to_string();
        assert_eq!(
            client.send("POST", "/documents/check", &packed(draft.as_bytes())).ok(200).body["sound"],
            json!(true)
        );
        // 100 MiB of spaces in 100 KiB.
        let bomb = packed(&vec![b' '; 100 * 1024 * 1024]);
        assert!(bomb.len() < 200_000);
        client.send("POST", "/documents/check", &bomb).problem(413, "too-large");
    });
}

#[test]
fn who_asks_too_often_has_to_wait() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start_with(database, |config| {
            (config.limits.requests_per_second, config.limits.requests_at_once) = (1, 3);
            config.limits.failed_sign_ins_at_once = 2;
        });
        let maker = served.as_party("Maker A");
        let statuses: Vec<u16> = (0..8).map(|_| maker.get("/parties").status).collect();
        assert_eq!(statuses[..3], [200; 3]);
        let refused = maker.get("/parties");
        if statuses[7] == 429 {
            assert_eq!(refused.header("retry-after"), Some("1"), "{}", refused.text);
        }
        assert!(statuses.contains(&429), "{statuses:?}");
        // Others are not held up.
        served.as_party("Insurer A").get("/parties").ok(200);
        let guesses: Vec<u16> = (0..8).map(|_| served.with_token(Some("x".into())).get("/parties").status).collect();
        assert!(guesses.contains(&401) && guesses.contains(&429), "{guesses:?}");
        served.as_party("Payer A").get("/parties").ok(200);
    });
}

#[test]
fn a_change_rests_on_what_was_read() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let maker = || served.as_party("Maker A");
        maker().post("/contracts", proposal("ep", "Insurer A")).ok(201);
        let tag = maker().get("/contracts/ep").ok(200).header("etag").unwrap().to_owned();
        assert_eq!(maker().with("if-none-match", &tag).get("/contracts/ep").ok(304).text, "");
        served.as_party("Insurer A").post("/contracts/ep/signatures", json!({ "role": "insurer" })).ok(200);
        maker().with("if-none-match", &tag).get("/contracts/ep").ok(200);
        let sign = json!({ "role": "maker" });
        let sign_at = |tag: &str| maker().with("if-match", tag).post("/contracts/ep/signatures", sign.clone());
        sign_at(&tag).problem(412, "changed-meanwhile");
        sign_at(&format!("W/{tag}")).problem(412, "changed-meanwhile");
        sign_at("nonsense").problem(422, "bad-tag");
        let tag = maker().get("/contracts/ep").ok(200).header("etag").unwrap().to_owned();
        sign_at(&tag).ok(200);
    });
}

#[test]
fn a_request_is_carried_out_once_under_its_key() {
    on_each_empty(|database| {
        found(database);
        let (one, two) = (Served::start(database), Served::start(database));
        let first =
            one.as_party("Maker A").with("idempotency-key", "k-1").post("/contracts", proposal("ep", "Insurer A"));
        let first = first.ok(201);
        // The same server, and another.
        for served in [&one, &two] {
            let again = served.as_party("Maker A").with("idempotency-key", "k-1");
            let again = again.post("/contracts", proposal("ep", "Insurer A")).ok(201);
            assert_eq!(again.body["receipts"], first.body["receipts"]);
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            assert_eq!(again.header("location"), first.header("location"));
        }
        let other = one.as_party("Maker A").with("idempotency-key", "k-1");
        other.post("/contracts", proposal("other", "Insurer A")).problem(422, "key-reused");
        // The key of another party, and of another operation, is another key.
        let insurer = one.as_party("Insurer A").with("idempotency-key", "k-1");
        insurer.post("/contracts", proposal("third", "Insurer A")).ok(201);
        insurer.post("/contracts/ep/signatures", json!({ "role": "insurer" })).ok(200);
        assert_eq!(one.as_party("Maker A").get("/contracts/ep").ok(200).body["position"], json!(2));
    });
}

#[test]
fn lists_come_in_pages() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let maker = served.as_party("Maker A");
        for name in ["c", "a", "e", "b", "d"] {
            maker.post("/contracts", proposal(name, if name == "e" { "Insurer B" } else { "Insurer A" })).ok(201);
        }
        let names = |body: &Value| -> String {
            body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
        };
        for (client, sort, pages) in [
            (&maker, "name", vec!["ab", "cd", "e"]),
            (&maker, "-name", vec!["ed", "cb", "a"]),
            (&served.as_party("Insurer A"), "name", vec!["ab", "cd"]),
            (&served.as_party("Insurer B"), "name", vec!["e"]),
        ] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = client.get(&format!("/contracts?limit=2&sort={sort}{cursor}")).ok(200);
                seen.push(names(&page.body));
                let Some(next) = page.body["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen, pages);
        }
        assert_eq!(names(&maker.get("/contracts?state=in%20force").ok(200).body), "");
        assert_eq!(names(&maker.get("/contracts?state=proposed&limit=500").ok(200).body), "abcde");
    });
}

#[test]
fn requests_have_numbers_and_pages_of_others_may_not_call() {
    on_each_empty(|database| {
        found(database);
        let served =
            Served::start_with(database, |config| config.cors_origins = vec!["https://console.example".into()]);
        let given = served.as_party("Maker A").with("x-request-id", "abc-12345").get("/parties").ok(200);
        assert_eq!(given.header("x-request-id"), Some("abc-12345"));
        let made = served.as_party("Maker A").with("x-request-id", "a b").get("/nowhere");
        assert_eq!(made.header("x-request-id").map(str::len), Some(36));
        let preflight = |origin: &str| {
            let client = served.with_token(None).with("origin", origin);
            let client = client.with("access-control-request-method", "POST");
            let client = client.with("access-control-request-headers", "authorization,idempotency-key,content-type");
            client.send("OPTIONS", "/contracts", &[]).header("access-control-allow-origin").map(str::to_owned)
        };
        assert_eq!(preflight("https://console.example"), Some("https://console.example".into()));
        assert_eq!(preflight("https://elsewhere.example"), None);
    });
}

#[test]
fn the_server_shows_its_description_and_its_health() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let nobody = served.with_token(None);
        for path in ["//livez", "//readyz", "//healthz"] {
            assert_eq!(nobody.get(path).ok(200).text, "ok\n");
        }
        assert_eq!(nobody.get("//api/openapi.json").ok(200).text, outcome_ledger::api::describe::document());
        let page = nobody.get("//api/docs/").ok(200);
        assert!(page.text.contains("swagger-ui"), "{}", page.text);
        assert!(!page.text.contains("https://") && !page.text.contains("http://"), "{}", page.text);
    });
}
