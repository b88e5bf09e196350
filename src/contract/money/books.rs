//! Where the money of a contract stands after its entries so far, and what may come next.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::payload::{self, Sum},
    MoneyAct,
    approval::{Proposal, Stage},
    dispute::{Dispute, Ended, Outcome},
    effect::{Effect, Impossible},
    payment::Payment,
};
use crate::{
    ledger::Entry,
    values::{Currency, Day, EntryId, PartyId},
};

/// The role that pays, the role that receives.
pub type Pair = (String, String);

/// Where and when something happens: position, entry and the day it counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The position in the contract's chain.
    pub seq: i64,
    /// The entry.
    pub entry: EntryId,
    /// The day it counts for.
    pub on: Day,
    /// The day on which it is recorded.
    pub recorded_on: Day,
}

/// Holds what follows from the entries of a contract about its money. A refused act changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    roles: BTreeMap<String, PartyId>,
    signers: BTreeSet<String>,
    pub(super) arbiters: BTreeSet<String>,
    currency: Option<Currency>,
    pub(super) proposals: Vec<Proposal>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) payments: Vec<Payment>,
    pub(super) accrued: BTreeMap<Pair, i128>,
    pub(super) accrued_on: Option<Day>,
}

impl Books {
    /// Opens the books of a contract: who takes which role, and which roles sign, the others being those of patients.
    ///
    /// The currency is that of the contract; left out, it is that of the first posting.
    pub fn open(
        roles: BTreeMap<String, PartyId>,
        signers: impl IntoIterator<Item = String>,
        currency: Option<Currency>,
    ) -> Self {
        let signers = signers.into_iter().collect();
        Self {
            roles,
            signers,
            arbiters: BTreeSet::new(),
            currency,
            proposals: Vec::new(),
            disputes: Vec::new(),
            payments: Vec::new(),
            accrued: BTreeMap::new(),
            accrued_on: None,
        }
    }

    /// The same books with roles that decide disputes.
    pub fn with_arbiters(mut self, arbiters: impl IntoIterator<Item = String>) -> Self {
        self.arbiters.extend(arbiters);
        self
    }

    /// Notes an act, or says why it is impossible, and what it posts and corrects.
    pub fn record(&mut self, at: Place, act: &MoneyAct) -> Result<Effect, Impossible> {
        match act {
            MoneyAct::Propose(settlement) => self.propose(at, settlement),
            MoneyAct::Approve(approval) => self.approve(at, approval),
            MoneyAct::Reject(rejection) => self.reject(at, rejection),
            MoneyAct::Post(posted) => self.post(at, posted),
            MoneyAct::Dispute(opened) => self.dispute(at, opened),
            MoneyAct::Decide(claim) => self.decide(claim),
            MoneyAct::Resolve(resolved) => self.resolve(at, resolved),
            MoneyAct::Send(sent) => self.send(at, sent),
            MoneyAct::Confirm(confirmed) => self.confirm(at, confirmed.payment),
            MoneyAct::Fail(failed) => self.fail(at, failed),
            MoneyAct::Reverse(reversal) => self.reverse(at, reversal),
            MoneyAct::Accrue(accrual) => self.accrue(at, accrual),
        }
    }

    /// Notes what an entry says, or tells why no correct writer records it.
    pub fn follow(&mut self, seq: i64, entry: &Entry, act: &MoneyAct) -> Result<(), Impossible> {
        let recorded_on = Day::of_micros(entry.recorded_at_micros);
        let effect = self.record(Place { seq, entry: entry.id, on: entry.effective_on, recorded_on }, act)?;
        let currency = self.currency.or_else(|| entry.postings.first().map(|leg| leg.currency));
        let expected = match currency {
            Some(currency) => effect.postings(currency)?.to_vec(),
            None if effect.moves_nothing() => Vec::new(),
            None => return Err(Impossible::new("no-postings", "no postings", "postings of what it says")),
        };
        if !entry.postings.is_empty() {
            self.currency = currency;
        }
        if entry.actor != effect.actor() {
            let message = format!("a {} whose actor is {}", entry.kind, entry.actor);
            return Err(Impossible::new("other-actor", message, effect.actor().to_string()));
        }
        if entry.corrects != effect.corrects {
            let shown = |entry: Option<EntryId>| entry.map_or_else(|| "no entry".into(), |entry| entry.to_string());
            let message = format!("a {} that corrects {}", entry.kind, shown(entry.corrects));
            return Err(Impossible::new("corrects-other", message, shown(effect.corrects)));
        }
        if entry.postings != expected {
            let shown = |legs: &[crate::ledger::Posting]| {
                let legs: Vec<_> = legs.iter().map(ToString::to_string).collect();
                if legs.is_empty() { "no postings".to_owned() } else { legs.join("; ") }
            };
            return Err(Impossible::new("posts-other", shown(&entry.postings), shown(&expected)));
        }
        Ok(())
    }

