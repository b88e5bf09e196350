//! Limits, and the sharing of amounts over those who receive, without losing a cent.

use rust_decimal::Decimal;

use super::{
    line::{Line, Part},
    obligation::{NOBODY, Obligation},
};
use crate::{
    terms::{
        check::clauses::{TypedClause, TypedLimit},
        document::{Period, Sharing, Term},
    },
    values::{Currency, Rounding, share_out},
};

/// What limits need to know of the contract.
#[derive(Clone, Copy)]
pub struct Terms {
    /// The currency.
    pub currency: Currency,
    /// How a limit is rounded.
    pub rounding: Rounding,
    /// The term, from which years are counted.
    pub term: Option<Term>,
}

/// The key under which obligations add up against a limit.
type Key = (u32, i64);

/// Applies a clause's limits to its obligations, which stand in the order of subjects and periods, shares the result
/// and adds the lines. `at_most` holds the most of the limits, where obligations say. `rank` gives a subject's place in
/// an order that does not depend on enrolment. None when an amount leaves its range.
pub fn push_lines(
    clause: &TypedClause,
    obligations: &[Obligation],
    at_most: &[Decimal],
    terms: Terms,
    rank: &dyn Fn(u32) -> u32,
    lines: &mut Vec<Line>,
) -> Option<()> {
    if let ([(payee, _)], true) = (&clause.payees[..], clause.limits.is_empty()) {
        lines.extend(
            obligations.iter().map(|obligation| line(clause, obligation, *payee, Part::Amount, obligation.amount)),
        );
        return Some(());
    }
    let gross = obligations
        .iter()
        .map(|obligation| terms.currency.to_minor(obligation.amount))
        .collect::<Option<Vec<i128>>>()?;
    let mut stages = vec![gross];
    for (number, limit) in clause.limits.iter().enumerate() {
        let most = |at: usize| {
            let at_most =
                at_most[obligations[at].limits_at as usize + usize::from(clause.shared_by.is_some()) + number];
            terms.currency.to_minor(terms.currency.round(at_most, terms.rounding))
        };
        let after = limited(limit, obligations, &stages[number], &most, terms.term, rank)?;
        stages.push(after);
    }
    let shares: Vec<Decimal> = clause.payees.iter().map(|(_, share)| *share).collect();
    let mut before = vec![0i128; shares.len()];
    for (at, obligation) in obligations.iter().enumerate() {
        before.fill(0);
        for (stage, amounts) in stages.iter().enumerate() {
            let part = if stage == 0 { Part::Amount } else { Part::Limit(u8::try_from(stage).ok()?) };
            push_stage(clause, obligation, (part, amounts[at]), &shares, &mut before, terms.currency, lines)?;
        }
    }
    Some(())
}

/// The amounts that remain under a limit.
fn limited(
    limit: &TypedLimit,
    obligations: &[Obligation],
    amounts: &[i128],
    most: &dyn Fn(usize) -> Option<i128>,
    term: Option<Term>,
    rank: &dyn Fn(u32) -> u32,
) -> Option<Vec<i128>> {
    let mut keyed: Vec<(Key, usize)> =
        obligations.iter().enumerate().map(|(at, o)| (key(limit.per, o, term), at)).collect();
    // Obligations of one subject usually stand together already; sorting is needed only where they do not.
    if !keyed.is_sorted_by_key(|(key, _)| *key) {
        keyed.sort_by_key(|(key, at)| (*key, *at));
    }
    let mut after = amounts.to_vec();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let total = group.iter().try_fold(0i128, |sum, (_, at)| sum.checked_add(amounts[*at]))?;
        let mut members: Vec<usize> = group.iter().map(|(_, at)| *at).collect();
        // What is left of a budget is nothing at the least; a limit takes away, it does not charge.
        let cap = most(members[0])?.max(0);
        let falls = members.iter().any(|at| amounts[*at] < 0);
        if total <= cap && !falls {
            continue;
        }
        members.sort_by_key(|at| {
            (obligations[*at].due_on, obligations[*at].period, rank(obligations[*at].subject), obligations[*at].group)
        });
        match limit.sharing {
            Sharing::InOrder => in_order(&members, amounts, cap, &mut after)?,
            Sharing::ProRata => pro_rata(&members, amounts, total, cap, &mut after)?,
        }
    }
    Some(after)
}

fn key(per: Period, obligation: &Obligation, term: Option<Term>) -> Key {
    match per {
        Period::Subject => (obligation.subject, 0),
        Period::Group => (obligation.group, 0),
        Period::EachPeriod => (0, i64::from(obligation.period)),
        Period::Contract => (0, 0),
        Period::Year => match term {
            Some(term) => (0, i64::from(term.start.whole_months_until(obligation.due_on).div_euclid(12))),
            None => (0, i64::from(obligation.due_on.year())),
        },
    }
}

/// Lets each obligation take what the sum so far leaves under the limit.
fn in_order(members: &[usize], amounts: &[i128], cap: i128, after: &mut [i128]) -> Option<()> {
    let mut sum = 0i128;
    for at in members {
        let next = sum.checked_add(amounts[*at])?;
        after[*at] = next.min(cap) - sum.min(cap);
        sum = next;
    }
    Some(())
}

/// Cuts all obligations in one proportion, by largest remainder.
fn pro_rata(members: &[usize], amounts: &[i128], total: i128, cap: i128, after: &mut [i128]) -> Option<()> {
    if total <= cap || total <= 0 {
        return Some(());
    }
    let weights: Option<Vec<Decimal>> =
        members.iter().map(|at| Decimal::try_from_i128_with_scale(amounts[*at], 0).ok()).collect();
    for (at, share) in members.iter().zip(share_out(cap, &weights?)?) {
        after[*at] = share;
    }
    Some(())
}

/// Adds the lines by which one step, the amount or a limit, changes what each who receives has so far.
fn push_stage(
    clause: &TypedClause,
    obligation: &Obligation,
    (part, total): (Part, i128),
    shares: &[Decimal],
    before: &mut [i128],
    currency: Currency,
    lines: &mut Vec<Line>,
) -> Option<()> {
    let split = if shares.len() == 1 { None } else { Some(share_out(total, shares)?) };
    for (at, (payee, _)) in clause.payees.iter().enumerate() {
        let now = split.as_ref().map_or(total, |split| split[at]);
        let change = now.checked_sub(before[at])?;
        before[at] = now;
        if change != 0 {
            lines.push(line(clause, obligation, *payee, part, currency.from_minor(change)?));
        }
    }
    Some(())
}

fn line(clause: &TypedClause, obligation: &Obligation, payee: u16, part: Part, amount: Decimal) -> Line {
    let Obligation { clause: index, subject, group, period, start, end, due_on, .. } = *obligation;
    let group = if subject == NOBODY { group } else { NOBODY };
    Line { clause: index, payer: clause.payer, payee, part, subject, group, period, start, end, due_on, amount }
}
