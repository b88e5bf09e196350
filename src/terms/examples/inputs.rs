//! Subjects and facts of a worked case.

use super::{
    super::{
        check::constant::{Constants, example_of, fits},
        document::{Field, FieldType, example::Cells},
        evaluate::Data,
        formula::{Expr, ExprKind, Name},
        intake::{Assembly, FactRow, Format, SubjectRow, facts, subjects},
        scalar::Scalar,
        source::Span,
    },
    Case,
};
use crate::values::Day;

impl Case<'_, '_> {
    /// Subjects and facts of the case.
    pub(super) fn data(&mut self) -> Option<Data> {
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
            None => subjects(document, (&file.text, Format::Csv), text.as_bytes(), |row| all_subjects.push(row)),
            Some(kind) => match self.kind(kind) {
                Some(at) => {
                    facts(document, at, (&file.text, Format::Csv), text.as_bytes(), |row| all_facts.push((at, row)))
                }
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

    pub(super) fn scalar(&mut self, expr: &Expr) -> Option<Scalar> {
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
                None if field.optional || !field.needed => values.push(None),
                None => {
                    self.fail(owner.span, format!("`{}` lacks the field `{}`", owner.text, field.name.text));
                    whole = false;
                }
            }
        }
        whole.then_some(values)
    }

    fn cell(&mut self, field: &Field, expr: &Expr) -> Option<Scalar> {
        if let (FieldType::Text(list), ExprKind::Text(text)) = (&field.is, &expr.kind)
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
            (FieldType::Text(_), kind) if !matches!(kind, ExprKind::Text(_)) => {
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
}
