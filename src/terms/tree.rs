//! The document as a tree of mappings, lists and scalars, each with its place. YAML 1.2, and so JSON.
//!
//! Anchors, aliases, tags and several documents in one file are refused: a contract says everything where it stands.
//! Size, depth and number of nodes are bounded, so that no document can exhaust the reader.

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marked};

use super::{
    finding::Findings,
    source::{Source, Span},
};

/// The longest document that is read, in bytes.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_DEPTH: usize = 32;
const MOST_NODES: usize = 200_000;

/// Holds one value of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// The three shapes of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar: its text, and whether it was written in quotes.
    Scalar {
        /// The text after unquoting and folding.
        text: String,
        /// Whether it stood in quotes.
        quoted: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of the document; keys are scalars and unique.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Finds the value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.text() == Some(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    /// What the value is, for messages.
    pub fn what(&self) -> &'static str {
        match self.value {
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Finds for each character of a scalar's text its place in the source.
    ///
    /// Quoted, folded and literal scalars differ from their source in quotes, escapes and white space only, so the
    /// visible characters are met again in order.
    pub fn positions(&self, source: &Source) -> Vec<u32> {
        let chars = source.chars();
        let mut at = self.span.start as usize;
        let end = (self.span.end as usize).min(chars.len());
        let mut positions = Vec::new();
        for c in self.text().unwrap_or_default().chars() {
            if !c.is_whitespace()
                && let Some(ahead) = chars[at.min(end)..end].iter().position(|found| *found == c)
            {
                at += ahead;
            }
            positions.push(at as u32);
            at = (at + 1).min(end);
        }
        positions
    }
}

/// Reads the text into a tree; none when it is not well-formed, with the findings noted.
pub fn read(text: &str, findings: &mut Findings) -> Option<Node> {
    if text.len() > MOST_BYTES {
        let size = text.len();
        findings
            .error(
                "too-large",
                Span::default(),
                format!("the document has {size} bytes; at most {MOST_BYTES} are read"),
            )
            .help("put long tables and long examples into CSV files beside the document");
        return None;
    }
    let mut builder = Builder { open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        let (event, marked) = match event {
            Ok(next) => next,
            Err(error) => {
                let at = error.marker().index() as u32;
                malformed(findings, at, error.info());
                return None;
            }
        };
        if let Err((code, span, message, help)) = builder.take(event, span_of(marked)) {
            findings.error(code, span, message).help(help);
            return None;
        }
    }
    if builder.root.is_none() {
        findings.error("empty-document", Span::default(), "the document is empty").help("start with `format: 1`");
    }
    if let Some(root) = &builder.root {
        refuse_duplicate_keys(root, findings);
    }
    builder.root
}

fn span_of(marked: Marked) -> Span {
    Span::new(marked.start.index() as u32, marked.end.index() as u32)
}

/// Says what YAML could not read, with the remedy for the slips that people make in formulas.
fn malformed(findings: &mut Findings, at: u32, info: &str) {
    let last = findings.source().chars().len().saturating_sub(1) as u32;
    let span = Span::new(at.min(last), at.min(last) + 1);
    let finding = findings.error("not-yaml", span, format!("this is not well-formed YAML: {info}"));
    finding.help(if info.contains("mapping values") {
        "a formula that contains `: ` (such as `nearest(x, to: day)`) must stand in quotes or after `|` on lines of its own"
    } else {
        "check indentation, quotes and brackets around this place"
    });
}

type Refusal = (&'static str, Span, String, &'static str);

enum Open {
    List(Span, Vec<Node>),
    Map(Span, Vec<(Node, Node)>, Option<Node>),
}

struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event, span: Span) -> Result<(), Refusal> {
        match event {
            Event::Scalar(_, _, anchor, ref tag) if anchor != 0 || tag.is_some() => Err(no_anchors(span)),
            Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                Err(no_anchors(span))
            }
            Event::Alias(_) => Err(no_anchors(span)),
            Event::Scalar(text, style, _, _) => {
                let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                self.place(Node { span, value: Value::Scalar { text: text.into_owned(), quoted } })
            }
            Event::SequenceStart(..) => self.descend(Open::List(span, Vec::new()), span),
            Event::MappingStart(..) => self.descend(Open::Map(span, Vec::new(), None), span),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(start, items)) => self.place(Node { span: start.to(span), value: Value::List(items) }),
                Some(Open::Map(start, entries, _)) => {
                    self.place(Node { span: start.to(span), value: Value::Map(entries) })
                }
                None => Ok(()),
            },
            Event::DocumentStart(_) if self.root.is_some() => Err((
                "several-documents",
                span,
                "a second YAML document begins here".into(),
                "one file holds one contract; remove the `---` or split the file",
            )),
            _ => Ok(()),
        }
    }

    fn descend(&mut self, open: Open, span: Span) -> Result<(), Refusal> {
        if self.open.len() >= MOST_DEPTH {
            let message = format!("nested more than {MOST_DEPTH} levels deep");
            return Err(("too-deep", span, message, "a contract needs six levels at most"));
        }
        self.open.push(open);
        Ok(())
    }

    fn place(&mut self, node: Node) -> Result<(), Refusal> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let message = format!("more than {MOST_NODES} values in one document");
            return Err(("too-large", node.span, message, "put long tables and examples into CSV files"));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None if node.text().is_some() => *key = Some(node),
                None => {
                    return Err((
                        "key-not-a-name",
                        node.span,
                        "a key must be a single name".into(),
                        "write `name: value`",
                    ));
                }
            },
        }
        Ok(())
    }
}

