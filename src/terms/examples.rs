//! The worked cases inside a contract, run.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    Contract,
    check::constant::{Constants, example_of, fits},
    compile,
    document::{Document, Example, Field, Files, example::Cells, example::Expected},
    evaluate::{self, Data, Evaluation, column::Gap, measure::measure, obligation::NOBODY},
    finding::{Finding, Findings},
    formula::{Expr, ExprKind, Name},
    intake::{Assembly, FactRow, SubjectRow, facts, subjects},
    scalar::Scalar,
    source::Span,
};
use crate::values::{Day, Rounding};

/// Runs all worked cases of a contract and gives what is wrong with them. `settings` are those that the contract was
/// compiled with.
pub fn run(contract: &Contract, settings: &[(String, String)], files: Files) -> Vec<Finding> {
    let mut findings = Findings::new(&contract.source);
    for example in &contract.checked.document.examples {
        if example.set.is_empty() {
            Case { contract, example, findings: &mut findings, files }.run();
            continue;
        }
        let settings: Vec<_> = settings.iter().chain(&example.set).cloned().collect();
        let text: String = contract.source.chars().iter().collect();
        match compile(&contract.source.name, &text, &settings, files).0 {
            Some(contract) => Case { contract: &contract, example, findings: &mut findings, files }.run(),
            None => {
                let message = format!("the parameters set in the example `{}` do not fit the contract", example.name);
                findings.error("example-fails", example.span, message).help("check their names, types and bounds");
            }
        }
    }
    findings.finish()
}

struct Case<'c, 's> {
    contract: &'c Contract,
    example: &'c Example,
    findings: &'c mut Findings<'s>,
    files: Files<'c>,
}

/// Net amounts by subject, group or (empty name) the contract.
type Amounts = BTreeMap<String, Decimal>;

impl Case<'_, '_> {
    fn fail(&mut self, span: Span, message: String) {
        let message = format!("example `{}`: {message}", self.example.name);
        self.findings
            .error("example-fails", span, message)
            .help("correct the example, or the terms that it shows to be wrong");
    }

    fn run(mut self) {
        let Some(as_of) = self.example.as_of else { return };
        let Some(data) = self.data() else { return };
        match evaluate::evaluate(self.contract, &data, as_of) {
            Ok(evaluation) => {
                self.compare_clauses(&evaluation);
                self.compare_pending(&evaluation);
                self.compare_measures(&data, as_of);
            }
            Err(error) => self.fail(self.example.span, error.to_string()),
        }
    }

    fn document(&self) -> &Document {
        &self.contract.checked.document
    }

    /// Subjects and facts of the case.
    fn data(&mut self) -> Option<Data> {
        let before = self.findings.len();
        let contract = self.contract;
        let document = &contract.checked.document;
        let mut assembly = Assembly::new(document);
        let (mut all_subjects, mut all_facts) = (Vec::new(), Vec::new());
        for (kind, file) in &self.example.files {
            self.file(kind.as_ref(), file, &mut all_subjects, &mut all_facts);
        }
        for (name, cells) in &self.example.subjects {
            let enrolled_on = self.day(name, cells, "enrolled_on");
            let values = self.cells(&document.fields, cells, "enrolled_on", name);
            if let (Some(enrolled_on), Some(cells)) = (enrolled_on, values) {
                all_subjects.push(SubjectRow {
                    line: self.line(name.span),
                    subject: name.text.clone(),
                    enrolled_on,
                    cells,
                });
            }
        }
        for (subject, kind, cells) in &self.example.facts {
            let Some(at) = self.kind(kind) else { continue };
            if document.facts[at].of_contract != subject.is_none() {
                let whose = if subject.is_none() { "a `subject`" } else { "no `subject`: it is about the contract" };
                self.fail(kind.span, format!("`{}` needs {whose}", kind.text));
                continue;
            }
            let on = self.day(kind, cells, "on");
            let values = self.cells(&document.facts[at].fields, cells, "on", kind);
            if let (Some(on), Some(cells)) = (on, values) {
                let subject = subject.as_ref().map(|name| name.text.clone());
                all_facts.push((at, FactRow { line: self.line(kind.span), subject, on, cells }));
            }
        }
        let file = self.findings.source().name.clone();
        all_subjects.iter().for_each(|row| assembly.subject(&file, row));
        all_facts.iter().for_each(|(kind, row)| assembly.fact(*kind, &file, row));
        match assembly.finish() {
            Ok(data) => (self.findings.len() == before).then_some(data),
            Err(errors) => {
                errors.iter().for_each(|error| self.fail(self.example.span, error.to_string()));
                None
            }
        }
    }

