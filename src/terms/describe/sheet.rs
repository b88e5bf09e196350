//! A term sheet as plain data: every way to show it renders this one value.

use serde::Serialize;

use super::language::Language;

/// A contract in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermSheet {
    /// The document's own name.
    pub contract: String,
    /// The language.
    pub language: Language,
    /// The title.
    pub title: String,
    /// The sections in order; those without content are left out.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// A stable name, such as `clauses`.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// The content in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A heading beneath the section's.
    Heading {
        /// Its text.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// Points, each with a label or none.
    Points {
        /// The points in order.
        points: Vec<Point>,
    },
    /// A table.
    Table {
        /// The headings of its columns.
        headings: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
}

/// A labelled sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// What it is about; empty when it stands alone.
    pub label: String,
    /// What it says.
    pub text: String,
}

impl Block {
    /// A heading.
    pub fn heading(text: impl Into<String>) -> Self {
        Self::Heading { text: text.into() }
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into() }
    }

    /// Points with labels.
    pub fn points(points: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::Points { points: points.into_iter().map(|(label, text)| Point { label, text }).collect() }
    }
}
