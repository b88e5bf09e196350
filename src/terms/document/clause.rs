//! Clauses: who pays whom, for what unit, when, how much, within what limits.

use super::{
    super::{
        formula::{Expr, ExprKind, Name, syntax::Unit},
        source::Span,
        tree::{Node, Value},
    },
    header::{Title, read_title},
    reader::Reader,
};

/// The unit for which a clause makes one obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One for the contract.
    Contract,
    /// One for each group.
    Group,
    /// One for each subject.
    Subject,
}

/// The rhythm of a clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Each {
    /// Calendar periods of so many months from the start of the term.
    Months(i32),
    /// Dates reckoned from a day.
    Schedule {
        /// The first day.
        from: Box<Expr>,
        /// The distances of the dates from the first day.
        dates: Dates,
    },
}

/// How the dates of a schedule follow each other.
#[derive(Clone, Debug, PartialEq)]
pub enum Dates {
    /// A fixed number of dates, evenly spaced, the first on the first day itself.
    Every(Expr, Expr),
    /// At these distances after the first day.
    After(Vec<Expr>),
}

/// Over what a limit adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// All that one subject has from the clause.
    Subject,
    /// All that one group has from the clause.
    Group,
    /// All in one year of the term, by due date.
    Year,
    /// All in one period of the clause.
    EachPeriod,
    /// All in the contract.
    Contract,
}

impl Period {
    /// The word of documents.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Group => "group",
            Self::Year => "year",
            Self::EachPeriod => "period",
            Self::Contract => "contract",
        }
    }
}

/// How a cut is shared when a limit binds over several obligations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Obligations are met in order of their due dates until the limit is reached.
    #[default]
    InOrder,
    /// Every obligation is cut in the same proportion.
    ProRata,
}

/// One limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Where it stands.
    pub span: Span,
    /// Over what it adds up.
    pub per: Period,
    /// The most.
    pub at_most: Expr,
    /// How a cut is shared.
    pub sharing: Sharing,
}

/// One clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Title,
    /// The role that pays; none when it could not be read.
    pub payer: Option<Name>,
    /// The roles that receive, each with its share.
    pub payees: Vec<(Name, Option<Expr>)>,
    /// The unit.
    pub per: Scope,
    /// The rhythm.
    pub each: Option<Each>,
    /// The condition.
    pub when: Option<Expr>,
    /// The due date.
    pub due: Option<Expr>,
    /// The amount; none when it could not be read.
    pub amount: Option<Expr>,
    /// The weight by which members share the amount, which is then a total of the contract.
    pub shared_by: Option<Expr>,
    /// The limits, in the order in which they apply.
    pub limits: Vec<Limit>,
}

const KEYS: [&str; 10] = ["title", "pays", "to", "per", "each", "when", "due", "amount", "shared_by", "limits"];

/// Reads the named schedules.
pub fn read_schedules(reader: &mut Reader, node: Option<&Node>) -> Vec<(String, Each)> {
    let entries = node.map(|node| reader.entries(node, "schedules")).unwrap_or_default();
    entries.into_iter().filter_map(|(name, value)| Some((name.text, read_schedule(reader, value)?))).collect()
}

/// Reads the clauses.
pub fn read(reader: &mut Reader, node: &Node, schedules: &[(String, Each)]) -> Vec<Clause> {
    let entries = reader.entries(node, "clauses");
    entries.into_iter().filter_map(|(name, value)| read_one(reader, name, value, schedules)).collect()
}

fn read_one(reader: &mut Reader, name: Name, node: &Node, schedules: &[(String, Each)]) -> Option<Clause> {
    reader.map(node, "a clause", &KEYS)?;
    let what = format!("the clause `{}`", name.text);
    let direction = reader.required(node, "pays", &what).and_then(|pays| read_direction(reader, node, pays));
    let amount = reader.required(node, "amount", &what).and_then(|node| reader.formula(node));
    let scopes = [("subject", Scope::Subject), ("group", Scope::Group), ("contract", Scope::Contract)];
    let per = match node.get("per") {
        // Where the unit is not readable, the finest one lets the rest of the clause be checked.
        Some(node) => reader.one_of(node, "a unit of clauses", &scopes).unwrap_or(Scope::Subject),
        None => Scope::Contract,
    };
    let each = node.get("each").and_then(|node| read_each(reader, node, schedules));
    let when = node.get("when").and_then(|node| reader.formula(node));
    let due = node.get("due").and_then(|node| reader.formula(node));
    let shared_by = node.get("shared_by").and_then(|node| reader.formula(node));
    let limits = node.get("limits").map(|node| read_limits(reader, node)).unwrap_or_default();
    let title = node.get("title").map(|node| read_title(reader, node)).unwrap_or_default();
    let (payer, payees) = direction.map_or((None, Vec::new()), |(payer, payees)| (Some(payer), payees));
    Some(Clause { name, title, payer, payees, per, each, when, due, amount, shared_by, limits })
}

type Direction = (Name, Vec<(Name, Option<Expr>)>);

