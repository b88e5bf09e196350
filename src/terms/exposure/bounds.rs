//! What every formula of a contract can come to, from declared bounds, literals and parameters.

use super::{domain::Domain, given::Given, range::Range};
use crate::{
    terms::{
        check::{
            Checked,
            clauses::{TypedClause, TypedEach},
            constant::Constants,
            typed::{Aggregate, Collection, Form, Function, Gather, PeriodPart, Statistic, Typed},
            types::Presence,
        },
        document::{Field, FieldType},
        finding::Findings,
        formula::{Expr, Operator},
        source::Source,
    },
    values::Day,
};
use rust_decimal::Decimal;

/// What may be taken for granted about values that the contract does not bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumption {
    /// Parameters have any value within their bounds, not only the one in force.
    pub free_parameters: bool,
    /// Reported numbers and amounts without a declared smallest value are not negative.
    pub not_negative: bool,
}

/// Knows what parameters, fields and measures of a contract can come to.
pub struct Bounds<'c> {
    /// The contract.
    pub checked: &'c Checked,
    parameters: Vec<Domain>,
    fields: Vec<Domain>,
    facts: Vec<Vec<Domain>>,
    measures: Vec<Option<Domain>>,
}

/// The values of the sides of a period, and what conditions say.
#[derive(Clone, Default)]
pub struct Scope {
    /// The greatest number of a period.
    pub periods: Option<u32>,
    /// The days between which periods of the calendar lie.
    pub days: Option<(Day, Day)>,
    /// What conditions say about formulas.
    pub given: Given,
}

impl<'c> Bounds<'c> {
    /// Goes through a contract once, measures in the order in which they depend on each other.
    pub fn new(checked: &'c Checked, assumption: Assumption) -> Self {
        let document = &checked.document;
        let field = |field: &Field| of_field(checked, field, assumption);
        let mut bounds = Self {
            checked,
            parameters: (0..checked.parameters.len()).map(|at| of_parameter(checked, at, assumption)).collect(),
            fields: document.fields.iter().map(field).collect(),
            facts: document.facts.iter().map(|fact| fact.fields.iter().map(field).collect()).collect(),
            measures: vec![None; checked.measures.len()],
        };
        for index in &checked.order {
            let domain = bounds.domain(&checked.measures[*index], &Scope::default());
            bounds.measures[*index] = Some(domain);
            bounds.carried(*index);
        }
        bounds
    }

    /// Finds that a measure that carries itself forward is never negative: if it was not in the period before, it is
    /// not now, and the first period has no period before.
    fn carried(&mut self, index: usize) {
        let Some(Domain::Range(known)) = self.measures[index].clone() else { return };
        if known.low.is_none() {
            let hoped = Domain::Range(known.within(Range::not_negative()));
            self.measures[index] = Some(hoped.clone());
            let found = self.range(&self.checked.measures[index], &Scope::default());
            let holds = found.low.is_some_and(|low| low >= Decimal::ZERO);
            self.measures[index] = Some(if holds { hoped } else { Domain::Range(known) });
        }
    }

    /// The scope of a clause's parts before its condition is known.
    pub fn periodic_scope(&self, clause: &TypedClause) -> Scope {
        let term = self.checked.document.header.term.filter(|_| matches!(clause.each, Some(TypedEach::Months(_))));
        let days = term.map(|term| (term.start, term.end));
        Scope { periods: self.periods(clause), days, given: Given::default() }
    }

    /// The scope of a clause's amount: its condition holds.
    pub fn scope(&self, clause: &TypedClause) -> Scope {
        let mut scope = self.periodic_scope(clause);
        if let Some(when) = &clause.when {
            self.assume(when, true, &mut scope);
        }
        scope
    }

