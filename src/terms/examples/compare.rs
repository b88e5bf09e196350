//! What a worked case expects, compared with what the contract yields.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    super::{
        document::example::Expected,
        evaluate::{Data, Evaluation, column::Gap, measure::measure, obligation::NOBODY},
        formula::{Expr, ExprKind, Name},
        scalar::Scalar,
    },
    Case,
};
use crate::values::{Day, Rounding};

/// Net amounts by subject, group or (empty name) the contract.
type Amounts = BTreeMap<String, Decimal>;

impl Case<'_, '_> {
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

    pub(super) fn compare_clauses(&mut self, evaluation: &Evaluation) {
        // An example of measures alone says nothing about clauses; `expect: {}` says that nothing is owed.
        if self.example.expect.is_none() && !self.example.measures.is_empty() {
            return;
        }
        let mut amounts = self.amounts(evaluation);
        for (name, expected) in self.example.expect.iter().flatten() {
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

    pub(super) fn compare_pending(&mut self, evaluation: &Evaluation) {
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

    pub(super) fn compare_measures(&mut self, data: &Data, as_of: Day) {
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
