//! Claims: what one role asks of another, from the settlement that puts it forward to the payment that covers it.

use std::collections::BTreeMap;

use super::{
    super::payload::Sum,
    approval::Stage,
    books::{Books, Pair},
    dispute::Outcome,
    payment,
};
use crate::values::Day;

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimStage {
    /// Put forward, not posted.
    Proposed,
    /// Set aside by a dispute.
    Disputed,
    /// Posted, and not all of it is covered by payments.
    Unpaid,
    /// The same, and the last payment came back.
    Failed,
    /// Covered by payments that did not all arrive yet.
    InFlight,
    /// Nothing is open.
    Paid,
}

impl ClaimStage {
    /// All stages, in the order of a claim's life.
    pub const ALL: [Self; 6] = [Self::Proposed, Self::Disputed, Self::Unpaid, Self::Failed, Self::InFlight, Self::Paid];

    /// The word by which it is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Disputed => "disputed",
            Self::Unpaid => "unpaid",
            Self::Failed => "failed",
            Self::InFlight => "in flight",
            Self::Paid => "paid",
        }
    }
}

/// What one role asks of another by one settlement or dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The position of the settlement.
    pub settlement: i64,
    /// The position of the dispute that it was set aside by.
    pub dispute: Option<i64>,
    /// The role that pays.
    pub payer: String,
    /// The role that is paid.
    pub payee: String,
    /// The amount in minor units; below zero it flows the other way.
    pub amount_minor: i128,
    /// What of it is open; of claims that are not posted, all.
    pub open_minor: i128,
    /// Where it stands.
    pub stage: ClaimStage,
    /// The day on which it was put forward, disputed or posted, as it stands.
    pub since: Day,
    /// The roles that have to do something.
    pub awaited: Vec<String>,
}

/// A claim that was posted, with what covers it.
struct Posted {
    at: i64,
    in_flight: bool,
    claim: Claim,
}

impl Books {
    /// All claims: those that wait, then those posted. Payments cover the oldest claims of a pair first, and what corrections
    /// take back is taken from the oldest that is open.
    pub fn claims(&self) -> Vec<Claim> {
        let mut claims = self.waiting();
        let mut of_pairs: BTreeMap<Pair, Vec<Posted>> = BTreeMap::new();
        for posted in self.posted_claims() {
            let pair = (posted.claim.payer.clone(), posted.claim.payee.clone());
            of_pairs.entry(pair).or_default().push(posted);
        }
        for (pair, posted) in of_pairs {
            claims.extend(self.covered(&pair, posted));
        }
        claims
    }

    /// What is put forward or in dispute.
    fn waiting(&self) -> Vec<Claim> {
        let mut waiting = Vec::new();
        for proposal in self.proposals.iter().filter(|proposal| proposal.stage == Stage::Open) {
            let totals = self.undisputed(proposal).map(|(_, totals)| totals).unwrap_or_default();
            let claim = claim_of(proposal.seq, None, ClaimStage::Proposed, proposal.proposed_on);
            waiting.extend(totals.iter().map(|sum| Claim { awaited: proposal.awaited(), ..claim(sum) }));
        }
        for dispute in self.disputes.iter().filter(|dispute| dispute.ended.is_none()) {
            let claim = claim_of(dispute.settlement, Some(dispute.seq), ClaimStage::Disputed, dispute.on);
            let totals = dispute.opened.totals.iter();
            waiting.extend(totals.map(|sum| Claim { awaited: dispute.awaited(), ..claim(sum) }));
        }
        waiting.retain(|claim| claim.amount_minor != 0);
        waiting
    }

    /// What was posted, in the order of posting.
    fn posted_claims(&self) -> Vec<Posted> {
        let mut posted = Vec::new();
        for proposal in self.posted() {
            let (Some(at), Ok((_, totals))) = (proposal.posted_at, self.undisputed(proposal)) else { continue };
            let since = proposal.posted_on.unwrap_or(proposal.proposed_on);
            let claim = claim_of(proposal.seq, None, ClaimStage::Unpaid, since);
            posted.extend(totals.iter().map(|sum| Posted { at, in_flight: false, claim: claim(sum) }));
        }
        for dispute in &self.disputes {
            let Some(ended) = dispute.ended.filter(|ended| ended.outcome == Outcome::Accepted) else { continue };
            let claim = claim_of(dispute.settlement, Some(dispute.seq), ClaimStage::Unpaid, ended.on);
            let totals = dispute.opened.totals.iter();
            posted.extend(totals.map(|sum| Posted { at: ended.seq, in_flight: false, claim: claim(sum) }));
        }
        posted.retain(|posted| posted.claim.amount_minor != 0);
        posted.sort_by_key(|posted| posted.at);
        posted
    }

