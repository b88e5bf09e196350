//! What a condition says about the values of formulas: after `x <= 5 and …`, `x` is at most 5.

use super::{
    bounds::{Bounds, Scope},
    domain::Domain,
    range::Range,
};
use crate::terms::{
    check::{
        typed::{Collection, Form, Typed},
        types::Level,
    },
    formula::Operator,
};

/// How deep conditions are looked into; deeper ones say nothing.
const DEPTH: usize = 24;

/// Formulas with the values that conditions leave them.
#[derive(Clone, Debug, Default)]
pub struct Given {
    said: Vec<(Form, Level, Domain)>,
}

impl Given {
    /// What is said about a formula.
    pub fn about<'g>(&'g self, form: &'g Form) -> impl Iterator<Item = &'g Domain> {
        self.said.iter().filter(move |(known, ..)| known == form).map(|(.., domain)| domain)
    }

    /// What still holds for the members of a collection: nothing that was said about one member of it.
    pub fn inside(&self, over: Collection) -> Self {
        let holds = |level: Level| match over {
            Collection::Rows(_) => !matches!(level, Level::Row(_)),
            Collection::Subjects | Collection::Groups => level == Level::Contract,
        };
        Self { said: self.said.iter().filter(|(_, level, _)| holds(*level)).cloned().collect() }
    }

    fn say(&mut self, about: &Typed, domain: Domain) {
        self.said.push((about.form.clone(), about.level, domain));
    }
}

impl Bounds<'_> {
    /// Adds what follows from a condition being true, or from its being false.
    pub fn assume(&self, condition: &Typed, truth: bool, scope: &mut Scope) {
        self.assume_at(condition, truth, scope, DEPTH);
    }

    fn assume_at(&self, condition: &Typed, truth: bool, scope: &mut Scope, depth: usize) {
        if depth == 0 {
            return;
        }
        match &condition.form {
            Form::Not(inner) => self.assume_at(inner, !truth, scope, depth - 1),
            Form::Binary(Operator::And, a, b) if truth => self.assume_both(a, b, truth, scope, depth),
            Form::Binary(Operator::Or, a, b) if !truth => self.assume_both(a, b, truth, scope, depth),
            Form::Binary(operator, a, b) if operator.compares() => {
                let operator = if truth { *operator } else { operator.opposite() };
                let (left, right) = (self.domain(a, scope), self.domain(b, scope));
                say(operator, a, right, scope);
                say(operator.mirrored(), b, left, scope);
            }
            Form::In(value, list) if truth => {
                let all = list.iter().map(Domain::of).reduce(Domain::union);
                all.into_iter().for_each(|domain| scope.given.say(value, domain));
            }
            Form::Measure(index) => {
                scope.given.say(condition, Domain::Truth(truth, !truth));
                self.assume_at(&self.checked.measures[*index], truth, scope, depth - 1);
            }
            _ => scope.given.say(condition, Domain::Truth(truth, !truth)),
        }
    }

    fn assume_both(&self, a: &Typed, b: &Typed, truth: bool, scope: &mut Scope, depth: usize) {
        self.assume_at(a, truth, scope, depth - 1);
        self.assume_at(b, truth, scope, depth - 1);
    }
}

fn say(operator: Operator, value: &Typed, bound: Domain, scope: &mut Scope) {
    if matches!(value.form, Form::Constant(_)) {
        return;
    }
    let said = match (operator, bound) {
        (Operator::Equal, bound) => bound,
        (Operator::Less | Operator::AtMost, Domain::Range(range)) => Domain::Range(Range::new(None, range.high)),
        (Operator::More | Operator::AtLeast, Domain::Range(range)) => Domain::Range(Range::new(range.low, None)),
        _ => return,
    };
    scope.given.say(value, said);
}
