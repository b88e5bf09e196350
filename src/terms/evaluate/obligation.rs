//! What a clause yields for the members of a chunk.

use rust_decimal::Decimal;

use super::{column::Gap, frame::Frame, period::Current, run::EvaluationError};
use crate::{
    terms::{
        check::types::Level,
        plan::{ClausePlan, NodeId, Op},
    },
    values::{Currency, Day, Rounding},
};

/// Stands for no subject and no group.
pub const NOBODY: u32 = u32::MAX;

/// An amount that a clause yields, before limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// Index of the clause.
    pub clause: u16,
    /// Index of the subject, or [`NOBODY`].
    pub subject: u32,
    /// Index of the group, or [`NOBODY`].
    pub group: u32,
    /// Number of the period, 0 when there is none.
    pub period: u32,
    /// First day of the period.
    pub start: Day,
    /// Last day of the period.
    pub end: Day,
    /// Due date.
    pub due_on: Day,
    /// Amount, rounded to the minor unit.
    pub amount: Decimal,
    /// Where the most of its limits stand in [`Yield::at_most`].
    pub limits_at: u32,
}

/// A clause that cannot say yet what it yields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// Index of the clause.
    pub clause: u16,
    /// Index of the subject, or [`NOBODY`].
    pub subject: u32,
    /// Index of the group, or [`NOBODY`].
    pub group: u32,
    /// Number of the period, 0 when there is none.
    pub period: u32,
    /// Indexes of the kinds of facts that are awaited; empty when subjects of the cohort are.
    pub kinds: Vec<usize>,
}

/// What the clauses yield.
#[derive(Clone, Debug, Default)]
pub struct Yield {
    /// Amounts due by the day of the settlement.
    pub obligations: Vec<Obligation>,
    /// For each obligation the weight of a shared amount, then the most of each limit; obligations say where theirs begin.
    pub at_most: Vec<Decimal>,
    /// Amounts that fall due later.
    pub upcoming: Vec<Obligation>,
    /// What is awaited.
    pub pending: Vec<Pending>,
}

impl Yield {
    /// Adds what another chunk yields.
    pub fn append(&mut self, mut other: Self) {
        let shift = self.at_most.len() as u32;
        if shift > 0 {
            let both = other.obligations.iter_mut().chain(&mut other.upcoming);
            both.for_each(|obligation| obligation.limits_at += shift);
        }
        self.obligations.append(&mut other.obligations);
        self.at_most.append(&mut other.at_most);
        self.upcoming.append(&mut other.upcoming);
        self.pending.append(&mut other.pending);
    }

    /// Puts everything in the order of clauses, subjects, groups, periods, which depends on no chunk.
    pub fn sort(&mut self) {
        let place = |o: &Obligation| (o.clause, o.subject, o.group, o.period);
        for list in [&mut self.obligations, &mut self.upcoming] {
            if !list.is_sorted_by_key(place) {
                list.sort_unstable_by_key(place);
            }
        }
        self.pending.sort();
    }
}

/// A clause to be applied to a frame.
#[derive(Clone, Copy)]
pub struct Application<'p> {
    /// Index of the clause.
    pub index: u16,
    /// Its nodes.
    pub plan: &'p ClausePlan,
    /// The currency of the contract.
    pub currency: Currency,
    /// How amounts are rounded.
    pub rounding: Rounding,
}

/// Applies a clause to all members of a frame.
pub fn apply(clause: Application, frame: &Frame, out: &mut Yield) -> Result<(), EvaluationError> {
    let column = |id: NodeId| frame.column(id);
    let when = clause.plan.when.map(column);
    let due = clause.plan.due.map(column);
    let amount = column(clause.plan.amount);
    // The weight of a shared amount stands before the limits.
    let at_most: Vec<_> = clause.plan.shared_by.iter().chain(&clause.plan.at_most).map(|id| column(*id)).collect();
    let as_of = frame.bound.as_of;
    for at in 0..members(clause.plan.per, frame) {
        let mut gap = Gap::None;
        if let Current::Dates(_, _, end) = &frame.period {
            match end.gap(at) {
                Gap::None if end.int(at) > as_of.0 => continue,
                Gap::Missing => continue,
                found => gap = found,
            }
        }
        if ended_before_enrolment(clause.plan.per, frame, at) {
            continue;
        }
        if let Some(when) = &when {
            gap = gap.max(when.gap(at));
            if gap == Gap::None && !when.bool(at) {
                continue;
            }
        }
        let parts = due.iter().chain([&amount]).chain(&at_most);
        gap = parts.fold(gap, |gap, part| gap.max(part.gap(at)));
        let (subject, group) = member(clause.plan.per, frame, at);
        match gap {
            Gap::None => {}
            Gap::Awaited => {
                let kinds = awaited(clause.plan, frame, at);
                out.pending.push(Pending {
                    clause: clause.index,
                    subject,
                    group,
                    period: frame.period.number(),
                    kinds,
                });
                continue;
            }
            Gap::Missing | Gap::Failed => {
                return Err(EvaluationError { clause: clause.index, subject, group, failed: gap == Gap::Failed });
            }
        }
        let (start, end) = frame.period.days(at);
        let otherwise = if frame.period.number() == 0 { as_of } else { end };
        let due_on = due.as_ref().map_or(otherwise, |due| Day(due.int(at)));
        let amount = clause.currency.round(amount.decimal(at), clause.rounding);
        if amount.is_zero() {
            continue;
        }
        let limits_at = out.at_most.len() as u32;
        let obligation = Obligation {
            clause: clause.index,
            subject,
            group,
            period: frame.period.number(),
            start,
            end,
            due_on,
            amount,
            limits_at,
        };
        out.at_most.extend(at_most.iter().map(|most| most.decimal(at)));
        if due_on > as_of {
            out.upcoming.push(obligation);
        } else {
            out.obligations.push(obligation);
        }
    }
    Ok(())
}

/// Tells whether the period had ended when the subject was enrolled; such a period is none of the subject's.
fn ended_before_enrolment(per: Level, frame: &Frame, at: usize) -> bool {
    match frame.period {
        Current::Calendar(_, _, end) if per == Level::Subject => {
            frame.bound.data.enrolled_on[frame.subjects.start + at] > end.0
        }
        _ => false,
    }
}

fn members(per: Level, frame: &Frame) -> usize {
    match per {
        Level::Contract => 1,
        Level::Group => frame.bound.groups.len(),
        _ => frame.subjects.len(),
    }
}

fn member(per: Level, frame: &Frame, at: usize) -> (u32, u32) {
    match per {
        Level::Contract => (NOBODY, NOBODY),
        Level::Group => (NOBODY, at as u32),
        _ => {
            let subject = frame.subjects.start + at;
            (subject as u32, frame.bound.group_of.get(subject).copied().unwrap_or(NOBODY))
        }
    }
}

/// The kinds of facts that keep a member's answer back.
fn awaited(clause: &ClausePlan, frame: &Frame, at: usize) -> Vec<usize> {
    let mut kinds: Vec<usize> = Vec::new();
    let mut targets = clause.targets();
    if let crate::terms::plan::Context::Dates(from, _) = &frame.plan.contexts[clause.context] {
        targets.push(*from);
    }
    for id in crate::terms::plan::closure::all_nodes(frame.plan, &targets) {
        let node = &frame.plan.nodes[id as usize];
        if let Op::Once(kind, ..) = node.op
            && (node.level == clause.per || node.level == Level::Contract)
            && frame.column(id).gap(at) == Gap::Awaited
            && !kinds.contains(&kind)
        {
            kinds.push(kind);
        }
    }
    kinds
}
