//! `docs/contract.schema.json` says to editors what the readers of documents accept: the same keys and words, and every
//! document that compiles fits it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use outcome_ledger::terms::{
    finding::Findings,
    source::Source,
    tree::{self, Node},
};
use serde_json::Value;

use crate::{reference, words};

/// Keywords that only inform.
const ANNOTATIONS: [&str; 6] = ["$schema", "$defs", "$comment", "title", "description", "format"];

fn text(path: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&text("docs/contract.schema.json")).unwrap()
}

/// The document as an editor sees it: YAML 1.2 scalars with their types.
fn json(node: &Node) -> Value {
    match &node.value {
        tree::Value::Map(entries) => {
            entries.iter().map(|(key, value)| (key.text().unwrap_or_default().to_owned(), json(value))).collect()
        }
        tree::Value::List(items) => items.iter().map(json).collect(),
        tree::Value::Scalar { text, quoted } if *quoted => Value::String(text.clone()),
        tree::Value::Scalar { text, .. } => match text.as_str() {
            "" | "~" | "null" => Value::Null,
            "true" | "false" => Value::Bool(text == "true"),
            _ => {
                serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or_else(|| Value::String(text.clone()))
            }
        },
    }
}

fn document(text: &str) -> Value {
    let source = Source::new("document", text);
    json(&tree::read(text, &mut Findings::new(&source)).unwrap())
}

/// A validator of the keywords that our schema uses; another keyword is a mistake of the schema.
struct Validator {
    root: Value,
}

impl Validator {
    /// What does not fit, each with its place.
    fn faults(&self, value: &Value) -> Vec<String> {
        self.check(&self.root, value, "")
    }

    fn check(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let keywords = schema.as_object().unwrap();
        keywords.iter().flat_map(|(keyword, rule)| self.apply(keyword, rule, schema, value, place)).collect()
    }

    fn apply(&self, keyword: &str, rule: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let demand =
            |holds: bool| if holds { Vec::new() } else { vec![format!("{place}: {keyword} {rule}, not {value}")] };
        let at_least = |count: usize| count as u64 >= rule.as_u64().unwrap();
        let at_most = |count: usize| count as u64 <= rule.as_u64().unwrap();
        match (keyword, value) {
            ("$ref", _) => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                self.check(&self.root["$defs"][name], value, place)
            }
            ("type", _) => demand(types(rule).any(|name| is_of_type(value, name))),
            ("const", _) => demand(value == rule),
            ("enum", _) => demand(rule.as_array().unwrap().contains(value)),
            ("pattern", Value::String(text)) => demand(fits_pattern(rule.as_str().unwrap(), text)),
            ("required", Value::Object(entries)) => {
                demand(rule.as_array().unwrap().iter().all(|key| entries.contains_key(key.as_str().unwrap())))
            }
            ("properties", Value::Object(entries)) => entries
                .iter()
                .filter_map(|(key, value)| Some(self.check(rule.get(key)?, value, &format!("{place}/{key}"))))
                .flatten()
                .collect(),
            ("additionalProperties", Value::Object(entries)) => {
                let others = entries.iter().filter(|(key, _)| schema["properties"].get(key).is_none());
                others.flat_map(|(key, value)| self.other(rule, value, &format!("{place}/{key}"))).collect()
            }
            ("items", Value::Array(items)) => items.iter().flat_map(|item| self.check(rule, item, place)).collect(),
            ("minItems", Value::Array(items)) => demand(at_least(items.len())),
            ("maxItems", Value::Array(items)) => demand(at_most(items.len())),
            ("minProperties", Value::Object(entries)) => demand(at_least(entries.len())),
            ("maxProperties", Value::Object(entries)) => demand(at_most(entries.len())),
            ("anyOf", _) => demand(self.fitting(rule, value) >= 1),
            ("oneOf", _) => demand(self.fitting(rule, value) == 1),
            (known, _) if ANNOTATIONS.contains(&known) || OF_ONE_TYPE.contains(&known) => Vec::new(),
            (unknown, _) => panic!("the validator does not know `{unknown}`; teach it, or do without"),
        }
    }

    fn other(&self, rule: &Value, value: &Value, place: &str) -> Vec<String> {
        match rule {
            Value::Bool(false) => vec![format!("{place}: no such key")],
            rule => self.check(rule, value, place),
        }
    }

    fn fitting(&self, rules: &Value, value: &Value) -> usize {
        rules.as_array().unwrap().iter().filter(|rule| self.check(rule, value, "").is_empty()).count()
    }
}