    /// Number of periods of a clause, none when it is not known.
    pub fn periods(&self, clause: &TypedClause) -> Option<u32> {
        match &clause.each {
            None => Some(1),
            Some(TypedEach::Dates(_, distances)) => u32::try_from(distances.len()).ok(),
            Some(TypedEach::Months(months)) => {
                let term = self.checked.document.header.term?;
                let whole = term.start.whole_months_until(term.end.plus_days(1)?);
                let months = (*months).max(1);
                let full = whole / months;
                let rest = term.start.plus_months(full * months).is_some_and(|next| next <= term.end);
                u32::try_from(full + i32::from(rest)).ok()
            }
        }
    }

    /// What a formula can come to.
    pub fn domain(&self, typed: &Typed, scope: &Scope) -> Domain {
        let found = self.of_form(typed, scope);
        scope.given.about(&typed.form).fold(found, |found, said| found.within(said))
    }

    /// The range of a formula.
    pub fn range(&self, typed: &Typed, scope: &Scope) -> Range {
        self.domain(typed, scope).range()
    }

    fn of_form(&self, typed: &Typed, scope: &Scope) -> Domain {
        let any = || Domain::of_kind(&typed.is.kind);
        match &typed.form {
            Form::Constant(value) => Domain::of(value),
            Form::Parameter(at, _) => self.parameters[*at].clone(),
            Form::SubjectField(at) => self.fields[*at].clone(),
            Form::GroupKey => self.checked.group.map_or_else(any, |at| self.fields[at].clone()),
            Form::RowField(kind, at) | Form::OnceField(kind, at) => self.facts[*kind][*at].clone(),
            Form::Measure(index) | Form::Previous(index) => self.measures[*index].clone().unwrap_or_else(any),
            Form::Period(PeriodPart::Number) => {
                Domain::Range(Range::new(Some(Decimal::ONE), scope.periods.map(Decimal::from)))
            }
            Form::Period(_) => match scope.days {
                Some((start, end)) => {
                    Domain::Range(Range::new(Some(Decimal::from(start.0)), Some(Decimal::from(end.0))))
                }
                None => any(),
            },
            Form::AsOf | Form::EnrolledOn | Form::RowOn(_) | Form::OnceOn(_) => any(),
            Form::Not(inner) => {
                let (yes, no) = self.domain(inner, scope).truth();
                Domain::Truth(no, yes)
            }
            Form::Negative(inner) => Domain::Range(self.range(inner, scope).negated()),
            Form::Binary(operator, a, b) => self.binary(*operator, a, b, scope),
            Form::Default(a, b) => self.domain(a, scope).union(self.domain(b, scope)),
            Form::In(value, list) => {
                let value = self.domain(value, scope);
                let each: Vec<(bool, bool)> = list.iter().map(|item| value.equal(&Domain::of(item))).collect();
                let outside = match &value {
                    Domain::Texts(Some(texts)) => texts.iter().any(|text| {
                        !list.iter().any(|item| matches!(item, super::super::scalar::Scalar::Text(t) if t == text))
                    }),
                    _ => each.iter().all(|(_, differs)| *differs),
                };
                Domain::Truth(each.iter().any(|(equals, _)| *equals), outside)
            }
            Form::StartsWith(value, prefix) => match self.domain(value, scope) {
                Domain::Texts(Some(texts)) => {
                    let begins = |text: &String| text.starts_with(prefix.as_str());
                    Domain::Truth(texts.iter().any(begins), !texts.iter().all(begins))
                }
                _ => any(),
            },
            Form::Is(value, known) if value.is.presence == Presence::Known => Domain::Truth(*known, !known),
            Form::Is(..) => any(),
            Form::If(condition, a, b) => self.choice(condition, a, b, scope),
            Form::Lookup(table, value) => {
                super::lookup::results(&self.checked.tables[*table], &self.domain(value, scope))
            }
            Form::Round(rounding, value, places) => {
                Domain::Range(self.range(value, scope).mapped(|end| Some(rounding.round(end, *places))))
            }
            Form::Call(function, parts) => Domain::Range(self.call(*function, parts, scope)),
            Form::Aggregate(aggregate) => self.gathered(typed, aggregate, scope),
            Form::Rank(..) => Domain::Range(Range::new(Some(Decimal::ONE), None)),
            Form::Running(Some(value), ..) => Domain::Range(self.range(value, scope).total(false)),
            Form::Running(None, ..) => Domain::Range(Range::new(Some(Decimal::ONE), None)),
        }
    }

