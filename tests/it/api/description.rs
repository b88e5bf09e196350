//! The description of the interface: committed, and true.

use std::{env, fs};

use outcome_ledger::api::describe::{document, interface};
use serde_json::Value;

#[test]
fn the_committed_description_is_that_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi")).unwrap();
        fs::write(path, document()).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == document(), "the interface changed: UPDATE_DOCS=1 cargo test --test it api::description");
}

#[test]
fn every_endpoint_says_what_it_does_and_how_it_fails() {
    let document: Value = serde_json::to_value(interface()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            for part in ["summary", "description", "operationId", "tags"] {
                assert!(!operation[part].is_null(), "{place} has no {part}");
            }
            let responses = operation["responses"].as_object().unwrap();
            for status in ["400", "401", "403", "429", "default"] {
                assert!(responses.contains_key(status), "{place} does not tell {status}");
            }
            assert_eq!(
                path.contains("{contract}"),
                path.contains("{contract}") && responses.contains_key("404"),
                "{place}"
            );
            for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                assert!(response["content"]["application/problem+json"].is_object(), "{place} {status}");
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let has_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            assert_eq!(has_key, method != "get", "{place}");
        }
    }
}

#[test]
fn schemas_that_are_named_are_there() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| match value {
                Value::String(text) if key == "$ref" => found.push(text.clone()),
                value => references(value, found),
            }),
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::to_value(interface()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let place = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "{reference}");
    }
}
