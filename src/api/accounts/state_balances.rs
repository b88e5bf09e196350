//! States what the accounts of a contract hold.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::BalanceQuery;
use crate::{
    api::{Gate, Problem, gate::About, page},
    ledger::View,
    operations::{AccountBalance, Caller, Operation, TrialBalance, state_balances as state},
};

/// What one account of a party holds under a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AccountBalance)]
pub struct AccountShown {
    /// The party's name.
    #[schema(example = "Maker A")]
    pub party: String,
    /// The roles that it takes.
    pub roles: Vec<String>,
    /// The account: `receivable`, `payable`, `cash` or `accrued`.
    #[schema(example = "payable")]
    pub account: String,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The balance in major units, debit positive: a payable below zero is owed by the party.
    #[schema(example = "-1000.00")]
    pub balance: String,
}

/// The sums over all accounts of one currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrialBalance)]
pub struct TrialShown {
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The sum of all debit balances.
    pub debits: String,
    /// The sum of all credit balances.
    pub credits: String,
    /// Whether both are equal, as they are when every entry is balanced.
    pub balanced: bool,
}

/// What the accounts of a contract hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Balances {
    /// Accounts that hold something.
    pub accounts: Vec<AccountShown>,
    /// The sums over all accounts.
    pub trial: Vec<TrialShown>,
}

impl From<AccountBalance> for AccountShown {
    fn from(balance: AccountBalance) -> Self {
        let AccountBalance { party, roles, account, currency, balance, .. } = balance;
        Self { party, roles, account: account.into(), currency, balance }
    }
}

impl From<TrialBalance> for TrialShown {
    fn from(trial: TrialBalance) -> Self {
        let TrialBalance { currency, debits, credits, balanced } = trial;
        Self { currency, debits, credits, balanced }
    }
}

/// States what the accounts of a contract hold
///
/// As of a day, as known at a position: later entries never change the answer for both.
#[utoipa::path(operation_id = "state_balances", tag = "accounts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), BalanceQuery),
    responses((status = 200, description = "What accounts hold", body = Balances),
        (status = 422, description = "The chain has no such position", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/balances")]
pub async fn state_balances(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<BalanceQuery>,
) -> Result<web::Json<Balances>, Problem> {
    let BalanceQuery { as_of, known_at } = query.into_inner();
    if known_at == Some(0) {
        return Err(page::bad("known_at", "give a position, from 1"));
    }
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| state(connection, &contract, View { as_of, known_at });
    let stated = gate.read(&caller, Operation::StateBalances, about, work).await?;
    let accounts = stated.accounts.into_iter().map(AccountShown::from).collect();
    Ok(web::Json(Balances { accounts, trial: stated.trial.into_iter().map(TrialShown::from).collect() }))
}
