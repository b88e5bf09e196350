//! What happened, told by cursor and by webhooks.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use outcome_ledger::{
    operations::{Courier, sequence_log, tell_webhooks},
    storage::Connection,
};
use serde_json::{Value, json};
use sha2::Sha256;

use super::session::{Client, Served, found, proposal};
use crate::databases::on_each_empty;

/// What a receiver got: the headers of Standard Webhooks and the body.
struct Got {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

/// A receiver that gives these answers, one after the other, then 204.
fn receiver(answers: &'static [&'static str]) -> (SocketAddr, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, got) = channel();
    thread::spawn(move || {
        let mut answers = answers.iter();
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while stream.read_line(&mut head).unwrap() > 2 {}
            let header = |name: &str| {
                let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
                line.map(|line| line[name.len() + 2..].to_owned()).unwrap_or_default()
            };
            let mut body = vec![0; header("content-length").parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let answer = answers.next().unwrap_or(&"204 No Content");
            write!(stream.get_mut(), "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            let [id, timestamp, signature] =
                ["id", "timestamp", "signature"].map(|name| header(&format!("webhook-{name}")));
            let _ = send.send(Got { id, timestamp, signature, body: String::from_utf8(body).unwrap() });
        }
    });
    (address, got)
}

/// Checks a message as the specification says, with nothing of ours.
fn opened(got: &Got, secret: &str) -> Value {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", got.id, got.timestamp, got.body).as_bytes());
    mac.verify_slice(&BASE64_STANDARD.decode(got.signature.strip_prefix("v1,").unwrap()).unwrap()).unwrap();
    serde_json::from_str(&got.body).unwrap()
}

/// A server that tells when it is told to, by a clock that goes when it is told to.
struct Desk {
    connection: Connection,
    now: Cell<i64>,
    courier: Courier,
}

impl Desk {
    fn tell(&mut self) -> usize {
        sequence_log(&mut self.connection).unwrap();
        tell_webhooks(&mut self.connection, &self.courier, || self.now.get(), || true).unwrap()
    }

    fn wait(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds * 1_000_000);
    }
}

fn kinds(events: &Value) -> Vec<String> {
    let items = events["items"].as_array().unwrap().iter();
    items
        .map(|event| format!("{} {}", event["contract"].as_str().unwrap_or("-"), event["type"].as_str().unwrap()))
        .collect()
}

fn events(client: &Client<'_>, cursor: &Value) -> Value {
    let query = cursor.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    client.get(&format!("/events?limit=2{query}")).ok(200).body
}

#[test]
fn events_come_in_order_to_those_who_take_part() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        served.as_party("Maker A").post("/contracts", proposal("one", "Insurer A")).ok(201);
        served.as_party("Maker A").post("/contracts", proposal("two", "Insurer B")).ok(201);
        let sign = json!({ "role": "insurer" });
        served.as_party("Insurer A").post("/contracts/one/signatures", sign.clone()).ok(200);
        assert_eq!(
            events(&served.as_party("Insurer A"), &Value::Null)["items"],
            json!([]),
            "nothing is in the log yet"
        );
        sequence_log(&mut database.connect()).unwrap();

        let insurer = served.as_party("Insurer A");
        let first = events(&insurer, &Value::Null);
        assert_eq!(kinds(&first), ["one contract.proposed", "one contract.signed"]);
        let history = insurer.get("/contracts/one/history").ok(200).body;
        assert_eq!(first["items"][1]["hash"], history["items"][1]["hash"]);
        let nothing = events(&insurer, &first["next"]);
        assert_eq!((&nothing["items"], &nothing["next"]), (&json!([]), &first["next"]));
        served.as_party("Payer A").post("/contracts/one/signatures", json!({ "role": "payer" })).ok(200);
        sequence_log(&mut database.connect()).unwrap();
        assert_eq!(kinds(&events(&insurer, &first["next"])), ["one contract.signed"]);

        assert_eq!(kinds(&events(&served.as_party("Insurer B"), &Value::Null)), ["two contract.proposed"]);
        let mut all = Vec::new();
        let mut next = Value::Null;
        loop {
            let page = events(&served.as_party("Regulator A"), &next);
            if page["items"] == json!([]) {
                break;
            }
            all.extend(kinds(&page));
            next = page["next"].clone();
        }
        // Ten parties, then what happened under both contracts: the log has all of it once, those of one contract in order.
        assert_eq!(all.iter().filter(|event| *event == "- party.registered").count(), 10);
        let mut contracts: Vec<_> = all.iter().filter(|event| !event.starts_with('-')).collect();
        assert_eq!(contracts.len(), 4);
        contracts.retain(|event| event.starts_with("one"));
        assert_eq!(contracts, ["one contract.proposed", "one contract.signed", "one contract.signed"]);
        insurer.get("/events?cursor=zz").problem(422, "bad-cursor");
        insurer.get("/events?cursor=6162").problem(422, "bad-cursor");
    });
}

