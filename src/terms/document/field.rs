//! Types of fields and parameters as documents write them.

use super::{
    super::{
        formula::{Expr, Name},
        tree::{Node, Value},
    },
    code::{self, Codes},
    reader::Reader,
};

/// The type of a field or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// An exact decimal.
    Number,
    /// An amount in the contract's currency.
    Money,
    /// A calendar day.
    Date,
    /// A number of days, or for a parameter also of months.
    Duration,
    /// A text, of a closed list when the list is not empty.
    Text(Vec<String>),
    /// Yes or no.
    Truth,
}

impl FieldType {
    /// The word of documents.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Money => "money",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Text(_) => "text",
            Self::Truth => "yes/no",
        }
    }
}

const TYPES: [(&str, FieldType); 8] = [
    ("number", FieldType::Number),
    ("percent", FieldType::Number),
    ("money", FieldType::Money),
    ("date", FieldType::Date),
    ("duration", FieldType::Duration),
    ("text", FieldType::Text(Vec::new())),
    ("yes/no", FieldType::Truth),
    ("yes-no", FieldType::Truth),
];

/// One field of a subject or fact.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub is: FieldType,
    /// Whether it may be left out.
    pub optional: bool,
    /// Smallest value.
    pub min: Option<Expr>,
    /// Largest value.
    pub max: Option<Expr>,
    /// Unit of its value, UCUM, where it is not that of the fact.
    pub unit: Option<String>,
    /// Codes or elements of clinical records that fill it.
    pub codes: Codes,
    /// Whether a formula uses it; what no formula uses need not be reported.
    pub needed: bool,
}

/// Reads `{ age: number, arm: { text: [a, b] }, site: text? }`.
pub fn read_fields(reader: &mut Reader, node: &Node) -> Vec<Field> {
    let entries = reader.entries(node, "fields");
    entries.into_iter().filter_map(|(name, value)| read_field(reader, name, value)).collect()
}

fn read_field(reader: &mut Reader, name: Name, node: &Node) -> Option<Field> {
    if name.text == "on" || name.text == "enrolled_on" {
        reader
            .findings
            .error("reserved-name", name.span, format!("`{}` is there already and cannot be declared", name.text))
            .help("every subject has `enrolled_on`, every fact has `on`; use another name");
        return None;
    }
    let field = |is, optional| Field {
        name: name.clone(),
        is,
        optional,
        min: None,
        max: None,
        unit: None,
        codes: Codes::new(),
        needed: true,
    };
    match &node.value {
        Value::Scalar { text, .. } => {
            let (word, optional) = text.strip_suffix('?').map_or((text.as_str(), false), |word| (word, true));
            read_type(reader, node, word).map(|is| field(is, optional))
        }
        Value::Map(entries) if node.get("type").is_none() && entries.len() == 1 => {
            let (key, value) = &entries[0];
            let is = read_type(reader, key, key.text().unwrap_or_default())?;
            match (&value.value, is) {
                (Value::List(items), FieldType::Text(_)) => Some(field(FieldType::Text(words(reader, items)), false)),
                (Value::Map(_), is) => {
                    reader.map(value, "a field", &["min", "max", "optional", "unit", "code"])?;
                    read_bounds(reader, value, field(is, false))
                }
                _ => {
                    reader
                        .wrong_shape(value, "a field's type is followed by a list of texts or by `{ min: …, max: … }`");
                    None
                }
            }
        }
        Value::Map(_) => {
            reader.map(node, "a field", &["type", "of", "min", "max", "optional", "unit", "code"])?;
            let kind = reader.required(node, "type", "a field")?;
            let mut is = read_type(reader, kind, kind.text().unwrap_or_default())?;
            if let (Some(list), FieldType::Text(_)) = (node.get("of"), &is) {
                is = FieldType::Text(words_of(reader, list));
            }
            read_bounds(reader, node, field(is, false))
        }
        Value::List(_) => {
            reader.wrong_shape(node, "a field has a type such as `number` or `{ text: [a, b] }`");
            None
        }
    }
}

fn read_bounds(reader: &mut Reader, node: &Node, field: Field) -> Option<Field> {
    let optional = node.get("optional").and_then(|node| reader.yes_no(node, "`optional`")).unwrap_or(false);
    let min = node.get("min").and_then(|node| reader.formula(node));
    let max = node.get("max").and_then(|node| reader.formula(node));
    let unit = node.get("unit").and_then(|node| reader.text(node, "a unit"));
    let codes = node.get("code").map(|node| code::of_field(reader, node, &field.is)).unwrap_or_default();
    Some(Field { optional, min, max, unit, codes, ..field })
}

/// Reads a type by its word.
pub fn read_type(reader: &mut Reader, node: &Node, word: &str) -> Option<FieldType> {
    let found = TYPES.iter().find(|(known, _)| *known == word).map(|(_, is)| is.clone());
    if found.is_none() {
        reader
            .findings
            .error("unknown-type", node.span, format!("`{word}` is not a type"))
            .suggest(word, TYPES.iter().map(|(known, _)| *known));
    }
    found
}

/// The texts of a closed list.
pub fn words_of(reader: &mut Reader, node: &Node) -> Vec<String> {
    let items = reader.list(node, "the texts of a closed list");
    words(reader, items)
}

fn words(reader: &mut Reader, items: &[Node]) -> Vec<String> {
    items.iter().filter_map(|item| reader.text(item, "a text of the list")).collect()
}
