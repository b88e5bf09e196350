//! The contract document as plain data: what it says, not yet what it means.
//!
//! Reading notes every unknown key, wrong shape and unreadable formula with its place and goes on. Names inside
//! formulas are not looked up here; that is the work of [`check`](super::check).
//!
//! - [`reader`]: mappings, texts, names, formulas out of the tree
//! - [`header`]: identity, title, parties, term, settlement rhythm
//! - [`code`]: codes of clinical records
//! - [`field`]: types of fields and parameters
//! - [`prolong`]: the same document with another last day
//! - [`parameter`]: what the parties negotiate
//! - [`fact`]: what is reported
//! - [`table`]: bands, marginal bands, points, dated and keyed tables
//! - [`clause`]: who pays whom, when, how much, within what limits
//! - [`example`]: worked cases

pub mod clause;
pub mod code;
pub mod example;
pub mod fact;
pub mod field;
pub mod header;
pub mod parameter;
pub mod prolong;
pub mod reader;
pub mod table;

pub use clause::{Clause, Each, Limit, Period, Scope, Sharing};
pub use example::Example;
pub use fact::FactKind;
pub use field::{Field, FieldType};
pub use header::{Header, Party, Rhythm, Term, Title};
pub use parameter::Parameter;
pub use table::{Band, Edge, Table, TableKind};

use std::collections::HashSet;

use self::reader::Reader;
use super::{
    finding::Findings,
    formula::{Expr, Name},
    tree::{Node, Value},
};

/// Gives the text of a file named in the document, or says why it cannot.
pub type Files<'f> = &'f dyn Fn(&str) -> Result<String, String>;

/// Holds a contract document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Identity, title, parties, term.
    pub header: Header,
    /// What the parties negotiate, with this instance's values.
    pub parameters: Vec<Parameter>,
    /// What one enrolled unit is called.
    pub subject: String,
    /// What one enrolled unit carries.
    pub fields: Vec<Field>,
    /// The subject field that groups subjects.
    pub group: Option<Name>,
    /// The condition for enrolment.
    pub enrol: Option<Expr>,
    /// What is reported.
    pub facts: Vec<FactKind>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Named formulas.
    pub measures: Vec<Measure>,
    /// Who pays whom.
    pub clauses: Vec<Clause>,
    /// Worked cases.
    pub examples: Vec<Example>,
    /// All names that the document declares, also those whose declaration has a finding of its own.
    pub declared: HashSet<String>,
}

/// The level at which a measure has one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MeasureLevel {
    /// One for the contract.
    Contract,
    /// One for each group.
    Group,
    /// One for each subject.
    Subject,
}

/// Holds a named formula.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name.
    pub name: Name,
    /// Where it has one value.
    pub level: MeasureLevel,
    /// Its formula.
    pub formula: Expr,
}

/// Top-level keys of a document, in the order in which `docs/TERMS.md` presents them.
pub const KEYS: [&str; 21] = [
    "format",
    "id",
    "title",
    "model",
    "source",
    "notes",
    "currency",
    "rounding",
    "parties",
    "parameters",
    "term",
    "settle",
    "enrol",
    "subject",
    "group",
    "facts",
    "schedules",
    "tables",
    "measures",
    "clauses",
    "examples",
];

/// Reads a document out of its tree. `settings` replace defaults of parameters. What cannot be read is left out, with a
/// finding, so that the rest can still be checked. None when the document is no mapping.
pub fn read(root: &Node, settings: &[(String, String)], files: Files, findings: &mut Findings) -> Option<Document> {
    let json = findings.source().chars().iter().find(|c| !c.is_whitespace()) == Some(&'{');
    let mut reader = Reader { findings, files, json };
    reader.map(root, "the document", &KEYS)?;
    let header = header::read(&mut reader, root);
    let parameters = parameter::read(&mut reader, root.get("parameters"), settings);
    let (subject, fields) = fact::read_subject(&mut reader, root.get("subject"));
    let group = root.get("group").and_then(|node| reader.name(node, "the subject field that groups subjects"));
    let enrol = root.get("enrol").and_then(|node| reader.formula(node));
    let facts = fact::read(&mut reader, root.get("facts"));
    let tables = table::read(&mut reader, root.get("tables"));
    let schedules = clause::read_schedules(&mut reader, root.get("schedules"));
    let measures = read_measures(&mut reader, root.get("measures"));
    let clauses = match root.get("clauses") {
        Some(node) => clause::read(&mut reader, node, &schedules),
        None => {
            reader
                .findings
                .error("no-clauses", root.span, "the document has no `clauses`")
                .help("add who pays whom, and how much");
            Vec::new()
        }
    };
    let examples = example::read(&mut reader, root.get("examples"));
    Some(Document {
        header,
        parameters,
        subject,
        fields,
        group,
        enrol,
        facts,
        tables,
        measures,
        clauses,
        examples,
        declared: declared(root),
    })
}

/// The names under the keys that declare some. A use of a name whose declaration could not be read is no second mistake.
fn declared(root: &Node) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut keys = |node: Option<&Node>| {
        let Some(Value::Map(entries)) = node.map(|node| &node.value) else { return };
        names.extend(entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)));
    };
    for key in ["parameters", "facts", "tables", "clauses"] {
        keys(root.get(key));
    }
    keys(root.get("subject").and_then(|subject| subject.get("fields")));
    if let Some(Value::Map(facts)) = root.get("facts").map(|node| &node.value) {
        facts.iter().for_each(|(_, fact)| keys(fact.get("fields")));
    }
    if let Some(Value::Map(levels)) = root.get("measures").map(|node| &node.value) {
        levels.iter().for_each(|(_, measures)| keys(Some(measures)));
    }
    names
}

fn read_measures(reader: &mut Reader, node: Option<&Node>) -> Vec<Measure> {
    let mut measures = Vec::new();
    let levels =
        [("contract", MeasureLevel::Contract), ("group", MeasureLevel::Group), ("subject", MeasureLevel::Subject)];
    let Some(node) = node else { return measures };
    if reader.map(node, "`measures`", &["contract", "group", "subject"]).is_none() {
        return measures;
    }
    for (key, level) in levels {
        for (name, value) in node.get(key).map(|node| reader.entries(node, "measures")).unwrap_or_default() {
            if let Some(formula) = reader.formula(value) {
                measures.push(Measure { name, level, formula });
            }
        }
    }
    measures
}
