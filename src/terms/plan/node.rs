//! Operations on columns.

use super::super::{
    check::{
        clauses::Distance,
        typed::{Collection, Function, Gather, PeriodPart},
        types::Level,
    },
    formula::Operator,
    scalar::Scalar,
};
use crate::values::Rounding;

/// Points to a node of the plan.
pub type NodeId = u32;

/// How the values of a column are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Numbers and amounts.
    Decimal,
    /// Days, durations and codes of texts.
    Int,
    /// Yes or no.
    Bool,
}

/// How a day is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// By calendar months, not by days.
    pub months: bool,
    /// Back in time.
    pub back: bool,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A fixed value.
    Constant(Scalar),
    /// The day of the settlement.
    AsOf,
    /// Days of enrolment.
    EnrolledOn,
    /// A field of subjects.
    SubjectField(usize),
    /// The texts that name groups.
    GroupKey,
    /// Days of facts.
    RowOn(usize),
    /// A field of facts.
    RowField(usize, usize),
    /// The one fact of a kind: its day, or a field; with the last day that counts.
    Once(usize, Option<usize>, Option<NodeId>),
    /// A side of the period.
    Period(PeriodPart),
    /// A measure in the period before: measure, context.
    Previous(usize, usize),
    /// Values of a coarser level repeated for each member of a finer one.
    Spread(NodeId),
    /// `not`
    Not(NodeId),
    /// `-`
    Negative(NodeId),
    /// An operator between two columns.
    Binary(Operator, NodeId, NodeId),
    /// A day moved by a duration.
    Shift(Move, NodeId, NodeId),
    /// A default for what is missing; whether it also stands for what is awaited.
    Default(NodeId, NodeId, bool),
    /// Membership in a list.
    In(NodeId, Vec<Scalar>),
    /// Beginning of texts.
    StartsWith(NodeId, String),
    /// Presence: known or missing; whether what is awaited counts as missing.
    Is(NodeId, bool, bool),
    /// A choice.
    If(NodeId, NodeId, NodeId),
    /// A table.
    Lookup(usize, NodeId),
    /// Rounding.
    Round(Rounding, NodeId, u32),
    /// A function of single values.
    Call(Function, Vec<NodeId>),
    /// The place of each own value among sorted values; whether the largest is first.
    Rank(NodeId, NodeId, bool),
    /// Sums or numbers of facts so far: value, key, kind of fact.
    Running(Option<NodeId>, Option<NodeId>, usize),
    /// A function over a collection.
    Gather(Gathering),
}

/// A function over a collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gathering {
    /// The function.
    pub gather: Gather,
    /// Over what.
    pub over: Collection,
    /// Value of each member.
    pub value: Option<NodeId>,
    /// Which members count.
    pub filter: Option<NodeId>,
    /// Further arguments.
    pub extra: Vec<NodeId>,
    /// The last day of facts that count.
    pub until: Option<NodeId>,
}

/// A node of the plan.
#[derive(Clone, Debug)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// How many values it has.
    pub level: Level,
    /// How they are held.
    pub shape: Shape,
    /// The context it depends on; 0 when on none.
    pub context: usize,
    /// The number of times that all subjects must be gone through before it can be computed.
    pub stage: usize,
}

/// A rhythm of clauses.
#[derive(Clone, Debug, PartialEq)]
pub enum Context {
    /// No rhythm.
    None,
    /// Calendar periods of so many months.
    Months(i32),
    /// Dates at distances from a day; judged on each date.
    Dates(NodeId, Vec<Distance>),
}

impl Op {
    /// The nodes that the operation reads.
    pub fn inputs(&self) -> Vec<NodeId> {
        match self {
            Self::Constant(_)
            | Self::AsOf
            | Self::EnrolledOn
            | Self::SubjectField(_)
            | Self::GroupKey
            | Self::RowOn(_)
            | Self::RowField(..)
            | Self::Period(_)
            | Self::Previous(..) => Vec::new(),
            Self::Once(_, _, until) => until.iter().copied().collect(),
            Self::Spread(a)
            | Self::Not(a)
            | Self::Negative(a)
            | Self::In(a, _)
            | Self::StartsWith(a, _)
            | Self::Is(a, ..)
            | Self::Lookup(_, a)
            | Self::Round(_, a, _) => vec![*a],
            Self::Binary(_, a, b) | Self::Shift(_, a, b) | Self::Default(a, b, _) => vec![*a, *b],
            Self::If(a, b, c) => vec![*a, *b, *c],
            Self::Rank(a, b, _) => vec![*a, *b],
            Self::Running(value, key, _) => value.iter().chain(key).copied().collect(),
            Self::Call(_, parts) => parts.clone(),
            Self::Gather(g) => g.value.iter().chain(&g.filter).chain(&g.extra).chain(&g.until).copied().collect(),
        }
    }

    /// Tells whether it needs all subjects before it has a value.
    pub const fn over_subjects(&self) -> bool {
        matches!(self, Self::Gather(Gathering { over: Collection::Subjects, .. }))
    }
}
