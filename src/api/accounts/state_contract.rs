//! States what was posted under a contract.

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountShown, query::StatementQuery};
use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::Page,
        settlements::{ClauseTotal, LineShown, Lines},
    },
    exchange::spreadsheet::csv,
    operations::{Caller, Operation, PostedLine, PostedStatement, Sight, state_contract as state},
};

/// What was posted under a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Statement)]
pub struct StatementShown {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// Where the contract stands.
    #[schema(example = "in force")]
    pub state: String,
    /// The last day that is included; absent when all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date)]
    pub as_of: Option<String>,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// Sums of the posted lines, by clause, payer and payee.
    pub totals: Vec<ClauseTotal>,
    /// What accounts hold, payments and accruals included.
    pub balances: Vec<AccountShown>,
    /// The lines in the order of posting; absent for those who see sums only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub lines: Option<Page<LineShown>>,
}

/// States what was posted under a contract
///
/// With `Accept: text/csv` it is a table of all lines, or of sums for those who see sums only.
#[utoipa::path(operation_id = "state_contract", tag = "accounts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), StatementQuery),
    responses((status = 200, description = "What was posted",
            content((StatementShown = "application/json"), (String = "text/csv"))),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/statement")]
pub async fn state_contract(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<StatementQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let StatementQuery { as_of, limit, cursor } = query.into_inner();
    let wanted = Lines::wanted(limit, cursor.as_deref())?;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let name = contract.clone();
    let work = move |connection: &mut _| state(connection, &name, as_of);
    let statement = gate.read(&caller, Operation::StateContract, about, work).await?;
    let shows_lines = caller.role.sight() != Sight::Sums;
    let accepted = request.headers().get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.starts_with("text/csv")) {
        let table = table(&statement, caller.role.sight());
        if shows_lines {
            gate.record_reading(&caller, Operation::StateContract, contract, statement.lines.len()).await?;
        }
        return Ok(HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"statement.csv\""))
            .body(table));
    }
    let lines = shows_lines.then(|| wanted.page(statement.lines.iter().map(|posted| &posted.line), &caller));
    if let Some(page) = &lines {
        gate.record_reading(&caller, Operation::StateContract, contract, page.items.len()).await?;
    }
    Ok(HttpResponse::Ok().json(StatementShown {
        contract: statement.contract,
        state: statement.state.into(),
        as_of: as_of.map(|day| day.to_string()),
        currency: statement.currency,
        totals: statement.totals.iter().map(ClauseTotal::from).collect(),
        balances: statement.balances.into_iter().map(AccountShown::from).collect(),
        lines,
    }))
}

/// The statement as a table, as far as a party may see it that sees people so.
fn table(statement: &PostedStatement, sight: Sight) -> String {
    let currency = statement.currency.as_str();
    if sight == Sight::Sums {
        let totals: Vec<ClauseTotal> = statement.totals.iter().map(ClauseTotal::from).collect();
        let row = |total: &ClauseTotal| {
            let ClauseTotal { clause, payer, payee, amount } = total.clone();
            [clause, payer, payee, amount, currency.to_owned()]
        };
        let rows: Vec<_> = totals.iter().map(row).collect();
        return csv(&["clause", "payer", "payee", "amount", "currency"], rows.iter().map(|row| texts(row)));
    }
    let row = |(item, posted): (usize, &PostedLine)| {
        let line = LineShown::of(item, &posted.line, sight);
        let [subject, group, period] = [line.subject, line.group, line.period].map(Option::unwrap_or_default);
        let (position, as_of) = (posted.position.to_string(), posted.settled_as_of.to_string());
        let (parties, money) = ([line.clause, line.payer, line.payee], [line.amount, currency.to_owned(), line.reason]);
        let [clause, payer, payee] = parties;
        let [amount, currency, reason] = money;
        [position, as_of, clause, payer, payee, subject, group, period, line.due_on, amount, currency, reason]
    };
    let rows: Vec<_> = statement.lines.iter().enumerate().map(row).collect();
    let headings = [
        "posted_at",
        "settled_as_of",
        "clause",
        "payer",
        "payee",
        "subject",
        "group",
        "period",
        "due_on",
        "amount",
        "currency",
        "reason",
    ];
    csv(&headings, rows.iter().map(|row| texts(row)))
}

fn texts(row: &[String]) -> Vec<&str> {
    row.iter().map(String::as_str).collect()
}