    fn line(&self, span: Span) -> u64 {
        u64::from(self.findings.source().place(span).line)
    }

    fn file(
        &mut self,
        kind: Option<&Name>,
        file: &Name,
        all_subjects: &mut Vec<SubjectRow>,
        all_facts: &mut Vec<(usize, FactRow)>,
    ) {
        let text = match (self.files)(&file.text) {
            Ok(text) => text,
            Err(reason) => {
                self.fail(file.span, format!("`{}` cannot be read: {reason}", file.text));
                return;
            }
        };
        let contract = self.contract;
        let document = &contract.checked.document;
        let errors = match kind {
            None => subjects(document, &file.text, text.as_bytes(), |row| all_subjects.push(row)),
            Some(kind) => match self.kind(kind) {
                Some(at) => facts(document, at, &file.text, text.as_bytes(), |row| all_facts.push((at, row))),
                None => return,
            },
        };
        errors.iter().for_each(|error| self.fail(file.span, error.to_string()));
    }

    fn kind(&mut self, name: &Name) -> Option<usize> {
        let found = self.document().facts.iter().position(|fact| fact.name.text == name.text);
        if found.is_none() {
            let known: Vec<String> = self.document().facts.iter().map(|fact| fact.name.text.clone()).collect();
            let message = format!("example `{}`: `{}` is not a kind of fact", self.example.name, name.text);
            self.findings
                .error("unknown-name", name.span, message)
                .suggest(&name.text, known.iter().map(String::as_str));
        }
        found
    }

    fn scalar(&mut self, expr: &Expr) -> Option<Scalar> {
        let constants = Constants {
            currency: self.contract.checked.document.header.currency,
            parameters: &self.contract.checked.parameters,
        };
        constants.compute(expr, self.findings)
    }

    fn day(&mut self, owner: &Name, cells: &Cells, key: &str) -> Option<Day> {
        let Some((_, expr)) = cells.iter().find(|(name, _)| name.text == key) else {
            self.fail(owner.span, format!("`{}` lacks `{key}`", owner.text));
            return None;
        };
        match self.scalar(expr)? {
            Scalar::Date(day) => Some(day),
            _ => {
                self.fail(expr.span, format!("`{key}` must be a day such as 2025-01-31"));
                None
            }
        }
    }

    fn cells(&mut self, fields: &[Field], cells: &Cells, day: &str, owner: &Name) -> Option<Vec<Option<Scalar>>> {
        let mut whole = true;
        for (name, _) in cells.iter().filter(|(name, _)| name.text != day) {
            if !fields.iter().any(|field| field.name.text == name.text) {
                let message = format!("example `{}`: `{}` has no field `{}`", self.example.name, owner.text, name.text);
                self.findings
                    .error("unknown-field", name.span, message)
                    .suggest(&name.text, fields.iter().map(|f| f.name.text.as_str()));
                whole = false;
            }
        }
        let mut values = Vec::new();
        for field in fields {
            let cell = cells.iter().find(|(name, _)| name.text == field.name.text);
            match cell {
                Some((_, expr)) => match self.cell(field, expr) {
                    Some(value) => values.push(Some(value)),
                    None => whole = false,
                },
                None if field.optional => values.push(None),
                None => {
                    self.fail(owner.span, format!("`{}` lacks the field `{}`", owner.text, field.name.text));
                    whole = false;
                }
            }
        }
        whole.then_some(values)
    }

