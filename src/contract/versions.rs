//! The versions of a contract, and which of them an obligation belongs to.
//!
//! Each version is evaluated as though it had always been in force, and of what it gives the part counts that belongs to
//! its time: a period belongs to the version that holds on its first day, what has no period to the one that holds on the
//! day it falls due. What an earlier version has made due is not owed again when a later one makes it due later; what a
//! later one makes due before its time, and the earlier one after, is owed by the later one.

use std::collections::{BTreeSet, HashSet};

use super::{
    lifecycle::Ending,
    statement::{Statement, StatementLine, totals},
};
use crate::{
    terms::{Contract, document::Field},
    values::{Day, Digest},
};

/// One version of a contract.
#[derive(Clone, Debug)]
pub struct Version {
    /// The digest that all have signed.
    pub digest: Digest,
    /// The first day on which it holds; none for the first version.
    pub from: Option<Day>,
    /// The position of the entry by which it was agreed.
    pub agreed_seq: i64,
    /// The contract that can be run.
    pub contract: Contract,
}

/// All versions that were agreed, in order.
#[derive(Clone, Debug)]
pub struct Versions {
    first: Version,
    later: Vec<Version>,
    /// When the contract ends, and the position of the entry that says so.
    pub ending: Option<(i64, Ending)>,
}

impl Versions {
    /// A contract that was not amended.
    pub const fn of(first: Version) -> Self {
        Self { first, later: Vec::new(), ending: None }
    }

    /// Adds the next version. What an earlier version needs to be told goes on being needed, because it still settles its
    /// time.
    pub fn push(&mut self, mut version: Version) {
        let before = &self.newest().contract.checked.document;
        let document = &mut version.contract.checked.document;
        keep_needed(&mut document.fields, &before.fields);
        for fact in &mut document.facts {
            if let Some(known) = before.facts.iter().find(|known| known.name.text == fact.name.text) {
                keep_needed(&mut fact.fields, &known.fields);
            }
        }
        self.later.push(version);
    }

    /// The version that was agreed last.
    pub fn newest(&self) -> &Version {
        self.later.last().unwrap_or(&self.first)
    }

