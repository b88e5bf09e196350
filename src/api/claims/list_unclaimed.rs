//! Lists what is owed and was never put forward.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::UnclaimedQuery;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, today},
        page::{self, Page},
        settlements::PairTotal,
    },
    operations::{self, Caller, Operation, Unclaimed, UnclaimedTotal},
};

/// What was never put forward between two roles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnclaimedSum {
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub payee: String,
    /// The amount in major units; below zero it flows the other way.
    #[schema(example = "1000.00")]
    pub amount: String,
    /// The earliest day on which some of it fell due.
    #[schema(format = Date, example = "2025-04-24")]
    pub since: String,
}

/// What was never put forward under a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnclaimedShown {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// What is owed as of the day, was neither posted nor put forward, and is in no dispute.
    pub unclaimed: Vec<UnclaimedSum>,
    /// What is earned as of the day and not settled, also what falls due later.
    pub earned: Vec<PairTotal>,
    /// Whether the facts allow to compute it.
    pub computable: bool,
}

impl From<Unclaimed> for UnclaimedShown {
    fn from(found: Unclaimed) -> Self {
        let Unclaimed { contract, currency, unclaimed, earned, computable } = found;
        let shown = |UnclaimedTotal { payer, payee, amount, since }| UnclaimedSum {
            payer,
            payee,
            amount,
            since: since.to_string(),
        };
        let unclaimed = unclaimed.into_iter().map(shown).collect();
        Self { contract, currency, unclaimed, earned: earned.into_iter().map(PairTotal::from).collect(), computable }
    }
}

/// Lists what is owed and was never put forward
///
/// For each contract in force that the caller may know of: what follows from contract and facts as of a day, less what was
/// posted, put forward or disputed, and since when it is due.
#[utoipa::path(operation_id = "list_unclaimed", tag = "claims", params(UnclaimedQuery),
    responses((status = 200, description = "A page of contracts, in the order of their names",
        body = Page<UnclaimedShown>)))]
#[get("/unclaimed")]
pub async fn list_unclaimed(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<UnclaimedQuery>,
) -> Result<web::Json<Page<UnclaimedShown>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::cursor(query.cursor.as_deref())?);
    let (as_of, who) = (query.as_of.unwrap_or_else(today), caller.clone());
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    let work = move |connection: &mut _| operations::list_unclaimed(connection, &who, (as_of, after.as_deref(), most));
    let found = gate.read(&caller, Operation::ListUnclaimed, About::Network, work).await?;
    Ok(web::Json(Page::of(found, limit, |one: &Unclaimed| one.contract.clone()).map(UnclaimedShown::from)))
}