    fn cell(&mut self, field: &Field, expr: &Expr) -> Option<Scalar> {
        if let (super::document::FieldType::Text(list), ExprKind::Text(text)) = (&field.is, &expr.kind)
            && !list.is_empty()
            && !list.contains(text)
        {
            let message =
                format!("example `{}`: `{text}` is not one of the texts of `{}`", self.example.name, field.name.text);
            self.findings.error("not-in-list", expr.span, message).suggest(text, list.iter().map(String::as_str));
            return None;
        }
        let value = match (&field.is, &expr.kind) {
            // A text that looks like a number, such as a group code.
            (super::document::FieldType::Text(_), kind) if !matches!(kind, ExprKind::Text(_)) => {
                let chars = self.findings.source().chars();
                Scalar::Text(chars[expr.span.start as usize..expr.span.end as usize].iter().collect())
            }
            _ => self.scalar(expr)?,
        };
        if !fits(&field.is, &value) || matches!(value, Scalar::Months(_)) {
            let currency = self.document().header.currency;
            self.fail(
                expr.span,
                format!("`{}` is {}; {}", field.name.text, field.is.word(), example_of(&field.is, currency)),
            );
            return None;
        }
        Some(value)
    }

    /// Net amounts of each clause.
    fn amounts(&self, evaluation: &Evaluation) -> Vec<Amounts> {
        let mut amounts = vec![Amounts::new(); self.document().clauses.len()];
        for line in &evaluation.lines {
            let name = match (line.subject, line.group) {
                (NOBODY, NOBODY) => String::new(),
                (NOBODY, group) => evaluation.groups[group as usize].clone(),
                (subject, _) => evaluation.subjects[subject as usize].to_string(),
            };
            *amounts[usize::from(line.clause)].entry(name).or_default() += line.amount;
        }
        amounts.iter_mut().for_each(|by_name| by_name.retain(|_, amount| !amount.is_zero()));
        amounts
    }

    fn compare_clauses(&mut self, evaluation: &Evaluation) {
        if self.example.expect.is_empty() && !self.example.measures.is_empty() {
            return;
        }
        let mut amounts = self.amounts(evaluation);
        for (name, expected) in &self.example.expect {
            let Some(index) = self.document().clauses.iter().position(|clause| clause.name.text == name.text) else {
                let known: Vec<String> =
                    self.document().clauses.iter().map(|clause| clause.name.text.clone()).collect();
                let message = format!("example `{}`: `{}` is not a clause", self.example.name, name.text);
                self.findings
                    .error("unknown-name", name.span, message)
                    .suggest(&name.text, known.iter().map(String::as_str));
                continue;
            };
            let found = std::mem::take(&mut amounts[index]);
            self.compare(name, expected, found);
        }
        for (index, found) in amounts.iter().enumerate().filter(|(_, found)| !found.is_empty()) {
            let clause = self.document().clauses[index].name.text.clone();
            let total: Decimal = found.values().sum();
            self.fail(self.example.span, format!("it does not mention `{clause}`, which yields {}", self.money(total)));
        }
    }

    fn money(&self, amount: Decimal) -> String {
        let currency = self.document().header.currency;
        format!("{} {currency}", Scalar::Money(currency.round(amount, Rounding::HalfEven)))
    }

    fn compare(&mut self, clause: &Name, expected: &Expected, mut found: Amounts) {
        match expected {
            Expected::Total(expr) => {
                let total: Decimal = found.values().sum();
                self.compare_amount(&clause.text, expr, total);
            }
            Expected::Each(list) => {
                for (name, expr) in list {
                    let amount = found.remove(&name.text).unwrap_or_default();
                    self.compare_amount(&format!("{} of {}", clause.text, name.text), expr, amount);
                }
                for (name, amount) in found {
                    let of = if name.is_empty() { String::new() } else { format!(" of {name}") };
                    self.fail(
                        clause.span,
                        format!("it does not mention {}{of}, which is {}", clause.text, self.money(amount)),
                    );
                }
            }
        }
    }