fn no_anchors(span: Span) -> Refusal {
    let message = "anchors, aliases and tags (`&`, `*`, `!`) are not used in contracts".into();
    ("no-anchors", span, message, "write the value where it is meant, or name it as a parameter, table or measure")
}

fn refuse_duplicate_keys(node: &Node, findings: &mut Findings) {
    match &node.value {
        Value::Scalar { .. } => {}
        Value::List(items) => items.iter().for_each(|item| refuse_duplicate_keys(item, findings)),
        Value::Map(entries) => {
            let mut seen = std::collections::HashMap::new();
            for (key, value) in entries {
                let name = key.text().unwrap_or_default();
                if let Some(first) = seen.insert(name, key.span) {
                    let line = findings.source().place(first).line;
                    findings
                        .error("duplicate-key", key.span, format!("`{name}` is already given on line {line}"))
                        .help("keep one of the two");
                }
                refuse_duplicate_keys(value, findings);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(&'static str, u32, u32)> {
        let source = Source::new("t", text);
        let mut findings = Findings::new(&source);
        read(text, &mut findings);
        findings.finish().iter().map(|f| (f.code, f.line, f.column)).collect()
    }

    #[test]
    fn refuses_what_a_contract_does_not_need() {
        for (text, code, line, column) in [
            ("", "empty-document", 1, 1),
            ("a: &x 1\nb: *x\n", "no-anchors", 1, 4),
            ("a: !!str 1\n", "no-anchors", 1, 4),
            ("a: 1\na: 2\n", "duplicate-key", 2, 1),
            ("a: 1\n---\nb: 2\n", "several-documents", 2, 1),
            ("[a, b]: 1\n", "key-not-a-name", 1, 1),
            ("m: f(x, to: 3)\n", "not-yaml", 1, 11),
        ] {
            assert_eq!(codes(text), [(code, line, column)], "{text:?}");
        }
        assert_eq!(codes(&format!("{}1{}", "[".repeat(40), "]".repeat(40)))[0].0, "too-deep");
        assert!(["too-deep", "not-yaml"].contains(&codes(&"[1,".repeat(100_000))[0].0));
        assert_eq!(codes(&" ".repeat(MOST_BYTES + 1))[0].0, "too-large");
    }

    #[test]
    fn finds_each_character_of_a_folded_formula() {
        let text = "a: >\n  one\n  + two\nb: 'x'\n";
        let source = Source::new("t", text);
        let mut findings = Findings::new(&source);
        let root = read(text, &mut findings).unwrap();
        let node = root.get("a").unwrap();
        let positions = node.positions(&source);
        let plus = node.text().unwrap().find('+').unwrap();
        assert_eq!(source.place(Span::new(positions[plus], positions[plus] + 1)).line, 3);
        assert_eq!(root.get("b").unwrap().positions(&source), [23]);
    }
}
