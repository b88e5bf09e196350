//! From typed formulas and columns to steps.

use super::{
    super::{
        Contract,
        check::{
            tables::Rows,
            typed::{Aggregate, Collection, Form, Typed},
            types::{Kind, Level},
        },
        evaluate::{
            bind::Bound,
            column::Gap,
            frame::Frame,
            measure::{Found, value},
            run::Run,
        },
        formula::Operator,
        plan::{Context, Op, lower::find},
        scalar::Scalar,
    },
    Question, facts,
    step::Step,
};

/// Explains a clause for the member and period that a question names.
pub fn clause(
    contract: &Contract,
    run: &Run,
    bound: &Bound,
    index: usize,
    question: &Question,
) -> Result<Step, String> {
    let plan = &contract.plan.clauses[index];
    let member = member(contract, bound, index, question)?;
    let number = match (&contract.plan.contexts[plan.context], question.period) {
        (Context::None, _) => 0,
        (_, Some(number)) => number,
        (_, None) => return Err("this clause pays for each period; name one by its number, from 1".into()),
    };
    let subject = if plan.per == Level::Subject { Some(member) } else { None };
    let explained = run.at_period(index, number, subject, |frame| {
        let at = subject.map_or(member, |subject| subject - frame.subjects.start);
        Walker { contract, bound, frame, context: plan.context, at }.clause(index)
    });
    explained.ok_or_else(|| format!("the clause has no period number {number} by this day"))
}

/// The place of the subject or group that a question names.
fn member(contract: &Contract, bound: &Bound, index: usize, question: &Question) -> Result<usize, String> {
    match contract.checked.clauses[index].per {
        Level::Contract => Ok(0),
        Level::Group => {
            let name = question.group.ok_or("this clause pays per group; name the group")?;
            let found = bound.groups.iter().position(|code| bound.texts.text(*code) == name);
            found.ok_or_else(|| "there is no such group by this day".into())
        }
        _ => {
            let name = question.subject.ok_or("this clause pays per subject; name the subject")?;
            let found = bound.data.ids.iter().position(|id| **id == *name);
            found.ok_or_else(|| "no such subject is enrolled by this day".into())
        }
    }
}

struct Walker<'w, 'd> {
    contract: &'w Contract,
    bound: &'w Bound<'d>,
    frame: &'w Frame<'w, 'd>,
    context: usize,
    at: usize,
}

impl Walker<'_, '_> {
    fn clause(&self, index: usize) -> Step {
        let clause = &self.contract.checked.clauses[index];
        let name = &self.contract.checked.document.clauses[index].name.text;
        let mut parts = Vec::new();
        if let Some(when) = &clause.when {
            parts.push(Step { what: format!("when {}", self.text(when)), ..self.step(when, &mut Vec::new()) });
        }
        let holds = clause.when.as_ref().is_none_or(|when| self.found(when) == Ok(Scalar::Truth(true)));
        if holds {
            parts.push(Step {
                what: format!("amount {}", self.text(&clause.amount)),
                ..self.step(&clause.amount, &mut Vec::new())
            });
            if let Some(due) = &clause.due {
                parts.push(Step { what: format!("due {}", self.text(due)), ..self.step(due, &mut Vec::new()) });
            }
            for (number, limit) in clause.limits.iter().enumerate() {
                let what = format!("limit {}: at most, per {}", number + 1, limit.per.word());
                parts.push(Step { what, ..self.step(&limit.at_most, &mut Vec::new()) });
            }
        }
        let amount = if holds { self.shown(&clause.amount) } else { "nothing: its condition does not hold".into() };
        Step {
            what: name.clone(),
            value: amount,
            how: Some("before rounding and limits".into()),
            line: None,
            from: parts,
        }
    }

    /// The formula's own text, on one line.
    fn text(&self, typed: &Typed) -> String {
        self.contract.source.text(typed.span)
    }

    fn found(&self, typed: &Typed) -> Found {
        match find(&self.contract.plan, &self.contract.checked, typed, self.context) {
            Some(id) => {
                let column = self.frame.column(id);
                let level = self.contract.plan.nodes[id as usize].level;
                let at = match level {
                    Level::Contract => 0,
                    Level::Group if !self.frame.subjects.is_empty() => {
                        self.bound.group_of.get(self.frame.subjects.start + self.at).copied().unwrap_or(0) as usize
                    }
                    _ => self.at,
                };
                value(&column, at, &typed.is.kind, self.bound)
            }
            None => Err(Gap::Failed),
        }
    }

    fn shown(&self, typed: &Typed) -> String {
        match self.found(typed) {
            Ok(value) if typed.is.kind == Kind::Money => {
                format!("{value} {}", self.contract.checked.document.header.currency)
            }
            Ok(value) => value.to_string(),
            Err(Gap::Missing) => "missing".into(),
            Err(Gap::Awaited) => "awaited".into(),
            Err(_) => "not computable".into(),
        }
    }

