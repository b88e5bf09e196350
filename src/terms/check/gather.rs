//! Typing of functions over collections: facts of a subject, subjects, groups.

use super::{
    super::{
        formula::{Expr, ExprKind},
        source::Span,
    },
    calls::Call,
    expression::{Typing, leaf},
    scope::Scope,
    typed::{Aggregate, Collection, Form, Gather, Typed},
    types::{Kind, Level, Presence, Type},
};

const GATHERS: [(&str, Gather); 19] = [
    ("count", Gather::Count),
    ("exists", Gather::Exists),
    ("sum", Gather::Sum),
    ("mean", Gather::Mean),
    ("min", Gather::Min),
    ("max", Gather::Max),
    ("first", Gather::First),
    ("last", Gather::Last),
    ("nearest", Gather::Nearest),
    ("share", Gather::Share),
    ("median", Gather::Median),
    ("percentile", Gather::Percentile),
    ("survival", Gather::Survival),
    ("survival_lower", Gather::SurvivalLower),
    ("survival_upper", Gather::SurvivalUpper),
    ("median_survival", Gather::MedianSurvival),
    ("log_rank", Gather::LogRank),
    ("log_rank_p", Gather::LogRankP),
    ("days_covered", Gather::DaysCovered),
];

/// Finds a function over collections by name.
pub fn gather_named(name: &str) -> Option<Gather> {
    GATHERS.iter().find(|(word, _)| *word == name).map(|(_, gather)| *gather)
}

/// The names of all functions over collections.
pub fn names() -> impl Iterator<Item = &'static str> {
    GATHERS.iter().map(|(word, _)| *word)
}

impl Gather {
    /// The name in formulas.
    pub fn word(self) -> &'static str {
        GATHERS.iter().find(|(_, gather)| *gather == self).map_or("", |(word, _)| word)
    }

    /// Arguments with a name: name, whether it must be given.
    pub(super) const fn named(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Nearest => &[("to", true), ("within", true)],
            Self::Survival => &[("event", true), ("at", true)],
            Self::SurvivalLower | Self::SurvivalUpper => {
                &[("event", true), ("at", true), ("confidence", false), ("method", false)]
            }
            Self::MedianSurvival => &[("event", true)],
            Self::LogRank | Self::LogRankP => &[("event", true), ("by", true)],
            Self::DaysCovered => &[("from", true), ("to", true)],
            _ => &[],
        }
    }

    /// Whether it asks which members there are, not what they are worth.
    const fn of_members(self) -> bool {
        matches!(self, Self::Count | Self::Exists | Self::Share)
    }
}

/// The value part of the first argument, and whether `in period` stood behind it.
fn value_part(argument: &Expr) -> (&Expr, Option<Span>) {
    match &argument.kind {
        ExprKind::InPeriod(inner) => (inner, Some(argument.span)),
        _ => (argument, None),
    }
}

