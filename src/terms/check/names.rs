//! Typing of names: which value a name means, and how many of it there are.

use super::{
    super::{formula::Name, scalar::Scalar, source::Span},
    constant::kind_of,
    expression::{Typing, leaf, literal, optional_field, period_leaf},
    narrow::Given,
    scope::Scope,
    typed::{Form, PeriodPart, Typed},
    types::{Kind, Level, Presence, Type},
};

impl Typing<'_, '_, '_> {
    pub(super) fn path(&mut self, span: Span, path: &[Name], scope: Scope) -> Option<Typed> {
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
        if self.names.document.declared.contains(&name.text) && !self.known_elsewhere(&name.text) {
            return None; // Its declaration has a finding already.
        }
        let known = self.names.all(&scope);
        self.error("unknown-name", name.span, format!("`{}` is not known here", name.text)).suggest(&name.text, known);
        None
    }

    /// Tells whether a name was declared soundly, but means nothing here.
    fn known_elsewhere(&self, name: &str) -> bool {
        let document = self.names.document;
        let in_facts = document.facts.iter().flat_map(|fact| &fact.fields).any(|field| field.name.text == name);
        in_facts
            || self.names.field(name).is_some()
            || self.names.table(name).is_some()
            || document.clauses.iter().any(|clause| clause.name.text == name)
    }

    fn row_field(&self, span: Span, kind: usize, at: usize) -> Typed {
        let field = &self.names.document.facts[kind].fields[at];
        let typed = leaf(span, kind_of(field), Level::Row(kind), Form::RowField(kind, at));
        optional_field(typed, field.optional, &field.name.text)
    }

    fn member(&mut self, head: &Name, member: &Name, scope: Scope) -> Option<Typed> {
        match head.text.as_str() {
            "period" => self.period_part(head, member),
            "term" => self.term_part(head, member),
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
                None if self.names.document.declared.contains(&head.text)
                    && self.names.measure(&head.text).is_none() =>
                {
                    None
                }
                None => {
                    let facts = self.names.document.facts.iter().map(|fact| fact.name.text.as_str());
                    let known: Vec<&str> = facts.chain(["subjects", "groups", "period", "term"]).collect();
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
            let elsewhere = self
                .names
                .document
                .facts
                .iter()
                .flat_map(|fact| &fact.fields)
                .any(|field| field.name.text == member.text);
            if self.names.document.declared.contains(&member.text)
                && !elsewhere
                && self.names.field(&member.text).is_none()
            {
                return None; // Its declaration has a finding already.
            }
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

    /// The first or last day of the term.
    fn term_part(&mut self, head: &Name, member: &Name) -> Option<Typed> {
        let span = head.span.to(member.span);
        let Some(term) = self.names.document.header.term else {
            self.error("no-term", span, "the contract has no term").help("add `term: { start: …, end: … }`");
            return None;
        };
        match member.text.as_str() {
            "start" => Some(literal(span, Scalar::Date(term.start))),
            "end" => Some(literal(span, Scalar::Date(term.end))),
            other => {
                self.error("unknown-name", member.span, format!("a term has no `{other}`"))
                    .suggest(other, ["start", "end"]);
                None
            }
        }
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
}