    /// The claims of a pair with what payments leave open of them.
    fn covered(&self, pair: &Pair, claims: Vec<Posted>) -> Vec<Claim> {
        let mut payments: Vec<_> =
            self.payments.iter().filter(|payment| payment.pair() == *pair && payment.stage.covers()).collect();
        payments.reverse();
        let mut covered: Vec<Posted> = Vec::new();
        for mut posted in claims {
            while let Some(payment) = payments.pop_if(|payment| payment.seq < posted.at) {
                pay(&mut covered, payment);
            }
            posted.claim.open_minor =
                take(&mut covered, posted.claim.amount_minor.saturating_neg(), |_| {}).saturating_neg();
            covered.push(posted);
        }
        for payment in payments.into_iter().rev() {
            pay(&mut covered, payment);
        }
        let last = self.payments.iter().rev().find(|payment| payment.pair() == *pair);
        let failed = last.is_some_and(|last| last.stage == payment::Stage::Failed);
        covered.into_iter().map(|posted| self.stage_of(posted, failed)).collect()
    }

    fn stage_of(&self, Posted { in_flight, mut claim, .. }: Posted, failed: bool) -> Claim {
        let (payer, payee) = match claim.open_minor < 0 || claim.open_minor == 0 && claim.amount_minor < 0 {
            true => (&claim.payee, &claim.payer),
            false => (&claim.payer, &claim.payee),
        };
        // For patients the other side does it.
        let keeper = |role: &String, other: &String| if self.signs(role) { role.clone() } else { other.clone() };
        (claim.stage, claim.awaited) = match claim.open_minor {
            0 if in_flight => (ClaimStage::InFlight, vec![keeper(payee, payer)]),
            0 => (ClaimStage::Paid, Vec::new()),
            _ if failed => (ClaimStage::Failed, vec![keeper(payer, payee)]),
            _ => (ClaimStage::Unpaid, vec![keeper(payer, payee)]),
        };
        claim
    }

    /// How many settlements were posted, and how many of them without a dispute and without a rejection before.
    pub fn straight_through(&self) -> (u32, u32) {
        let (mut posted, mut straight, mut rejected) = (0, 0, false);
        for proposal in &self.proposals {
            match proposal.stage {
                Stage::Open => {}
                Stage::Rejected => rejected = true,
                Stage::Posted => {
                    posted += 1;
                    straight += u32::from(!rejected && self.disputed_lines(proposal) == 0);
                    rejected = false;
                }
            }
        }
        (posted, straight)
    }
}

/// Makes claims of sums, all of it open.
fn claim_of(settlement: i64, dispute: Option<i64>, stage: ClaimStage, since: Day) -> impl Fn(&Sum) -> Claim {
    move |sum| {
        // Sums were read when they were recorded.
        let amount_minor = sum.amount_minor.parse().unwrap_or_default();
        let (payer, payee) = (sum.payer.clone(), sum.payee.clone());
        let (open_minor, awaited) = (amount_minor, Vec::new());
        Claim { settlement, dispute, payer, payee, amount_minor, open_minor, stage, since, awaited }
    }
}

fn pay(covered: &mut [Posted], payment: &payment::Payment) {
    let in_flight = payment.stage == payment::Stage::InFlight;
    let left = take(covered, payment.amount_minor, |posted| posted.in_flight |= in_flight);
    // An earlier payment that was taken back leaves a later one with nothing to cover: it is open the other way.
    if let Some(last) = covered.last_mut() {
        last.claim.open_minor = last.claim.open_minor.saturating_sub(left);
    }
}

/// Takes an amount from what is open in its direction, the oldest first; gives back what is left of it.
fn take(covered: &mut [Posted], mut amount_minor: i128, touched: impl Fn(&mut Posted)) -> i128 {
    for posted in covered {
        let open = posted.claim.open_minor;
        if open.signum() == amount_minor.signum() && open != 0 {
            let taken = if open.unsigned_abs() < amount_minor.unsigned_abs() { open } else { amount_minor };
            posted.claim.open_minor -= taken;
            amount_minor -= taken;
            touched(posted);
        }
    }
    amount_minor
}