/// Reads `pays: a to b`, or `pays: a` with `to: { b: 60%, c: 40% }`.
fn read_direction(reader: &mut Reader, clause: &Node, pays: &Node) -> Option<Direction> {
    let text = reader.text(pays, "`pays`")?;
    let positions = pays.positions(reader.findings.source());
    let words = words(&text, &positions);
    match (&words[..], clause.get("to")) {
        ([payer, to, payee], None) if to.text == "to" => Some((payer.clone(), vec![(payee.clone(), None)])),
        ([payer], Some(to)) => {
            let entries = reader.entries(to, "roles that receive");
            let payees =
                entries.into_iter().filter_map(|(role, share)| Some((role, Some(reader.formula(share)?)))).collect();
            Some((payer.clone(), payees))
        }
        _ => {
            reader
                .findings
                .error("bad-direction", pays.span, format!("`{text}` does not say who pays whom"))
                .help("write `pays: payer to payee`, or `pays: payer` with `to: { one: 60%, other: 40% }`");
            None
        }
    }
}

fn words(text: &str, positions: &[u32]) -> Vec<Name> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    for word in chars.split(|c| c.is_whitespace()) {
        if !word.is_empty() {
            let place = |index: usize| positions.get(index).copied().unwrap_or_default();
            let span = Span::new(place(at), place(at + word.len() - 1) + 1);
            words.push(Name { text: word.iter().collect(), span });
        }
        at += word.len() + 1;
    }
    words
}

const RHYTHMS: [(&str, i32); 4] = [("month", 1), ("quarter", 3), ("half-year", 6), ("year", 12)];

fn read_each(reader: &mut Reader, node: &Node, schedules: &[(String, Each)]) -> Option<Each> {
    let Value::Scalar { text, .. } = &node.value else { return read_schedule(reader, node) };
    if let Some((_, months)) = RHYTHMS.iter().find(|(word, _)| word == text) {
        return Some(Each::Months(*months));
    }
    let found = schedules.iter().find(|(name, _)| name == text).map(|(_, each)| each.clone());
    if found.is_none() {
        let known = RHYTHMS.iter().map(|(word, _)| *word).chain(schedules.iter().map(|(name, _)| name.as_str()));
        reader
            .findings
            .error("unknown-schedule", node.span, format!("`{text}` is neither a period nor a schedule"))
            .suggest(text, known);
    }
    found
}

fn read_schedule(reader: &mut Reader, node: &Node) -> Option<Each> {
    reader.map(node, "a schedule", &["from", "every", "times", "after"])?;
    let from = reader.required(node, "from", "a schedule").and_then(|node| reader.formula(node))?;
    if let (Some(_), Some(second)) = (node.get("after"), node.get("every").or_else(|| node.get("times"))) {
        reader
            .findings
            .error("two-rhythms", second.span, "a schedule has `every` and `times`, or `after`, not both")
            .help("list all dates under `after`, or space them evenly by `every`");
    }
    let dates = match node.get("after") {
        Some(list) => {
            let items = reader.list(list, "the distances of a schedule");
            Dates::After(items.iter().filter_map(|item| reader.formula(item)).collect())
        }
        None => {
            let every = reader.required(node, "every", "a schedule").and_then(|node| reader.formula(node))?;
            let times = match node.get("times") {
                Some(node) => reader.formula(node)?,
                None => {
                    reader
                        .findings
                        .error("endless-schedule", node.span, "a schedule says how many dates it has")
                        .help("add `times: 5`");
                    return None;
                }
            };
            Dates::Every(every, times)
        }
    };
    Some(Each::Schedule { from: Box::new(from), dates })
}

fn read_limits(reader: &mut Reader, node: &Node) -> Vec<Limit> {
    let items = reader.list(node, "limits");
    items.iter().filter_map(|item| read_limit(reader, item)).collect()
}

fn read_limit(reader: &mut Reader, node: &Node) -> Option<Limit> {
    reader.map(node, "a limit", &["per", "at_most", "share"])?;
    let periods = [
        ("subject", Period::Subject),
        ("group", Period::Group),
        ("year", Period::Year),
        ("period", Period::EachPeriod),
        ("contract", Period::Contract),
    ];
    let per = reader
        .required(node, "per", "a limit")
        .and_then(|node| reader.one_of(node, "what a limit adds up over", &periods));
    let at_most = reader.required(node, "at_most", "a limit").and_then(|node| reader.formula(node));
    let ways = [("in order of due", Sharing::InOrder), ("pro rata", Sharing::ProRata)];
    let sharing =
        node.get("share").and_then(|node| reader.one_of(node, "a way to share a cut", &ways)).unwrap_or_default();
    Some(Limit { span: node.span, per: per?, at_most: at_most?, sharing })
}

/// The literal as days or months, when it is a duration.
pub fn duration_of(kind: &ExprKind) -> Option<(i32, bool)> {
    match kind {
        ExprKind::Duration(count, Unit::Day) => Some((*count, false)),
        ExprKind::Duration(count, Unit::Week) => Some((count.checked_mul(7)?, false)),
        ExprKind::Duration(count, Unit::Month) => Some((*count, true)),
        ExprKind::Duration(count, Unit::Year) => Some((count.checked_mul(12)?, true)),
        _ => None,
    }
}
