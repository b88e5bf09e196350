//! Typing of formulas: names, literals, conditions, and what is missing.

use super::{
    super::{
        document::clause::duration_of,
        finding::{Finding, Findings, Severity},
        formula::{Expr, ExprKind, Name, Operator},
        scalar::Scalar,
        source::Span,
    },
    constant::kind_of,
    narrow::{Given, derive},
    scope::{Names, Scope},
    typed::{Form, PeriodPart, Typed},
    types::{Kind, Level, Presence, Type},
};

/// Types formulas one after the other; remembers the measures typed so far.
pub struct Typing<'t, 'n, 's> {
    /// All names of the document.
    pub names: &'t Names<'n>,
    /// Where findings go.
    pub findings: &'t mut Findings<'s>,
    /// Measures typed so far; none for those with errors or not reached yet.
    pub measures: Vec<Option<Typed>>,
    /// Measures that have been tried.
    pub tried: Vec<bool>,
    /// What holds where the formula at hand is read.
    pub given: Vec<Given>,
    /// `previous(m)` of measures that were not typed yet: index, the sort assumed, where.
    pub assumed: Vec<(usize, Kind, Span)>,
}

impl<'t, 'n, 's> Typing<'t, 'n, 's> {
    /// Starts with no measure typed.
    pub fn new(names: &'t Names<'n>, findings: &'t mut Findings<'s>) -> Self {
        let count = names.document.measures.len();
        Self {
            names,
            findings,
            measures: vec![None; count],
            tried: vec![false; count],
            given: Vec::new(),
            assumed: Vec::new(),
        }
    }

    /// The typed measures, after checking what was assumed about them.
    pub fn finish(self) -> Vec<Option<Typed>> {
        for (index, kind, span) in &self.assumed {
            if let Some(measure) = &self.measures[*index]
                && !measure.is.kind.same(kind)
            {
                let name = &self.names.document.measures[*index].name.text;
                let message = format!("`previous({name})` stands for {kind} here, but `{name}` is {}", measure.is.kind);
                self.findings
                    .error("wrong-type", *span, message)
                    .help("give a default of the measure's own type after `or`");
            }
        }
        self.measures
    }

    /// Types a measure.
    pub fn measure(&mut self, index: usize) {
        let measure = &self.names.document.measures[index];
        let level = measure.level.level();
        if level == Level::Group && self.names.group.is_none() {
            self.findings
                .error("no-group", measure.name.span, "measures of groups need groups")
                .help("add `group: <subject field>` to the document");
        }
        let typed = self.at_level(&measure.formula, level);
        self.tried[index] = true;
        self.measures[index] = typed.map(|typed| Typed { level, ..typed });
    }

    /// Types a formula that has one value at a level.
    pub fn at_level(&mut self, expr: &Expr, level: Level) -> Option<Typed> {
        self.expr(expr, Scope::at(level))
    }

    /// Types a condition.
    pub fn condition(&mut self, expr: &Expr, level: Level) -> Option<Typed> {
        let typed = self.at_level(expr, level)?;
        self.truth(typed)
    }

