//! Clauses: roles, units, conditions, due dates, amounts, limits, schedules.

use rust_decimal::Decimal;

use super::{
    super::{
        document::{Clause, Each, Limit, Period, Scope as Per, Sharing, clause::Dates},
        finding::Severity,
        formula::{Expr, Name},
        scalar::Scalar,
        source::Span,
    },
    constant::Constants,
    expression::Typing,
    typed::Typed,
    types::{Kind, Level},
};

/// The most dates of one schedule.
const MOST_DATES: i32 = 1_200;

/// A schedule's distances from its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// So many days.
    Days(i32),
    /// So many calendar months.
    Months(i32),
}

/// The rhythm of a clause.
#[derive(Clone, Debug, PartialEq)]
pub enum TypedEach {
    /// Calendar periods of so many months from the start of the term.
    Months(i32),
    /// Dates at these distances from a day.
    Dates(Typed, Vec<Distance>),
}

/// A limit.
#[derive(Clone, Debug)]
pub struct TypedLimit {
    /// Over what it adds up.
    pub per: Period,
    /// The most.
    pub at_most: Typed,
    /// How a cut is shared.
    pub sharing: Sharing,
}

/// A clause whose formulas are typed.
#[derive(Clone, Debug)]
pub struct TypedClause {
    /// Index of the role that pays.
    pub payer: u16,
    /// Indexes of the roles that receive, with their shares of the amount.
    pub payees: Vec<(u16, Decimal)>,
    /// The level at which obligations arise.
    pub per: Level,
    /// The rhythm.
    pub each: Option<TypedEach>,
    /// The condition.
    pub when: Option<Typed>,
    /// The due date.
    pub due: Option<Typed>,
    /// The amount.
    pub amount: Typed,
    /// The weight by which members share the amount.
    pub shared_by: Option<Typed>,
    /// The limits.
    pub limits: Vec<TypedLimit>,
}

/// Checks a clause; none when it has errors.
pub fn check(typing: &mut Typing, clause: &Clause) -> Option<TypedClause> {
    let payer = clause.payer.as_ref().and_then(|name| role(typing, name));
    let payees = if clause.payer.is_some() { payees(typing, clause) } else { None };
    let per = match clause.per {
        Per::Contract => Level::Contract,
        Per::Group => Level::Group,
        Per::Subject => Level::Subject,
    };
    if per == Level::Group && typing.names.group.is_none() {
        typing
            .error(
                "no-group",
                clause.name.span,
                format!("the clause `{}` pays per group, but there are no groups", clause.name.text),
            )
            .help("add `group: <subject field>` to the document");
        return None;
    }
    let condition = clause.when.as_ref().map(|expr| typing.condition(expr, per));
    let before = typing.given.len();
    // A condition with an error may have decided what is missing; nothing is said twice.
    let doubtful = matches!(condition, Some(None));
    typing.lenient += usize::from(doubtful);
    if let Some(Some(condition)) = &condition {
        let measures = std::mem::take(&mut typing.measures);
        super::narrow::derive(condition, true, &measures, &mut typing.given);
        typing.measures = measures;
    }
    let each = clause.each.as_ref().map(|each| check_each(typing, clause, each, per));
    let due = clause.due.as_ref().map(|expr| of_kind(typing, expr, per, &Kind::Date, "a due date"));
    // What is shared is one total; who shares it are the members.
    let of_amount = if clause.shared_by.is_some() { Level::Contract } else { per };
    let amount =
        clause.amount.as_ref().and_then(|amount| of_kind(typing, amount, of_amount, &Kind::Money, "an amount"));
    let shared_by = clause.shared_by.as_ref().map(|weight| check_weight(typing, clause, weight, per));
    let limits: Vec<_> = clause.limits.iter().map(|limit| check_limit(typing, clause, limit)).collect();
    typing.given.truncate(before);
    typing.lenient -= usize::from(doubtful);
    let undated = clause.due.is_none() && clause.each.is_none();
    if let Some(limit) = clause.limits.iter().find(|limit| undated && limit.per == Period::Year) {
        typing
            .error("bad-limit", limit.span, "a limit per year needs due dates, and this clause has none")
            .help("add `due: …` to the clause, so that every amount belongs to a year");
        return None;
    }
    let checked = TypedClause {
        payer: payer?,
        payees: payees?,
        per,
        each: transposed(each)?,
        when: transposed(condition)?,
        due: transposed(due)?,
        amount: amount?,
        shared_by: transposed(shared_by)?,
        limits: limits.into_iter().collect::<Option<_>>()?,
    };
    check_rhythm(typing, clause, &checked)?;
    if checked.due.is_none() && checked.each.is_none() {
        typing
            .findings
            .add(
                Severity::Advice,
                "no-due-date",
                clause.name.span,
                format!("`{}` has no due date; it falls due on the day of the settlement", clause.name.text),
            )
            .help("add `due: …`");
    }
    Some(checked)
}

