//! Totals that members share by weight, without losing a cent.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::obligation::{Obligation, Yield};
use crate::{
    terms::check::clauses::TypedClause,
    values::{Currency, share_out},
};

/// Shares the totals of clauses that say by what. A total waits as long as one of its members does. The index of the
/// clause whose total cannot be shared is the error: weights sum to less than nothing, or leave their range.
pub fn share(
    clauses: &[TypedClause],
    found: &mut Yield,
    currency: Currency,
    rank: &dyn Fn(u32) -> u32,
) -> Result<(), u16> {
    let shares = |index: u16| clauses[usize::from(index)].shared_by.is_some();
    if !clauses.iter().any(|clause| clause.shared_by.is_some()) {
        return Ok(());
    }
    let waits: HashSet<(u16, u32)> = found.pending.iter().map(|entry| (entry.clause, entry.period)).collect();
    let waiting = |o: &Obligation| shares(o.clause) && waits.contains(&(o.clause, o.period));
    found.obligations.retain(|o| !waiting(o));
    found.upcoming.retain(|o| !waiting(o));
    let weights = &found.at_most;
    let mut members: Vec<&mut Obligation> =
        found.obligations.iter_mut().chain(&mut found.upcoming).filter(|o| shares(o.clause)).collect();
    members.sort_by_key(|o| (o.clause, o.period, rank(o.subject), o.group));
    for sharers in members.chunk_by_mut(|a, b| (a.clause, a.period) == (b.clause, b.period)) {
        let index = sharers[0].clause;
        let weights: Vec<Decimal> = sharers.iter().map(|o| weights[o.limits_at as usize]).collect();
        let parts = currency.to_minor(sharers[0].amount).and_then(|total| share_out(total, &weights)).ok_or(index)?;
        for (sharer, part) in sharers.iter_mut().zip(parts) {
            sharer.amount = currency.from_minor(part).ok_or(index)?;
        }
    }
    found.obligations.retain(|o| !o.amount.is_zero());
    found.upcoming.retain(|o| !o.amount.is_zero());
    Ok(())
}
