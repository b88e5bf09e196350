//! Disputes: lines of a settlement are set aside until both sides agree on them, or an arbiter decides. The rest is settled
//! meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::payload::{ClaimDecided, Decision, DisputeOpened, DisputeResolved, Settlement, Sum},
    approval::Proposal,
    books::{Books, Pair, Place},
    effect::{Effect, Impossible},
    reason,
};
use crate::values::{Day, EntryId, PartyId};

/// Days in which a dispute is to be answered. Documents say nothing about it.
pub const ANSWER_DAYS: i32 = 30;

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The lines were posted.
    Accepted,
    /// The lines were dropped.
    Refused,
    /// The settlement was rejected, and the lines with it.
    Lapsed,
}

/// Where and how a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The position of the entry.
    pub seq: i64,
    /// The day for which it counts.
    pub on: Day,
    /// How.
    pub outcome: Outcome,
}

/// Lines of a settlement that are set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The position at which it was opened.
    pub seq: i64,
    /// The entry, by which it is called.
    pub entry: EntryId,
    /// The day on which it was opened.
    pub on: Day,
    /// The position of the settlement, under which the lines are stored.
    pub settlement: i64,
    /// What it says.
    pub opened: DisputeOpened,
    /// The roles that have to agree.
    pub deciders: BTreeSet<String>,
    /// What each of them says.
    pub decided: BTreeMap<String, Decision>,
    /// What an arbiter says.
    pub arbitrated: Option<Decision>,
    /// How it ended; none while it is open.
    pub ended: Option<Ended>,
}

impl Dispute {
    /// Whether a line of its settlement is set aside.
    pub fn covers(&self, item: u32) -> bool {
        self.opened.items.binary_search(&item).is_ok()
    }

    /// Whether it is open when the entry of a position is written.
    pub fn is_open_at(&self, seq: i64) -> bool {
        self.seq < seq && self.ended.is_none_or(|ended| ended.seq >= seq)
    }

    /// What is agreed or was decided by an arbiter; none so far.
    pub fn verdict(&self) -> Option<Decision> {
        let agreed = || {
            let mut said = self.deciders.iter().map(|role| self.decided.get(role).copied());
            let first = said.next().flatten()?;
            said.all(|decision| decision == Some(first)).then_some(first)
        };
        self.arbitrated.or_else(agreed)
    }

    /// The roles that have not said anything yet.
    pub fn awaited(&self) -> Vec<String> {
        self.deciders.iter().filter(|role| !self.decided.contains_key(*role)).cloned().collect()
    }

    /// The word for where it stands.
    pub const fn stage(&self) -> &'static str {
        match self.ended {
            None => "open",
            Some(Ended { outcome: Outcome::Accepted, .. }) => "accepted",
            Some(Ended { outcome: Outcome::Refused, .. }) => "refused",
            Some(Ended { outcome: Outcome::Lapsed, .. }) => "lapsed",
        }
    }
}

impl Books {
    /// All disputes, in the order of their entries.
    pub fn disputes(&self) -> &[Dispute] {
        &self.disputes
    }

    /// What of a settlement was never set aside: the number of lines, and their sums.
    pub fn undisputed(&self, proposal: &Proposal) -> Result<(u32, Vec<Sum>), Impossible> {
        let Settlement { count, totals, .. } = &proposal.settlement;
        let mut left: BTreeMap<Pair, i128> = self.totals(totals)?.into_iter().collect();
        let count = count.saturating_sub(self.disputed_lines(proposal));
        for dispute in self.disputes_of(proposal.entry) {
            for (pair, amount_minor) in self.totals(&dispute.opened.totals)? {
                let left = left.get_mut(&pair).ok_or_else(|| other_pair(&pair))?;
                *left = left.checked_sub(amount_minor).ok_or_else(Impossible::overflow)?;
            }
        }
        let sum =
            |((payer, payee), amount_minor): (Pair, i128)| Sum { amount_minor: amount_minor.to_string(), payee, payer };
        Ok((count, left.into_iter().map(sum).collect()))
    }

