//! Typing of calls: tables, functions of single values, `previous`.

use super::{
    super::{
        formula::{Expr, ExprKind, Name},
        source::Span,
    },
    constant::Constants,
    expression::Typing,
    gather::gather_named,
    scope::Scope,
    statistics::SIGNATURES,
    tables::Rows,
    typed::{Form, Function, Typed},
    types::{Kind, Level, Presence, Type},
};
use crate::values::Rounding;

/// Functions of single values by name.
const FUNCTIONS: [(&str, Function); 7] = [
    ("min", Function::Min),
    ("max", Function::Max),
    ("abs", Function::Abs),
    ("months_between", Function::MonthsBetween),
    ("years_between", Function::YearsBetween),
    ("year_of", Function::YearOf),
    ("month_of", Function::MonthOf),
];

/// Roundings by name.
const ROUNDINGS: [(&str, Rounding); 5] = [
    ("round", Rounding::HalfEven),
    ("round half even", Rounding::HalfEven),
    ("round half up", Rounding::HalfUp),
    ("round down", Rounding::Down),
    ("round up", Rounding::Up),
];

/// Tells whether a name already means a function, so that no table can have it.
pub fn is_function(name: &str) -> bool {
    let known = FUNCTIONS.iter().map(|(word, _)| *word).chain(ROUNDINGS.iter().map(|(word, _)| *word));
    let statistic = SIGNATURES.iter().any(|signature| signature.name == name);
    ["previous", "rank", "running_sum", "running_count"].contains(&name)
        || statistic
        || gather_named(name).is_some()
        || known.into_iter().any(|word| word == name)
}

/// The parts of a call.
pub struct Call<'e> {
    /// Where it stands.
    pub span: Span,
    /// The function's name.
    pub name: &'e Name,
    /// Arguments without a name.
    pub arguments: &'e [Expr],
    /// Condition.
    pub filter: Option<&'e Expr>,
    /// Arguments with a name.
    pub named: &'e [(Name, Expr)],
}

