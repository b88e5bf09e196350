//! Every endpoint × role × contract is allowed or refused as the table of access says.

use outcome_ledger::{
    api::describe::interface,
    operations::{
        Operation, Role,
        access::Scope::{self, All, None as No, Own},
    },
};
use serde_json::{Value, json};

use super::session::{Answer, PARTIES, Served, found, proposal};
use crate::databases::on_each_empty;

/// One endpoint of the description, with a request that it understands.
struct Endpoint {
    operation: Operation,
    method: String,
    path: String,
    body: Option<Value>,
}

impl Endpoint {
    fn send(&self, served: &Served, party: &str, contract: &str) -> Answer {
        let path = self.path.replace("/api/v1", "").replace("{contract}", contract);
        let path = path.replace("{webhook}", "01a203da-f13a-702b-9ab3-360d8eb7c45b");
        let path = path.replace("/parties/{name}", "/parties/Maker%20A").replace("{name}", "efficacy-insurance");
        let path = path
            .replace("{settlement}", "8")
            .replace("{item}", "0")
            .replace("{payment}", "11")
            .replace("{dispute}", "9")
            .replace("{fact}", "2f4b1c9a-77d0-4c3e-9a51-0d6f00000012");
        let path = match path.rsplit('/').next() {
            Some("due") => path + "?as_of=2025-06-30",
            Some("entry") => path + "?position=1",
            Some("growth") => path + "?old=1&new=1",
            _ => path,
        };
        assert!(!path.contains('{'), "say in this test what stands for the parameter in {path}");
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
        served.as_party(party).send(&self.method, &path, &body)
    }

    fn is_about_a_contract(&self) -> bool {
        self.path.contains("{contract}")
    }
}

fn endpoints() -> Vec<Endpoint> {
    let document: Value = serde_json::to_value(interface()).unwrap();
    let mut endpoints = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let operation_known = Operation::parse(id);
            let schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
            let example = schema.map(|schema| {
                let name = schema.rsplit('/').next().unwrap();
                let example = &document["components"]["schemas"][name]["example"];
                assert!(example.is_object(), "{name} has no example");
                example.clone()
            });
            endpoints.push(Endpoint {
                operation: operation_known.unwrap_or_else(|| panic!("`{id}` is not in the table of access")),
                method: method.to_uppercase(),
                path: path.clone(),
                body: example,
            });
        }
    }
    endpoints
}

#[test]
fn every_operation_of_the_table_is_an_endpoint_once() {
    let mut served: Vec<Operation> = endpoints().iter().map(|endpoint| endpoint.operation).collect();
    served.sort_unstable();
    assert_eq!(served, Operation::ALL, "a row of the table without endpoint, or an endpoint twice");
}

/// What became of a request, as far as access goes.
fn verdict(answer: &Answer) -> &'static str {
    match answer.code() {
        "forbidden" => "forbidden",
        "unknown-contract" => "unknown",
        _ => "allowed",
    }
}

/// What the table says about a contract: of one's own, or of others.
fn by_the_table(operation: Operation, role: Role, own: bool) -> &'static str {
    let reaches = |scope: Scope| match scope {
        All => true,
        Own => own,
        No => false,
    };
    match (reaches(Operation::ShowContract.scope(role)), reaches(operation.scope(role))) {
        (false, _) => "unknown",
        (true, false) => "forbidden",
        (true, true) => "allowed",
    }
}

#[test]
fn access_is_as_the_table_says() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let operator = served.as_party("Operator A");
        operator.post("/contracts", proposal("theirs", "Insurer A")).ok(201);
        let strangers = json!({ "name": "of-others", "document": super::session::DOCUMENT,
            "parties": { "maker": "Insurer B", "insurer": "Insurer B", "payer": "Insurer B", "hospital": "Insurer B",
                "agent": "Insurer B" } });
        operator.post("/contracts", strangers).ok(201);
        for endpoint in endpoints() {
            for (party, kind) in PARTIES {
                let Some(role) = Role::of_kind(kind).filter(|_| party != "Insurer B") else { continue };
                // The regulator, the auditor and the operator take no role in `theirs`.
                let takes_part = !matches!(role, Role::Regulator | Role::Auditor | Role::Operator);
                for (contract, own) in [("theirs", takes_part), ("of-others", false), ("missing", false)] {
                    let answer = endpoint.send(&served, party, contract);
                    let wanted = match (endpoint.is_about_a_contract(), endpoint.operation.scope(role)) {
                        (true, _) if contract == "missing" => "unknown",
                        (true, _) => by_the_table(endpoint.operation, role, own),
                        (false, No) => "forbidden",
                        // Own, in what is about no contract: a list of one's own, or a proposal with oneself in it.
                        (false, Own) if endpoint.operation == Operation::ProposeContract => {
                            let named = endpoint.body.as_ref().unwrap()["parties"].to_string().contains(party);
                            if named { "allowed" } else { "forbidden" }
                        }
                        (false, _) => "allowed",
                    };
                    let Endpoint { method, path, .. } = &endpoint;
                    assert_eq!(verdict(&answer), wanted, "{method} {path} as {party} on {contract}: {}", answer.text);
                }
            }
        }
    });
}

#[test]
fn what_one_may_not_know_of_looks_as_if_it_were_not_there() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        served.as_party("Maker A").post("/contracts", proposal("secret", "Insurer A")).ok(201);
        let stranger = served.as_party("Insurer B");
        for path in ["/contracts/NAME", "/contracts/NAME/history", "/contracts/NAME/agreement"] {
            let [hidden, missing] = ["secret", "nothing"].map(|name| {
                let answer = stranger.get(&path.replace("NAME", name)).problem(404, "unknown-contract");
                answer.text.replace(name, "NAME")
            });
            assert_eq!(hidden, missing);
        }
        assert_eq!(stranger.get("/contracts").ok(200).body["items"], json!([]));
        assert_eq!(served.as_party("Maker A").get("/contracts").ok(200).body["items"][0]["name"], json!("secret"));
    });
}

#[test]
fn one_signs_only_for_roles_of_ones_own() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        served.as_party("Maker A").post("/contracts", proposal("theirs", "Insurer A")).ok(201);
        for (party, role, status, code) in [
            ("Maker A", "insurer", 403, "not-your-role"),
            ("Operator A", "insurer", 403, "forbidden"),
            ("Regulator A", "insurer", 403, "forbidden"),
            ("Insurer B", "insurer", 404, "unknown-contract"),
            ("Maker A", "nobody", 422, "unknown-role"),
        ] {
            let signed = served.as_party(party).post("/contracts/theirs/signatures", json!({ "role": role }));
            signed.problem(status, code);
        }
        let shown = served.as_party("Insurer A").get("/contracts/theirs").ok(200);
        assert_eq!(shown.body["position"], json!(1), "a refused signature wrote something");
    });
}
