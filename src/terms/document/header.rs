//! Identity, title, parties, term, currency, rounding and settlement rhythm.

use super::{
    super::{
        formula::{ExprKind, Name, syntax::Unit},
        source::Span,
        tree::{Node, Value},
    },
    reader::Reader,
};
use crate::values::{Currency, Day, Rounding};

/// A title in one or both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    /// English.
    pub en: Option<String>,
    /// Chinese.
    pub zh: Option<String>,
}

/// A role that terms refer to.
#[derive(Clone, Debug)]
pub struct Party {
    /// The role's name.
    pub name: Name,
    /// What sort of party fills it: manufacturer, insurer, payer, provider, beneficiary …
    pub is: String,
    /// Its name for people.
    pub title: Title,
}

/// The days on which the contract runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// First day.
    pub start: Day,
    /// Last day, included.
    pub end: Day,
    /// Days after the end in which facts about the term may still be reported.
    pub run_out_days: i32,
}

/// How often the parties settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Once, at the end.
    Once,
    /// Every so many months.
    Months(i32),
    /// On these days.
    On(Vec<Day>),
}

/// Identity, title, parties, term.
#[derive(Clone, Debug)]
pub struct Header {
    /// The document's own name.
    pub id: String,
    /// Title.
    pub title: Title,
    /// Label from the field's taxonomy.
    pub model: Option<String>,
    /// Where published terms come from.
    pub source: Option<String>,
    /// Remarks for readers: which terms are published, which chosen.
    pub notes: Option<String>,
    /// The one currency of the contract.
    pub currency: Currency,
    /// How an obligation is rounded to the minor unit.
    pub rounding: Rounding,
    /// Roles.
    pub parties: Vec<Party>,
    /// Term.
    pub term: Option<Term>,
    /// Settlement rhythm.
    pub settle: Rhythm,
}

/// Roundings by the words of documents.
pub const ROUNDINGS: [(&str, Rounding); 4] =
    [("half even", Rounding::HalfEven), ("half up", Rounding::HalfUp), ("down", Rounding::Down), ("up", Rounding::Up)];

/// Reads the header. What cannot be read has a finding and a stand-in, so that the rest can still be checked.
pub fn read(reader: &mut Reader, root: &Node) -> Header {
    let format = reader.required(root, "format", "the document");
    if let Some(node) = format.filter(|node| node.text() != Some("1")) {
        reader
            .findings
            .error("unknown-format", node.span, "only format 1 of the document is known")
            .help("write `format: 1`");
    }
    let id = reader.required(root, "id", "the document").and_then(|node| read_id(reader, node));
    let text = |key: &str| root.get(key).and_then(Node::text).map(|text| text.trim().to_owned());
    let currency = reader.required(root, "currency", "the document").and_then(|node| read_currency(reader, node));
    let rounding = root.get("rounding").and_then(|node| reader.one_of(node, "a rounding", &ROUNDINGS));
    let parties = reader.required(root, "parties", "the document").map(|node| read_parties(reader, node));
    Header {
        title: root.get("title").map(|node| read_title(reader, node)).unwrap_or_default(),
        model: text("model"),
        source: text("source"),
        notes: text("notes"),
        term: root.get("term").and_then(|node| read_term(reader, node)),
        settle: root.get("settle").and_then(|node| read_rhythm(reader, node)).unwrap_or(Rhythm::Once),
        rounding: rounding.unwrap_or_default(),
        id: id.unwrap_or_else(|| "unnamed".into()),
        currency: currency.or_else(|| currency_of_amounts(reader)).unwrap_or_else(Currency::stand_in),
        parties: parties.unwrap_or_default(),
    }
}

fn read_id(reader: &mut Reader, node: &Node) -> Option<String> {
    let id = reader.text(node, "the id")?;
    let plain = id.len() <= 100 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain {
        reader
            .findings
            .error("bad-id", node.span, format!("`{id}` cannot be an id"))
            .help("ids are made of a–z, 0–9 and `-`, 100 characters at most");
    }
    plain.then_some(id)
}

