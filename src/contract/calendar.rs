//! The follow-up calendar: who owes which report by when, and what it means for money that it has not come.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    owed::{OwedError, owed},
    reported::{Reported, Seen},
    statement::{Awaited, Statement, as_text},
    versions::Versions,
};
use crate::{
    terms::{
        Contract,
        evaluate::{
            follow_up::{OwedReport, owed_reports},
            obligation::NOBODY,
            run::covered,
        },
        exposure::{
            bounds::{Assumption, Bounds},
            names::Uses,
            owed::of_one,
        },
    },
    values::{Day, SubjectRef},
};

/// Reports that are owed and have not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calendar {
    /// The day as of which it holds.
    pub as_of: Day,
    /// The currency of all amounts.
    pub currency: String,
    /// The reports, by the day on which they are owed; those without a day last.
    pub reports: Vec<CalendarItem>,
}

/// A report that has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalendarItem {
    /// By when it is owed; none when the contract names no day, or the day depends on what has not come either.
    pub due_on: Option<Day>,
    /// Whether that day has passed.
    pub overdue: bool,
    /// The role that owes it; none when the contract names nobody.
    pub by: Option<String>,
    /// The kind of fact.
    pub fact: String,
    /// The pseudonym of the subject that it is about; none for the contract as a whole.
    pub subject: Option<SubjectRef>,
    /// The label by which the reporting party calls it.
    pub label: Option<String>,
    /// Clauses that say nothing until it comes.
    pub waits: Vec<WaitingClause>,
    /// What clauses that use it yield without it, by the defaults of the contract.
    pub without: Vec<DefaultAmount>,
}

/// A clause that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingClause {
    /// The clause.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The most that it can come to for one subject, group or contract; none when nothing limits it.
    #[serde(serialize_with = "limit")]
    pub at_most: Option<Decimal>,
}

/// What a clause yields while a report is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DefaultAmount {
    /// The clause.
    pub clause: String,
    /// The role that pays.
    pub payer: String,
    /// The role that receives.
    pub payee: String,
    /// What falls due by the day and what is known to fall due later.
    #[serde(serialize_with = "as_text")]
    pub amount: Decimal,
}

fn limit<S: serde::Serializer>(amount: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => as_text(&amount.normalize(), serializer),
        None => serializer.serialize_none(),
    }
}

/// The calendar as of a day for what was known at a position, by the version that holds on the day.
///
/// # Errors
/// What cannot be read or computed.
pub fn calendar(versions: &Versions, reported: &Reported, seq: i64, as_of: Day) -> Result<Calendar, OwedError> {
    let contract = &versions.on(as_of).contract;
    let seen = Seen { seq, until: versions.ends_on(seq), kinds: &versions.kinds() };
    let data = reported.data_at(&contract.checked.document, &seen)?;
    let (statement, _) = owed(versions, reported, seq, as_of)?;
    let names = covered(contract, &data, as_of).0.ids.clone();
    let pseudonyms = reported.pseudonyms();
    let costs = Costs::new(contract, &statement);
    let mut reports: Vec<CalendarItem> = owed_reports(contract, &data, as_of)
        .into_iter()
        .map(|OwedReport { due_on, kind, subject }| {
            let fact = &contract.checked.document.facts[kind];
            let label = (subject != NOBODY).then(|| names[subject as usize].to_string());
            CalendarItem {
                due_on,
                overdue: due_on.is_some_and(|due_on| due_on < as_of),
                by: fact.by.as_ref().map(|by| by.text.clone()),
                fact: fact.name.text.clone(),
                subject: label.as_deref().and_then(|label| pseudonyms.get(label).copied()),
                waits: costs.waits(&fact.name.text, label.as_deref()),
                without: costs.without(&fact.name.text, label.as_deref()),
                label,
            }
        })
        .collect();
    reports.sort_by(|a, b| {
        let key = |item: &CalendarItem| (item.due_on.is_none(), item.due_on);
        key(a).cmp(&key(b)).then_with(|| (&a.fact, &a.label).cmp(&(&b.fact, &b.label)))
    });
    let currency = contract.checked.document.header.currency.code().into();
    Ok(Calendar { as_of, currency, reports })
}

