//! Settlements: put forward, approved by both sides, then posted; or rejected.

use std::collections::BTreeSet;

use super::{
    super::payload::{Approval, PostedSettlement, Rejection, Settlement, Sum},
    books::{Books, Place},
    effect::{Effect, Impossible},
    reason,
};
use crate::{
    ledger::AccountKind,
    values::{Day, EntryId, PartyId},
};

/// Where a settlement stands that was put forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Approvals are awaited.
    Open,
    /// All have approved it; it is posted.
    Posted,
    /// A party has refused it; the next one takes its place.
    Rejected,
}

/// What is asked of a settlement that was put forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Approve,
    Reject,
    Dispute,
    Post,
}

/// What may happen at which stage, and where it leads. Everything else is refused.
const ALLOWED: [(Stage, Asked, Stage); 4] = [
    (Stage::Open, Asked::Approve, Stage::Open),
    (Stage::Open, Asked::Reject, Stage::Rejected),
    (Stage::Open, Asked::Dispute, Stage::Open),
    (Stage::Open, Asked::Post, Stage::Posted),
];

impl Stage {
    fn after(self, asked: Asked) -> Option<Self> {
        ALLOWED.iter().find(|(from, allowed, _)| (*from, *allowed) == (self, asked)).map(|(_, _, to)| *to)
    }

    /// The word by which it is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Posted => "posted",
            Self::Rejected => "rejected",
        }
    }
}

/// A settlement that was put forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its position, under which its lines are stored.
    pub seq: i64,
    /// Its entry.
    pub entry: EntryId,
    /// What it says.
    pub settlement: Settlement,
    /// The roles that have to approve it.
    pub approvers: BTreeSet<String>,
    /// Those that have.
    pub approved: BTreeSet<String>,
    /// Where it stands.
    pub stage: Stage,
    /// The position at which it was posted.
    pub posted_at: Option<i64>,
    /// The day on which it was put forward.
    pub proposed_on: Day,
    /// The day on which it was posted.
    pub posted_on: Option<Day>,
    /// The entry of the last thing that happened to it.
    pub last: EntryId,
}

impl Proposal {
    /// The roles that still have to approve it.
    pub fn awaited(&self) -> Vec<String> {
        self.approvers.difference(&self.approved).cloned().collect()
    }
}