    /// The roles that have to agree about lines of a settlement: those that approve it, or all that sign when these are of
    /// one party. Arbiters are none of them.
    pub fn deciders(&self, proposal: &Proposal) -> BTreeSet<String> {
        let parties: BTreeSet<_> = proposal.approvers.iter().filter_map(|role| self.party(role).ok()).collect();
        if parties.len() > 1 { proposal.approvers.clone() } else { self.sides() }
    }

    /// The number of lines of a settlement that are or were set aside.
    pub fn disputed_lines(&self, proposal: &Proposal) -> u32 {
        let lines: usize = self.disputes_of(proposal.entry).map(|dispute| dispute.opened.items.len()).sum();
        u32::try_from(lines).unwrap_or(u32::MAX)
    }

    fn disputes_of(&self, proposal: EntryId) -> impl Iterator<Item = &Dispute> {
        self.disputes.iter().filter(move |dispute| dispute.opened.proposal == proposal)
    }

    pub(super) fn dispute(&mut self, at: Place, opened: &DisputeOpened) -> Result<Effect, Impossible> {
        reason::check_word(&reason::DISPUTES, &opened.reason)?;
        check_evidence(opened.evidence.as_deref())?;
        let index = self.disputable(opened.proposal)?;
        let proposal = &self.proposals[index];
        let deciders = self.deciders(proposal);
        self.check_side(&deciders, &opened.role, opened.party)?;
        self.check_items(proposal, &opened.items)?;
        let answer_by = at.on.plus_days(ANSWER_DAYS).ok_or_else(Impossible::overflow)?;
        if opened.answer_by != answer_by {
            let message = format!("a dispute of {} to be answered by {}", at.on, opened.answer_by);
            return Err(Impossible::new("other-clock", message, answer_by.to_string()));
        }
        let settlement = proposal.seq;
        let decided = BTreeMap::from([(opened.role.clone(), Decision::Refused)]);
        let (seq, entry, on, opened) = (at.seq, at.entry, at.on, opened.clone());
        let by = Effect::by(Some(opened.party));
        self.disputes.push(Dispute {
            seq,
            entry,
            on,
            settlement,
            opened,
            deciders,
            decided,
            arbitrated: None,
            ended: None,
        });
        if let Err(error) = self.undisputed(&self.proposals[index]) {
            self.disputes.pop();
            return Err(error);
        }
        // What was approved so far was another sum.
        let proposal = &mut self.proposals[index];
        proposal.approved.clear();
        proposal.last = at.entry;
        Ok(by)
    }

    pub(super) fn decide(&mut self, claim: &ClaimDecided) -> Result<Effect, Impossible> {
        check_evidence(claim.evidence.as_deref())?;
        let index = self.open_dispute(claim.dispute)?;
        let dispute = &self.disputes[index];
        let is_arbiter = self.arbiters.contains(&claim.role);
        if !is_arbiter {
            self.check_side(&dispute.deciders, &claim.role, claim.party)?;
        } else if self.party(&claim.role)? != claim.party {
            return Err(other_party(&claim.role, claim.party));
        }
        let before = if is_arbiter { dispute.arbitrated } else { dispute.decided.get(&claim.role).copied() };
        if before == Some(claim.decision) {
            let message = format!("`{}` says so already", claim.role);
            return Err(Impossible::new("decided-already", message, "the others have to agree, or an arbiter decides"));
        }
        let dispute = &mut self.disputes[index];
        if is_arbiter {
            dispute.arbitrated = Some(claim.decision);
        } else {
            dispute.decided.insert(claim.role.clone(), claim.decision);
        }
        Ok(Effect::by(Some(claim.party)))
    }

