//! Typing of formulas: names, literals, conditions, and what is missing.

use super::{
    super::{
        document::clause::duration_of,
        finding::{Finding, Findings, Severity},
        formula::{Expr, ExprKind, Operator},
        scalar::Scalar,
        source::Span,
    },
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
    /// Above zero where a condition with an error may have decided what is missing.
    pub lenient: usize,
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
            lenient: 0,
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
        if self.lenient > 0 {
            return Some(typed);
        }
        let text: String = self.findings.source().text(typed.span);
        let whole = if text.contains(' ') && !text.ends_with(')') { format!("({text})") } else { text.clone() };
        let message = format!("`{text}` may be missing: this says nothing {why}");
        let help =
            format!("decide it: `{whole} is known and …`, `{whole} or …`, or `if {whole} is known then … else …`");
        self.error("missing-undecided", typed.span, message).help(help);
        None
    }

    /// Reads a formula where something more is given.
    pub fn with_given<T>(&mut self, condition: &Typed, truth: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.given.len();
        derive(condition, truth, &self.measures, &mut self.given);
        let result = read(self);
        self.given.truncate(before);
        result
    }

    /// Reads a formula whose condition has an error, which may have decided what is missing.
    fn doubtful<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.lenient += 1;
        let result = read(self);
        self.lenient -= 1;
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
            None => self.doubtful(|typing| (typing.expr(yes, scope), typing.expr(no, scope))),
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
            self.doubtful(|typing| typing.expr(right, scope));
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
            None => self.doubtful(|typing| typing.expr(right, scope)),
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

/// A value that may be missing where the field is optional.
pub fn optional_field(typed: Typed, optional: bool, name: &str) -> Typed {
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
