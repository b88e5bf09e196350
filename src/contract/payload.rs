//! What entries say in their payload, by kind. Encoded as in [`content`](super::content); nothing here is about a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::erasure::Basis;
use crate::values::{Day, EntryId, PartyId, SubjectRef};

/// The payload of `party.registered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// What it is: manufacturer, insurer, hospital and so on.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its identifier.
    pub party: PartyId,
}

/// The payload of `contract.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The roles that decide disputes, where the document names any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arbiters: Vec<String>,
    /// The digest of the agreement, hexadecimal.
    pub digest: String,
    /// The contract's name in this ledger.
    pub name: String,
    /// Who takes which role.
    pub roles: BTreeMap<String, PartyId>,
    /// The roles that have to sign.
    pub signers: Vec<String>,
}

/// The payload of `contract.signed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The digest of the agreement that is signed, hexadecimal.
    pub digest: String,
    /// The party that signs.
    pub party: PartyId,
    /// The role in which it signs.
    pub role: String,
}

/// The payload of `contract.activated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The digest of the agreement that is in force from now on, hexadecimal.
    pub digest: String,
}

/// The payload of `amendment.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentProposal {
    /// The digest of the new agreement, hexadecimal.
    pub agreement: String,
    /// The digest that is signed: of the new agreement, the version it replaces and the day, hexadecimal.
    pub digest: String,
    /// The first day on which it holds.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// The digest of the version that it replaces, hexadecimal.
    pub replaces: String,
}

/// The payload of `contract.amended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amended {
    /// The digest that all have signed, hexadecimal.
    pub digest: String,
    /// The first day on which the new version holds.
    pub effective_on: Day,
}

/// The payload of `proposal.withdrawn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The digest that was to be signed, hexadecimal.
    pub digest: String,
    /// The party that withdraws it.
    pub party: PartyId,
    /// Why.
    pub reason: String,
    /// The role in which it does.
    pub role: String,
}

/// The payload of `contract.suspended` and `contract.resumed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The party that does it.
    pub party: PartyId,
    /// Why.
    pub reason: String,
    /// The role in which it does.
    pub role: String,
}

/// The payload of `contract.terminated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Termination {
    /// The last day on which the contract is in force.
    pub effective_on: Day,
    /// The party that gives notice.
    pub party: PartyId,
    /// Why.
    pub reason: String,
    /// The role in which it does.
    pub role: String,
    /// The last day on which what was earned is reported and settled.
    pub run_out_until: Day,
}

/// The payload of every entry that commits to a batch of subjects or facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSize {
    /// Number of rows.
    pub count: u32,
}

/// The payload of `facts.erased`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// On what grounds.
    pub basis: Basis,
    /// Number of rows erased: the subject, its facts, its lines.
    pub count: u32,
    /// The pseudonym of whoever is erased.
    pub subject: SubjectRef,
}

/// The payload of `settlement.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The day as of which was settled.
    pub as_of: Day,
    /// The party that puts it forward; none when nobody signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PartyId>,
    /// Number of lines.
    pub count: u32,
    /// What is posted in all, by payer and payee.
    pub totals: Vec<Sum>,
}

/// What one role is to pay another by one settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// The sum of the lines in minor units.
    pub amount_minor: String,
    /// The role that receives.
    pub payee: String,
    /// The role that pays.
    pub payer: String,
}

/// The payload of `settlement.approved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The party that approves.
    pub party: PartyId,
    /// The entry of the proposal.
    pub proposal: EntryId,
    /// The role in which it approves.
    pub role: String,
}

/// The payload of `settlement.rejected`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// The party that rejects.
    pub party: PartyId,
    /// The entry of the proposal.
    pub proposal: EntryId,
    /// Why, as one of the words for it.
    pub reason: String,
    /// The role in which it rejects.
    pub role: String,
}

/// The payload of `settlement.posted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedSettlement {
    /// The day as of which was settled.
    pub as_of: Day,
    /// Number of lines of the proposal.
    pub count: u32,
    /// The entry of the proposal.
    pub proposal: EntryId,
    /// What is posted in all, by payer and payee.
    pub totals: Vec<Sum>,
}

/// The payload of `dispute.opened`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeOpened {
    /// The day by which the others are to answer.
    pub answer_by: Day,
    /// The SHA-256 of evidence, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The places of the lines in the proposal, ascending.
    pub items: Vec<u32>,
    /// The party that disputes.
    pub party: PartyId,
    /// The entry of the proposal.
    pub proposal: EntryId,
    /// Why, as one of the words for it.
    pub reason: String,
    /// The role in which it disputes.
    pub role: String,
    /// The sums of these lines, by payer and payee.
    pub totals: Vec<Sum>,
}

/// What becomes of disputed lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// They are posted.
    Accepted,
    /// They are dropped.
    Refused,
}

impl Decision {
    /// The word by which it is stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// The payload of `claim.decided`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimDecided {
    /// What is to become of the lines.
    pub decision: Decision,
    /// The entry that opened the dispute.
    pub dispute: EntryId,
    /// The SHA-256 of evidence, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The party that says so.
    pub party: PartyId,
    /// The role in which it says so.
    pub role: String,
}

/// The payload of `dispute.resolved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeResolved {
    /// What becomes of the lines.
    pub decision: Decision,
    /// The entry that opened the dispute.
    pub dispute: EntryId,
}

/// The payload of `payment.sent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSent {
    /// The amount in minor units; below zero the payee pays back.
    pub amount_minor: String,
    /// The role to which settlements owe it.
    pub payee: String,
    /// The role that owes it by settlements.
    pub payer: String,
    /// What both banks call it, for machines.
    pub reference: String,
}

/// The payload of `payment.confirmed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentConfirmed {
    /// The entry with which the payment was sent.
    pub payment: EntryId,
}

/// The payload of `payment.failed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentFailed {
    /// The entry with which the payment was sent.
    pub payment: EntryId,
    /// Why, as the bank's code.
    pub reason: String,
}

/// The payload of `posting.reversed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// The entry whose postings are taken back.
    pub entry: EntryId,
    /// Why, as one of the words for it.
    pub reason: String,
}

/// The payload of `accrual.posted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accrual {
    /// The day as of which was accrued.
    pub as_of: Day,
    /// The difference to what was accrued before, by payer and payee.
    pub totals: Vec<Sum>,
}

/// The payload of `heads.recorded`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Number of chains.
    pub count: u64,
    /// The size of the log at which the heads were taken.
    pub size: u64,
}

/// The payload of `key.announced`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAnnouncement {
    /// The key that verifies checkpoints of the log from now on, as `NAME+ID+KEY`.
    pub verifier_key: String,
}