    pub(super) fn resolve(&mut self, at: Place, resolved: &DisputeResolved) -> Result<Effect, Impossible> {
        let index = self.open_dispute(resolved.dispute)?;
        let dispute = &self.disputes[index];
        if dispute.verdict() != Some(resolved.decision) {
            let message = format!("a dispute that ends as {}, which was not agreed", resolved.decision.word());
            return Err(Impossible::new("not-agreed", message, "what both sides say, or an arbiter"));
        }
        let of_it = |proposal: &&Proposal| proposal.entry == dispute.opened.proposal;
        let as_of = self.proposals.iter().find(of_it).map(|proposal| proposal.settlement.as_of);
        if let Some(as_of) = as_of.filter(|as_of| at.on < *as_of) {
            let message = format!("{} lies before the day of the settlement", at.on);
            return Err(Impossible::new("too-early", message, format!("{as_of} or a later day")));
        }
        let (effect, outcome) = match resolved.decision {
            Decision::Accepted => (self.owing(&dispute.opened.totals)?, Outcome::Accepted),
            Decision::Refused => (Effect::NONE, Outcome::Refused),
        };
        self.disputes[index].ended = Some(Ended { seq: at.seq, on: at.on, outcome });
        Ok(effect)
    }

    /// A settlement that is rejected takes its open disputes with it.
    pub(super) fn lapse(&mut self, at: Place, proposal: EntryId) {
        let of_it = |dispute: &&mut Dispute| dispute.opened.proposal == proposal && dispute.ended.is_none();
        for dispute in self.disputes.iter_mut().filter(of_it) {
            dispute.ended = Some(Ended { seq: at.seq, on: at.on, outcome: Outcome::Lapsed });
        }
    }

    fn open_dispute(&self, entry: EntryId) -> Result<usize, Impossible> {
        let missing = || {
            let message = format!("entry {entry} opened no dispute");
            Impossible::new("no-dispute", message, "name the entry that opened it")
        };
        let index = self.disputes.iter().position(|dispute| dispute.entry == entry).ok_or_else(missing)?;
        let dispute = &self.disputes[index];
        match dispute.ended {
            None => Ok(index),
            Some(_) => {
                let message = format!("the dispute opened at position {} is {} already", dispute.seq, dispute.stage());
                Err(Impossible::new("dispute-over", message, "nothing is left to decide"))
            }
        }
    }

    fn check_side(&self, sides: &BTreeSet<String>, role: &str, party: PartyId) -> Result<(), Impossible> {
        if !sides.contains(role) {
            let named = sides.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{role}` has no say in this dispute");
            return Err(Impossible::new("no-say", message, format!("these have: {named}")));
        }
        if self.party(role)? == party { Ok(()) } else { Err(other_party(role, party)) }
    }

    /// The lines are there, in order, and in no other dispute.
    fn check_items(&self, proposal: &Proposal, items: &[u32]) -> Result<(), Impossible> {
        let in_order = items.windows(2).all(|pair| pair[0] < pair[1]);
        if items.is_empty() || !in_order || items.iter().any(|item| *item >= proposal.settlement.count) {
            let lines = i64::from(proposal.settlement.count) - 1;
            let help = format!("name lines of the settlement, 0 to {lines}, each once in ascending order");
            return Err(Impossible::new("no-line", "the settlement has no such lines", help));
        }
        let mut taken = self.disputes_of(proposal.entry).flat_map(|dispute| &dispute.opened.items);
        match taken.find(|item| items.binary_search(item).is_ok()) {
            None => Ok(()),
            Some(item) => {
                let message = format!("line {item} is or was in dispute already");
                Err(Impossible::new("disputed-already", message, "a line is disputed once; decide that dispute"))
            }
        }
    }
}

fn other_pair((payer, payee): &Pair) -> Impossible {
    let message = format!("disputed lines from `{payer}` to `{payee}`, which the settlement has not");
    Impossible::new("other-pair", message, "payers and payees of the settlement")
}

fn other_party(role: &str, party: PartyId) -> Impossible {
    Impossible::new("other-party", format!("party {party} as `{role}`"), "the party that takes the role")
}

/// Evidence stays with the parties; here is only what it is known again by.
fn check_evidence(evidence: Option<&str>) -> Result<(), Impossible> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if evidence.is_none_or(|digest| digest.len() == 64 && digest.bytes().all(is_digit)) {
        return Ok(());
    }
    let help = "give the SHA-256 of the file: 64 hexadecimal digits in lower case, as `sha256sum` prints them";
    Err(Impossible::new("bad-evidence", "this is no digest of evidence", help))
}