    fn binary(&self, operator: Operator, a: &Typed, b: &Typed, scope: &Scope) -> Domain {
        let left = self.domain(a, scope);
        if matches!(operator, Operator::And | Operator::Or) {
            let mut inner = scope.clone();
            self.assume(a, operator == Operator::And, &mut inner);
            let ((yes, no), (also, not)) = (left.truth(), self.domain(b, &inner).truth());
            return match operator {
                Operator::And => Domain::Truth(yes && also, no || not),
                _ => Domain::Truth(yes || also, no && not),
            };
        }
        let right = self.domain(b, scope);
        let swapped = |(yes, no): (bool, bool)| Domain::Truth(no, yes);
        let truth = |(yes, no): (bool, bool)| Domain::Truth(yes, no);
        let (x, y) = (left.range(), right.range());
        match operator {
            Operator::Equal => truth(left.equal(&right)),
            Operator::Unequal => swapped(left.equal(&right)),
            Operator::Less => truth(left.less(&right)),
            Operator::AtLeast => swapped(left.less(&right)),
            Operator::More => truth(right.less(&left)),
            Operator::AtMost => swapped(right.less(&left)),
            Operator::Plus | Operator::Minus if moves(a, b) => {
                Domain::Range(moved(x, if operator == Operator::Plus { y } else { y.negated() }))
            }
            Operator::Plus => Domain::Range(x.plus(y)),
            Operator::Minus if a.form == b.form => Domain::Range(Range::of(Decimal::ZERO)),
            Operator::Minus => Domain::Range(x.plus(y.negated())),
            Operator::Times => Domain::Range(x.times(y)),
            _ => Domain::Range(x.divided(y)),
        }
    }

    fn choice(&self, condition: &Typed, a: &Typed, b: &Typed, scope: &Scope) -> Domain {
        let side = |truth: bool, part: &Typed| {
            let mut inner = scope.clone();
            self.assume(condition, truth, &mut inner);
            self.domain(part, &inner)
        };
        match self.domain(condition, scope).truth() {
            (true, false) => side(true, a),
            (false, true) => side(false, b),
            _ => side(true, a).union(side(false, b)),
        }
    }

    fn call(&self, function: Function, parts: &[Typed], scope: &Scope) -> Range {
        let mut ranges = parts.iter().map(|part| self.range(part, scope));
        let first = ranges.next().unwrap_or(Range::ALL);
        match function {
            Function::Min => ranges.fold(first, Range::smaller),
            Function::Max => ranges.fold(first, Range::larger),
            Function::Abs => first.unsigned(),
            Function::MonthOf => Range::new(Some(Decimal::ONE), Some(Decimal::from(12))),
            Function::YearOf => first.mapped(|day| Some(Decimal::from(Day(i32::try_from(day).ok()?).year()))),
            Function::MonthsBetween | Function::YearsBetween => Range::ALL,
            Function::Statistic(statistic) => {
                statistic_range(statistic, parts.iter().map(|part| self.range(part, scope)).collect())
            }
        }
    }

