//! The tree of a formula.

use rust_decimal::Decimal;

use crate::{terms::source::Span, values::Day};

/// Holds a formula or a part of one, with its place in the document.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// Two formulas are equal when they say the same, wherever they stand.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// Holds a word with its place.
#[derive(Clone, Debug)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The calendar or day unit of a duration literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// Seven days.
    Week,
    /// Calendar months.
    Month,
    /// Twelve calendar months.
    Year,
}

impl Unit {
    /// All units with the words for one and for many.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Day, "day", "days"),
        (Self::Week, "week", "weeks"),
        (Self::Month, "month", "months"),
        (Self::Year, "year", "years"),
    ];

    /// Reads `day`, `days`, `month` and so on.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, one, many)| word == *one || word == *many).map(|(unit, ..)| *unit)
    }
}

/// The binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `or`: of two conditions, or a default for what is missing.
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `<>`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divided,
}

impl Operator {
    /// The sign as it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::Unequal => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divided => "/",
        }
    }

    /// Binding strength; a higher one binds closer.
    pub const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Divided => 6,
            _ => 4,
        }
    }

    /// The comparison that holds just when this one does not; other operators as they are.
    pub const fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
            other => other,
        }
    }

    /// The comparison that says the same with its sides exchanged; other operators as they are.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            other => other,
        }
    }

    /// Tells whether it compares two values.
    pub const fn compares(self) -> bool {
        self.strength() == 4
    }
}

/// The forms of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `12`, `1_000.5`
    Number(Decimal),
    /// `12.5%`: a number; holds the figure before the sign.
    Percent(Decimal),
    /// `30_000 CNY`
    Money(Decimal, String),
    /// `2025-01-01`
    Date(Day),
    /// `90 days`
    Duration(i32, Unit),
    /// `"ed"`
    Text(String),
    /// `yes`, `no`
    Truth(bool),
    /// `drug_cost`, `dispensing.paid`, `period.end`
    Path(Vec<Name>),
    /// `["C50", "C51"]`
    List(Vec<Expr>),
    /// `sum(dispensing.paid where on <= day, …)`
    Call {
        /// The function's name; several words for `round half up`.
        name: Name,
        /// The arguments without a name.
        arguments: Vec<Expr>,
        /// The condition after `where`.
        filter: Option<Box<Expr>>,
        /// The arguments with a name.
        named: Vec<(Name, Expr)>,
    },
    /// `-x`
    Negative(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `x + y` and the like.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `x between a and b`, both ends included.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in ["a", "b"]`
    In(Box<Expr>, Box<Expr>),
    /// `x in period`
    InPeriod(Box<Expr>),
    /// `x starts with "C5"`
    StartsWith(Box<Expr>, Box<Expr>),
    /// `x is known` (true) and `x is missing` (false).
    Is(Box<Expr>, bool),
    /// `if c then a else b`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}