#[test]
fn a_webhook_is_told_signed_in_order_and_again_until_it_arrives() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let maker = served.as_party("Maker A");
        let (address, got) = receiver(&["500 Broken", "301 Moved"]);
        let url = json!({ "url": format!("http://{address}/hooks?key=1") });
        sequence_log(&mut database.connect()).unwrap();
        let made = served.as_party("Insurer A").with("idempotency-key", "k1").post("/webhooks", url.clone()).ok(201);
        let again = served.as_party("Insurer A").with("idempotency-key", "k1").post("/webhooks", url.clone()).ok(201);
        assert_eq!(made.body, again.body);
        let other = json!({ "url": "https://example.org" });
        served.as_party("Insurer A").with("idempotency-key", "k1").post("/webhooks", other).problem(422, "key-reused");
        let secret = made.body["result"]["secret"].as_str().unwrap().to_owned();
        let place = format!("/webhooks/{}", made.body["result"]["webhook"].as_str().unwrap());
        let mut desk =
            Desk { connection: database.connect(), now: Cell::new(1_700_000_000_000_000), courier: Courier::new(true) };
        assert_eq!(desk.tell(), 0);

        maker.post("/contracts", proposal("theirs", "Insurer B")).ok(201);
        maker.post("/contracts", proposal("mine", "Insurer A")).ok(201);
        maker.post("/contracts/mine/signatures", json!({ "role": "maker" })).ok(200);
        // 500, then after 5 seconds a redirect, which nobody follows, then after 300 seconds both messages.
        assert_eq!(desk.tell(), 0);
        assert_eq!(desk.tell(), 0, "not before its time");
        let shown = served.as_party("Insurer A").get("/webhooks").ok(200).body;
        assert_eq!((&shown[0]["failures"], &shown[0]["last_status"]), (&json!(1), &json!(500)));
        assert!(!shown.to_string().contains(&secret), "the secret is shown once");
        desk.wait(5);
        assert_eq!(desk.tell(), 0);
        desk.wait(299);
        assert_eq!(desk.tell(), 0);
        desk.wait(1);
        assert_eq!(desk.tell(), 2);
        let all: Vec<Got> = (0..4).map(|_| got.recv_timeout(Duration::from_secs(10)).unwrap()).collect();
        let read: Vec<Value> = all.iter().map(|got| opened(got, &secret)).collect();
        assert_eq!((&all[0].id, &all[1].id), (&all[1].id, &all[2].id), "the same message comes again");
        let what = |at: usize| (read[at]["type"].as_str().unwrap(), read[at]["data"]["contract"].as_str().unwrap());
        assert_eq!([what(2), what(3)], [("contract.proposed", "mine"), ("contract.signed", "mine")]);
        assert_eq!((all[0].timestamp.as_str(), all[2].timestamp.as_str()), ("1700000000", "1700000305"));
        let listed = served.as_party("Insurer A").get("/events").ok(200).body;
        assert_eq!(read[3]["data"]["hash"], listed["items"][1]["hash"]);

        let replay =
            |after: i64| served.as_party("Insurer A").post(&format!("{place}/replay"), json!({ "after": after }));
        replay(read[2]["data"]["index"].as_i64().unwrap()).ok(200);
        assert_eq!(desk.tell(), 1);
        assert_eq!(got.recv_timeout(Duration::from_secs(10)).unwrap().id, all[3].id);
        replay(1_000).problem(422, "no-such-event");
        replay(-2).problem(422, "no-such-event");

        // Nobody else sees, sets back or takes away what is not theirs.
        assert_eq!(maker.get("/webhooks").ok(200).body, json!([]));
        maker.post(&format!("{place}/replay"), json!({ "after": -1 })).problem(404, "no-such-webhook");
        maker.send("DELETE", &place, &[]).problem(404, "no-such-webhook");
        served.as_party("Insurer A").send("DELETE", &place, &[]).ok(204);
        maker.post("/contracts/mine/signatures", json!({ "role": "insurer" })).problem(403, "not-your-role");
        served.as_party("Insurer A").post("/contracts/mine/signatures", json!({ "role": "insurer" })).ok(200);
        assert_eq!(desk.tell(), 0);
        for url in ["", "ftp://example.org", "https://me@example.org", "nowhere"] {
            maker.post("/webhooks", json!({ "url": url })).problem(422, "bad-address");
        }
    });
}

#[test]
fn webhooks_do_not_reach_this_machine_unless_they_may() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let (address, got) = receiver(&[]);
        let https = format!("https://localhost:{}/", address.port());
        for url in [format!("http://{address}/"), https] {
            served.as_party("Insurer A").post("/webhooks", json!({ "url": url })).ok(201);
        }
        served.as_party("Maker A").post("/contracts", proposal("mine", "Insurer A")).ok(201);
        let mut desk = Desk {
            connection: database.connect(),
            now: Cell::new(1_700_000_000_000_000),
            courier: Courier::new(false),
        };
        assert_eq!(desk.tell(), 0);
        let shown = served.as_party("Insurer A").get("/webhooks").ok(200).body;
        for webhook in shown.as_array().unwrap() {
            assert_eq!((&webhook["failures"], webhook.get("last_status")), (&json!(1), None), "{webhook}");
        }
        assert!(got.try_recv().is_err());
    });
}

#[test]
fn two_servers_do_not_tell_the_same_at_the_same_time() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let (address, got) = receiver(&[]);
        served.as_party("Insurer A").post("/webhooks", json!({ "url": format!("http://{address}/") })).ok(201);
        for name in ["c1", "c2", "c3"] {
            served.as_party("Maker A").post("/contracts", proposal(name, "Insurer A")).ok(201);
        }
        sequence_log(&mut database.connect()).unwrap();
        let tell = || {
            let mut desk = Desk {
                connection: database.connect(),
                now: Cell::new(1_700_000_000_000_000),
                courier: Courier::new(true),
            };
            tell_webhooks(&mut desk.connection, &desk.courier, || desk.now.get(), || true).unwrap()
        };
        let told: usize = thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(tell)).collect();
            servers.into_iter().map(|server| server.join().unwrap()).sum()
        });
        // The maker's proposals alone: the parties were registered before the webhook was made, but were not in the log.
        let ids: Vec<String> = std::iter::from_fn(|| got.try_recv().ok()).map(|got| got.id).collect();
        assert_eq!((told, ids.len()), (3, 3));
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    });
}
