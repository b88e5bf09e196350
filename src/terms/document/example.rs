//! Worked cases inside the contract: subjects, facts, a day, and what is then owed.

use super::{
    super::{
        formula::{Expr, Name},
        source::Span,
        tree::{Node, Value},
    },
    reader::Reader,
};
use crate::values::Day;

/// Field values of a subject or fact, by field name.
pub type Cells = Vec<(Name, Expr)>;

/// Holds one worked case.
#[derive(Clone, Debug)]
pub struct Example {
    /// What the case shows.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Values of parameters that differ from the contract's, as written.
    pub set: Vec<(String, String)>,
    /// Subjects with their fields, `enrolled_on` among them.
    pub subjects: Vec<(Name, Cells)>,
    /// Facts: subject or none for the contract, kind, fields with `on` among them.
    pub facts: Vec<(Option<Name>, Name, Cells)>,
    /// Subjects and facts in CSV files beside the document: kind (none for subjects), file name.
    pub files: Vec<(Option<Name>, Name)>,
    /// The day of the settlement.
    pub as_of: Option<Day>,
    /// What is owed by clause; none when the example does not say.
    pub expect: Option<Vec<(Name, Expected)>>,
    /// Values of measures.
    pub measures: Vec<(Name, Expected)>,
    /// Subjects that are awaited.
    pub pending: Option<Vec<Name>>,
}

/// What an example expects of a clause or measure.
#[derive(Clone, Debug)]
pub enum Expected {
    /// One value: of the contract, or the total of a clause over all subjects.
    Total(Expr),
    /// One value for each subject or group named; all others have nothing.
    Each(Vec<(Name, Expr)>),
}

const KEYS: [&str; 9] = ["name", "set", "subjects", "facts", "as_of", "expect", "measures", "pending", "source"];

/// Reads the worked cases.
pub fn read(reader: &mut Reader, node: Option<&Node>) -> Vec<Example> {
    let items = node.map(|node| reader.list(node, "examples")).unwrap_or_default();
    items.iter().filter_map(|item| read_one(reader, item)).collect()
}

fn read_one(reader: &mut Reader, node: &Node) -> Option<Example> {
    reader.map(node, "an example", &KEYS)?;
    let name = reader.required(node, "name", "an example").and_then(|node| reader.text(node, "the name"))?;
    let mut files = Vec::new();
    let subjects = node.get("subjects").map(|node| read_subjects(reader, node, &mut files)).unwrap_or_default();
    let facts = node.get("facts").map(|node| read_facts(reader, node, &mut files)).unwrap_or_default();
    let as_of =
        reader.required(node, "as_of", "an example").and_then(|node| reader.day(node, "the day of the settlement"));
    let expect = node.get("expect").map(|node| read_expected(reader, node, "clauses"));
    let measures = node.get("measures").map(|node| read_expected(reader, node, "measures")).unwrap_or_default();
    let set = node.get("set").map(|node| reader.entries(node, "parameters")).unwrap_or_default();
    let set = set.into_iter().filter_map(|(name, value)| Some((name.text, value.text()?.to_owned()))).collect();
    let pending = node.get("pending").map(|node| {
        reader.list(node, "subjects that are awaited").iter().filter_map(|item| subject(reader, item)).collect()
    });
    Some(Example { name, span: node.span, set, subjects, facts, files, as_of, expect, measures, pending })
}

/// A subject's identifier: any text.
fn subject(reader: &mut Reader, node: &Node) -> Option<Name> {
    Some(Name { text: reader.text(node, "a subject")?, span: node.span })
}

fn keyed<'n>(reader: &mut Reader, node: &'n Node, what: &str) -> Vec<(Name, &'n Node)> {
    match &node.value {
        Value::Map(entries) => entries.iter().filter_map(|(key, value)| Some((subject(reader, key)?, value))).collect(),
        _ => {
            reader.wrong_shape(node, &format!("{what} stand as a mapping"));
            Vec::new()
        }
    }
}

fn read_subjects(reader: &mut Reader, node: &Node, files: &mut Vec<(Option<Name>, Name)>) -> Vec<(Name, Cells)> {
    if let Some(file) = node.text() {
        files.push((None, Name { text: file.to_owned(), span: node.span }));
        return Vec::new();
    }
    let entries = keyed(reader, node, "subjects");
    entries.into_iter().map(|(name, value)| (name, read_cells(reader, value))).collect()
}

fn read_cells(reader: &mut Reader, node: &Node) -> Cells {
    let entries = reader.entries(node, "fields");
    entries.into_iter().filter_map(|(name, value)| Some((name, reader.value(value)?))).collect()
}

type Facts = Vec<(Option<Name>, Name, Cells)>;

/// Reads a list of facts, or a mapping of kinds to CSV files.
fn read_facts(reader: &mut Reader, node: &Node, files: &mut Vec<(Option<Name>, Name)>) -> Facts {
    if let Value::Map(_) = node.value {
        for (kind, value) in reader.entries(node, "kinds of facts") {
            if let Some(file) = reader.text(value, "the name of a CSV file") {
                files.push((Some(kind), Name { text: file, span: value.span }));
            }
        }
        return Vec::new();
    }
    let mut facts = Vec::new();
    for item in reader.list(node, "facts") {
        let Value::Map(entries) = &item.value else {
            reader.wrong_shape(item, "a fact is a mapping such as `{ subject: p1, progression: { on: 2025-03-25 } }`");
            continue;
        };
        let about = item.get("subject").and_then(|node| subject(reader, node));
        for (key, value) in entries.iter().filter(|(key, _)| key.text() != Some("subject")) {
            if let Some(kind) = reader.name(key, "kinds of facts") {
                facts.push((about.clone(), kind, read_cells(reader, value)));
            }
        }
    }
    facts
}

fn read_expected(reader: &mut Reader, node: &Node, what: &str) -> Vec<(Name, Expected)> {
    let mut expected = Vec::new();
    for (name, value) in reader.entries(node, what) {
        let found = match &value.value {
            Value::Map(_) => {
                let entries = keyed(reader, value, "expected values");
                Some(Expected::Each(entries.into_iter().filter_map(|(key, v)| Some((key, reader.value(v)?))).collect()))
            }
            _ => reader.value(value).map(Expected::Total),
        };
        expected.extend(found.map(|found| (name, found)));
    }
    expected
}