fn read_currency(reader: &mut Reader, node: &Node) -> Option<Currency> {
    let code = reader.text(node, "the currency")?;
    let currency = Currency::parse(&code);
    if currency.is_none() {
        reader
            .findings
            .error("unknown-currency", node.span, format!("`{code}` is not an ISO 4217 currency with a minor unit"))
            .suggest(if code == "RMB" { "CNY" } else { &code }, Currency::codes());
    }
    currency
}

/// The currency of the first amount in the document, which stands in for one that cannot be read.
fn currency_of_amounts(reader: &Reader) -> Option<Currency> {
    let text: String = reader.findings.source().chars().iter().collect();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').collect();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    words.windows(2).filter(|pair| is_number(pair[0])).find_map(|pair| Currency::parse(pair[1]))
}

/// Reads a title: one text, or `{ en: …, zh: … }`.
pub fn read_title(reader: &mut Reader, node: &Node) -> Title {
    match &node.value {
        Value::Map(_) => {
            let known = reader.map(node, "a title", &["en", "zh"]);
            let text = |key: &str| known.and_then(|()| node.get(key)).and_then(Node::text).map(str::to_owned);
            Title { en: text("en"), zh: text("zh") }
        }
        _ => Title { en: reader.text(node, "a title"), zh: None },
    }
}

fn read_parties(reader: &mut Reader, node: &Node) -> Vec<Party> {
    let mut parties = Vec::new();
    for (name, value) in reader.entries(node, "parties") {
        if value.text().is_some() {
            reader.wrong_shape(value, "a party is a mapping such as `{ is: insurer }`");
            continue;
        }
        if reader.map(value, "a party", &["is", "title"]).is_none() {
            continue;
        }
        let is = reader.required(value, "is", "a party").and_then(|node| reader.text(node, "`is`"));
        let title = value.get("title").map(|node| read_title(reader, node)).unwrap_or_default();
        parties.push(Party { is: is.unwrap_or_else(|| name.text.clone()), name, title });
    }
    parties
}

fn read_term(reader: &mut Reader, node: &Node) -> Option<Term> {
    reader.map(node, "`term`", &["start", "end", "run_out"])?;
    let start = reader.required(node, "start", "`term`").and_then(|node| reader.day(node, "the first day"));
    let end = reader.required(node, "end", "`term`").and_then(|node| reader.day(node, "the last day"));
    let run_out_days = node.get("run_out").and_then(|node| read_days(reader, node)).unwrap_or(0);
    let (start, end) = (start?, end?);
    if end < start {
        reader
            .findings
            .error("term-ends-first", node.span, format!("the term ends on {end}, before it starts on {start}"))
            .help("`end` is the last day, included");
        return None;
    }
    Some(Term { start, end, run_out_days })
}

fn read_days(reader: &mut Reader, node: &Node) -> Option<i32> {
    match reader.formula(node)?.kind {
        ExprKind::Duration(count, Unit::Day) => Some(count),
        ExprKind::Duration(count, Unit::Week) => count.checked_mul(7),
        _ => {
            reader.wrong_shape(node, "a number of days such as `90 days`");
            None
        }
    }
}

fn read_rhythm(reader: &mut Reader, node: &Node) -> Option<Rhythm> {
    if let Value::List(items) = &node.value {
        let days: Vec<Day> = items.iter().filter_map(|item| reader.day(item, "a settlement day")).collect();
        return Some(Rhythm::On(days));
    }
    let known = [("monthly", 1), ("quarterly", 3), ("half-yearly", 6), ("yearly", 12), ("once", 0)];
    let months = reader.one_of(node, "a settlement rhythm", &known)?;
    Some(if months == 0 { Rhythm::Once } else { Rhythm::Months(months) })
}

impl Header {
    /// Finds a role by name.
    pub fn party(&self, name: &str) -> Option<usize> {
        self.parties.iter().position(|party| party.name.text == name)
    }

    /// Where the header stands; used for findings about the whole contract.
    pub fn span(&self) -> Span {
        self.parties.first().map(|party| party.name.span).unwrap_or_default()
    }
}
