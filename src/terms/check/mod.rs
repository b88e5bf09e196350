//! From what the document says to what it means: names looked up, types and levels known, missing data decided.
//!
//! Everything that is wrong is noted with its place; checking goes on with the next formula.
//!
//! - [`types`]: sorts of values, presence, levels
//! - [`typed`]: the typed tree
//! - [`constant`]: parameters, edges and cells
//! - [`tables`]: tables, gaps and overlaps
//! - [`statistics`]: statistical and actuarial functions
//! - [`schedule`]: rhythms of clauses
//! - [`scope`]: which names are known where
//! - [`measures`]: the order of measures, cycles
//! - [`names`]: typing of names
//! - [`expression`]: typing of formulas
//! - [`operators`]: typing of operators
//! - [`calls`]: functions and tables
//! - [`gather`]: functions over collections; [`gather_arguments`] their further arguments
//! - [`places`]: ranks and running sums
//! - [`narrow`]: what a condition says about presence
//! - [`clauses`]: clauses and their parts

pub mod calls;
pub mod clauses;
pub mod constant;
pub mod expression;
pub mod gather;
pub mod gather_arguments;
pub mod measures;
pub mod names;
pub mod narrow;
pub mod operators;
pub mod places;
pub mod schedule;
pub mod scope;
pub mod statistics;
pub mod tables;
pub mod typed;
pub mod types;

use self::{clauses::TypedClause, constant::Constants, scope::Names, tables::TableData, typed::Typed, types::Level};
use super::{document::Document, finding::Findings, scalar::Scalar};

/// A document whose every formula is typed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The document.
    pub document: Document,
    /// Values of parameters by name.
    pub parameters: Vec<(String, Scalar)>,
    /// Tables.
    pub tables: Vec<TableData>,
    /// Measures in the order of the document.
    pub measures: Vec<Typed>,
    /// Measures in an order in which each stands after those it uses.
    pub order: Vec<usize>,
    /// Clauses.
    pub clauses: Vec<TypedClause>,
    /// The condition for enrolment.
    pub enrol: Option<Typed>,
    /// The days by which facts are reported, in the order of their kinds.
    pub reported_by: Vec<Option<Typed>>,
    /// The subject field that groups subjects.
    pub group: Option<usize>,
}

/// Checks a document; none when anything in it is an error.
pub fn check(mut document: Document, findings: &mut Findings) -> Option<Checked> {
    let currency = document.header.currency;
    let parameters = constant::parameters(&document.parameters, currency, findings);
    let constants = Constants { currency, parameters: &parameters };
    for field in document.fields.iter_mut().chain(document.facts.iter_mut().flat_map(|fact| &mut fact.fields)) {
        constant::fold_bounds(field, &constants, findings);
    }
    let tables = tables::compute(&document.tables, &constants, findings);
    scope::refuse_doubles(&document, findings);
    let group = find_group(&document, findings);
    let order = measures::order(&document, findings);
    let names = Names { document: &document, parameters: &parameters, tables: &tables, group };
    let mut typing = expression::Typing::new(&names, findings);
    for index in &order {
        typing.measure(*index);
    }
    let enrol = document.enrol.as_ref().and_then(|expr| typing.condition(expr, Level::Subject));
    let clauses: Vec<_> = document.clauses.iter().map(|clause| clauses::check(&mut typing, clause)).collect();
    let reported_by = clauses::check_facts(&mut typing);
    let measures: Vec<_> = typing.finish();
    if findings.any_error() {
        return None;
    }
    Some(Checked {
        measures: measures.into_iter().collect::<Option<_>>()?,
        clauses: clauses.into_iter().collect::<Option<_>>()?,
        tables: tables.into_iter().collect::<Option<_>>()?,
        parameters,
        order,
        enrol,
        reported_by,
        group,
        document,
    })
}

fn find_group(document: &Document, findings: &mut Findings) -> Option<usize> {
    let name = document.group.as_ref()?;
    let found = document.fields.iter().position(|field| field.name.text == name.text);
    let text = found.is_some_and(|at| {
        matches!(document.fields[at].is, super::document::FieldType::Text(_)) && !document.fields[at].optional
    });
    if !text {
        findings
            .error("unknown-group", name.span, format!("`{}` is not a text that every subject carries", name.text))
            .suggest(&name.text, document.fields.iter().map(|field| field.name.text.as_str()));
    }
    found.filter(|_| text)
}
