//! The typed tree: names are looked up, every part has its type and level.

use super::{
    super::{formula::Operator, scalar::Scalar, source::Span},
    types::{Level, Type},
};
use crate::values::Rounding;

/// Holds a typed formula or a part of one.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Where it stands in the document.
    pub span: Span,
    /// Its type.
    pub is: Type,
    /// Its level.
    pub level: Level,
    /// Whether it depends on the period of a clause.
    pub periodic: bool,
    /// What it is.
    pub form: Form,
}

/// Two formulas are equal when they mean the same, wherever they stand.
impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

/// A side of the period of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodPart {
    /// First day.
    Start,
    /// Last day.
    End,
    /// Number, from 1.
    Number,
}

/// Functions of single values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// Smallest of several.
    Min,
    /// Largest of several.
    Max,
    /// Without sign.
    Abs,
    /// Whole calendar months from the first day to the second.
    MonthsBetween,
    /// Whole calendar years from the first day to the second.
    YearsBetween,
    /// Calendar year of a day.
    YearOf,
    /// Calendar month of a day.
    MonthOf,
    /// A statistical or actuarial function.
    Statistic(Statistic),
}

/// Statistical and actuarial functions of single values; [`functions`](crate::terms::functions) says how they compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the functions, which are documented where they compute")]
pub enum Statistic {
    IncidenceRate,
    IncidenceRateLower,
    IncidenceRateUpper,
    RateRatio,
    RateRatioLower,
    RateRatioUpper,
    ProportionLower,
    ProportionUpper,
    RiskRatio,
    RiskRatioLower,
    RiskRatioUpper,
    RiskDifference,
    RiskDifferenceLower,
    RiskDifferenceUpper,
    Effectiveness,
    EffectivenessLower,
    EffectivenessUpper,
    WeightedScore,
    Annuity,
    AnnuityDue,
    LevelPayment,
    YearFraction,
    Interest,
    Layer,
    Power,
}

/// Functions over a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gather {
    /// Number of members.
    Count,
    /// Whether there is one.
    Exists,
    /// Total.
    Sum,
    /// Arithmetic mean.
    Mean,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Value of the earliest fact.
    First,
    /// Value of the latest fact.
    Last,
    /// Value of the fact nearest to a day.
    Nearest,
    /// Share of members that meet the condition.
    Share,
    /// Middle value.
    Median,
    /// Value below which a given share lies.
    Percentile,
    /// Kaplan–Meier survival at a time.
    Survival,
    /// Lower confidence limit of survival.
    SurvivalLower,
    /// Upper confidence limit of survival.
    SurvivalUpper,
    /// Median survival time.
    MedianSurvival,
    /// Chi-square of the log-rank test between the arms of a cohort.
    LogRank,
    /// Two-sided p-value of the log-rank test.
    LogRankP,
    /// Share of the days of a period on which supplied medicine was at hand.
    DaysCovered,
    /// All values in ascending order; what ranks are read off.
    Sorted,
}

/// What a function gathers over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Facts of a kind: of the subject, or of the contract.
    Rows(usize),
    /// Subjects: of the contract, or of the group.
    Subjects,
    /// Groups of the contract.
    Groups,
}

/// A function over a collection with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The function.
    pub gather: Gather,
    /// Over what.
    pub over: Collection,
    /// The value of each member.
    pub value: Option<Typed>,
    /// Which members count.
    pub filter: Option<Typed>,
    /// Further arguments, in the order that each function documents.
    pub extra: Vec<Typed>,
}

/// The forms of a typed formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A literal.
    Constant(Scalar),
    /// A parameter, by index, with its value.
    Parameter(usize, Scalar),
    /// The day of the settlement.
    AsOf,
    /// The subject's day of enrolment.
    EnrolledOn,
    /// A field of the subject.
    SubjectField(usize),
    /// The text that names the group.
    GroupKey,
    /// The day of a fact.
    RowOn(usize),
    /// A field of a fact: kind, field.
    RowField(usize, usize),
    /// The day of a fact that is reported once.
    OnceOn(usize),
    /// A field of a fact that is reported once.
    OnceField(usize, usize),
    /// A named formula.
    Measure(usize),
    /// A named formula's value in the period before.
    Previous(usize),
    /// A side of the period.
    Period(PeriodPart),
    /// `not`
    Not(Box<Typed>),
    /// `-`
    Negative(Box<Typed>),
    /// An operator; `or` and `and` on conditions only.
    Binary(Operator, Box<Typed>, Box<Typed>),
    /// The first value, or the second where the first is missing.
    Default(Box<Typed>, Box<Typed>),
    /// Membership in a list of constants.
    In(Box<Typed>, Vec<Scalar>),
    /// Beginning of a text.
    StartsWith(Box<Typed>, String),
    /// `is known` or `is missing`.
    Is(Box<Typed>, bool),
    /// `if … then … else …`
    If(Box<Typed>, Box<Typed>, Box<Typed>),
    /// A table at a value.
    Lookup(usize, Box<Typed>),
    /// Rounding to a number of places.
    Round(Rounding, Box<Typed>, u32),
    /// A function of single values.
    Call(Function, Vec<Typed>),
    /// A function over a collection.
    Aggregate(Box<Aggregate>),
    /// The place of a member's own value among all values, from 1; whether the largest is first.
    Rank(Box<Typed>, Box<Typed>, bool),
    /// The sum of a value, or the number of facts, over this fact and those before it, by a key if there is one.
    Running(Option<Box<Typed>>, Option<Box<Typed>>, usize),
}
