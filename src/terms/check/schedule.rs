//! Schedules of clauses: calendar periods, dates evenly spaced, dates at distances.

use super::{
    super::{
        document::{Clause, Each, clause::Dates},
        formula::Expr,
        scalar::Scalar,
        source::Span,
    },
    clauses::{Distance, TypedEach, of_kind},
    constant::Constants,
    expression::Typing,
    types::{Kind, Level},
};

/// The most dates of one schedule.
const MOST_DATES: i32 = 1_200;

/// Types the rhythm of a clause.
pub(super) fn check_each(typing: &mut Typing, clause: &Clause, each: &Each, per: Level) -> Option<TypedEach> {
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