/// Payer, payee, amount.
type Amount<'c> = (&'c str, &'c str, Decimal);

/// What a statement says about reports that have not come.
struct Costs<'c> {
    contract: &'c Contract,
    /// For each clause the kinds of facts that it uses.
    uses: Vec<Vec<&'c str>>,
    /// The most of each clause for one member.
    most: Vec<Option<Decimal>>,
    /// The clauses that wait for a kind, by kind and subject.
    waiting: HashMap<(&'c str, Option<&'c str>), Vec<usize>>,
    /// The amounts of clauses by subject: payer, payee, amount. Those of none are of all subjects together.
    amounts: HashMap<(usize, Option<&'c str>), Vec<Amount<'c>>>,
}

impl<'c> Costs<'c> {
    fn new(contract: &'c Contract, statement: &'c Statement) -> Self {
        let checked = &contract.checked;
        let clauses = &checked.document.clauses;
        let index = |name: &str| clauses.iter().position(|clause| clause.name.text == name);
        let (uses, bounds) = (Uses::new(&checked.document), Bounds::new(checked, Assumption::default()));
        let words = (0..clauses.len()).map(|at| uses.all_of_clause(at));
        let kinds = || checked.document.facts.iter().map(|fact| fact.name.text.as_str());
        let mut costs = Self {
            contract,
            uses: words.map(|words| kinds().filter(|kind| words.names.contains(*kind)).collect()).collect(),
            most: checked.clauses.iter().map(|clause| of_one(&bounds, clause)).collect(),
            waiting: HashMap::new(),
            amounts: HashMap::new(),
        };
        for Awaited { clause, subject, awaits, .. } in &statement.pending {
            // Clauses of other versions settle their own time.
            let Some(clause) = index(clause) else { continue };
            for kind in awaits {
                let waiting = costs.waiting.entry((kind, subject.as_deref())).or_default();
                if !waiting.contains(&clause) {
                    waiting.push(clause);
                }
            }
        }
        for line in statement.lines.iter().chain(&statement.upcoming) {
            let Some(clause) = index(&line.clause) else { continue };
            let of_one = line.subject.as_deref();
            for subject in [of_one, None].into_iter().take(if of_one.is_some() { 2 } else { 1 }) {
                let amounts = costs.amounts.entry((clause, subject)).or_default();
                match amounts.iter_mut().find(|(payer, payee, _)| (*payer, *payee) == (&line.payer, &line.payee)) {
                    // Lines are whole minor units far below 28 digits; their sums were checked when limits were applied.
                    Some((.., sum)) => *sum += line.amount,
                    None => amounts.push((&line.payer, &line.payee, line.amount)),
                }
            }
        }
        costs
    }

    fn name(&self, clause: usize) -> String {
        self.contract.checked.document.clauses[clause].name.text.clone()
    }

    fn waiting<'s>(&'s self, fact: &'s str, subject: Option<&'s str>) -> &'s [usize] {
        self.waiting.get(&(fact, subject)).map(Vec::as_slice).unwrap_or_default()
    }

    fn waits(&self, fact: &str, subject: Option<&str>) -> Vec<WaitingClause> {
        let parties = &self.contract.checked.document.header.parties;
        let waits = self.waiting(fact, subject).iter().map(|clause| WaitingClause {
            clause: self.name(*clause),
            payer: parties[usize::from(self.contract.checked.clauses[*clause].payer)].name.text.clone(),
            at_most: self.most[*clause],
        });
        waits.collect()
    }

    fn without(&self, fact: &str, subject: Option<&str>) -> Vec<DefaultAmount> {
        let waiting = self.waiting(fact, subject);
        let decided = (0..self.uses.len()).filter(|at| self.uses[*at].contains(&fact) && !waiting.contains(at));
        let amounts = decided.flat_map(|clause| {
            let amounts = self.amounts.get(&(clause, subject)).map(Vec::as_slice).unwrap_or_default();
            amounts.iter().map(move |(payer, payee, amount)| DefaultAmount {
                clause: self.name(clause),
                payer: (*payer).to_owned(),
                payee: (*payee).to_owned(),
                amount: *amount,
            })
        });
        amounts.collect()
    }
}
