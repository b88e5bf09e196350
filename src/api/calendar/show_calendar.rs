//! Shows who owes which report by when.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::CalendarQuery;
use crate::{
    api::{
        Gate, Problem,
        gate::today,
        page::{self, Page, bad},
    },
    contract::calendar::CalendarItem,
    operations::{Caller, Operation, state_calendar},
    values::Day,
};

/// A report that is owed and has not come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwedReport)]
pub struct ReportShown {
    /// By when it is owed; absent when the contract names no day, or the day depends on what has not come either.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-02-15")]
    due_on: Option<String>,
    /// Whether that day has passed.
    overdue: bool,
    /// The role that owes it; absent when the contract names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "hospital")]
    by: Option<String>,
    /// The kind of fact.
    #[schema(example = "baseline")]
    fact: String,
    /// The pseudonym of the subject that it is about; absent for the contract as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    subject: Option<uuid::Uuid>,
    /// The label by which the reporting party calls it, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "p1")]
    label: Option<String>,
    /// The currency of all amounts.
    #[schema(example = "CNY")]
    currency: String,
    /// Clauses that say nothing until it comes.
    waits: Vec<ClauseWaits>,
    /// What clauses that use it yield without it, by the defaults of the contract.
    without: Vec<ClauseYields>,
}

/// A clause that says nothing until a report comes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseWaits {
    /// The clause.
    #[schema(example = "support")]
    clause: String,
    /// The role that pays.
    #[schema(example = "insurer")]
    payer: String,
    /// The most that it can come to for one subject, group or contract; absent when nothing limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "50")]
    at_most: Option<String>,
}

/// What a clause yields while a report is missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseYields {
    /// The clause.
    #[schema(example = "remote")]
    clause: String,
    /// The role that pays.
    #[schema(example = "insurer")]
    payer: String,
    /// The role that receives.
    #[schema(example = "hospital")]
    payee: String,
    /// What falls due by the day and what is known to fall due later.
    #[schema(example = "7.00")]
    amount: String,
}

impl ReportShown {
    fn new(item: CalendarItem, currency: &str) -> Self {
        let waits = item.waits.into_iter().map(|waits| ClauseWaits {
            clause: waits.clause,
            payer: waits.payer,
            at_most: waits.at_most.map(|most| most.normalize().to_string()),
        });
        let without = item.without.into_iter().map(|given| ClauseYields {
            clause: given.clause,
            payer: given.payer,
            payee: given.payee,
            amount: given.amount.to_string(),
        });
        Self {
            due_on: item.due_on.map(|day| day.to_string()),
            overdue: item.overdue,
            by: item.by,
            fact: item.fact,
            subject: item.subject.map(|subject| subject.0),
            label: item.label,
            currency: currency.to_owned(),
            waits: waits.collect(),
            without: without.collect(),
        }
    }
}

/// Shows who owes which report by when
///
/// Reports that have not come, by the day on which they are owed, with what that means: clauses that wait, and what clauses
/// yield by the defaults of the contract. Those who may see no patients see reports about the contract as a whole. Who reads,
/// when, and how many rows about patients is recorded.
#[utoipa::path(operation_id = "show_calendar", tag = "calendar",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), CalendarQuery),
    responses((status = 200, description = "A page of reports that are owed", body = Page<ReportShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/calendar")]
pub async fn show_calendar(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<CalendarQuery>,
) -> Result<web::Json<Page<ReportShown>>, Problem> {
    let CalendarQuery { as_of, overdue, limit, cursor } = query.into_inner();
    let as_of = as_of.map(|text| Day::parse(&text).ok_or_else(|| bad("as-of", "give a day such as 2025-06-30")));
    let (as_of, limit) = (as_of.transpose()?.unwrap_or_else(today), page::limit(limit)?);
    let from = page::cursor(cursor.as_deref())?.map_or(Ok(0), |from| from.parse::<usize>());
    let from = from.map_err(|_| page::bad_cursor())?;
    let sight = caller.role.sight();
    let work = move |connection: &mut _, contract: &str| {
        let calendar = state_calendar(connection, contract, as_of, sight)?;
        let wanted = calendar.reports.into_iter().filter(|item| item.overdue || !overdue).enumerate().skip(from);
        let most = usize::try_from(limit).unwrap_or_default() + 1;
        let page = Page::of(wanted.take(most).collect(), limit, |(at, _)| (at + 1).to_string());
        let rows = page.items.iter().filter(|(_, item)| item.subject.is_some()).count();
        Ok((page.map(|(_, item)| ReportShown::new(item, &calendar.currency)), rows))
    };
    gate.read_patients(&caller, Operation::ShowCalendar, contract.into_inner(), work).await.map(web::Json)
}