/// None when there was something and it had errors.
fn transposed<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        Some(None) => None,
        Some(found) => Some(found),
        None => Some(None),
    }
}

fn role(typing: &mut Typing, name: &Name) -> Option<u16> {
    let header = &typing.names.document.header;
    let found = header.party(&name.text).and_then(|index| u16::try_from(index).ok());
    if found.is_none() {
        let known: Vec<&str> = header.parties.iter().map(|party| party.name.text.as_str()).collect();
        typing
            .error("unknown-party", name.span, format!("`{}` is not one of the parties", name.text))
            .suggest(&name.text, known);
    }
    found
}

fn payees(typing: &mut Typing, clause: &Clause) -> Option<Vec<(u16, Decimal)>> {
    let constants = Constants { currency: typing.names.document.header.currency, parameters: typing.names.parameters };
    let payer = clause.payer.as_ref();
    let mut payees = Vec::new();
    for (name, share) in &clause.payees {
        let index = role(typing, name);
        let share = match share {
            None => Some(Decimal::ONE),
            Some(expr) => match constants.compute(expr, typing.findings)? {
                Scalar::Number(share) if share >= Decimal::ZERO => Some(share),
                _ => {
                    typing.error("wrong-type", expr.span, "a share is a percentage").help("write `hospital: 60%`");
                    None
                }
            },
        };
        if index.is_some_and(|index| {
            payer.is_some_and(|payer| typing.names.document.header.party(&payer.text) == Some(usize::from(index)))
        }) {
            typing
                .error("pays-itself", name.span, format!("`{}` would pay itself", name.text))
                .help("name another role");
        }
        payees.push((index?, share?));
    }
    let total: Decimal = payees.iter().map(|(_, share)| *share).sum();
    if total != Decimal::ONE {
        let message = format!(
            "the shares of those who receive add up to {}%, not 100%",
            (total * Decimal::ONE_HUNDRED).normalize()
        );
        typing.error("shares", clause.name.span, message).help("let the shares add up to 100%");
        return None;
    }
    Some(payees)
}

fn of_kind(typing: &mut Typing, expr: &Expr, level: Level, kind: &Kind, what: &str) -> Option<Typed> {
    let typed = typing.at_level(expr, level)?;
    let typed = typing.decided(typed)?;
    if !typed.is.kind.same(kind) {
        let message = format!("{what} is {kind}, but this is {}", typed.is.kind);
        let currency = typing.names.document.header.currency;
        let help = if *kind == Kind::Money {
            format!("multiply by an amount, or write it with its currency: `100 {currency}`")
        } else {
            "write a date, such as `day + 30 days`".into()
        };
        typing.error("wrong-type", typed.span, message).help(help);
        return None;
    }
    Some(typed)
}

fn check_each(typing: &mut Typing, clause: &Clause, each: &Each, per: Level) -> Option<TypedEach> {
    match each {
        Each::Months(months) => {
            if typing.names.document.header.term.is_none() {
                typing
                    .error(
                        "no-term",
                        clause.name.span,
                        format!("`{}` pays for each period, but the contract has no term", clause.name.text),
                    )
                    .help("add `term: { start: …, end: … }`");
                return None;
            }
            Some(TypedEach::Months(*months))
        }
        Each::Schedule { from, dates } => {
            let start = of_kind(typing, from, per, &Kind::Date, "the first day of a schedule");
            let distances = distances(typing, dates, from.span);
            let start = start?;
            if start.periodic {
                typing
                    .error("periodic", from.span, "the first day of a schedule cannot depend on the period")
                    .help("reckon it from facts or fields");
                return None;
            }
            Some(TypedEach::Dates(start, distances?))
        }
    }
}

fn distances(typing: &mut Typing, dates: &Dates, span: Span) -> Option<Vec<Distance>> {
    let constants = Constants { currency: typing.names.document.header.currency, parameters: typing.names.parameters };
    let distance = |expr: &Expr, typing: &mut Typing| match constants.compute(expr, typing.findings)? {
        Scalar::Days(days) => Some(Distance::Days(days)),
        Scalar::Months(months) => Some(Distance::Months(months)),
        other => {
            let message = format!("dates of a schedule lie at durations, not at {}", Kind::of(&other));
            typing.error("wrong-type", expr.span, message).help("write `12 months` or `30 days`");
            None
        }
    };
    match dates {
        Dates::After(list) => {
            let found: Vec<_> = list.iter().map(|expr| distance(expr, typing)).collect();
            let found: Vec<Distance> = found.into_iter().collect::<Option<_>>()?;
            ascending(typing, &found, span)?;
            Some(found)
        }
        Dates::Every(every, times) => {
            let every = distance(every, typing)?;
            let count = match constants.compute(times, typing.findings)? {
                Scalar::Number(count) if count.fract().is_zero() => {
                    i32::try_from(count).ok().filter(|n| (1..=MOST_DATES).contains(n))
                }
                _ => None,
            };
            let Some(count) = count else {
                typing
                    .error(
                        "wrong-type",
                        times.span,
                        format!("a schedule has a whole number of dates, 1 to {MOST_DATES}"),
                    )
                    .help("write `times: 5`");
                return None;
            };
            let positive = matches!(every, Distance::Days(n) | Distance::Months(n) if n > 0 && n <= 36_500);
            if !positive {
                typing
                    .error("wrong-type", span, "dates of a schedule follow each other")
                    .help("write `every: 12 months`");
                return None;
            }
            Some(
                (0..count)
                    .map(|step| match every {
                        Distance::Days(days) => Distance::Days(days.saturating_mul(step)),
                        Distance::Months(months) => Distance::Months(months.saturating_mul(step)),
                    })
                    .collect(),
            )
        }
    }
}

