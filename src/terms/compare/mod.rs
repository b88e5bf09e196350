//! Two versions or two offers of a contract, side by side.
//!
//! Documents are compared by what they say, not by how they are written: order of keys, spaces and brackets change
//! nothing. Lives here: differences as data. Never here: how they are shown, and money, which `evaluate` computes.
//!
//! - `parts`: what each part of a document says, as text

pub mod parts;

use serde::Serialize;

use super::document::Document;

/// One thing that two documents say differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is about: `clause refund`, `parameter window`, `term`.
    pub about: String,
    /// Which part of it: `amount`, `value`; empty when it is there in one document only.
    pub part: String,
    /// What the first document says; none when it says nothing.
    pub first: Option<String>,
    /// What the second document says; none when it says nothing.
    pub second: Option<String>,
}

/// Compares two documents part by part, in the order of the first, then what only the second has.
pub fn compare(first: &Document, second: &Document) -> Vec<Difference> {
    let (a, b) = (parts::of(first), parts::of(second));
    let mut differences = Vec::new();
    for (about, parts) in &a {
        match b.iter().find(|(other, _)| other == about) {
            Some((_, others)) => compare_parts(about, parts, others, &mut differences),
            None => differences.push(only(about, Some(parts), None)),
        }
    }
    let added = b.iter().filter(|(about, _)| !a.iter().any(|(known, _)| known == about));
    differences.extend(added.map(|(about, parts)| only(about, None, Some(parts))));
    differences
}

fn compare_parts(about: &str, first: &parts::Parts, second: &parts::Parts, differences: &mut Vec<Difference>) {
    let names = first.iter().chain(second.iter().filter(|(name, _)| !first.iter().any(|(known, _)| known == name)));
    for (name, _) in names {
        let of = |parts: &parts::Parts| parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        let (a, b) = (of(first), of(second));
        if a != b {
            differences.push(Difference { about: about.into(), part: (*name).into(), first: a, second: b });
        }
    }
}

fn only(about: &str, first: Option<&parts::Parts>, second: Option<&parts::Parts>) -> Difference {
    let text = |parts: &parts::Parts| {
        parts.iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; ")
    };
    Difference { about: about.into(), part: String::new(), first: first.map(text), second: second.map(text) }
}