    fn compare_amount(&mut self, what: &str, expr: &Expr, found: Decimal) {
        match self.scalar(expr) {
            Some(Scalar::Money(expected)) if expected == found => {}
            Some(Scalar::Money(expected)) => {
                self.fail(expr.span, format!("{what} is {}, not {}", self.money(found), self.money(expected)))
            }
            Some(_) => self.fail(expr.span, format!("{what} is an amount; write it with its currency")),
            None => {}
        }
    }

    fn compare_pending(&mut self, evaluation: &Evaluation) {
        let mut found: Vec<String> = evaluation
            .pending
            .iter()
            .filter(|entry| entry.subject != NOBODY)
            .map(|entry| evaluation.subjects[entry.subject as usize].to_string())
            .collect();
        found.sort();
        found.dedup();
        let mut expected: Vec<String> = self.example.pending.iter().flatten().map(|name| name.text.clone()).collect();
        expected.sort();
        if found != expected {
            let list = |names: &[String]| if names.is_empty() { "nobody".to_string() } else { names.join(", ") };
            self.fail(self.example.span, format!("awaited are {}, not {}", list(&found), list(&expected)));
        }
    }

    fn compare_measures(&mut self, data: &Data, as_of: Day) {
        for (name, expected) in &self.example.measures {
            let Some(index) = self.document().measures.iter().position(|measure| measure.name.text == name.text) else {
                let known: Vec<String> =
                    self.document().measures.iter().map(|measure| measure.name.text.clone()).collect();
                let message = format!("example `{}`: `{}` is not a measure", self.example.name, name.text);
                self.findings
                    .error("unknown-name", name.span, message)
                    .suggest(&name.text, known.iter().map(String::as_str));
                continue;
            };
            let Some(values) = measure(self.contract, data, as_of, index) else {
                self.fail(name.span, format!("`{}` depends on a period and has no one value", name.text));
                continue;
            };
            match expected {
                Expected::Total(expr) => {
                    self.compare_value(&name.text, expr, values.first().map(|(_, value)| value.clone()))
                }
                Expected::Each(list) => {
                    for (member, expr) in list {
                        let found =
                            values.iter().find(|(known, _)| *known == member.text).map(|(_, value)| value.clone());
                        self.compare_value(&format!("{} of {}", name.text, member.text), expr, found);
                    }
                }
            }
        }
    }

    /// Compares a value; a number that is expected with so many decimals is compared after rounding to them.
    fn compare_value(&mut self, what: &str, expr: &Expr, found: Option<Result<Scalar, Gap>>) {
        let found = match found {
            Some(Ok(value)) => value,
            Some(Err(gap)) => {
                let word = if gap == Gap::Awaited { "awaited" } else { "missing" };
                if expr.kind != ExprKind::Text(word.into()) {
                    self.fail(expr.span, format!("{what} is {word}"));
                }
                return;
            }
            None => {
                self.fail(expr.span, format!("there is no {what}"));
                return;
            }
        };
        let Some(expected) = self.scalar(expr) else { return };
        let percent = matches!(expr.kind, ExprKind::Percent(_));
        let same = match (&expected, &found) {
            (Scalar::Number(e), Scalar::Number(f)) | (Scalar::Money(e), Scalar::Money(f)) => {
                let places = if let ExprKind::Percent(shown) = expr.kind { shown.scale() + 2 } else { e.scale() };
                [Rounding::HalfEven, Rounding::HalfUp].iter().any(|rounding| rounding.round(*f, places) == *e)
            }
            (expected, found) => expected == found,
        };
        if !same {
            let shown = |value: &Scalar| match value {
                Scalar::Number(value) if percent => format!("{}%", (*value * Decimal::ONE_HUNDRED).normalize()),
                value => value.to_string(),
            };
            self.fail(expr.span, format!("{what} is {}, not {}", shown(&found), shown(&expected)));
        }
    }
}