impl Books {
    /// The settlement that waits for approvals.
    pub fn open_proposal(&self) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.stage == Stage::Open)
    }

    /// The roles that have to approve totals: all that pay or are paid, but those of patients; when these are alone, every
    /// role that signed the contract.
    pub fn approvers(&self, settlement: &Settlement) -> BTreeSet<String> {
        let roles = settlement.totals.iter().flat_map(|sum| [&sum.payer, &sum.payee]);
        let approvers: BTreeSet<String> = roles.filter(|role| self.signs(role)).cloned().collect();
        if approvers.is_empty() { self.sides() } else { approvers }
    }

    pub(super) fn propose(&mut self, at: Place, settlement: &Settlement) -> Result<Effect, Impossible> {
        if let Some(open) = self.open_proposal() {
            let awaited = open.awaited().join("`, `");
            let message = format!("the settlement proposed at position {} still waits for `{awaited}`", open.seq);
            return Err(Impossible::new("proposal-open", message, "let it be approved, or reject it, first"));
        }
        let as_of = settlement.as_of;
        if as_of != at.on {
            let message = format!("a settlement as of {as_of} that counts for {}", at.on);
            return Err(Impossible::new("two-days", message, "one day"));
        }
        if let Some(latest) = self.settled_on().filter(|latest| *latest > as_of) {
            let message = format!("a settlement as of {as_of}, when it is settled as of {latest} already");
            let help = format!("settle as of {latest} or a later day: what was reported since then is included");
            return Err(Impossible::new("settled-later", message, help));
        }
        let mut settled = self.settled();
        for (pair, amount_minor) in self.totals(&settlement.totals)? {
            let sum = settled.entry(pair).or_default();
            *sum = sum.checked_add(amount_minor).ok_or_else(Impossible::overflow)?;
        }
        self.owing(&settlement.totals)?;
        let (approvers, approved) = (self.approvers(settlement), BTreeSet::new());
        self.check_four_eyes(settlement, &approvers)?;
        let Place { seq, entry, .. } = at;
        self.proposals.push(Proposal {
            seq,
            entry,
            settlement: settlement.clone(),
            approvers,
            approved,
            stage: Stage::Open,
            posted_at: None,
            proposed_on: at.recorded_on,
            posted_on: None,
            last: entry,
        });
        Ok(Effect::by(settlement.by))
    }

    /// Somebody else than the party that puts a settlement forward approves it.
    fn check_four_eyes(&self, settlement: &Settlement, approvers: &BTreeSet<String>) -> Result<(), Impossible> {
        let Some(by) = settlement.by else { return Ok(()) };
        for role in approvers {
            if self.party(role)? != by {
                return Ok(());
            }
        }
        let message = "nobody else than the party that puts this settlement forward would approve it";
        Err(Impossible::new("four-eyes", message, "let another party of the contract put it forward"))
    }

    pub(super) fn approve(&mut self, at: Place, approval: &Approval) -> Result<Effect, Impossible> {
        let role = &approval.role;
        let (index, stage) = self.asked(approval.proposal, Asked::Approve, role, approval.party)?;
        let proposal = &mut self.proposals[index];
        if !proposal.approved.insert(role.clone()) {
            let message = format!("`{role}` has approved the settlement already");
            return Err(Impossible::new(
                "approved-already",
                message,
                "an approval is given once; nothing is left to do",
            ));
        }
        (proposal.stage, proposal.last) = (stage, at.entry);
        Ok(Effect::by(Some(approval.party)))
    }

    pub(super) fn reject(&mut self, at: Place, rejection: &Rejection) -> Result<Effect, Impossible> {
        reason::check_word(&reason::REJECTIONS, &rejection.reason)?;
        let (index, stage) = self.asked(rejection.proposal, Asked::Reject, &rejection.role, rejection.party)?;
        let proposal = &mut self.proposals[index];
        (proposal.stage, proposal.last) = (stage, at.entry);
        self.lapse(at, rejection.proposal);
        Ok(Effect::by(Some(rejection.party)))
    }

    pub(super) fn post(&mut self, at: Place, posted: &PostedSettlement) -> Result<Effect, Impossible> {
        let (index, stage) = self.stage_after(posted.proposal, Asked::Post)?;
        let proposal = &self.proposals[index];
        let as_of = proposal.settlement.as_of;
        let (count, totals) = self.undisputed(proposal)?;
        if (posted.as_of, posted.count, &posted.totals) != (as_of, count, &totals) || at.on != as_of {
            let message = format!("a settlement that is not the one proposed at position {}", proposal.seq);
            return Err(Impossible::new("not-as-proposed", message, "the same day, count and totals"));
        }
        if let [awaited, ..] = proposal.awaited().as_slice() {
            let message = format!("a settlement that `{awaited}` has not approved");
            return Err(Impossible::new("approval-missing", message, "the approvals of all who pay or are paid"));
        }
        let effect = self.owing(&totals)?;
        let proposal = &mut self.proposals[index];
        (proposal.stage, proposal.posted_at, proposal.last) = (stage, Some(at.seq), at.entry);
        proposal.posted_on = Some(at.recorded_on);
        Ok(effect)
    }

    /// The settlement that an entry put forward, of which lines may still be set aside.
    pub(super) fn disputable(&self, proposal: EntryId) -> Result<usize, Impossible> {
        self.stage_after(proposal, Asked::Dispute).map(|(index, _)| index)
    }

    /// What posting sums does: payers owe, payees are owed.
    pub(super) fn owing(&self, totals: &[Sum]) -> Result<Effect, Impossible> {
        let mut effect = Effect::NONE;
        for ((payer, payee), amount_minor) in self.totals(totals)? {
            effect.credit(self.party(&payer)?, AccountKind::Payable, amount_minor)?;
            effect.debit(self.party(&payee)?, AccountKind::Receivable, amount_minor)?;
        }
        Ok(effect)
    }

    /// Finds the proposal that a role is asked about, and its stage afterwards.
    fn asked(&self, proposal: EntryId, asked: Asked, role: &str, party: PartyId) -> Result<(usize, Stage), Impossible> {
        let (index, stage) = self.stage_after(proposal, asked)?;
        let approvers = &self.proposals[index].approvers;
        if !approvers.contains(role) {
            let named = approvers.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{role}` has no say in this settlement");
            return Err(Impossible::new("no-say", message, format!("those who pay or are paid have: {named}")));
        }
        if self.party(role)? != party {
            let message = format!("party {party} as `{role}`");
            return Err(Impossible::new("other-party", message, "the party that takes the role"));
        }
        Ok((index, stage))
    }

    fn stage_after(&self, proposal: EntryId, asked: Asked) -> Result<(usize, Stage), Impossible> {
        let missing = || {
            let message = format!("no settlement was proposed by entry {proposal}");
            Impossible::new("no-proposal", message, "name the entry of a proposal")
        };
        let index = self.proposals.iter().position(|found| found.entry == proposal).ok_or_else(missing)?;
        let found = &self.proposals[index];
        let over = || {
            let message =
                format!("the settlement proposed at position {} is {} already", found.seq, found.stage.word());
            Impossible::new("proposal-over", message, "propose the next one")
        };
        Ok((index, found.stage.after(asked).ok_or_else(over)?))
    }
}
