//! A line of a settlement, as far as the caller may see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Problem,
        page::{self, Page},
    },
    contract::{StatementLine, statement::Total},
    operations::{Caller, Sight},
};

/// A line of a settlement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SettlementLine)]
pub struct LineShown {
    /// Its place in the settlement, from 0.
    pub item: u32,
    /// The clause.
    #[schema(example = "refund")]
    pub clause: String,
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub payee: String,
    /// Whom it is about: the name at enrolment, or a pseudonym for those who may not know more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub subject: Option<String>,
    /// The group that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub group: Option<String>,
    /// The period: two days with `/` between, or one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "2025-01-01/2025-03-31")]
    pub period: Option<String>,
    /// The day on which it falls due.
    #[schema(format = Date, example = "2025-06-30")]
    pub due_on: String,
    /// The amount in major units; below zero it flows the other way.
    #[schema(example = "1000.00")]
    pub amount: String,
    /// What it is: the clause's amount, or the limit that takes from it.
    pub reason: String,
}

/// What one role owes another under one clause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClauseTotal {
    /// The clause.
    #[schema(example = "refund")]
    pub clause: String,
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub payee: String,
    /// The amount in major units; below zero it flows the other way.
    #[schema(example = "1000.00")]
    pub amount: String,
}

impl From<&Total> for ClauseTotal {
    fn from(total: &Total) -> Self {
        let Total { clause, payer, payee, amount } = total.clone();
        Self { clause, payer, payee, amount: amount.to_string() }
    }
}

impl LineShown {
    /// A line at a place, as a party may see it that sees people so.
    pub fn of(item: usize, line: &StatementLine, sight: Sight) -> Self {
        let subject = match sight {
            Sight::Named => line.subject.clone(),
            Sight::Pseudonyms => line.pseudonym.map(|subject| subject.to_string()),
            Sight::Sums => None,
        };
        Self {
            item: u32::try_from(item).unwrap_or(u32::MAX),
            clause: line.clause.clone(),
            payer: line.payer.clone(),
            payee: line.payee.clone(),
            subject,
            group: line.group.clone(),
            period: line.period.clone(),
            due_on: line.due_on.to_string(),
            amount: line.amount.to_string(),
            reason: line.reason.clone(),
        }
    }
}

/// Which part of the lines is wanted.
pub struct Lines {
    limit: i64,
    from: usize,
}

impl Lines {
    /// Reads what part is wanted.
    ///
    /// # Errors
    /// A problem when a parameter is not understood.
    pub fn wanted(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Problem> {
        let after = page::cursor(cursor)?.map(|after| after.parse::<usize>().ok().and_then(|at| at.checked_add(1)));
        let from = after.unwrap_or(Some(0)).ok_or_else(page::bad_cursor)?;
        Ok(Self { limit: page::limit(limit)?, from })
    }

    /// The page of lines, as the caller may see them.
    pub fn page<'l>(&self, lines: impl Iterator<Item = &'l StatementLine>, caller: &Caller) -> Page<LineShown> {
        let most = usize::try_from(self.limit).unwrap_or_default() + 1;
        let wanted = lines.enumerate().skip(self.from).take(most);
        let shown = wanted.map(|(item, line)| LineShown::of(item, line, caller.role.sight())).collect();
        Page::of(shown, self.limit, |line: &LineShown| line.item.to_string())
    }
}
