//! A small language of sessions: `served.as_party("Maker A").post("/contracts", json!({ … })).ok(201)`.

use std::{net::SocketAddr, sync::mpsc, thread};

use actix_web::{dev::ServerHandle, rt::System, web};
use outcome_ledger::{
    api::{
        Config, Gate,
        sign_in::{Expected, Keys, LocalKey},
        start,
    },
    operations::{open_log, register_party},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{databases::Database, deal::act};

pub const ORIGIN: &str = "ledger.example/one";
/// A party for each role, one that has no access, and a second insurer that is a stranger to most contracts.
pub const PARTIES: [(&str, &str); 10] = [
    ("Maker A", "manufacturer"),
    ("Insurer A", "insurer"),
    ("Payer A", "payer"),
    ("Hospital A", "provider"),
    ("Agent A", "agent"),
    ("Regulator A", "regulator"),
    ("Auditor A", "auditor"),
    ("Operator A", "operator"),
    ("Museum A", "museum"),
    ("Insurer B", "insurer"),
];

/// A document with a role for everybody who can take one.
pub const DOCUMENT: &str = "
format: 1
id: refund
currency: CNY
parties:
  maker: { is: manufacturer }
  insurer: { is: insurer }
  payer: { is: payer }
  hospital: { is: provider }
  agent: { is: agent }
term: { start: 2025-01-01, end: 2025-12-31 }
settle: once
subject: { is: patient }
parameters:
  refund: { type: money, default: 1_000 CNY, min: 0 CNY }
facts:
  relapse: {}
clauses:
  refund:
    pays: maker to insurer
    per: subject
    when: first(relapse.on) is known
    due: enrolled_on + 1 year
    amount: refund
";

/// A server that runs for one test.
pub struct Served {
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
    pub key: LocalKey,
}

/// Who speaks to a server.
pub struct Client<'s> {
    served: &'s Served,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    pub text: String,
}

/// Founds a ledger with a party for each role.
pub fn found(database: &Database) {
    let mut connection = database.connect();
    act(&mut connection, |c, outside| open_log(c, outside, Some(ORIGIN))).unwrap();
    for (name, is) in PARTIES {
        act(&mut connection, |c, outside| register_party(c, outside, name, is)).unwrap();
    }
}

pub fn expected() -> Expected {
    Expected { issuer: ORIGIN.into(), audience: ORIGIN.into(), skew_seconds: 0 }
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/sign_in/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn local_key() -> LocalKey {
    let path = format!("{}/tests/fixtures/sign_in/ed25519.der", env!("CARGO_MANIFEST_DIR"));
    LocalKey::open(path.as_ref(), &mut |_| Err("not needed".into())).unwrap()
}

pub fn now_seconds() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64
}

impl Served {
    /// A server on a ledger, with limits that tests do not run into.
    pub fn start(database: &Database) -> Self {
        Self::start_with(database, |_| {})
    }

    pub fn start_with(database: &Database, set: impl FnOnce(&mut Config)) -> Self {
        Self::start_trusting(database, Keys::fixed(local_key().key_set().unwrap(), expected()), set)
    }

    pub fn start_trusting(database: &Database, keys: Keys, set: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config { listen: SocketAddr::from(([127, 0, 0, 1], 0)), workers: 1, ..Config::default() };
        config.limits.requests_per_second = 10_000;
        config.limits.requests_at_once = 10_000;
        config.limits.failed_sign_ins_at_once = 10_000;
        set(&mut config);
        let gate = web::Data::new(Gate::open(&config, database.address.clone(), keys).unwrap());
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async {
                let running = start(&config, gate).unwrap();
                tell.send((running.addresses[0], running.handle)).unwrap();
                running.server.await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        Self { address, handle, thread: Some(thread), key: local_key() }
    }

    pub fn token(&self, name: &str) -> String {
        self.key.token(ORIGIN, name, 5, now_seconds() * 1_000_000).unwrap()
    }

    pub fn as_party(&self, name: &str) -> Client<'_> {
        self.with_token(Some(self.token(name)))
    }

    pub fn with_token(&self, token: Option<String>) -> Client<'_> {
        Client { served: self, token, headers: Vec::new() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Client<'_> {
    /// The same client with a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[])
    }

    /// Posts under a key of its own, unless the client has one.
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body.to_string().as_bytes())
    }

    /// Sends bytes as they are, as JSON unless the client says otherwise.
    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        Answer::of(self.answer(method, path, body))
    }

    /// The bytes of what is there.
    pub fn download(&self, path: &str) -> Vec<u8> {
        let mut answer = self.answer("GET", path, &[]);
        assert_eq!(answer.status().as_u16(), 200);
        answer.body_mut().read_to_vec().unwrap()
    }

    fn answer(&self, method: &str, path: &str, body: &[u8]) -> ureq::http::Response<ureq::Body> {
        let address = match path.strip_prefix("//") {
            Some(outside) => format!("http://{}/{outside}", self.served.address),
            None => format!("http://{}/api/v1{path}", self.served.address),
        };
        let mut request = ureq::http::Request::builder().method(method).uri(address);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let has = |name: &str| self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if method != "GET" && !has("idempotency-key") {
            request = request.header("idempotency-key", Uuid::now_v7().to_string());
        }
        if !body.is_empty() && !has("content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        let agent = ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build();
        let agent = agent.new_agent();
        let answer = match body {
            [] => agent.run(request.body(()).unwrap()),
            body => agent.run(request.body(body).unwrap()),
        };
        answer.unwrap()
    }
}

impl Answer {
    fn of(mut answer: ureq::http::Response<ureq::Body>) -> Self {
        let text = answer.body_mut().read_to_string().unwrap();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status: answer.status().as_u16(), headers, body, text }
    }

    /// The answer, which has this status.
    #[track_caller]
    pub fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The answer, which is a problem of this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.body["status"], json!(status));
        assert_eq!(self.body["type"], json!(format!("urn:outcome-ledger:problem:{code}")));
        self
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A proposal under a name, with a party for each role.
pub fn proposal(name: &str, insurer: &str) -> Value {
    let parties = json!({ "maker": "Maker A", "insurer": insurer, "payer": "Payer A", "hospital": "Hospital A", "agent": "Agent A" });
    json!({ "name": name, "document": DOCUMENT, "parties": parties })
}
