//! Typing of a member's place among others: ranks, and sums over the facts so far.

use super::{
    super::formula::{Expr, ExprKind},
    calls::Call,
    expression::Typing,
    scope::Scope,
    typed::{Aggregate, Collection, Form, Gather, Typed},
    types::{Kind, Level, Presence, Type},
};

impl Typing<'_, '_, '_> {
    /// Types `rank(subjects.x)`: the place of the subject's own value among all subjects; likewise for groups.
    pub(super) fn rank(&mut self, call: &Call, scope: Scope) -> Option<Typed> {
        let head = call.arguments.first().and_then(|argument| self.collection(argument)).map(|(over, _)| over);
        let (over, own_level) = match head {
            Some(Collection::Subjects) if scope.sees_subjects(self.names) => (Collection::Subjects, Level::Subject),
            Some(Collection::Groups) if scope.sees_groups(self.names) => (Collection::Groups, Level::Group),
            _ => {
                self.error("no-collection", call.span, "`rank` gives the place of a subject among subjects, or of a group among groups")
                    .help("write `rank(subjects.measure)` in a formula of the subject, `rank(groups.measure)` in one of the group");
                return None;
            }
        };
        let largest_first = self.order(call)?;
        let inner = Scope {
            level: own_level,
            base: Level::Contract,
            in_subjects: own_level == Level::Subject,
            in_groups: own_level == Level::Group,
        };
        let filter = match call.filter {
            Some(expr) => Some(self.expr(expr, inner).and_then(|typed| self.truth(typed))?),
            None => None,
        };
        let own = self.expr(&call.arguments[0], inner)?;
        let own = self.decided(own)?;
        if !matches!(own.is.kind, Kind::Number | Kind::Money) {
            self.error("wrong-type", own.span, format!("{} has no rank", own.is.kind)).help("rank numbers or amounts");
            return None;
        }
        let (presence, periodic) =
            (own.is.presence.clone(), own.periodic || filter.as_ref().is_some_and(|f| f.periodic));
        let aggregate = Aggregate { gather: Gather::Sorted, over, value: Some(own.clone()), filter, extra: Vec::new() };
        let form = Form::Aggregate(Box::new(aggregate));
        let all = Typed { span: call.span, is: own.is.clone(), level: Level::Contract, periodic, form };
        let form = Form::Rank(Box::new(own), Box::new(all), largest_first);
        Some(Typed { span: call.span, is: Type { kind: Kind::Number, presence }, level: own_level, periodic, form })
    }

    fn order(&mut self, call: &Call) -> Option<bool> {
        const ORDERS: [&str; 2] = ["largest first", "smallest first"];
        let Some((name, expr)) = call.named.first() else { return Some(true) };
        let text = if let ExprKind::Text(text) = &expr.kind { text.as_str() } else { "" };
        let found =
            ORDERS.iter().position(|order| *order == text).filter(|_| name.text == "order" && call.named.len() == 1);
        if found.is_none() {
            self.error("wrong-arguments", name.span.to(expr.span), "`rank` knows only its `order`")
                .suggest(text, ORDERS);
        }
        found.map(|at| at == 0)
    }

    /// Types `running_sum(x, by: key)` and `running_count(fact, by: key)` inside a gathering over facts.
    pub(super) fn running(&mut self, call: &Call, scope: Scope) -> Option<Typed> {
        let Level::Row(kind) = scope.level else {
            self.error(
                "no-collection",
                call.span,
                format!("`{}` counts along facts and stands inside a gathering over them", call.name.text),
            )
            .help("write `sum(injection.paid where running_count(injection) > 7)`");
            return None;
        };
        let counts = call.name.text == "running_count";
        let fact = &self.names.document.facts[kind].name.text;
        let bare = |expr: &Expr| matches!(&expr.kind, ExprKind::Path(path) if path.len() == 1 && path[0].text == *fact);
        let wrong_name = call.named.iter().find(|(name, _)| name.text != "by").map(|(name, _)| name.span);
        let [argument] = call.arguments else { return self.wrong_running(call, call.span) };
        if call.filter.is_some() || wrong_name.is_some() || counts != bare(argument) {
            return self.wrong_running(call, wrong_name.unwrap_or(argument.span));
        }
        let value = if counts { None } else { Some(self.expr(argument, scope).and_then(|typed| self.decided(typed))?) };
        if let Some(value) = value.as_ref().filter(|value| !matches!(value.is.kind, Kind::Number | Kind::Money)) {
            self.error("wrong-type", value.span, format!("{} cannot be added up", value.is.kind))
                .help("add up numbers or amounts");
            return None;
        }
        let key = match call.named.first() {
            Some((_, expr)) => Some(self.expr(expr, scope).and_then(|typed| self.decided(typed))?),
            None => None,
        };
        let result = value.as_ref().map_or(Kind::Number, |value| value.is.kind.clone());
        let parts = value.iter().chain(&key);
        let presence = parts.clone().fold(Presence::Known, |all, part| all.and(part.is.presence.clone()));
        let periodic = parts.into_iter().any(|part| part.periodic);
        let form = Form::Running(value.map(Box::new), key.map(Box::new), kind);
        Some(Typed { span: call.span, is: Type { kind: result, presence }, level: Level::Row(kind), periodic, form })
    }

    fn wrong_running(&mut self, call: &Call, span: crate::terms::source::Span) -> Option<Typed> {
        self.error("wrong-arguments", span, format!("`{}` takes other values", call.name.text))
            .help("write `running_count(injection, by: eye)` or `running_sum(injection.dose, by: eye)`");
        None
    }
}