    /// All settlements that were put forward, in the order of their entries.
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }

    /// All payments, in the order of their entries.
    pub fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// What is accrued by payer and payee, in minor units.
    pub fn accrued(&self) -> &BTreeMap<Pair, i128> {
        &self.accrued
    }

    /// What settlements owe by payer and payee, in minor units; below zero the payee owes it.
    pub fn settled(&self) -> BTreeMap<Pair, i128> {
        let mut settled: BTreeMap<Pair, i128> = BTreeMap::new();
        let accepted = |dispute: &&Dispute| dispute.stage() == "accepted";
        let accepted = self.disputes.iter().filter(accepted).flat_map(|dispute| dispute.opened.totals.clone());
        // What was never set aside was computed without overflow when lines were.
        let undisputed = self.posted().filter_map(|proposal| self.undisputed(proposal).ok());
        for sum in undisputed.flat_map(|(_, totals)| totals).chain(accepted) {
            // Sums were read, and added without overflow, when they were put forward.
            let amount_minor = sum.amount_minor.parse().unwrap_or_default();
            let settled = settled.entry((sum.payer, sum.payee)).or_default();
            *settled = settled.saturating_add(amount_minor);
        }
        settled
    }

    /// What settlements owe and no payment covers, those in flight included; below zero the payee owes it.
    pub fn unpaid(&self) -> BTreeMap<Pair, i128> {
        let mut unpaid = self.settled();
        for payment in self.payments.iter().filter(|payment| payment.stage.covers()) {
            // No payment exceeds what is open, so that this stays between zero and what is settled.
            let open = unpaid.entry(payment.pair()).or_default();
            *open = open.saturating_sub(payment.amount_minor);
        }
        unpaid
    }

    /// Where and for which day a line was posted, by the position of its settlement and its place there; none when it was not.
    pub fn posted_line(&self, settlement: i64, item: i32) -> Option<(i64, Day)> {
        match self.dispute_of(settlement, item) {
            Some(Dispute { ended: Some(Ended { seq, on, outcome: Outcome::Accepted }), .. }) => Some((*seq, *on)),
            Some(_) => None,
            None => {
                let proposal = self.proposals.iter().find(|proposal| proposal.seq == settlement)?;
                Some((proposal.posted_at?, proposal.settlement.as_of))
            }
        }
    }

    /// The dispute in which a line is or was.
    pub fn dispute_of(&self, settlement: i64, item: i32) -> Option<&Dispute> {
        let item = u32::try_from(item).ok()?;
        self.disputes.iter().find(|dispute| dispute.settlement == settlement && dispute.covers(item))
    }

    /// The day of the last posted settlement.
    pub fn settled_on(&self) -> Option<Day> {
        self.posted().map(|proposal| proposal.settlement.as_of).max()
    }

    /// The last day that a settlement was made for, posted or put forward.
    pub fn settled_or_open(&self) -> Option<Day> {
        self.settled_on().max(self.open_proposal().map(|proposal| proposal.settlement.as_of))
    }

    pub(super) fn posted(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.stage == Stage::Posted)
    }

    /// The party that takes a role.
    pub fn party(&self, role: &str) -> Result<PartyId, Impossible> {
        let known = || self.roles.keys().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
        let unknown = || {
            Impossible::new(
                "unknown-role",
                format!("the contract has no role `{role}`"),
                format!("its roles are {}", known()),
            )
        };
        self.roles.get(role).copied().ok_or_else(unknown)
    }

    /// Whether a role is taken by somebody who signs, and not by patients.
    pub fn signs(&self, role: &str) -> bool {
        self.signers.contains(role)
    }

    /// The roles that sign.
    pub fn signers(&self) -> &BTreeSet<String> {
        &self.signers
    }

    /// The roles that sign and stand for a side: all but arbiters.
    pub(super) fn sides(&self) -> BTreeSet<String> {
        self.signers.difference(&self.arbiters).cloned().collect()
    }

    /// Who records a step of a payment for a role: the party itself; for patients the other side, where that one signs.
    pub(super) fn keeper(&self, role: &str, other: &str) -> Option<PartyId> {
        let keeper = [role, other].into_iter().find(|role| self.signs(role))?;
        self.roles.get(keeper).copied()
    }

    /// Reads totals: in the order of payer and payee, each once, of roles that are known, in their one form.
    pub(super) fn totals(&self, totals: &[Sum]) -> Result<Vec<(Pair, i128)>, Impossible> {
        let mut read: Vec<(Pair, i128)> = Vec::new();
        for sum in totals {
            let pair = (sum.payer.clone(), sum.payee.clone());
            self.party(&pair.0)?;
            self.party(&pair.1)?;
            if read.last().is_some_and(|(last, _)| *last >= pair) {
                let help = "totals in the order of payer and payee, each once";
                return Err(Impossible::new("totals-out-of-order", "totals out of order", help));
            }
            read.push((pair, minor(&sum.amount_minor)?));
        }
        Ok(read)
    }
}

/// Reads an amount in its one form.
pub(super) fn minor(text: &str) -> Result<i128, Impossible> {
    let read = text.parse::<i128>().ok().filter(|amount_minor| amount_minor.to_string() == text);
    read.ok_or_else(|| Impossible::new("no-amount", format!("the amount `{text}`"), "a whole number of minor units"))
}

impl From<&payload::Proposal> for Books {
    fn from(proposal: &payload::Proposal) -> Self {
        let payload::Proposal { roles, signers, arbiters, .. } = proposal.clone();
        Self::open(roles, signers, None).with_arbiters(arbiters)
    }
}
