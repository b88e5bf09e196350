//! What a subject carries and what is reported about it, or about the whole contract.

use super::{
    super::{
        formula::{Expr, Name},
        tree::Node,
    },
    code::{self, Codes},
    field::{Field, read_fields},
    header::{Title, read_title},
    reader::Reader,
};

/// One kind of fact.
#[derive(Clone, Debug)]
pub struct FactKind {
    /// Its name.
    pub name: Name,
    /// Whether every subject has exactly one; then it is read by name and its absence is awaited.
    pub once: bool,
    /// Whether it is reported for the whole contract and not for a subject.
    pub of_contract: bool,
    /// Its fields, beside the day `on`.
    pub fields: Vec<Field>,
    /// The role that must report it.
    pub by: Option<Name>,
    /// By when it must be reported.
    pub due: Option<Expr>,
    /// Unit of its value, UCUM.
    pub unit: Option<String>,
    /// Codes that name it in clinical records: system and code, such as `loinc`, `4548-4`.
    pub codes: Codes,
    /// Its name for people.
    pub title: Title,
}

const KEYS: [&str; 8] = ["once", "of", "fields", "by", "due", "unit", "code", "title"];

/// Reads `subject: { is: patient, fields: { … } }`.
pub fn read_subject(reader: &mut Reader, node: Option<&Node>) -> (String, Vec<Field>) {
    let Some(node) = node else { return ("subject".into(), Vec::new()) };
    if reader.map(node, "`subject`", &["is", "fields"]).is_none() {
        return ("subject".into(), Vec::new());
    }
    let is = node.get("is").and_then(|node| reader.text(node, "`is`")).unwrap_or_else(|| "subject".into());
    (is, node.get("fields").map(|node| read_fields(reader, node)).unwrap_or_default())
}

/// Reads the kinds of facts.
pub fn read(reader: &mut Reader, node: Option<&Node>) -> Vec<FactKind> {
    let entries = node.map(|node| reader.entries(node, "facts")).unwrap_or_default();
    entries.into_iter().filter_map(|(name, value)| read_one(reader, name, value)).collect()
}

fn read_one(reader: &mut Reader, name: Name, node: &Node) -> Option<FactKind> {
    if ["subjects", "groups", "period", "term"].contains(&name.text.as_str()) {
        reader
            .findings
            .error("reserved-name", name.span, format!("`{}` is a word of the language", name.text))
            .help("choose another name for this fact");
        return None;
    }
    reader.map(node, "a fact", &KEYS)?;
    let once = node.get("once").and_then(|node| reader.yes_no(node, "`once`")).unwrap_or(false);
    let known = [("subject", false), ("contract", true)];
    let of_contract =
        node.get("of").and_then(|node| reader.one_of(node, "whom a fact is about", &known)).unwrap_or(false);
    let codes = node.get("code").map(|node| code::of_fact(reader, node)).unwrap_or_default();
    Some(FactKind {
        once,
        of_contract,
        fields: node.get("fields").map(|node| read_fields(reader, node)).unwrap_or_default(),
        by: node.get("by").and_then(|node| reader.name(node, "roles")),
        due: node.get("due").and_then(|node| reader.formula(node)),
        unit: node.get("unit").and_then(Node::text).map(str::to_owned),
        codes,
        title: node.get("title").map(|node| read_title(reader, node)).unwrap_or_default(),
        name,
    })
}