impl Typing<'_, '_, '_> {
    /// Finds the collection that a formula speaks of, outside further gathering calls.
    pub(super) fn collection(&self, expr: &Expr) -> Option<(Collection, Span)> {
        match &expr.kind {
            ExprKind::Path(path) => {
                let head = path.first()?;
                let found = match head.text.as_str() {
                    "subjects" => Collection::Subjects,
                    "groups" => Collection::Groups,
                    name => Collection::Rows(self.names.fact(name)?),
                };
                Some((found, head.span))
            }
            ExprKind::Call { name, arguments, .. } => {
                let gathers = gather_named(&name.text).is_some() && arguments.len() < 2;
                if gathers { None } else { arguments.iter().find_map(|argument| self.collection(argument)) }
            }
            ExprKind::Negative(a) | ExprKind::Not(a) | ExprKind::InPeriod(a) | ExprKind::Is(a, _) => self.collection(a),
            ExprKind::Binary(_, a, b) | ExprKind::In(a, b) | ExprKind::StartsWith(a, b) => {
                self.collection(a).or_else(|| self.collection(b))
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
                self.collection(a).or_else(|| self.collection(b)).or_else(|| self.collection(c))
            }
            _ => None,
        }
    }

    /// Types a function over a collection.
    pub fn gather(&mut self, call: &Call, gather: Gather, scope: Scope) -> Option<Typed> {
        let word = gather.word();
        let positional = if gather == Gather::Percentile { 2 } else { 1 };
        let found = call.arguments.first().and_then(|argument| self.collection(value_part(argument).0));
        let Some((over, span)) = found.filter(|_| call.arguments.len() == positional) else {
            let known = self.names.document.facts.iter().map(|fact| fact.name.text.as_str()).chain(["subjects"]);
            let known: Vec<&str> = known.collect();
            let help = format!("write `{word}(…)` over one of: {}", known.join(", "));
            self.error(
                "no-collection",
                call.span,
                format!("`{word}` gathers over facts, subjects or groups; none is named here"),
            )
            .help(help);
            return None;
        };
        let (inner, level) = self.inside(over, span, scope)?;
        let (value_expr, in_period) = value_part(&call.arguments[0]);
        let filter = self.filter(call, over, in_period, inner);
        let value = match &filter {
            Ok(Some(filter)) => {
                let filter = filter.clone();
                self.with_given(&filter, true, |typing| typing.member_value(gather, over, value_expr, inner))
            }
            _ => self.member_value(gather, over, value_expr, inner),
        };
        let extra = self.extra(call, gather, inner, scope);
        let (filter, value, extra) = (filter.ok()?, value?, extra?);
        if gather == Gather::Share && filter.is_none() {
            self.error("wrong-arguments", call.span, "`share` says which members are counted")
                .help("write `share(subjects where …)`");
            return None;
        }
        self.same_unit(gather, value.as_ref(), &extra)?;
        let kind = self.result(call, gather, over, value.as_ref())?;
        let parts = value.iter().chain(&filter).chain(&extra);
        let periodic = parts.clone().any(|part| part.periodic);
        let awaited = parts.fold(Presence::Known, |all, part| all.and(part.is.presence.clone()));
        let presence = awaited.and(self.presence(gather, over, filter.is_some()));
        let form = Form::Aggregate(Box::new(Aggregate { gather, over, value, filter, extra }));
        Some(self.narrowed(Typed { span: call.span, is: Type { kind, presence }, level, periodic, form }))
    }

    /// Demands that the time of a survival curve has the unit of the follow-up.
    fn same_unit(&mut self, gather: Gather, value: Option<&Typed>, extra: &[Typed]) -> Option<()> {
        let timed = matches!(gather, Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper);
        let (Some(value), Some(at), true) = (value, extra.get(1), timed) else { return Some(()) };
        if at.is.kind.same(&value.is.kind) {
            return Some(());
        }
        let message = format!("follow-up is {}, but the time is {}", value.is.kind, at.is.kind);
        self.error("wrong-type", at.span, message).help("write both in days, `at: 365 days`, or both as numbers");
        None
    }

    /// The scope inside a collection, and the level of what is gathered.
    fn inside(&mut self, over: Collection, span: Span, scope: Scope) -> Option<(Scope, Level)> {
        match over {
            Collection::Rows(kind) => {
                let fact = &self.names.document.facts[kind];
                let level = if fact.of_contract { Level::Contract } else { Level::Subject };
                if level == Level::Subject && !scope.sees_subjects(self.names) {
                    let message = format!(
                        "`{}` is reported for each {}, but here one value for all is needed",
                        fact.name.text, self.names.document.subject
                    );
                    self.error("too-fine", span, message)
                        .help("name it as a measure of the subject, then gather the measure: sum(subjects.name)");
                    return None;
                }
                Some((Scope { level: Level::Row(kind), ..scope }, level))
            }
            Collection::Subjects => {
                let level = if scope.base == Level::Group { Level::Group } else { Level::Contract };
                Some((Scope { level: Level::Subject, base: level, in_subjects: true, in_groups: false }, level))
            }
            Collection::Groups => {
                if self.names.group.is_none() {
                    self.error("no-group", span, "the document has no groups").help("add `group: <subject field>`");
                    return None;
                }
                Some((
                    Scope { level: Level::Group, base: Level::Contract, in_subjects: false, in_groups: true },
                    Level::Contract,
                ))
            }
        }
    }

    fn filter(
        &mut self,
        call: &Call,
        over: Collection,
        in_period: Option<Span>,
        inner: Scope,
    ) -> Result<Option<Typed>, ()> {
        let condition = match call.filter {
            Some(expr) => Some(self.expr(expr, inner).and_then(|typed| self.truth(typed)).ok_or(())?),
            None => None,
        };
        let Some(span) = in_period else { return Ok(condition) };
        let day = match over {
            Collection::Rows(kind) => leaf(span, Kind::Date, Level::Row(kind), Form::RowOn(kind)),
            Collection::Subjects => leaf(span, Kind::Date, Level::Subject, Form::EnrolledOn),
            Collection::Groups => {
                self.error("wrong-arguments", span, "groups have no day").help("filter the group's subjects or facts");
                return Err(());
            }
        };
        let within = self.within_period(span, day).ok_or(())?;
        let Some(condition) = condition else { return Ok(Some(within)) };
        let presence = condition.is.presence.clone().and(within.is.presence.clone());
        let level = self.finest(span, &[&within, &condition]).ok_or(())?;
        let form = Form::Binary(super::super::formula::Operator::And, Box::new(within), Box::new(condition));
        Ok(Some(Typed { span, is: Type { kind: Kind::Truth, presence }, level, periodic: true, form }))
    }

    /// The value of each member; none inside when only membership counts.
    fn member_value(&mut self, gather: Gather, over: Collection, expr: &Expr, inner: Scope) -> Option<Option<Typed>> {
        let bare = matches!(&expr.kind, ExprKind::Path(path) if path.len() == 1);
        match (gather.of_members(), bare) {
            (true, true) => Some(None),
            (true, false) => {
                self.error(
                    "wrong-arguments",
                    expr.span,
                    format!("`{}` counts members and takes the collection alone", gather.word()),
                )
                .help(format!("write `{}(collection where condition)`", gather.word()));
                None
            }
            (false, true) => {
                let example = match over {
                    Collection::Rows(kind) => {
                        self.names.document.facts[kind].fields.first().map_or("on", |field| field.name.text.as_str())
                    }
                    _ => "measure",
                };
                let help = format!("write `{}({expr}.{example})`", gather.word());
                self.error("wrong-arguments", expr.span, format!("`{}` needs a value of each member", gather.word()))
                    .help(help);
                None
            }
            (false, false) => {
                let typed = self.expr(expr, inner)?;
                self.decided(typed).map(Some)
            }
        }
    }

    fn result(&mut self, call: &Call, gather: Gather, over: Collection, value: Option<&Typed>) -> Option<Kind> {
        let kind = value.map(|value| value.is.kind.clone());
        let rows = matches!(over, Collection::Rows(_));
        let fits = match (gather, &kind) {
            (Gather::Count, _) | (Gather::Exists, _) | (Gather::Share, _) => true,
            (Gather::Sum | Gather::Mean, Some(kind)) => matches!(kind, Kind::Number | Kind::Money | Kind::Days),
            (Gather::Median | Gather::Percentile, Some(kind)) => matches!(kind, Kind::Number | Kind::Money),
            (Gather::Min | Gather::Max, Some(kind)) => kind.ordered(),
            (Gather::First | Gather::Last | Gather::Nearest, Some(_)) => rows,
            (Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper | Gather::MedianSurvival, Some(kind)) => {
                matches!(kind, Kind::Number | Kind::Days) && !rows
            }
            (Gather::LogRank | Gather::LogRankP, Some(kind)) => {
                matches!(kind, Kind::Number | Kind::Days) && over == Collection::Subjects
            }
            (Gather::DaysCovered, Some(kind)) => rows && matches!(kind, Kind::Number | Kind::Days),
            _ => false,
        };
        if !fits {
            let what = kind.map_or_else(|| "this".to_string(), |kind| kind.to_string());
            let message = format!(
                "`{}` cannot gather {what} over {}",
                gather.word(),
                if rows { "facts" } else { "subjects or groups" }
            );
            self.error("wrong-type", call.span, message).help("see docs/TERMS.md for what each function takes");
            return None;
        }
        Some(match gather {
            Gather::Count | Gather::Share | Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper => {
                Kind::Number
            }
            Gather::LogRank | Gather::LogRankP | Gather::DaysCovered => Kind::Number,
            Gather::Exists => Kind::Truth,
            _ => kind?,
        })
    }

    fn presence(&self, gather: Gather, over: Collection, filtered: bool) -> Presence {
        if matches!(gather, Gather::Count | Gather::Exists | Gather::Sum) {
            return Presence::Known;
        }
        let who = match over {
            Collection::Rows(kind) => {
                let fact = &self.names.document.facts[kind];
                let condition = if gather == Gather::Nearest {
                    " within the window"
                } else if filtered {
                    " that meets the condition"
                } else {
                    ""
                };
                let name = &fact.name.text;
                if fact.of_contract {
                    format!("without any `{name}`{condition}")
                } else {
                    format!("for a {} with no `{name}`{condition}", self.names.document.subject)
                }
            }
            Collection::Subjects => format!("when no {} is counted", self.names.document.subject),
            Collection::Groups => "when no group is counted".into(),
        };
        let why = match gather {
            Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper => {
                "when nobody was followed that long".into()
            }
            Gather::MedianSurvival => "while more than half survive".into(),
            Gather::LogRank | Gather::LogRankP => "while the arms have no event to compare".into(),
            Gather::DaysCovered => "for a period without days".into(),
            _ => who,
        };
        Presence::Optional(why)
    }
}