/// Demands that the dates of a schedule follow each other, the first not before the first day.
fn ascending(typing: &mut Typing, distances: &[Distance], span: Span) -> Option<()> {
    let from = crate::values::Day(0);
    let date = |distance: &Distance| match distance {
        Distance::Days(days) => from.plus_days(*days),
        Distance::Months(months) => from.plus_months(*months),
    };
    let dates: Vec<_> = distances.iter().map(date).collect();
    let follow =
        dates.first().is_some_and(|first| *first >= Some(from)) && dates.windows(2).all(|pair| pair[0] < pair[1]);
    if follow && !dates.contains(&None) {
        return Some(());
    }
    typing
        .error(
            "order",
            span,
            "the distances of a schedule stand in ascending order, each once, none before the first day",
        )
        .help("write `after: [0 days, 6 months, 12 months]`");
    None
}

/// Checks the weight by which members share a total.
fn check_weight(typing: &mut Typing, clause: &Clause, weight: &Expr, per: Level) -> Option<Typed> {
    if per == Level::Contract {
        typing
            .error(
                "bad-share",
                weight.span,
                format!("`{}` pays once for the contract, so nobody shares its amount", clause.name.text),
            )
            .help("pay `per: subject` or `per: group`");
        return None;
    }
    let typed = typing.at_level(weight, per)?;
    let typed = typing.decided(typed)?;
    if !matches!(typed.is.kind, Kind::Number | Kind::Money) {
        let message = format!("a total is shared by numbers or amounts, but this is {}", typed.is.kind);
        typing.error("wrong-type", typed.span, message).help("write a measure such as `shared_by: points`");
        return None;
    }
    Some(typed)
}

fn check_limit(typing: &mut Typing, clause: &Clause, limit: &Limit) -> Option<TypedLimit> {
    let (level, fits, needs) = match limit.per {
        Period::Subject => (Level::Subject, clause.per == Per::Subject, "a clause that pays per subject"),
        Period::Group => (Level::Group, clause.per != Per::Contract && typing.names.group.is_some(), "groups"),
        Period::EachPeriod => (Level::Contract, clause.each.is_some(), "a clause with `each`"),
        Period::Year | Period::Contract => (Level::Contract, true, ""),
    };
    if !fits {
        typing
            .error("bad-limit", limit.span, format!("this limit needs {needs}"))
            .help("choose another `per` for the limit");
        return None;
    }
    let at_most = of_kind(typing, &limit.at_most, level, &Kind::Money, "the most of a limit")?;
    if at_most.periodic && limit.per != Period::EachPeriod {
        typing
            .error("periodic", at_most.span, "this limit holds over several periods and cannot depend on one of them")
            .help("use `per: period`, or a value that is the same in all periods");
        return None;
    }
    Some(TypedLimit { per: limit.per, at_most, sharing: limit.sharing })
}

/// Demands that only clauses with a rhythm speak of the period.
fn check_rhythm(typing: &mut Typing, clause: &Clause, checked: &TypedClause) -> Option<()> {
    if checked.each.is_some() {
        return Some(());
    }
    let parts = checked.when.iter().chain(&checked.due).chain([&checked.amount]).chain(&checked.shared_by);
    let periodic: Vec<Span> = parts.filter(|part| part.periodic).map(|part| part.span).collect();
    let Some(span) = periodic.first().copied() else { return Some(()) };
    typing
        .error("no-period", span, format!("this speaks of a period, but `{}` has none", clause.name.text))
        .help("add `each: year` (or month, quarter, a schedule) to the clause");
    None
}

/// Checks the roles that report facts, and types the days by which they do, kind by kind.
pub fn check_facts(typing: &mut Typing) -> Vec<Option<Typed>> {
    let facts = &typing.names.document.facts;
    let due = facts.iter().map(|fact| {
        if let Some(name) = &fact.by {
            role(typing, name);
        }
        let level = if fact.of_contract { Level::Contract } else { Level::Subject };
        let due = fact.due.as_ref()?;
        let due = of_kind(typing, due, level, &Kind::Date, "the day by which a fact is reported")?;
        if due.periodic {
            typing
                .error("no-period", due.span, "a fact is reported by one day; only clauses have periods")
                .help("reckon the day from enrolment, from another fact or from `term.end`");
        }
        Some(due)
    });
    due.collect()
}
