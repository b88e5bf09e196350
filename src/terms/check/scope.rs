//! Which names are known where.

use std::collections::HashMap;

use super::{
    super::{
        document::{Document, MeasureLevel},
        finding::Findings,
        scalar::Scalar,
        source::Span,
    },
    tables::TableData,
    types::Level,
};

/// All names of a document.
pub struct Names<'n> {
    /// The document.
    pub document: &'n Document,
    /// Values of parameters.
    pub parameters: &'n [(String, Scalar)],
    /// Tables; none for those with errors.
    pub tables: &'n [Option<TableData>],
    /// The subject field that groups subjects.
    pub group: Option<usize>,
}

/// Where a formula is read: how many values it may have, and inside which collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The finest level whose names are known.
    pub level: Level,
    /// The level that `subjects` and `groups` are gathered into.
    pub base: Level,
    /// Whether `subjects.x` means the member of the collection.
    pub in_subjects: bool,
    /// Whether `groups.x` means the member of the collection.
    pub in_groups: bool,
}

impl Scope {
    /// The scope of a formula that has one value at a level.
    pub const fn at(level: Level) -> Self {
        Self { level, base: level, in_subjects: false, in_groups: false }
    }

    /// Tells whether names of subjects are known.
    pub fn sees_subjects(&self, names: &Names) -> bool {
        match self.level {
            Level::Row(kind) => !names.document.facts[kind].of_contract,
            level => level == Level::Subject,
        }
    }

    /// Tells whether names of groups are known.
    pub fn sees_groups(&self, names: &Names) -> bool {
        self.level == Level::Group || self.sees_subjects(names)
    }
}

impl MeasureLevel {
    /// The level of a measure's values.
    pub const fn level(self) -> Level {
        match self {
            Self::Contract => Level::Contract,
            Self::Group => Level::Group,
            Self::Subject => Level::Subject,
        }
    }
}

impl<'n> Names<'n> {
    /// Finds a measure.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.document.measures.iter().position(|measure| measure.name.text == name)
    }

    /// Finds a subject field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.document.fields.iter().position(|field| field.name.text == name)
    }

    /// Finds a kind of fact.
    pub fn fact(&self, name: &str) -> Option<usize> {
        self.document.facts.iter().position(|fact| fact.name.text == name)
    }

    /// Finds a table.
    pub fn table(&self, name: &str) -> Option<usize> {
        self.document.tables.iter().position(|table| table.name.text == name)
    }

    /// All names that could be meant, for suggestions.
    pub fn all(&self, scope: &Scope) -> Vec<&'n str> {
        let document = self.document;
        let mut names: Vec<&str> = document.parameters.iter().map(|p| p.name.text.as_str()).collect();
        names.extend(document.measures.iter().map(|m| m.name.text.as_str()));
        names.extend(document.facts.iter().map(|f| f.name.text.as_str()));
        names.extend(["as_of", "subjects"]);
        if scope.sees_subjects(self) {
            names.push("enrolled_on");
            names.extend(document.fields.iter().map(|f| f.name.text.as_str()));
        }
        if let Level::Row(kind) = scope.level {
            names.push("on");
            names.extend(document.facts[kind].fields.iter().map(|f| f.name.text.as_str()));
        }
        names
    }
}

const RESERVED: [&str; 7] = ["term", "subjects", "groups", "period", "as_of", "enrolled_on", "on"];

/// Notes names that are given twice or have a meaning already.
pub fn refuse_doubles(document: &Document, findings: &mut Findings) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    let parameters = document.parameters.iter().map(|p| &p.name);
    let names = parameters
        .chain(document.fields.iter().map(|f| &f.name))
        .chain(document.facts.iter().map(|f| &f.name))
        .chain(document.tables.iter().map(|t| &t.name))
        .chain(document.measures.iter().map(|m| &m.name));
    for name in names {
        let calls = document.tables.iter().any(|table| table.name == *name) && super::calls::is_function(&name.text);
        if calls || RESERVED.contains(&name.text.as_str()) {
            findings
                .error("reserved-name", name.span, format!("`{}` has a meaning of its own", name.text))
                .help("choose another name");
        }
        if let Some(first) = seen.insert(&name.text, name.span) {
            let line = findings.source().place(first).line;
            findings
                .error("name-taken", name.span, format!("`{}` already names something on line {line}", name.text))
                .help("parameters, fields, facts, tables and measures share one set of names");
        }
    }
}
