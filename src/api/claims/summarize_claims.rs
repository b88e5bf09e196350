//! Sums up claims over all contracts.

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::{AGES, age};
use crate::{
    api::{
        Gate, Problem,
        gate::{About, today},
    },
    contract::money::claims::ClaimStage,
    operations::{self, Caller, Claims, ListedClaim, Operation, Side},
    values::Currency,
};

/// Claims of one currency, side and stage or age.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimSum {
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The side of the caller: `receivable`, `payable` or `other`.
    #[schema(example = "receivable")]
    pub side: String,
    /// The stage, or the age in days.
    #[schema(example = "unpaid")]
    pub of: String,
    /// Number of claims.
    pub claims: u32,
    /// The sum of their amounts; of posted claims that are not paid, of what is open.
    #[schema(example = "1000.00")]
    pub amount: String,
}

/// Claims in sums.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimSummary {
    /// By stage.
    pub stages: Vec<ClaimSum>,
    /// By age, those that are not paid.
    pub ages: Vec<ClaimSum>,
    /// Number of claims that await the caller.
    pub awaiting_me: u32,
    /// Settlements that were posted.
    pub posted: u32,
    /// Those posted without a dispute, and without a rejection before.
    pub straight_through: u32,
    /// The second as a share of the first, with four decimals; absent when nothing was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "0.9500")]
    pub straight_through_rate: Option<String>,
}

/// Sums up claims over all contracts
///
/// By stage and by age, for each currency and side of the caller; and how many settlements were posted without a dispute or
/// rejection.
#[utoipa::path(operation_id = "summarize_claims", tag = "claims",
    responses((status = 200, description = "Claims in sums", body = ClaimSummary)))]
#[get("/claims/summary")]
pub async fn summarize_claims(gate: web::Data<Gate>, caller: Caller) -> Result<web::Json<ClaimSummary>, Problem> {
    let who = caller.clone();
    let work = move |connection: &mut _| operations::list_claims(connection, &who, today());
    let Claims { claims, posted, straight } =
        gate.read(&caller, Operation::SummarizeClaims, About::Network, work).await?;
    let is_paid = |claim: &&ListedClaim| claim.claim.stage == ClaimStage::Paid;
    let of_stage = |claim: &ListedClaim| (claim.claim.stage as usize, claim.claim.stage.word());
    let place = |word: &str| AGES.iter().position(|(known, _)| *known == word).unwrap_or_default();
    let of_age = |claim: &ListedClaim| (place(age(claim.age)), age(claim.age));
    let awaiting = claims.iter().filter(|claim| claim.awaits_me).count();
    Ok(web::Json(ClaimSummary {
        stages: sums(claims.iter(), of_stage),
        ages: sums(claims.iter().filter(|claim| !is_paid(claim)), of_age),
        awaiting_me: u32::try_from(awaiting).unwrap_or(u32::MAX),
        posted,
        straight_through: straight,
        straight_through_rate: rate(straight, posted),
    }))
}

/// Currency, side, and the place and word of what else.
type Key<'c> = (&'c str, Side, (usize, &'static str));

/// Sums claims by currency, side and what else.
fn sums<'c>(
    claims: impl Iterator<Item = &'c ListedClaim>,
    of: impl Fn(&ListedClaim) -> (usize, &'static str),
) -> Vec<ClaimSum> {
    let mut sums: BTreeMap<Key, (Currency, u32, i128)> = BTreeMap::new();
    for listed in claims {
        let amount_minor = match listed.claim.stage {
            ClaimStage::Unpaid | ClaimStage::Failed => listed.claim.open_minor,
            _ => listed.claim.amount_minor,
        };
        let key = (listed.currency.code(), listed.side, of(listed));
        let (_, claims, sum) = sums.entry(key).or_insert((listed.currency, 0, 0));
        (*claims, *sum) = (*claims + 1, sum.saturating_add(amount_minor));
    }
    let shown = |((code, side, (_, of)), (currency, claims, sum)): (Key, (Currency, u32, i128))| {
        let amount = currency.from_minor(sum).map_or_else(|| sum.to_string(), |amount| amount.to_string());
        ClaimSum { currency: code.to_owned(), side: side.word().into(), of: of.to_owned(), claims, amount }
    };
    sums.into_iter().map(shown).collect()
}

/// A share with four decimals, rounded half up.
fn rate(part: u32, whole: u32) -> Option<String> {
    let (part, whole) = (u64::from(part), u64::from(whole));
    let parts = (part * 20_000 + whole).checked_div(2 * whole)?;
    Some(format!("{}.{:04}", parts / 10_000, parts % 10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_half_up() {
        for (part, whole, share) in
            [(0, 3, "0.0000"), (1, 3, "0.3333"), (2, 3, "0.6667"), (3, 3, "1.0000"), (1, 20_000, "0.0001")]
        {
            assert_eq!(rate(part, whole).as_deref(), Some(share));
        }
        assert_eq!(rate(0, 0), None);
    }
}
