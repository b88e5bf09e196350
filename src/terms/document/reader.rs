//! Mappings, texts, names and formulas out of the tree, noting what has the wrong shape.

use super::{
    super::{
        finding::Findings,
        formula::{self, Expr, Name, parse::is_keyword, token::is_name},
        tree::{Node, Value},
    },
    Files,
};
use crate::values::Day;

/// Reads parts of the tree and notes what is wrong with them.
pub struct Reader<'r, 's> {
    /// Where findings go.
    pub findings: &'r mut Findings<'s>,
    /// How files beside the document are read.
    pub files: Files<'r>,
    /// Whether the document is JSON, where every text stands in quotes and quotes say nothing.
    pub json: bool,
}

impl Reader<'_, '_> {
    /// Checks that a node is a mapping with known keys only.
    pub fn map(&mut self, node: &Node, what: &str, known: &[&str]) -> Option<()> {
        let Value::Map(entries) = &node.value else {
            self.findings
                .error(
                    "wrong-shape",
                    node.span,
                    format!("{what} must be a mapping (`key: value`), not {}", node.what()),
                )
                .help(format!("known keys: {}", known.join(", ")));
            return None;
        };
        for (key, _) in entries {
            let name = key.text().unwrap_or_default();
            if !known.contains(&name) {
                self.findings
                    .error("unknown-key", key.span, format!("`{name}` is not a key of {what}"))
                    .suggest(name, known.iter().copied());
            }
        }
        Some(())
    }

    /// The entries of a mapping whose keys are names that people choose.
    pub fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(Name, &'n Node)> {
        let Value::Map(entries) = &node.value else {
            self.wrong_shape(node, &format!("{what} stand as a mapping (`name: …`)"));
            return Vec::new();
        };
        entries.iter().filter_map(|(key, value)| Some((self.name(key, what)?, value))).collect()
    }

    /// A name: letters, digits and `_`, not a keyword.
    pub fn name(&mut self, node: &Node, what: &str) -> Option<Name> {
        let text = self.text(node, what)?;
        if is_name(&text) && !is_keyword(&text) {
            return Some(Name { text, span: node.span });
        }
        let reason = if is_keyword(&text) { "is a word of the language" } else { "is not a name" };
        self.findings
            .error("bad-name", node.span, format!("`{text}` {reason} and cannot stand among {what}"))
            .help("names are made of letters, digits and `_` and begin with a letter");
        None
    }

    /// A text.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match node.text() {
            Some(text) if !text.is_empty() => Some(text.to_owned()),
            _ => {
                self.wrong_shape(node, &format!("{what} must be a single value"));
                None
            }
        }
    }

    /// A formula.
    pub fn formula(&mut self, node: &Node) -> Option<Expr> {
        let text = self.text(node, "a formula")?;
        let positions = node.positions(self.findings.source());
        match formula::parse(&text, &positions) {
            Ok(expr) => Some(expr),
            Err(error) => {
                self.findings.error("not-a-formula", error.span, error.message).help(error.help);
                None
            }
        }
    }

    /// A formula, where a plain word stands for a text: `diagnosis: C50` in an example.
    pub fn value(&mut self, node: &Node) -> Option<Expr> {
        let text = self.text(node, "a value")?;
        let positions = node.positions(self.findings.source());
        let quoted = matches!(node.value, Value::Scalar { quoted: true, .. }) && !self.json;
        let kind = match formula::parse(&text, &positions) {
            Ok(expr) if !quoted && !matches!(expr.kind, formula::ExprKind::Path(_)) => return Some(expr),
            _ => formula::ExprKind::Text(text),
        };
        Some(Expr { span: node.span, kind })
    }

    /// A cell of a table: a constant, where a plain word names a parameter or else stands for itself.
    pub fn cell(&mut self, node: &Node) -> Option<Expr> {
        let text = self.text(node, "a value")?;
        let quoted = matches!(node.value, Value::Scalar { quoted: true, .. }) && !self.json;
        let positions = node.positions(self.findings.source());
        match formula::parse(&text, &positions) {
            Ok(expr) if !quoted => Some(expr),
            _ => Some(Expr { span: node.span, kind: formula::ExprKind::Text(text) }),
        }
    }

    /// A day.
    pub fn day(&mut self, node: &Node, what: &str) -> Option<Day> {
        let text = self.text(node, what)?;
        let day = Day::parse(&text);
        if day.is_none() {
            self.findings
                .error("not-a-day", node.span, format!("{what} must be a day of the calendar, not `{text}`"))
                .help("write it as 2025-01-31");
        }
        day
    }

    /// `yes` or `no`.
    pub fn yes_no(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.text() {
            Some("yes" | "true") => Some(true),
            Some("no" | "false") => Some(false),
            _ => {
                self.wrong_shape(node, &format!("{what} is `yes` or `no`"));
                None
            }
        }
    }

    /// One of a few words.
    pub fn one_of<T: Copy>(&mut self, node: &Node, what: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = known.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.findings
                .error("unknown-word", node.span, format!("`{text}` is not {what}"))
                .suggest(&text, known.iter().map(|(word, _)| *word));
        }
        found
    }

    /// The items of a list.
    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.wrong_shape(node, &format!("{what} stand as a list"));
                &[]
            }
        }
    }

    /// Demands a key of a mapping.
    pub fn required<'n>(&mut self, node: &'n Node, key: &str, what: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.findings
                .error("missing-key", node.span, format!("{what} lacks `{key}`"))
                .help(format!("add `{key}: …`"));
        }
        found
    }

    /// Notes a value of the wrong shape.
    pub fn wrong_shape(&mut self, node: &Node, expected: &str) {
        self.findings
            .error("wrong-shape", node.span, format!("{expected}; here stands {}", node.what()))
            .help("see docs/TERMS.md");
    }
}