    /// Explains a formula. `told` holds the measures explained above it, which are not explained again.
    fn step(&self, typed: &Typed, told: &mut Vec<usize>) -> Step {
        let line = Some(self.contract.source.place(typed.span).line);
        let step = |how: Option<String>, from: Vec<Step>| Step {
            what: self.text(typed),
            value: self.shown(typed),
            how,
            line,
            from,
        };
        match &typed.form {
            Form::Measure(index) => {
                let definition = &self.contract.checked.measures[*index];
                let how = Some(self.text(definition));
                let what = self.contract.checked.document.measures[*index].name.text.clone();
                let coarser = self.contract.checked.document.measures[*index].level.level() < Level::Subject
                    && !self.frame.subjects.is_empty();
                let from = if told.contains(index) || coarser {
                    Vec::new()
                } else {
                    told.push(*index);
                    self.step(definition, told).from
                };
                let line = Some(self.contract.source.place(definition.span).line);
                Step { what, value: self.shown(typed), how, line, from }
            }
            Form::Parameter(..) => step(Some("parameter".into()), Vec::new()),
            Form::SubjectField(_) | Form::EnrolledOn => step(Some("field".into()), Vec::new()),
            Form::Lookup(table, argument) => step(self.row(*table, argument), self.children(&[&**argument], told)),
            Form::Aggregate(aggregate) => step(self.gathered(aggregate), self.members(aggregate, typed)),
            Form::OnceField(kind, _) | Form::OnceOn(kind) => step(None, self.once(*kind)),
            Form::If(condition, yes, no) => {
                let holds = self.found(condition) == Ok(Scalar::Truth(true));
                let taken = if holds { yes } else { no };
                step(
                    Some(if holds { "the condition holds" } else { "the condition does not hold" }.into()),
                    self.children(&[&**condition, &**taken], told),
                )
            }
            Form::Default(first, otherwise) => {
                let known = self.found(first).is_ok();
                step(
                    (!known).then(|| "by default".into()),
                    self.children(&[if known { &**first } else { &**otherwise }], told),
                )
            }
            Form::Binary(Operator::And | Operator::Or, ..) => step(None, self.children(&self.conditions(typed), told)),
            Form::Binary(_, left, right) => step(None, self.children(&[&**left, &**right], told)),
            Form::Not(a)
            | Form::Negative(a)
            | Form::In(a, _)
            | Form::StartsWith(a, _)
            | Form::Is(a, _)
            | Form::Round(_, a, _) => step(None, self.children(&[&**a], told)),
            Form::Call(_, parts) => step(None, self.children(&parts.iter().collect::<Vec<_>>(), told)),
            _ => step(None, Vec::new()),
        }
    }

    /// The operands of a chain of `and` or `or`, each a step of its own.
    fn conditions<'t>(&self, typed: &'t Typed) -> Vec<&'t Typed> {
        match &typed.form {
            Form::Binary(Operator::And | Operator::Or, left, right) => {
                let mut all = self.conditions(left);
                all.extend(self.conditions(right));
                all
            }
            _ => vec![typed],
        }
    }

    fn children(&self, parts: &[&Typed], told: &mut Vec<usize>) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for part in parts.iter().filter(|part| !matches!(part.form, Form::Constant(_))) {
            let step = self.step(part, told);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// The row of a table that the argument falls into.
    fn row(&self, table: usize, argument: &Typed) -> Option<String> {
        let data = &self.contract.checked.tables[table];
        let at = super::super::check::tables::position(&self.found(argument).ok()?);
        let Rows::Bands(bands) = &data.rows else { return Some(format!("table {}", data.name)) };
        let at = at?;
        let band = bands.iter().find(|band| band.holds(at))?;
        let low = band.lower.map(|(edge, included)| format!("{} {edge}", if included { "from" } else { "above" }));
        let high = band.upper.map(|(edge, included)| format!("{} {edge}", if included { "up to" } else { "below" }));
        let ends: Vec<String> = low.into_iter().chain(high).collect();
        Some(format!("table {}, band {}", data.name, if ends.is_empty() { "all".into() } else { ends.join(" ") }))
    }

    fn gathered(&self, aggregate: &Aggregate) -> Option<String> {
        match aggregate.over {
            Collection::Subjects => Some(format!("over {} subjects", self.bound.data.subjects())),
            Collection::Groups => Some(format!("over {} groups", self.bound.groups.len())),
            Collection::Rows(_) => None,
        }
    }

    fn members(&self, aggregate: &Aggregate, typed: &Typed) -> Vec<Step> {
        let Some(id) = find(&self.contract.plan, &self.contract.checked, typed, self.context) else {
            return Vec::new();
        };
        let Op::Gather(gathering) = &self.contract.plan.nodes[id as usize].op else { return Vec::new() };
        let last_day = gathering.until.map(|until| self.frame.column(until).int(self.at));
        facts::members(self.contract, self.bound, self.frame, aggregate, self.at, gathering.filter, last_day)
    }

    fn once(&self, kind: usize) -> Vec<Step> {
        let rows = &self.bound.data.facts[kind];
        let owner = if rows.of_contract { 0 } else { self.frame.subjects.start + self.at };
        let row = rows.offsets[owner];
        if row == rows.offsets[owner + 1] {
            let name = &self.contract.checked.document.facts[kind].name.text;
            return vec![Step::leaf(name.clone(), "awaited", Some("not reported yet".into()))];
        }
        vec![facts::fact(self.contract, self.bound, kind, row as usize)]
    }
}
