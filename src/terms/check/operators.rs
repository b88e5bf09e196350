//! Typing of operators: what can be added, compared, divided.

use super::{
    super::{
        formula::{Expr, ExprKind, Operator},
        scalar::Scalar,
        source::Span,
    },
    constant::Constants,
    expression::{Typing, period_leaf},
    narrow::{Given, constant},
    scope::Scope,
    typed::{Form, Function, PeriodPart, Typed},
    types::{Kind, Presence, Type},
};

impl Typing<'_, '_, '_> {
    /// Types a binary operator.
    pub fn binary(&mut self, span: Span, operator: Operator, left: &Expr, right: &Expr, scope: Scope) -> Option<Typed> {
        if matches!(operator, Operator::Or | Operator::And) {
            return self.joined(span, operator, left, right, scope);
        }
        let left = self.expr(left, scope).and_then(|typed| self.decided(typed));
        let right = self.expr(right, scope).and_then(|typed| self.decided(typed));
        let (left, right) = (left?, right?);
        self.combine(span, operator, left, right)
    }

    /// Types an operator between two typed values.
    fn combine(&mut self, span: Span, operator: Operator, left: Typed, right: Typed) -> Option<Typed> {
        let kind = if operator.compares() {
            self.compared(span, operator, &left, &right)?
        } else {
            self.computed(span, operator, &left, &right)?
        };
        let mut presence = left.is.presence.clone().and(right.is.presence.clone());
        if operator == Operator::Divided && !self.never_zero(&right) {
            presence =
                presence.and(Presence::Optional(format!("when `{}` is zero", self.findings.source().text(right.span))));
        }
        let level = self.finest(span, &[&left, &right])?;
        let periodic = left.periodic || right.periodic;
        let form = Form::Binary(operator, Box::new(left), Box::new(right));
        let narrowed = self.given.contains(&Given::Known(form.clone()));
        if narrowed && matches!(presence, Presence::Optional(_)) {
            presence = Presence::Known;
        }
        Some(Typed { span, is: Type { kind, presence }, level, periodic, form })
    }

    fn compared(&mut self, span: Span, operator: Operator, left: &Typed, right: &Typed) -> Option<Kind> {
        let (a, b) = (&left.is.kind, &right.is.kind);
        let equality = matches!(operator, Operator::Equal | Operator::Unequal);
        if a.same(b) && (equality || a.ordered()) {
            self.in_closed_list(left, right);
            self.in_closed_list(right, left);
            return Some(Kind::Truth);
        }
        let message = match (a, b) {
            (Kind::Text(_), Kind::Text(_)) | (Kind::Truth, Kind::Truth) => {
                format!("`{}` needs values that have an order, not {a}", operator.sign())
            }
            _ => format!("{a} cannot be compared with {b}"),
        };
        let help = match (a, b) {
            (Kind::Money, Kind::Number) | (Kind::Number, Kind::Money) => {
                format!("an amount is written with its currency: `0 {}`", self.names.document.header.currency)
            }
            (Kind::Days, Kind::Months) | (Kind::Months, Kind::Days) => {
                "months have no fixed number of days: compare dates instead, `day <= start + 12 months`".into()
            }
            (Kind::Days, Kind::Number) | (Kind::Number, Kind::Days) => "write the unit: `90 days`".into(),
            (Kind::Text(_), Kind::Number) | (Kind::Number, Kind::Text(_)) => {
                "a text stands in double quotes: `\"1\"`".into()
            }
            _ => "compare values of one type".into(),
        };
        self.error("wrong-type", span, message).help(help);
        None
    }

    /// Notes a literal that is not in the closed list that it is compared with.
    fn in_closed_list(&mut self, value: &Typed, literal: &Typed) {
        if let (Kind::Text(Some(list)), Form::Constant(Scalar::Text(text)) | Form::Parameter(_, Scalar::Text(text))) =
            (&value.is.kind, &literal.form)
            && !list.contains(text)
        {
            let list = list.clone();
            self.error("not-in-list", literal.span, format!("`{text}` is not one of the texts that stand here"))
                .suggest(text, list.iter().map(String::as_str));
        }
    }

    fn computed(&mut self, span: Span, operator: Operator, left: &Typed, right: &Typed) -> Option<Kind> {
        use Kind::{Date, Days, Money, Months, Number};
        let (a, b) = (&left.is.kind, &right.is.kind);
        let found = match (operator, a, b) {
            (Operator::Plus | Operator::Minus, Number, Number)
            | (Operator::Times | Operator::Divided, Number, Number) => Number,
            (Operator::Plus | Operator::Minus, Money, Money) => Money,
            (Operator::Plus | Operator::Minus, Days, Days) => Days,
            (Operator::Plus | Operator::Minus, Months, Months) => Months,
            (Operator::Plus | Operator::Minus, Date, Days | Months) => Date,
            (Operator::Minus, Date, Date) => Days,
            (Operator::Times, Money, Number)
            | (Operator::Times, Number, Money)
            | (Operator::Divided, Money, Number) => Money,
            (Operator::Divided, Money, Money) | (Operator::Divided, Days, Days) => Number,
            _ => {
                let message = format!("`{}` cannot stand between {a} and {b}", operator.sign());
                let help = self.remedy(operator, a, b);
                self.error("wrong-type", span, message).help(help);
                return None;
            }
        };
        Some(found)
    }

    fn remedy(&self, operator: Operator, a: &Kind, b: &Kind) -> String {
        use Kind::{Date, Days, Money, Months, Number};
        let currency = self.names.document.header.currency;
        match (operator, a, b) {
            (Operator::Plus | Operator::Minus, Money, Number) | (Operator::Plus | Operator::Minus, Number, Money) => {
                format!("write the amount with its currency, such as `100 {currency}`, or multiply")
            }
            (Operator::Plus | Operator::Minus, Date, Number) => "write the unit: `+ 30 days`".into(),
            (Operator::Plus, Days | Months, Date) => "put the date first: `day + 30 days`".into(),
            (Operator::Plus | Operator::Minus, Days, Months) | (Operator::Plus | Operator::Minus, Months, Days) => {
                "add them to a date one after the other: `day + 1 month + 3 days`".into()
            }
            (Operator::Times, Money, Money) => "an amount is multiplied by a number or percentage".into(),
            (Operator::Times | Operator::Divided, Days, Number | Money) | (Operator::Times, Number | Money, Days) => {
                "turn days into a number first: `(a - b) / 1 day`".into()
            }
            _ => "check which of the two is meant".into(),
        }
    }

    /// Tells whether a value cannot be zero: constants, values tested before, fields with a smallest value above zero.
    pub fn never_zero(&self, typed: &Typed) -> bool {
        if self.given.contains(&Given::NotZero(typed.form.clone())) {
            return true;
        }
        if let Some(value) = constant(typed) {
            return !value.is_zero();
        }
        match &typed.form {
            Form::Binary(Operator::Times, a, b) => self.never_zero(a) && self.never_zero(b),
            Form::Call(Function::Max, parts) => {
                parts.iter().any(|part| constant(part).is_some_and(|v| v > rust_decimal::Decimal::ZERO))
            }
            Form::SubjectField(at) => self.above_zero(&self.names.document.fields[*at]),
            Form::RowField(kind, at) | Form::OnceField(kind, at) => {
                self.above_zero(&self.names.document.facts[*kind].fields[*at])
            }
            Form::Period(PeriodPart::Number) => true,
            Form::Measure(index) => {
                self.measures[*index].as_ref().is_some_and(|definition| self.never_zero(definition))
            }
            _ => false,
        }
    }

    fn above_zero(&self, field: &super::super::document::Field) -> bool {
        let constants = Constants { currency: self.names.document.header.currency, parameters: self.names.parameters };
        let mut ignored = super::super::finding::Findings::new(self.findings.source());
        let min = field.min.as_ref().and_then(|expr| constants.compute(expr, &mut ignored));
        min.and_then(|value| super::tables::position(&value)).is_some_and(|value| value > rust_decimal::Decimal::ZERO)
    }

    /// Types `x between a and b` as two comparisons.
    pub fn between(&mut self, span: Span, value: &Expr, low: &Expr, high: &Expr, scope: Scope) -> Option<Typed> {
        let mut typed = [value, low, high].map(|expr| self.expr(expr, scope).and_then(|typed| self.decided(typed)));
        let [value, low, high] = [typed[0].take()?, typed[1].take()?, typed[2].take()?];
        let from = self.combine(span, Operator::AtLeast, value.clone(), low)?;
        let to = self.combine(span, Operator::AtMost, value, high)?;
        self.both(span, from, to)
    }

    fn both(&mut self, span: Span, a: Typed, b: Typed) -> Option<Typed> {
        let presence = a.is.presence.clone().and(b.is.presence.clone());
        let level = self.finest(span, &[&a, &b])?;
        let periodic = a.periodic || b.periodic;
        let form = Form::Binary(Operator::And, Box::new(a), Box::new(b));
        Some(Typed { span, is: Type { kind: Kind::Truth, presence }, level, periodic, form })
    }

    /// Types `day in period`.
    pub fn in_period(&mut self, span: Span, value: &Expr, scope: Scope) -> Option<Typed> {
        let value = self.expr(value, scope)?;
        let value = self.decided(value)?;
        self.within_period(span, value)
    }

    /// The condition that a day lies in the period.
    pub fn within_period(&mut self, span: Span, day: Typed) -> Option<Typed> {
        let start = period_leaf(span, PeriodPart::Start, Kind::Date);
        let end = period_leaf(span, PeriodPart::End, Kind::Date);
        let from = self.combine(span, Operator::AtLeast, day.clone(), start)?;
        let to = self.combine(span, Operator::AtMost, day, end)?;
        self.both(span, from, to)
    }

    /// Types `x in [a, b]`.
    pub fn membership(&mut self, span: Span, value: &Expr, list: &Expr, scope: Scope) -> Option<Typed> {
        let value = self.expr(value, scope)?;
        let value = self.decided(value)?;
        let ExprKind::List(items) = &list.kind else {
            self.error("not-a-list", list.span, "after `in` stands a list or `period`")
                .help("write `x in [\"a\", \"b\"]`");
            return None;
        };
        let constants = Constants { currency: self.names.document.header.currency, parameters: self.names.parameters };
        let mut members = Vec::new();
        for item in items {
            let member = constants.compute(item, self.findings)?;
            if !Kind::of(&member).same(&value.is.kind) {
                let message =
                    format!("the list holds {}, but it is compared with {}", Kind::of(&member), value.is.kind);
                self.error("wrong-type", item.span, message).help("all items have the type of the value before `in`");
                return None;
            }
            let literal = super::expression::literal(item.span, member.clone());
            self.in_closed_list(&value, &literal);
            members.push(member);
        }
        Some(value.wrap(span, Kind::Truth, |value| Form::In(Box::new(value), members)))
    }

    /// Types `code starts with "C5"`.
    pub fn starts_with(&mut self, span: Span, value: &Expr, text: &Expr, scope: Scope) -> Option<Typed> {
        let value = self.expr(value, scope)?;
        let value = self.decided(value)?;
        let ExprKind::Text(prefix) = &text.kind else {
            self.error("not-a-text", text.span, "after `starts with` stands a text").help("write it in double quotes");
            return None;
        };
        if !matches!(value.is.kind, Kind::Text(_)) {
            self.error("wrong-type", value.span, format!("only a text starts with a text; this is {}", value.is.kind))
                .help("compare numbers and dates with < and >");
            return None;
        }
        let prefix = prefix.clone();
        Some(value.wrap(span, Kind::Truth, |value| Form::StartsWith(Box::new(value), prefix)))
    }
}
