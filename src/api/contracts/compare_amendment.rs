//! Compares a contract without its open amendment and with it.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::DayQuery;
use crate::{
    api::{
        Gate, Problem,
        documents::compare_documents::Difference,
        gate::{About, today},
    },
    operations::{self, Caller, Operation},
};

/// What the open amendment changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AmendmentCompared {
    /// The digest of the amendment, hexadecimal.
    pub digest: String,
    /// The day as of which both are computed.
    #[schema(format = Date, example = "2025-12-31")]
    pub as_of: String,
    /// The currency of the amounts.
    #[schema(example = "CNY")]
    pub currency: String,
    /// What it says differently.
    pub differences: Vec<Difference>,
    /// What is owed in all by what is known now.
    pub money: Vec<ClauseMoney>,
}

/// What one role owes another under one clause, without the amendment and with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClauseMoney {
    /// The clause.
    #[schema(example = "refund")]
    pub clause: String,
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that receives.
    #[schema(example = "insurer")]
    pub payee: String,
    /// Without the amendment, in major units.
    #[schema(example = "2000.00")]
    pub before: String,
    /// With it.
    #[schema(example = "3000.00")]
    pub after: String,
    /// The second less the first.
    #[schema(example = "1000.00")]
    pub difference: String,
}

impl From<operations::ClauseMoney> for ClauseMoney {
    fn from(money: operations::ClauseMoney) -> Self {
        let operations::ClauseMoney { clause, payer, payee, before, after, difference } = money;
        let [before, after, difference] = [before, after, difference].map(|amount| amount.to_string());
        Self { clause, payer, payee, before, after, difference }
    }
}

/// Compares a contract without its open amendment and with it
///
/// In words, and in money on the facts known now.
#[utoipa::path(operation_id = "compare_amendment", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), DayQuery),
    responses((status = 200, description = "What the amendment changes", body = AmendmentCompared),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/amendment/comparison")]
pub async fn compare_amendment(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<DayQuery>,
) -> Result<web::Json<AmendmentCompared>, Problem> {
    let (contract, DayQuery { as_of }) = (contract.into_inner(), query.into_inner());
    let as_of = as_of.unwrap_or_else(today);
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::compare_amendment(connection, &contract, as_of);
    let operations::VersionMoney { digest, as_of, currency, differences, money, .. } =
        gate.read(&caller, Operation::CompareAmendment, about, work).await?;
    Ok(web::Json(AmendmentCompared {
        digest,
        as_of: as_of.to_string(),
        currency,
        differences: differences.into_iter().map(Difference::from).collect(),
        money: money.into_iter().map(ClauseMoney::from).collect(),
    }))
}