    /// Notes an error.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Finding {
        self.findings.error(code, span, message)
    }

    /// Types any formula.
    pub fn expr(&mut self, expr: &Expr, scope: Scope) -> Option<Typed> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Number(value) => Some(literal(span, Scalar::Number(*value))),
            ExprKind::Percent(value) => {
                Some(literal(span, Scalar::Number(*value / rust_decimal::Decimal::ONE_HUNDRED)))
            }
            ExprKind::Money(value, code) => self.money(span, *value, code),
            ExprKind::Date(day) => Some(literal(span, Scalar::Date(*day))),
            ExprKind::Duration(..) => self.duration(expr),
            ExprKind::Text(text) => Some(literal(span, Scalar::Text(text.clone()))),
            ExprKind::Truth(truth) => Some(literal(span, Scalar::Truth(*truth))),
            ExprKind::List(_) => {
                self.error("list-alone", span, "a list can only stand after `in`").help("write `x in [\"a\", \"b\"]`");
                None
            }
            ExprKind::Path(path) => self.path(span, path, scope),
            ExprKind::Call { .. } => self.call(expr, scope),
            ExprKind::Negative(inner) => self.negative(span, inner, scope),
            ExprKind::Not(inner) => {
                let inner = self.expr(inner, scope)?;
                let inner = self.truth(inner)?;
                Some(inner.wrap(span, Kind::Truth, |inner| Form::Not(Box::new(inner))))
            }
            ExprKind::Binary(operator, left, right) => self.binary(span, *operator, left, right, scope),
            ExprKind::Between(value, low, high) => self.between(span, value, low, high, scope),
            ExprKind::InPeriod(value) => self.in_period(span, value, scope),
            ExprKind::In(value, list) => self.membership(span, value, list, scope),
            ExprKind::StartsWith(value, text) => self.starts_with(span, value, text, scope),
            ExprKind::Is(value, known) => self.is_known(span, value, *known, scope),
            ExprKind::If(condition, yes, no) => self.conditional(span, condition, yes, no, scope),
        }
    }

    fn money(&mut self, span: Span, value: rust_decimal::Decimal, code: &str) -> Option<Typed> {
        let currency = self.names.document.header.currency;
        if code == currency.code() {
            return Some(literal(span, Scalar::Money(value)));
        }
        self.error("other-currency", span, format!("{code} is not the currency of the contract"))
            .help(format!("amounts of this contract are in {currency}"));
        None
    }

    fn duration(&mut self, expr: &Expr) -> Option<Typed> {
        match duration_of(&expr.kind) {
            Some((count, true)) => Some(literal(expr.span, Scalar::Months(count))),
            Some((count, false)) => Some(literal(expr.span, Scalar::Days(count))),
            None => {
                self.error("too-long", expr.span, "this duration is too long")
                    .help("contracts run for some decades at most");
                None
            }
        }
    }

    /// Demands yes or no, decided.
    pub fn truth(&mut self, typed: Typed) -> Option<Typed> {
        if typed.is.kind != Kind::Truth {
            let message = format!("a condition is needed here, but this is {}", typed.is.kind);
            self.error("wrong-type", typed.span, message).help("compare it: `x > 0`, `x = \"a\"`, `x is known`");
            return None;
        }
        self.decided(typed)
    }

    /// Demands that a value is not left undecided when it is missing.
    pub fn decided(&mut self, typed: Typed) -> Option<Typed> {
        let Presence::Optional(why) = &typed.is.presence else { return Some(typed) };
        let text: String = self.text_of(typed.span);
        let (message, help) = (
            format!("`{text}` may be missing: this says nothing {why}"),
            format!("decide it: `{text} is known and …`, `({text}) or …`, or `if {text} is known then … else …`"),
        );
        self.error("missing-undecided", typed.span, message).help(help);
        None
    }

    fn text_of(&self, span: Span) -> String {
        let chars = self.findings.source().chars();
        let text: String =
            chars[(span.start as usize).min(chars.len())..(span.end as usize).min(chars.len())].iter().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Reads a formula where something more is given.
    pub fn with_given<T>(&mut self, condition: &Typed, truth: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.given.len();
        derive(condition, truth, &self.measures, &mut self.given);
        let result = read(self);
        self.given.truncate(before);
        result
    }

    fn is_known(&mut self, span: Span, value: &Expr, known: bool, scope: Scope) -> Option<Typed> {
        let value = self.expr(value, scope)?;
        let is = Type { kind: Kind::Truth, presence: Presence::Known };
        let (level, periodic) = (value.level, value.periodic);
        Some(Typed { span, is, level, periodic, form: Form::Is(Box::new(value), known) })
    }

    fn conditional(&mut self, span: Span, condition: &Expr, yes: &Expr, no: &Expr, scope: Scope) -> Option<Typed> {
        let condition = self.expr(condition, scope).and_then(|typed| self.truth(typed));
        let (yes, no) = match &condition {
            Some(condition) => (
                self.with_given(condition, true, |typing| typing.expr(yes, scope)),
                self.with_given(condition, false, |typing| typing.expr(no, scope)),
            ),
            None => (self.expr(yes, scope), self.expr(no, scope)),
        };
        let (condition, yes, no) = (condition?, yes?, no?);
        let kind = self.common(&yes, &no, "the two sides of a choice")?;
        let presence = condition.is.presence.clone().and(yes.is.presence.clone()).and(no.is.presence.clone());
        let level = self.finest(span, &[&condition, &yes, &no])?;
        let periodic = condition.periodic || yes.periodic || no.periodic;
        let form = Form::If(Box::new(condition), Box::new(yes), Box::new(no));
        Some(Typed { span, is: Type { kind, presence }, level, periodic, form })
    }

    /// The common sort of two values; the wider one of closed lists of texts.
    pub fn common(&mut self, a: &Typed, b: &Typed, what: &str) -> Option<Kind> {
        match (&a.is.kind, &b.is.kind) {
            (Kind::Text(Some(x)), Kind::Text(Some(y))) if x == y => Some(a.is.kind.clone()),
            (Kind::Text(_), Kind::Text(_)) => Some(Kind::Text(None)),
            (x, y) if x.same(y) => Some(x.clone()),
            (x, y) => {
                let message = format!("{what} are {x} and {y}");
                self.error("wrong-type", a.span.to(b.span), message).help("both must be of one type");
                None
            }
        }
    }

    /// The finest level among values that are used together.
    pub fn finest(&mut self, span: Span, parts: &[&Typed]) -> Option<Level> {
        let mut level = Level::Contract;
        for part in parts {
            match (level, part.level) {
                (Level::Row(a), Level::Row(b)) if a != b => {
                    let facts = &self.names.document.facts;
                    let message = format!(
                        "facts `{}` and `{}` cannot be combined one by one",
                        facts[a].name.text, facts[b].name.text
                    );
                    self.error("two-collections", span, message)
                        .help("gather one of them first: sum(…), first(…), count(…)");
                    return None;
                }
                (found, next) => level = found.max(next),
            }
        }
        Some(level)
    }

    fn path(&mut self, span: Span, path: &[Name], scope: Scope) -> Option<Typed> {
        let typed = match path {
            [name] => self.name(name, scope),
            [head, member] => self.member(head, member, scope),
            _ => None,
        }?;
        let narrowed = self.given.contains(&Given::Known(typed.form.clone()));
        let is = if narrowed && matches!(typed.is.presence, Presence::Optional(_)) {
            Type { presence: Presence::Known, ..typed.is }
        } else {
            typed.is
        };
        Some(Typed { span, is, ..typed })
    }

    fn name(&mut self, name: &Name, scope: Scope) -> Option<Typed> {
        let document = self.names.document;
        let text = name.text.as_str();
        if let Level::Row(kind) = scope.level {
            if text == "on" {
                return Some(leaf(name.span, Kind::Date, Level::Row(kind), Form::RowOn(kind)));
            }
            if let Some(at) = document.facts[kind].fields.iter().position(|field| field.name.text == text) {
                return Some(self.row_field(name.span, kind, at));
            }
        }
        if text == "as_of" {
            return Some(leaf(name.span, Kind::Date, Level::Contract, Form::AsOf));
        }
        if let Some(at) = self.names.parameters.iter().position(|(known, _)| known == text) {
            let value = self.names.parameters[at].1.clone();
            return Some(leaf(name.span, Kind::of(&value), Level::Contract, Form::Parameter(at, value)));
        }
        if document.parameters.iter().any(|parameter| parameter.name.text == text) {
            return None; // Its value has a finding already.
        }
        if text == "enrolled_on" {
            return self.visible(
                name,
                scope,
                Level::Subject,
                leaf(name.span, Kind::Date, Level::Subject, Form::EnrolledOn),
            );
        }
        if let Some(at) = self.names.field(text) {
            let field = &document.fields[at];
            if self.names.group == Some(at) && scope.level == Level::Group {
                return Some(leaf(name.span, kind_of(field), Level::Group, Form::GroupKey));
            }
            let typed = leaf(name.span, kind_of(field), Level::Subject, Form::SubjectField(at));
            return self.visible(name, scope, Level::Subject, optional_field(typed, field.optional, text));
        }
        if let Some(index) = self.names.measure(text) {
            return self.measure_named(name, index, scope);
        }
        self.unknown(name, scope)
    }

    fn measure_named(&mut self, name: &Name, index: usize, scope: Scope) -> Option<Typed> {
        let level = self.names.document.measures[index].level.level();
        let found = self.measures[index].as_ref()?;
        let typed = Typed {
            span: name.span,
            is: found.is.clone(),
            level,
            periodic: found.periodic,
            form: Form::Measure(index),
        };
        self.visible(name, scope, level, typed)
    }

    /// Demands that names of a level are known in this scope.
    fn visible(&mut self, name: &Name, scope: Scope, level: Level, typed: Typed) -> Option<Typed> {
        let seen = match level {
            Level::Subject => scope.sees_subjects(self.names),
            Level::Group => scope.sees_groups(self.names),
            _ => true,
        };
        if seen {
            return Some(typed);
        }
        let (one, many) = if level == Level::Group {
            ("group", "groups")
        } else {
            (self.names.document.subject.as_str(), "subjects")
        };
        let message =
            format!("`{}` has one value for each {one}, but here one value for all of them is needed", name.text);
        let help = format!("gather it: sum({many}.{0}), mean({many}.{0}), count({many} where {0} …)", name.text);
        self.error("too-fine", name.span, message).help(help);
        None
    }

    fn unknown(&mut self, name: &Name, scope: Scope) -> Option<Typed> {
        if let Some(kind) = self.names.fact(&name.text) {
            let fact = &self.names.document.facts[kind];
            let help = match fact.fields.first() {
                Some(field) => {
                    format!("write `{0}.{1}` inside sum, first, last …, or exists({0})", name.text, field.name.text)
                }
                None => format!("write exists({0}), count({0}) or first({0}.on)", name.text),
            };
            self.error("fact-alone", name.span, format!("`{}` names facts, not a value", name.text)).help(help);
            return None;
        }
        let known = self.names.all(&scope);
        self.error("unknown-name", name.span, format!("`{}` is not known here", name.text)).suggest(&name.text, known);
        None
    }

    fn row_field(&self, span: Span, kind: usize, at: usize) -> Typed {
        let field = &self.names.document.facts[kind].fields[at];
        let typed = leaf(span, kind_of(field), Level::Row(kind), Form::RowField(kind, at));
        optional_field(typed, field.optional, &field.name.text)
    }

    fn member(&mut self, head: &Name, member: &Name, scope: Scope) -> Option<Typed> {
        match head.text.as_str() {
            "period" => self.period_part(head, member),
            "subjects" if scope.in_subjects => self.name(member, scope),
            "groups" if scope.in_groups => self.name(member, scope),
            "subjects" | "groups" => {
                let message = format!("`{}.{}` is many values; here one is needed", head.text, member.text);
                self.error("not-gathered", head.span.to(member.span), message)
                    .help(format!("gather them: sum({0}.{1}), mean({0}.{1}), max({0}.{1})", head.text, member.text));
                None
            }
            _ => match self.names.fact(&head.text) {
                Some(kind) => self.fact_member(head, member, kind, scope),
                None => {
                    let facts = self.names.document.facts.iter().map(|fact| fact.name.text.as_str());
                    let known: Vec<&str> = facts.chain(["subjects", "groups", "period"]).collect();
                    self.error(
                        "unknown-name",
                        head.span,
                        format!("`{}` is neither a fact nor a collection", head.text),
                    )
                    .suggest(&head.text, known);
                    None
                }
            },
        }
    }

    fn fact_member(&mut self, head: &Name, member: &Name, kind: usize, scope: Scope) -> Option<Typed> {
        let fact = &self.names.document.facts[kind];
        let field = fact.fields.iter().position(|field| field.name.text == member.text);
        if field.is_none() && member.text != "on" {
            let known: Vec<&str> = fact.fields.iter().map(|field| field.name.text.as_str()).chain(["on"]).collect();
            self.error("unknown-field", member.span, format!("facts `{}` have no field `{}`", head.text, member.text))
                .suggest(&member.text, known);
            return None;
        }
        if scope.level == Level::Row(kind) {
            return Some(match field {
                Some(at) => self.row_field(member.span, kind, at),
                None => leaf(member.span, Kind::Date, Level::Row(kind), Form::RowOn(kind)),
            });
        }
        if !fact.once {
            let message = format!("there may be any number of facts `{}`; here one value is needed", head.text);
            self.error("not-gathered", head.span.to(member.span), message).help(format!(
                "take one of them or all: first({0}.{1}), last({0}.{1}), sum({0}.{1})",
                head.text, member.text
            ));
            return None;
        }
        let level = if fact.of_contract { Level::Contract } else { Level::Subject };
        let (kind_of_value, form, optional) = match field {
            Some(at) => (kind_of(&fact.fields[at]), Form::OnceField(kind, at), fact.fields[at].optional),
            None => (Kind::Date, Form::OnceOn(kind), false),
        };
        let is = Type { kind: kind_of_value, presence: Presence::Awaited };
        let typed = Typed { span: member.span, is, level, periodic: false, form };
        self.visible(head, scope, level, optional_field(typed, optional, &member.text))
    }

    fn period_part(&mut self, head: &Name, member: &Name) -> Option<Typed> {
        let (part, kind) = match member.text.as_str() {
            "start" => (PeriodPart::Start, Kind::Date),
            "end" => (PeriodPart::End, Kind::Date),
            "number" => (PeriodPart::Number, Kind::Number),
            other => {
                self.error("unknown-name", member.span, format!("a period has no `{other}`"))
                    .suggest(other, ["start", "end", "number"]);
                return None;
            }
        };
        Some(period_leaf(head.span.to(member.span), part, kind))
    }

    fn negative(&mut self, span: Span, inner: &Expr, scope: Scope) -> Option<Typed> {
        let inner = self.expr(inner, scope)?;
        let inner = self.decided(inner)?;
        let kind = inner.is.kind.clone();
        if !matches!(kind, Kind::Number | Kind::Money | Kind::Days) {
            self.error("wrong-type", span, format!("{kind} cannot be negative"))
                .help("only numbers, amounts and durations in days can");
            return None;
        }
        Some(inner.wrap(span, kind, |inner| Form::Negative(Box::new(inner))))
    }

    /// Types the default of a value that may be missing.
    pub fn default(&mut self, span: Span, left: Typed, right: &Expr, scope: Scope) -> Option<Typed> {
        let right = self.expr(right, scope)?;
        let kind = self.common(&left, &right, "a value and its default")?;
        let level = self.finest(span, &[&left, &right])?;
        let (presence, periodic) = (right.is.presence.clone(), left.periodic || right.periodic);
        let form = Form::Default(Box::new(left), Box::new(right));
        Some(Typed { span, is: Type { kind, presence }, level, periodic, form })
    }

    /// A default for a value that is always there: advice where it only repeats, an error where `or` joins no conditions.
    fn needless_default(&mut self, left: Typed, right: &Expr, scope: Scope) -> Option<Typed> {
        let right = self.expr(right, scope)?;
        if !left.is.kind.same(&right.is.kind) {
            let message = format!(
                "`or` joins conditions or gives a default, but here stand {} and {}",
                left.is.kind, right.is.kind
            );
            self.error("wrong-type", left.span.to(right.span), message).help("write conditions on both sides");
            return None;
        }
        self.findings
            .add(
                Severity::Advice,
                "needless-default",
                right.span,
                "this default is never used: the value before `or` is always there",
            )
            .help("remove `or` and what follows");
        Some(left)
    }

    /// Types the operands of `or` and `and`, and the default of `or`.
    pub fn joined(&mut self, span: Span, operator: Operator, left: &Expr, right: &Expr, scope: Scope) -> Option<Typed> {
        if operator == Operator::Or
            && let Some(typed) = self.default_of_previous(span, left, right, scope)
        {
            return typed;
        }
        let Some(left) = self.expr(left, scope) else {
            self.expr(right, scope);
            return None;
        };
        if operator == Operator::Or
            && (left.is.kind != Kind::Truth || left.is.presence != Presence::Known)
            && !(left.is.kind == Kind::Truth && left.is.presence == Presence::Awaited)
        {
            if left.is.presence == Presence::Known {
                return self.needless_default(left, right, scope);
            }
            return self.default(span, left, right, scope);
        }
        let left = self.truth(left);
        let right = match &left {
            Some(left) => self.with_given(left, operator == Operator::And, |typing| typing.expr(right, scope)),
            None => self.expr(right, scope),
        };
        let right = right.and_then(|right| self.truth(right));
        let (left, right) = (left?, right?);
        let presence = left.is.presence.clone().and(right.is.presence.clone());
        let level = self.finest(span, &[&left, &right])?;
        let periodic = left.periodic || right.periodic;
        let form = Form::Binary(operator, Box::new(left), Box::new(right));
        Some(Typed { span, is: Type { kind: Kind::Truth, presence }, level, periodic, form })
    }
}

