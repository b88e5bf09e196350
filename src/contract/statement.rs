//! A settlement as plain data: every way to show it renders this one value.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    terms::{
        Contract,
        evaluate::{
            Evaluation, Line, Part,
            obligation::{NOBODY, Obligation},
        },
    },
    values::{Day, SubjectRef},
};

/// One line of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The clause's name.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// The subject.
    pub subject: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The period: two days with `/` between, or the one day of a schedule.
    pub period: Option<String>,
    /// The due date.
    pub due_on: Day,
    /// The amount in major units, with all decimals of the currency.
    #[serde(serialize_with = "as_text")]
    pub amount: Decimal,
    /// What the line is: the clause's amount, or the limit that takes from it.
    pub reason: String,
    /// 0 for the amount, then the limits by number.
    #[serde(skip)]
    pub part: u8,
    /// The subject's pseudonym in the ledger, for those who may not know more.
    #[serde(skip)]
    pub pseudonym: Option<SubjectRef>,
}

/// Something that keeps a clause from saying what it yields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Awaited {
    /// The clause's name.
    pub clause: String,
    /// The subject.
    pub subject: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The kinds of facts that must still be reported.
    pub awaits: Vec<String>,
}

/// What one role owes another under one clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The clause's name.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// The sum of the lines.
    #[serde(serialize_with = "as_text")]
    pub amount: Decimal,
}

/// A settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The contract's id.
    pub contract: String,
    /// The day of the settlement.
    pub as_of: Day,
    /// The currency.
    pub currency: String,
    /// What is awaited.
    pub pending: Vec<Awaited>,
    /// Subjects that do not meet the condition for enrolment and are left out.
    pub not_eligible: Vec<String>,
    /// Lines due by the day.
    pub lines: Vec<StatementLine>,
    /// Sums of the lines.
    pub totals: Vec<Total>,
    /// Obligations known by the day that fall due later, before limits.
    pub upcoming: Vec<StatementLine>,
}

/// Writes an amount as text, so that no reader takes it for a binary fraction.
pub fn as_text<S: serde::Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

/// Puts names to an evaluation.
pub fn state(contract: &Contract, evaluation: &Evaluation) -> Statement {
    let names = Names { contract, evaluation };
    let lines: Vec<StatementLine> = evaluation.lines.iter().map(|line| names.line(line)).collect();
    let header = &contract.checked.document.header;
    Statement {
        contract: header.id.clone(),
        as_of: evaluation.as_of,
        currency: header.currency.code().into(),
        pending: names.pending(),
        not_eligible: evaluation.not_eligible.iter().map(|id| id.to_string()).collect(),
        totals: totals(&lines),
        lines,
        upcoming: evaluation.upcoming.iter().flat_map(|obligation| names.upcoming(obligation)).collect(),
    }
}

/// Sums lines by clause, payer and payee, in the order in which they first appear.
pub fn totals(lines: &[StatementLine]) -> Vec<Total> {
    let mut places: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut totals: Vec<Total> = Vec::new();
    for line in lines {
        let key = (line.clause.as_str(), line.payer.as_str(), line.payee.as_str());
        let at = *places.entry(key).or_insert_with(|| {
            let (clause, payer, payee) = (line.clause.clone(), line.payer.clone(), line.payee.clone());
            totals.push(Total { clause, payer, payee, amount: Decimal::ZERO });
            totals.len() - 1
        });
        // Lines are whole minor units far below 28 digits each; their sum was checked when limits were applied.
        totals[at].amount += line.amount;
    }
    totals
}

struct Names<'e> {
    contract: &'e Contract,
    evaluation: &'e Evaluation,
}

impl Names<'_> {
    fn role(&self, index: u16) -> String {
        self.contract.checked.document.header.parties[usize::from(index)].name.text.clone()
    }

    fn clause(&self, index: u16) -> String {
        self.contract.checked.document.clauses[usize::from(index)].name.text.clone()
    }

    fn subject(&self, index: u32) -> Option<String> {
        (index != NOBODY).then(|| self.evaluation.subjects[index as usize].to_string())
    }

    fn group(&self, index: u32) -> Option<String> {
        (index != NOBODY).then(|| self.evaluation.groups[index as usize].clone())
    }

    fn reason(&self, clause: u16, part: Part) -> String {
        let clause = &self.contract.checked.document.clauses[usize::from(clause)];
        match part {
            Part::Amount => clause.title.en.clone().unwrap_or_else(|| clause.name.text.clone()),
            Part::Limit(number) => {
                let limit = &clause.limits[usize::from(number) - 1];
                format!("limit {number}: at most {} per {}", limit.at_most, limit.per.word())
            }
        }
    }

    fn line(&self, line: &Line) -> StatementLine {
        StatementLine {
            clause: self.clause(line.clause),
            payer: self.role(line.payer),
            payee: self.role(line.payee),
            subject: self.subject(line.subject),
            group: self.group(line.group),
            period: period(line.period, line.start, line.end),
            due_on: line.due_on,
            amount: line.amount,
            reason: self.reason(line.clause, line.part),
            part: line.part.number(),
            pseudonym: None,
        }
    }

    fn upcoming(&self, obligation: &Obligation) -> Vec<StatementLine> {
        let clause = &self.contract.checked.clauses[usize::from(obligation.clause)];
        let currency = self.contract.checked.document.header.currency;
        let shares: Vec<Decimal> = clause.payees.iter().map(|(_, share)| *share).collect();
        let parts = currency.to_minor(obligation.amount).and_then(|minor| crate::values::share_out(minor, &shares));
        let payees = clause.payees.iter().zip(parts.unwrap_or_default());
        payees
            .map(|((payee, _), minor)| StatementLine {
                clause: self.clause(obligation.clause),
                payer: self.role(clause.payer),
                payee: self.role(*payee),
                subject: self.subject(obligation.subject),
                group: if obligation.subject == NOBODY { self.group(obligation.group) } else { None },
                period: period(obligation.period, obligation.start, obligation.end),
                due_on: obligation.due_on,
                amount: currency.from_minor(minor).unwrap_or_default(),
                reason: self.reason(obligation.clause, Part::Amount),
                part: 0,
                pseudonym: None,
            })
            .collect()
    }

    fn pending(&self) -> Vec<Awaited> {
        let facts = &self.contract.checked.document.facts;
        let entries = self.evaluation.pending.iter();
        let mut pending: Vec<Awaited> = entries
            .map(|entry| Awaited {
                clause: self.clause(entry.clause),
                subject: self.subject(entry.subject),
                group: if entry.subject == NOBODY { self.group(entry.group) } else { None },
                awaits: entry.kinds.iter().map(|kind| facts[*kind].name.text.clone()).collect(),
            })
            .collect();
        pending.dedup();
        pending
    }
}

fn period(number: u32, start: Day, end: Day) -> Option<String> {
    match number {
        0 => None,
        _ if start == end => Some(end.to_string()),
        _ => Some(format!("{start}/{end}")),
    }
}
