//! Clauses: roles, units, conditions, due dates, amounts, limits, schedules.

use rust_decimal::Decimal;

use super::{
    super::{
        document::{Clause, Limit, Period, Scope as Per, Sharing},
        finding::Severity,
        formula::{Expr, Name},
        scalar::Scalar,
        source::Span,
    },
    constant::Constants,
    expression::Typing,
    schedule::check_each,
    typed::Typed,
    types::{Kind, Level},
};

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

/// Types a formula that must be of a sort and decided.
pub(super) fn of_kind(typing: &mut Typing, expr: &Expr, level: Level, kind: &Kind, what: &str) -> Option<Typed> {
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
