//! Which names formulas use, by the formula's owner.

use std::collections::{HashMap, HashSet};

use crate::terms::{
    document::{Document, Each, TableKind, clause::Dates, example::Expected},
    formula::{Expr, ExprKind},
};

/// The names that a formula uses: single ones, and pairs such as `dispensing.paid`.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Names, the first of pairs among them.
    pub names: HashSet<String>,
    /// Pairs.
    pub pairs: HashSet<(String, String)>,
}

impl Words {
    /// Adds the names of a formula.
    pub fn read(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Path(path) => self.path(&path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>()),
            ExprKind::List(items) => items.iter().for_each(|item| self.read(item)),
            ExprKind::Call { name, arguments, filter, named } => {
                self.names.insert(name.text.clone());
                arguments.iter().for_each(|argument| self.read(argument));
                filter.iter().for_each(|filter| self.read(filter));
                named.iter().for_each(|(_, value)| self.read(value));
            }
            ExprKind::Negative(a) | ExprKind::Not(a) | ExprKind::InPeriod(a) | ExprKind::Is(a, _) => self.read(a),
            ExprKind::Binary(_, a, b) | ExprKind::In(a, b) | ExprKind::StartsWith(a, b) => {
                self.read(a);
                self.read(b);
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
                [a, b, c].into_iter().for_each(|part| self.read(part));
            }
            _ => {}
        }
    }

    fn path(&mut self, path: &[&str]) {
        match path {
            ["subjects" | "groups", name] => {
                self.names.insert((*name).to_owned());
            }
            [name, field] => {
                self.names.insert((*name).to_owned());
                self.pairs.insert(((*name).to_owned(), (*field).to_owned()));
            }
            path => self.names.extend(path.iter().map(|name| (*name).to_owned())),
        }
    }

    fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.pairs.extend(other.pairs.iter().cloned());
    }
}

/// The names that formulas use.
pub struct Uses {
    /// By clause, in the order of the document.
    pub clauses: Vec<Words>,
    /// By measure.
    pub measures: HashMap<String, Words>,
    /// Everywhere else: enrolment, reporting, tables, bounds, worked cases.
    pub elsewhere: Words,
}

impl Uses {
    /// Reads all formulas of a document.
    pub fn new(document: &Document) -> Self {
        let mut elsewhere = Words::default();
        document.enrol.iter().for_each(|expr| elsewhere.read(expr));
        document.group.iter().for_each(|name| elsewhere.path(&[&name.text]));
        let fields = document.fields.iter().chain(document.facts.iter().flat_map(|fact| &fact.fields));
        fields.flat_map(|field| field.min.iter().chain(&field.max)).for_each(|expr| elsewhere.read(expr));
        let parameters = document.parameters.iter();
        parameters.flat_map(|p| p.value.iter().chain(&p.min).chain(&p.max)).for_each(|expr| elsewhere.read(expr));
        document.facts.iter().filter_map(|fact| fact.due.as_ref()).for_each(|expr| elsewhere.read(expr));
        document.tables.iter().for_each(|table| read_table(&table.kind, &mut elsewhere));
        for example in &document.examples {
            for (name, expected) in &example.measures {
                elsewhere.path(&[&name.text]);
                if let Expected::Total(expr) = expected {
                    elsewhere.read(expr);
                }
            }
        }
        let measures = document.measures.iter().map(|measure| {
            let mut words = Words::default();
            words.read(&measure.formula);
            (measure.name.text.clone(), words)
        });
        Self { clauses: document.clauses.iter().map(of_clause).collect(), measures: measures.collect(), elsewhere }
    }

    /// The names that a clause uses, those that its measures use among them.
    pub fn all_of_clause(&self, index: usize) -> Words {
        let mut words = self.clauses[index].clone();
        let mut open: Vec<String> = words.names.iter().cloned().collect();
        let mut seen = HashSet::new();
        while let Some(name) = open.pop() {
            if let Some(used) = self.measures.get(&name).filter(|_| seen.insert(name)) {
                open.extend(used.names.iter().cloned());
                words.add(used);
            }
        }
        words
    }

    /// Tells whether anything but the name's own formula uses a name.
    pub fn any(&self, name: &str) -> bool {
        self.elsewhere.names.contains(name)
            || self.clauses.iter().any(|words| words.names.contains(name))
            || self.measures.iter().any(|(owner, words)| owner != name && words.names.contains(name))
    }

    /// Tells whether anything uses a field of a fact.
    pub fn any_field(&self, fact: &str, field: &str) -> bool {
        let pair = (fact.to_owned(), field.to_owned());
        let all = self.clauses.iter().chain(self.measures.values()).chain([&self.elsewhere]);
        let mut using = all.filter(|words| words.names.contains(fact));
        using.any(|words| words.pairs.contains(&pair) || words.names.contains(field))
    }
}

fn of_clause(clause: &crate::terms::document::Clause) -> Words {
    let mut words = Words::default();
    let parts = clause.when.iter().chain(&clause.due).chain(&clause.amount).chain(&clause.shared_by);
    let shares = clause.payees.iter().filter_map(|(_, share)| share.as_ref());
    parts.chain(shares).chain(clause.limits.iter().map(|limit| &limit.at_most)).for_each(|expr| words.read(expr));
    if let Some(Each::Schedule { from, dates }) = &clause.each {
        words.read(from);
        match dates {
            Dates::Every(every, times) => [every, times].into_iter().for_each(|expr| words.read(expr)),
            Dates::After(list) => list.iter().for_each(|expr| words.read(expr)),
        }
    }
    words
}

fn read_table(kind: &TableKind, words: &mut Words) {
    match kind {
        TableKind::Bands(bands) | TableKind::Marginal(bands) => {
            for band in bands {
                let edges = band.lower.iter().chain(&band.upper).map(|edge| &edge.at);
                edges.chain([&band.is]).for_each(|expr| words.read(expr));
            }
        }
        TableKind::Points(rows) | TableKind::Since(rows) => {
            rows.iter().for_each(|(at, is)| [at, is].into_iter().for_each(|expr| words.read(expr)));
        }
        TableKind::Keys(rows) => rows.iter().for_each(|(_, is)| words.read(is)),
    }
}