/// Keywords that say nothing about values of other types.
const OF_ONE_TYPE: [&str; 9] = [
    "pattern",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

fn types(rule: &Value) -> impl Iterator<Item = &str> {
    rule.as_array().into_iter().flatten().chain(Some(rule)).filter_map(Value::as_str)
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("unknown type {other}"),
    }
}

fn fits_pattern(pattern: &str, text: &str) -> bool {
    match pattern {
        "^[a-z0-9-]{1,100}$" => {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (1..=100).contains(&text.len()) && text.bytes().all(plain)
        }
        "^[A-Z]{3}$" => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
        other => panic!("unknown pattern {other}"),
    }
}

/// Visits every part of the schema.
fn walk<'v>(value: &'v Value, visit: &mut impl FnMut(&'v serde_json::Map<String, Value>)) {
    match value {
        Value::Object(entries) => {
            visit(entries);
            entries.values().for_each(|value| walk(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

#[test]
fn its_keys_are_those_of_the_readers() {
    let schema = schema();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    walk(&schema, &mut |part| {
        if let (Some(Value::String(what)), Some(Value::Object(properties))) =
            (part.get("$comment"), part.get("properties"))
        {
            found.entry(what.clone()).or_default().extend(properties.keys().cloned());
        }
    });
    let known: BTreeMap<String, BTreeSet<String>> = words::keys();
    assert_eq!(
        found, known,
        "docs/contract.schema.json and src/terms/document/*.rs differ; `$comment` names the reader"
    );
}

#[test]
fn its_words_are_those_of_the_readers() {
    let schema = schema();
    let (mut chosen, mut keys) = (BTreeSet::new(), BTreeSet::new());
    walk(&schema, &mut |part| {
        let words = part.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        chosen.extend(words.map(|word| word.trim_end_matches('?').to_owned()));
        keys.extend(
            part.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.clone()),
        );
    });
    let known = words::choices();
    let absent: Vec<_> = known.iter().filter(|word| !chosen.contains(*word) && !keys.contains(*word)).collect();
    assert!(absent.is_empty(), "docs/contract.schema.json lacks the words {absent:?}");
    let truths = ["yes", "no", "true", "false"];
    let unknown: Vec<_> =
        chosen.iter().filter(|word| !known.contains(*word) && !truths.contains(&word.as_str())).collect();
    assert!(unknown.is_empty(), "no reader knows the words {unknown:?}");
}

#[test]
fn every_sound_document_fits() {
    let validator = Validator { root: schema() };
    let mut documents: Vec<(String, String)> = reference::sound_documents();
    for folder in fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contracts")).unwrap() {
        let path = folder.unwrap().path().join("contract.yaml");
        if path.exists() {
            documents.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(documents.len() > 15, "only {} documents found", documents.len());
    for (name, text) in documents {
        let faults = validator.faults(&document(&text));
        assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    }
}

#[test]
fn documents_that_readers_refuse_do_not_fit() {
    let validator = Validator { root: schema() };
    let (_, sound) = reference::sound_documents().remove(0);
    for (good, bad) in [
        ("format: 1", "format: 2"),
        ("id: early-refund", "id: Early Refund"),
        ("currency: CNY", "currency: yuan"),
        ("currency: CNY\n", ""),
        ("is: manufacturer", "kind: manufacturer"),
        ("term:  { start: 2025-01-01, end", "term: { start: 2025-01-01, ends"),
        ("{ age: number }", "{ age: numeral }"),
        ("{ age: number }", "{ age: { number: { least: 0 } } }"),
        ("  failure:  {}", "  failure: { unnit: kg }"),
        ("  subject:\n", "  patient:\n"),
        ("per: subject", "per: patient"),
        ("    pays: maker to patient\n", ""),
        ("amount: spent * 50%", "amount: [spent]"),
        ("amount: spent * 50%", "amount: spent * 50%\n    limits: [ { per: subject } ]"),
        ("as_of: 2025-06-30", "as_off: 2025-06-30"),
        ("clauses:", "tables: { t: { bands: [], points: [] } }\nclauses:"),
    ] {
        assert!(sound.contains(good), "{good}");
        let faults = validator.faults(&document(&sound.replace(good, bad)));
        assert!(!faults.is_empty(), "`{bad}` fits the schema");
    }
}
