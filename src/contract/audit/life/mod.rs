//! What the chain of a contract says about it, entry by entry.
//!
//! Lives here: which entry may follow which, and what remains of it. A new kind of entry is a line in `Life::take` and a
//! method in the file that it belongs to. Never here: what is held beside the chain.
//!
//! - `signing`: the proposal, signatures, activation
//! - `ending`: suspension, resumption, termination
//! - `amending`: new versions, and proposals that are taken back
//! - `erasing`: who was erased
//! - `money`: settlements, payments, reversals, accruals, by the books of the contract

mod amending;
mod ending;
mod erasing;
mod money;
mod signing;

use std::collections::BTreeMap;

pub use self::erasing::Erased;

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{
        Act, State,
        amendment::Amendments,
        content::{self, ContentError},
        course::Course,
        money::{Books, MoneyAct},
        payload::Proposal,
    },
    ledger::{Entry, EntryKind},
    values::{ChainId, Day, SubjectRef},
};

/// What the chain of a contract says about it.
#[derive(Clone, Debug)]
pub struct Life {
    /// The contract's name.
    pub name: String,
    /// What was proposed, and where.
    pub proposal: Option<(i64, Proposal)>,
    /// Positions of signatures of the proposal by role.
    pub signed: BTreeMap<String, i64>,
    /// What became of it later.
    pub amendments: Amendments,
    /// Where it stands, but for what time alone changes.
    pub state: State,
    /// Who suspended it, and when it ends.
    pub course: Course,
    /// Who was erased.
    pub erased: BTreeMap<SubjectRef, Erased>,
    /// Where its money stands.
    pub books: Books,
}

/// Why an entry could not happen: what kind of thing, what is there, what should be.
struct Impossible(Code, String, String);

impl Impossible {
    fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self(Code::LifeDiffers, found.into(), expected.into())
    }
}

/// Reads a payload as entries of its kind have it.
fn payload<'e, T: serde::Deserialize<'e>>(entry: &'e Entry) -> Result<T, Impossible> {
    let unreadable =
        |error: ContentError| Impossible(Code::PayloadUnreadable, error.to_string(), format!("a {}", entry.kind));
    content::decode(&entry.payload).map_err(unreadable)
}

impl Life {
    /// Follows a chain from its beginning, and notes what could not happen.
    pub fn of(chain: ChainId, entries: &BTreeMap<i64, Entry>, list: &mut Vec<Finding>) -> Self {
        let (name, signed, books) = (chain.to_string(), BTreeMap::new(), Books::open(BTreeMap::new(), [], None));
        let erased = BTreeMap::new();
        let (arbiters, signers) = (Vec::new(), Vec::new());
        let nothing = Proposal { arbiters, digest: String::new(), name, roles: BTreeMap::new(), signers };
        let amendments = Amendments::of(chain, &nothing);
        let (name, state, course) = (nothing.name, State::Proposed, Course::default());
        let mut life = Self { name, proposal: None, signed, amendments, state, course, erased, books };
        for (seq, entry) in entries {
            if let Err(Impossible(code, found, expected)) = life.follow(chain, *seq, entry) {
                let mut findings = Findings { list, table: "entry", contract: Some(&life.name) };
                findings.add(code, format!("position {seq}, entry {}", entry.id), found, expected);
            }
        }
        life
    }

    fn follow(&mut self, chain: ChainId, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let act = MoneyAct::read(entry);
        if !entry.postings.is_empty() && act.is_none() {
            let expected = "postings of settlements, payments, disputes, reversals and accruals only";
            return Err(Impossible::new(format!("postings of a {}", entry.kind), expected));
        }
        if self.proposal.is_none() {
            return self.propose(chain, seq, entry);
        }
        if entry.kind == EntryKind::ContractProposed {
            return Err(Impossible::new(entry.kind.name(), "one proposal only"));
        }
        let terms = self.terms(entry.kind);
        if entry.terms.map(|terms| terms.to_string()).as_deref() != Some(terms) {
            return Err(Impossible::new("the digest of another agreement", terms));
        }
        let now = self.state.on(recorded_on(entry), self.course.ending().map(|(_, ending)| ending));
        let act = match act {
            Some(act) => self.follow_money(seq, entry, act)?,
            None => self.take(seq, entry)?,
        };
        let not_now =
            |error: crate::contract::lifecycle::NotAllowed| Impossible::new(entry.kind.name(), error.to_string());
        self.state = now.after(act).map_err(not_now)?;
        if act == Act::Sign && self.all_signed() {
            self.state = self.state.after(Act::CompleteSignatures).unwrap_or(self.state);
        }
        Ok(())
    }

    /// Takes in what an entry says, and tells what was done by it.
    fn take(&mut self, seq: i64, entry: &Entry) -> Result<Act, Impossible> {
        Ok(match entry.kind {
            EntryKind::ContractSigned if self.state == State::Proposed => self.sign(seq, entry).map(|()| Act::Sign)?,
            EntryKind::ContractSigned => self.sign_amendment(seq, entry).map(|()| Act::Amend)?,
            EntryKind::AmendmentProposed => self.propose_amendment(seq, entry).map(|()| Act::Amend)?,
            EntryKind::ContractAmended => self.amend(seq, entry).map(|()| Act::Amend)?,
            EntryKind::ProposalWithdrawn => self.withdraw(seq, entry)?,
            EntryKind::ContractSuspended => self.suspend(entry).map(|()| Act::Suspend)?,
            EntryKind::ContractResumed => self.resume(entry).map(|()| Act::Resume)?,
            EntryKind::ContractTerminated => self.terminate(seq, entry).map(|()| Act::Terminate)?,
            EntryKind::ContractActivated => self.activate(entry).map(|()| Act::Activate)?,
            EntryKind::SubjectsEnrolled => Act::Enrol,
            EntryKind::FactsRecorded | EntryKind::FactsCorrected | EntryKind::FactsRetracted => Act::Report,
            EntryKind::FactsErased => self.erase(seq, entry).map(|()| Act::Erase)?,
            other => return Err(Impossible::new(other.name(), "an entry of a contract")),
        })
    }
}

/// The day on which an entry was recorded, in UTC.
fn recorded_on(entry: &Entry) -> Day {
    Day::of_micros(entry.recorded_at_micros)
}