impl Typing<'_, '_, '_> {
    /// Types a call.
    pub fn call(&mut self, expr: &Expr, scope: Scope) -> Option<Typed> {
        let ExprKind::Call { name, arguments, filter, named } = &expr.kind else { return None };
        let call = Call { span: expr.span, name, arguments, filter: filter.as_deref(), named };
        if let Some(table) = self.names.table(&name.text) {
            return self.lookup(&call, table, scope);
        }
        let several = arguments.len() > 1 && (name.text == "min" || name.text == "max");
        if let Some(gather) = gather_named(&name.text).filter(|_| !several) {
            return self.gather(&call, gather, scope);
        }
        if let Some((_, rounding)) = ROUNDINGS.iter().find(|(word, _)| *word == name.text) {
            return self.rounded(&call, *rounding, scope);
        }
        match name.text.as_str() {
            "previous" => return self.previous(&call),
            "rank" => return self.rank(&call, scope),
            "running_sum" | "running_count" => return self.running(&call, scope),
            _ => {}
        }
        if let Some(signature) = SIGNATURES.iter().find(|signature| signature.name == name.text) {
            return self.statistic(&call, signature, scope);
        }
        match FUNCTIONS.iter().find(|(word, _)| *word == name.text) {
            Some((_, function)) => self.function(&call, *function, scope),
            None if self.names.document.declared.contains(&name.text) && self.names.measure(&name.text).is_none() => {
                None
            }
            None => {
                let document = self.names.document;
                let mut known: Vec<&str> = document.tables.iter().map(|table| table.name.text.as_str()).collect();
                let functions = FUNCTIONS.iter().map(|(word, _)| *word).chain(ROUNDINGS.iter().map(|(word, _)| *word));
                for word in functions.chain(super::gather::names()).chain(SIGNATURES.iter().map(|s| s.name)).chain([
                    "previous",
                    "rank",
                    "running_sum",
                    "running_count",
                ]) {
                    known.push(word);
                }
                let finding = self.findings.error(
                    "unknown-function",
                    name.span,
                    format!("`{}` is neither a function nor a table", name.text),
                );
                finding.suggest(&name.text, known);
                None
            }
        }
    }

    /// Demands a number of plain arguments and nothing else.
    fn plain(&mut self, call: &Call, count: usize, usage: &str) -> Option<()> {
        let extra = call.filter.map(|filter| filter.span).or(call.named.first().map(|(name, _)| name.span));
        if call.arguments.len() == count && extra.is_none() {
            return Some(());
        }
        let message = format!("`{}` takes {count} value{} here", call.name.text, if count == 1 { "" } else { "s" });
        self.error("wrong-arguments", extra.unwrap_or(call.span), message).help(format!("write `{usage}`"));
        None
    }

    fn argument(&mut self, expr: &Expr, scope: Scope) -> Option<Typed> {
        let typed = self.expr(expr, scope)?;
        self.decided(typed)
    }

    fn lookup(&mut self, call: &Call, table: usize, scope: Scope) -> Option<Typed> {
        let name = call.name.text.clone();
        self.plain(call, 1, &format!("{name}(value)"))?;
        let argument = self.argument(&call.arguments[0], scope);
        let (Some(argument), Some(data)) = (argument, &self.names.tables[table]) else { return None };
        if !argument.is.kind.same(&data.argument) {
            let message =
                format!("the table `{name}` is looked up by {}, but this is {}", data.argument, argument.is.kind);
            let help = match (&data.argument, &argument.is.kind) {
                (Kind::Months, Kind::Days) => {
                    "write the edges in days, or count whole months with months_between(from, to)"
                }
                _ => "edges of the table and the value must have one type and unit",
            };
            self.error("wrong-type", argument.span, message).help(help);
            return None;
        }
        let covered = match (&data.rows, &argument.is.kind) {
            (Rows::Keys(rows), Kind::Text(Some(list))) => {
                list.iter().all(|text| rows.iter().any(|(key, _)| key == text))
            }
            _ => data.total,
        };
        let why = match data.rows {
            Rows::Keys(_) => format!("for a text that is not a key of `{name}`"),
            Rows::Since(_) => format!("for a day before the first of `{name}`"),
            _ => format!("for a value outside the range of `{name}`"),
        };
        let presence = if covered { Presence::Known } else { Presence::Optional(why) };
        let kind = data.result.clone();
        let typed = argument.wrap(call.span, kind, |argument| Form::Lookup(table, Box::new(argument)));
        let presence = typed.is.presence.clone().and(presence);
        Some(self.narrowed(Typed { is: Type { presence, ..typed.is.clone() }, ..typed }))
    }

    /// Takes a value as present where a condition has made sure of it.
    pub fn narrowed(&self, typed: Typed) -> Typed {
        let given = self.given.contains(&super::narrow::Given::Known(typed.form.clone()));
        if given && matches!(typed.is.presence, Presence::Optional(_)) {
            return Typed { is: Type { presence: Presence::Known, ..typed.is.clone() }, ..typed };
        }
        typed
    }

    fn rounded(&mut self, call: &Call, rounding: Rounding, scope: Scope) -> Option<Typed> {
        self.plain(call, 2, &format!("{}(value, places)", call.name.text))?;
        let value = self.argument(&call.arguments[0], scope);
        let constants = Constants { currency: self.names.document.header.currency, parameters: self.names.parameters };
        let places = constants.compute(&call.arguments[1], self.findings)?;
        let value = value?;
        let places = match places {
            super::super::scalar::Scalar::Number(places) if places.fract().is_zero() => {
                u32::try_from(places).ok().filter(|n| *n <= 20)
            }
            _ => None,
        };
        let Some(places) = places else {
            self.error(
                "wrong-arguments",
                call.arguments[1].span,
                "the number of decimal places is a whole number from 0 to 20",
            )
            .help("write `round(value, 2)`");
            return None;
        };
        let kind = value.is.kind.clone();
        if !matches!(kind, Kind::Number | Kind::Money) {
            self.error("wrong-type", value.span, format!("{kind} cannot be rounded"))
                .help("only numbers and amounts can");
            return None;
        }
        Some(value.wrap(call.span, kind, |value| Form::Round(rounding, Box::new(value), places)))
    }

    fn function(&mut self, call: &Call, function: Function, scope: Scope) -> Option<Typed> {
        let (count, usage) = match function {
            Function::Min | Function::Max => (call.arguments.len().max(2), format!("{}(a, b)", call.name.text)),
            Function::Abs | Function::YearOf | Function::MonthOf | Function::Statistic(_) => {
                (1, format!("{}(value)", call.name.text))
            }
            Function::MonthsBetween | Function::YearsBetween => (2, format!("{}(from, to)", call.name.text)),
        };
        self.plain(call, count, &usage)?;
        let arguments: Vec<_> = call.arguments.iter().map(|argument| self.argument(argument, scope)).collect();
        let arguments: Vec<Typed> = arguments.into_iter().collect::<Option<_>>()?;
        let first = arguments[0].is.kind.clone();
        let (fits, result) = match function {
            Function::Min | Function::Max => {
                (first.ordered() && arguments.iter().all(|a| a.is.kind.same(&first)), first)
            }
            Function::Abs => (matches!(first, Kind::Number | Kind::Money | Kind::Days), first),
            _ => (arguments.iter().all(|a| a.is.kind == Kind::Date), Kind::Number),
        };
        if !fits {
            let kinds: Vec<String> = arguments.iter().map(|argument| argument.is.kind.to_string()).collect();
            let message = format!("`{}` cannot take {}", call.name.text, kinds.join(" and "));
            let currency = self.names.document.header.currency;
            self.error("wrong-type", call.span, message)
                .help(format!("min and max take values of one type (amounts with their currency, `0 {currency}`), the calendar functions take dates"));
            return None;
        }
        let presence = arguments.iter().fold(Presence::Known, |all, argument| all.and(argument.is.presence.clone()));
        let level = self.finest(call.span, &arguments.iter().collect::<Vec<_>>())?;
        let periodic = arguments.iter().any(|argument| argument.periodic);
        let form = Form::Call(function, arguments);
        Some(Typed { span: call.span, is: Type { kind: result, presence }, level, periodic, form })
    }

    /// Finds the measure that `previous(m)` names.
    fn previous_of(&mut self, call: &Call) -> Option<usize> {
        self.plain(call, 1, "previous(measure)")?;
        let found = match &call.arguments[0].kind {
            ExprKind::Path(path) if path.len() == 1 => self.names.measure(&path[0].text),
            _ => None,
        };
        if found.is_none() {
            let measures: Vec<&str> = self.names.document.measures.iter().map(|m| m.name.text.as_str()).collect();
            self.error("unknown-name", call.arguments[0].span, "`previous` takes the name of a measure")
                .suggest("", measures);
        }
        found
    }

    fn previous(&mut self, call: &Call) -> Option<Typed> {
        let index = self.previous_of(call)?;
        let Some(measure) = self.measures[index].clone() else {
            if !self.tried[index] {
                let help =
                    format!("give a default: `previous({}) or …`", self.names.document.measures[index].name.text);
                self.error("missing-undecided", call.span, "this says nothing in the first period").help(help);
            }
            return None;
        };
        Some(self.earlier(call.span, index, measure.is.kind))
    }

    fn earlier(&self, span: Span, index: usize, kind: Kind) -> Typed {
        let presence = Presence::Optional("in the first period".into());
        let level = self.names.document.measures[index].level.level();
        self.narrowed(Typed { span, is: Type { kind, presence }, level, periodic: true, form: Form::Previous(index) })
    }

    /// Types `previous(m) or default` where `m` is not typed yet, as in a measure that carries itself forward: the
    /// default gives the type. The outer answer is none when the formula is not of this form.
    pub fn default_of_previous(
        &mut self,
        span: Span,
        left: &Expr,
        right: &Expr,
        scope: Scope,
    ) -> Option<Option<Typed>> {
        let ExprKind::Call { name, arguments, filter, named } = &left.kind else { return None };
        let call = Call { span: left.span, name, arguments, filter: filter.as_deref(), named };
        if name.text != "previous" || arguments.len() != 1 {
            return None;
        }
        let ExprKind::Path(path) = &arguments[0].kind else { return None };
        let index = self.names.measure(&path.first()?.text).filter(|_| path.len() == 1)?;
        if self.tried[index] {
            return None;
        }
        let typed = self.expr(right, scope).and_then(|default| {
            let kind = default.is.kind.clone();
            self.assumed.push((index, kind.clone(), call.span));
            let earlier = self.earlier(call.span, index, kind.clone());
            let level = self.finest(span, &[&earlier, &default])?;
            let presence = default.is.presence.clone();
            Some(Typed {
                span,
                is: Type { kind, presence },
                level,
                periodic: true,
                form: Form::Default(Box::new(earlier), Box::new(default)),
            })
        });
        if let Some(typed) = &typed
            && !self.sees(typed.level, scope)
        {
            self.error("too-fine", span, "the measure has more values than are needed here").help("gather it first");
            return Some(None);
        }
        Some(typed)
    }

    fn sees(&self, level: Level, scope: Scope) -> bool {
        match level {
            Level::Subject => scope.sees_subjects(self.names),
            Level::Group => scope.sees_groups(self.names),
            _ => true,
        }
    }
}
