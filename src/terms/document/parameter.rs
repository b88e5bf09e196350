//! What the parties negotiate: a type, bounds, a default, and the value that this instance has.

use super::{
    super::{
        finding::Findings,
        formula::{Expr, ExprKind, Name, parse},
        source::Span,
        tree::{Node, Value},
    },
    field::{FieldType, read_type, words_of},
    header::{Title, read_title},
    reader::Reader,
};

/// One parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub is: FieldType,
    /// The value in force: the setting, or else the default. None when neither can be read.
    pub value: Option<Expr>,
    /// Smallest value.
    pub min: Option<Expr>,
    /// Largest value.
    pub max: Option<Expr>,
    /// Its name for people.
    pub title: Title,
    /// Where the value was published, or that it was chosen.
    pub source: Option<String>,
}

const KEYS: [&str; 7] = ["type", "of", "default", "min", "max", "title", "source"];

/// Reads the parameters; `settings` replace their defaults. Settings that name no parameter are findings.
pub fn read(reader: &mut Reader, node: Option<&Node>, settings: &[(String, String)]) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let entries = node.map(|node| reader.entries(node, "parameters")).unwrap_or_default();
    for (name, value) in entries {
        if let Some(parameter) = read_one(reader, name, value, settings) {
            parameters.push(parameter);
        }
    }
    let span = node.map(|node| node.span).unwrap_or_default();
    refuse_unknown(reader.findings, span, settings, &parameters);
    parameters
}

fn read_one(reader: &mut Reader, name: Name, node: &Node, settings: &[(String, String)]) -> Option<Parameter> {
    if !matches!(node.value, Value::Map(_)) {
        reader.wrong_shape(node, "a parameter is a mapping such as `{ type: money, default: 30_000 CNY }`");
        return None;
    }
    reader.map(node, "a parameter", &KEYS)?;
    let kind = reader.required(node, "type", "a parameter")?;
    let mut is = read_type(reader, kind, kind.text().unwrap_or_default())?;
    if let (Some(list), FieldType::Text(_)) = (node.get("of"), &is) {
        is = FieldType::Text(words_of(reader, list));
    }
    let text = |value: &Node, reader: &mut Reader| match is {
        FieldType::Text(_) => reader.value(value),
        _ => reader.formula(value),
    };
    let setting = settings.iter().rev().find(|(key, _)| *key == name.text);
    let value = match (setting, node.get("default")) {
        (Some((_, text)), _) => read_setting(reader.findings, &name, text, &is),
        (None, Some(value)) => text(value, reader),
        (None, None) => {
            reader
                .findings
                .error("parameter-without-value", name.span, format!("`{}` has no value", name.text))
                .help(format!("give a `default`, or set it: --set {}=…", name.text));
            None
        }
    };
    let min = node.get("min").and_then(|node| reader.formula(node));
    let max = node.get("max").and_then(|node| reader.formula(node));
    let title = node.get("title").map(|node| read_title(reader, node)).unwrap_or_default();
    let source = node.get("source").and_then(Node::text).map(str::to_owned);
    Some(Parameter { name, is, value, min, max, title, source })
}

/// Reads a value given from outside; its place is the parameter that it sets.
fn read_setting(findings: &mut Findings, name: &Name, text: &str, is: &FieldType) -> Option<Expr> {
    if let FieldType::Text(_) = is {
        return Some(Expr { span: name.span, kind: ExprKind::Text(text.trim_matches('"').to_owned()) });
    }
    let positions = vec![name.span.start; text.chars().count()];
    match parse(text, &positions) {
        Ok(expr) => Some(Expr { span: name.span, kind: expr.kind }),
        Err(error) => {
            let message = format!("the value set for `{}` cannot be read: {}", name.text, error.message);
            findings
                .error("bad-setting", name.span, message)
                .help(format!("write --set {}=VALUE as in the document", name.text));
            None
        }
    }
}

fn refuse_unknown(findings: &mut Findings, span: Span, settings: &[(String, String)], known: &[Parameter]) {
    for (key, _) in settings {
        if !known.iter().any(|parameter| parameter.name.text == *key) {
            findings
                .error("unknown-parameter", span, format!("`{key}` is set, but the contract has no such parameter"))
                .suggest(key, known.iter().map(|parameter| parameter.name.text.as_str()));
        }
    }
}