    fn gathered(&self, typed: &Typed, aggregate: &Aggregate, scope: &Scope) -> Domain {
        let mut inner = Scope { given: scope.given.inside(aggregate.over), ..scope.clone() };
        let mut none = false;
        if let Some(filter) = &aggregate.filter {
            none = !self.domain(filter, &inner).truth().0;
            self.assume(filter, true, &mut inner);
        }
        let at_most_one =
            matches!(aggregate.over, Collection::Rows(kind) if self.checked.document.facts[kind].once) || none;
        let value = aggregate.value.as_ref().map(|value| self.domain(value, &inner));
        let zero = Domain::Range(Range::of(Decimal::ZERO));
        match (aggregate.gather, value) {
            (Gather::Count | Gather::Sum | Gather::Share, _) if none => zero,
            (Gather::Exists, _) => Domain::Truth(!none, true),
            (Gather::Count, _) if at_most_one => Domain::Range(Range::share()),
            (Gather::Count, _) => Domain::count(),
            (Gather::Share | Gather::Survival | Gather::LogRankP | Gather::DaysCovered, _) => {
                Domain::Range(Range::share())
            }
            (Gather::Sum, Some(value)) => Domain::Range(value.range().total(at_most_one)),
            (Gather::SurvivalLower | Gather::SurvivalUpper | Gather::LogRank, _) => Domain::Range(Range::ALL),
            (_, Some(value)) => value,
            (_, None) => Domain::of_kind(&typed.is.kind),
        }
    }
}

/// What a statistical or actuarial function can come to, for values in these ranges.
fn statistic_range(statistic: Statistic, ranges: Vec<Range>) -> Range {
    let zero = Some(Decimal::ZERO);
    match statistic {
        Statistic::IncidenceRate | Statistic::RateRatio | Statistic::RiskRatio | Statistic::YearFraction => {
            Range::new(zero, None)
        }
        Statistic::ProportionLower | Statistic::ProportionUpper => Range::share(),
        Statistic::RiskDifference => Range::new(Some(Decimal::NEGATIVE_ONE), Some(Decimal::ONE)),
        Statistic::Effectiveness => Range::new(None, Some(Decimal::ONE)),
        Statistic::Layer => Range::new(zero, ranges.get(2).and_then(|limit| limit.high)),
        _ => Range::ALL,
    }
}

/// Tells whether a date is moved by a duration in months.
fn moves(day: &Typed, by: &Typed) -> bool {
    use crate::terms::check::types::Kind;
    day.is.kind == Kind::Date && by.is.kind == Kind::Months
}

/// A day moved by calendar months.
fn moved(day: Range, months: Range) -> Range {
    let shift = |day: Option<Decimal>, months: Option<Decimal>| {
        let (day, months) = (i32::try_from(day?).ok()?, i32::try_from(months?).ok()?);
        Day(day).plus_months(months).map(|day| Decimal::from(day.0))
    };
    Range::new(shift(day.low, months.low), shift(day.high, months.high))
}

fn of_parameter(checked: &Checked, at: usize, assumption: Assumption) -> Domain {
    let (name, value) = &checked.parameters[at];
    let declared = checked.document.parameters.iter().find(|parameter| parameter.name.text == *name);
    match declared {
        Some(parameter) if assumption.free_parameters => {
            bounded(checked, &parameter.is, parameter.min.as_ref(), parameter.max.as_ref())
        }
        _ => Domain::of(value),
    }
}

fn of_field(checked: &Checked, field: &Field, assumption: Assumption) -> Domain {
    let found = bounded(checked, &field.is, field.min.as_ref(), field.max.as_ref());
    let quantity = matches!(field.is, FieldType::Number | FieldType::Money | FieldType::Duration);
    match found {
        Domain::Range(range) if quantity && range.low.is_none() && assumption.not_negative => {
            Domain::Range(range.within(Range::not_negative()))
        }
        found => found,
    }
}

/// A type with its declared smallest and largest value.
fn bounded(checked: &Checked, is: &FieldType, min: Option<&Expr>, max: Option<&Expr>) -> Domain {
    let found = Domain::of_type(is);
    if !matches!(found, Domain::Range(_)) {
        return found;
    }
    let constants = Constants { currency: checked.document.header.currency, parameters: &checked.parameters };
    let source = Source::new("", "");
    let end = |expr: Option<&Expr>| {
        let value = constants.compute(expr?, &mut Findings::new(&source))?;
        crate::terms::check::tables::position(&value)
    };
    Domain::Range(Range::new(end(min), end(max)))
}