fn optional_field(typed: Typed, optional: bool, name: &str) -> Typed {
    if !optional {
        return typed;
    }
    let presence = typed.is.presence.clone().and(Presence::Optional(format!("where `{name}` is not given")));
    Typed { is: Type { presence, ..typed.is.clone() }, ..typed }
}

/// A literal.
pub fn literal(span: Span, value: Scalar) -> Typed {
    leaf(span, Kind::of(&value), Level::Contract, Form::Constant(value))
}

/// A value that is always there.
pub fn leaf(span: Span, kind: Kind, level: Level, form: Form) -> Typed {
    Typed { span, is: Type { kind, presence: Presence::Known }, level, periodic: false, form }
}

/// A side of the period.
pub fn period_leaf(span: Span, part: PeriodPart, kind: Kind) -> Typed {
    Typed { periodic: true, ..leaf(span, kind, Level::Contract, Form::Period(part)) }
}

impl Typed {
    /// Wraps a value into a form of the same level, presence and rhythm.
    pub fn wrap(self, span: Span, kind: Kind, form: impl FnOnce(Self) -> Form) -> Self {
        let is = Type { kind, presence: self.is.presence.clone() };
        let (level, periodic) = (self.level, self.periodic);
        Self { span, is, level, periodic, form: form(self) }
    }
}