    /// The versions, in order.
    pub fn all(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// Those that were agreed by a position, in order, each with the first day on which the next one holds.
    pub fn known_at(&self, seq: i64) -> Vec<(&Version, Option<Day>)> {
        let known: Vec<&Version> = self.all().filter(|version| version.agreed_seq <= seq).collect();
        let until = |at: usize| known.get(at + 1).and_then(|next| next.from);
        known.iter().enumerate().map(|(at, version)| (*version, until(at))).collect()
    }

    /// The version that holds on a day.
    pub fn on(&self, day: Day) -> &Version {
        self.later.iter().rev().find(|version| version.from.is_some_and(|from| from <= day)).unwrap_or(&self.first)
    }

    /// The last day on which the contract is in force, as far as a position tells.
    pub fn ends_on(&self, seq: i64) -> Option<Day> {
        self.ending.filter(|(known, _)| *known <= seq).map(|(_, ending)| ending.on)
    }

    /// The kinds of facts that any version knows.
    pub fn kinds(&self) -> BTreeSet<&str> {
        let documents = self.all().map(|version| &version.contract.checked.document);
        documents.flat_map(|document| &document.facts).map(|kind| kind.name.text.as_str()).collect()
    }
}

fn keep_needed(fields: &mut [Field], before: &[Field]) {
    for field in fields {
        field.needed |= before.iter().any(|known| known.name.text == field.name.text && known.needed);
    }
}

/// What a line is about, whichever version says so: clause, subject, group, period.
type Claim = (String, Option<String>, Option<String>, Option<String>);

fn claim(line: &StatementLine) -> Claim {
    (line.clause.clone(), line.subject.clone(), line.group.clone(), line.period.clone())
}

/// The day by which a line belongs to a version: the first day of its period, the date of its schedule, else its due date.
pub fn belongs_on(line: &StatementLine) -> Day {
    let first = line.period.as_deref().map(|period| period.split('/').next().unwrap_or_default());
    first.and_then(Day::parse).unwrap_or(line.due_on)
}

/// Leaves of each statement what belongs to its version's time. Statements come in the order of versions, each with the
/// first day of its time and of the next one's.
pub fn divide(statements: Vec<(Statement, Option<Day>, Option<Day>)>) -> Vec<Statement> {
    let mut taken: HashSet<Claim> = HashSet::new();
    let mut left: HashSet<Claim> = HashSet::new();
    let mut parts = Vec::with_capacity(statements.len());
    for (mut statement, from, until) in statements {
        let all = || statement.lines.iter().chain(&statement.upcoming);
        let is_late = |line: &StatementLine| until.is_some_and(|until| belongs_on(line) >= until);
        let next: HashSet<Claim> = all().filter(|line| is_late(line)).map(claim).collect();
        let counts = |line: &StatementLine| {
            let is_early = from.is_some_and(|from| belongs_on(line) < from);
            let (is_left, is_taken) = match from {
                None => (false, false),
                Some(_) => (left.contains(&claim(line)), taken.contains(&claim(line))),
            };
            !is_late(line) && !is_taken && (!is_early || is_left)
        };
        let keep: Vec<bool> = statement.lines.iter().map(counts).collect();
        let keep_upcoming: Vec<bool> = statement.upcoming.iter().map(counts).collect();
        retain(&mut statement.lines, &keep);
        retain(&mut statement.upcoming, &keep_upcoming);
        if until.is_some() {
            taken.extend(statement.lines.iter().chain(&statement.upcoming).map(claim));
        }
        left = next;
        parts.push(statement);
    }
    parts
}

fn retain(lines: &mut Vec<StatementLine>, keep: &[bool]) {
    let mut keep = keep.iter();
    lines.retain(|_| keep.next().copied().unwrap_or_default());
}

/// Leaves out periods and dates that begin after the end of the contract. What has no period stays: it was earned by facts
/// before the end, however late it falls due.
pub fn cut(statement: &mut Statement, ends_on: Option<Day>) {
    let Some(ends_on) = ends_on else { return };
    let begun = |line: &StatementLine| line.period.is_none() || belongs_on(line) <= ends_on;
    statement.lines.retain(begun);
    statement.upcoming.retain(begun);
}

/// Puts the parts of versions together. Who is eligible is what the newest says.
pub fn join(parts: Vec<Statement>) -> Option<Statement> {
    let mut parts = parts.into_iter();
    let mut all = parts.next()?;
    for part in parts {
        all.lines.extend(part.lines);
        all.upcoming.extend(part.upcoming);
        for awaited in part.pending {
            if !all.pending.contains(&awaited) {
                all.pending.push(awaited);
            }
        }
        all.not_eligible = part.not_eligible;
    }
    all.totals = totals(&all.lines);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn line(clause: &str, period: Option<&str>, due_on: &str, amount: i64) -> StatementLine {
        StatementLine {
            clause: clause.into(),
            payer: "a".into(),
            payee: "b".into(),
            subject: None,
            pseudonym: None,
            group: None,
            period: period.map(str::to_owned),
            due_on: day(due_on),
            amount: amount.into(),
            reason: String::new(),
            part: 0,
        }
    }

    fn statement(lines: &[StatementLine]) -> Statement {
        Statement {
            contract: "c".into(),
            as_of: day("2025-12-31"),
            currency: "EUR".into(),
            pending: vec![],
            not_eligible: vec![],
            lines: lines.to_vec(),
            totals: vec![],
            upcoming: vec![],
        }
    }

    /// Amounts that count, by clause, when a second version holds from 1 July.
    fn counted(first: &[StatementLine], second: &[StatementLine]) -> Vec<String> {
        let from = Some(day("2025-07-01"));
        let parts = divide(vec![(statement(first), None, from), (statement(second), from, None)]);
        let all = join(parts).unwrap();
        all.lines.iter().map(|line| format!("{} {}", line.clause, line.amount)).collect()
    }

    #[test]
    fn a_period_belongs_to_the_version_that_holds_on_its_first_day() {
        let of = |amounts: [i64; 3]| {
            let [q2, q3, odd] = amounts;
            [
                // The second quarter falls due in August, and is still settled by the first version.
                line("q", Some("2025-04-01/2025-06-30"), "2025-08-29", q2),
                line("q", Some("2025-07-01/2025-09-30"), "2025-11-29", q3),
                // A date of a schedule is its own first day.
                line("s", Some("2025-07-15"), "2025-07-15", odd),
            ]
        };
        assert_eq!(counted(&of([1, 2, 3]), &of([10, 20, 30])), ["q 1", "q 20", "s 30"]);
    }

    #[test]
    fn what_has_no_period_belongs_to_the_version_that_holds_when_it_falls_due() {
        let of = |amount: i64, due: [&str; 2]| [line("x", None, due[0], amount), line("y", None, due[1], amount)];
        let same = ["2025-06-30", "2025-07-01"];
        assert_eq!(counted(&of(1, same), &of(2, same)), ["x 1", "y 2"]);
        // Made due later by the second: owed once, by the first. Made due earlier: owed once, by the second.
        let moved = ["2025-07-20", "2025-06-20"];
        assert_eq!(counted(&of(1, same), &of(2, moved)), ["x 1", "y 2"]);
        // New with the second, and due before its time: owed by nobody.
        assert_eq!(counted(&[], &of(2, same)), ["y 2"]);
        // Gone with the second: owed as far as it was due before.
        assert_eq!(counted(&of(1, same), &[]), ["x 1"]);
    }

    #[test]
    fn versions_that_say_the_same_change_nothing() {
        let lines: Vec<StatementLine> = (0..24)
            .map(|at| {
                let day = day("2025-01-15").plus_months(at / 2).unwrap().to_string();
                // One clause owes one subject once, or once in each period.
                let subject = Some(format!("p{at}"));
                StatementLine { subject, ..line("x", (at % 2 == 0).then_some(day.as_str()), &day, at.into()) }
            })
            .collect();
        for from in (0..14).map(|months| day("2024-12-01").plus_months(months)) {
            let parts = divide(vec![(statement(&lines), None, from), (statement(&lines), from, None)]);
            let mut all = join(parts).unwrap().lines;
            all.sort_by_key(|line| line.amount);
            assert_eq!(all, lines, "{from:?}");
        }
    }
}
