//! What can happen to money, read from entries and written to them.

use serde::Serialize;

use super::super::{
    Act,
    content::{self, ContentError, encode},
    payload::{
        Accrual, Approval, ClaimDecided, DisputeOpened, DisputeResolved, PaymentConfirmed, PaymentFailed, PaymentSent,
        PostedSettlement, Rejection, Reversal, Settlement,
    },
};
use crate::ledger::{Entry, EntryKind};

/// Something that happens to the money of a contract, with what its entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MoneyAct {
    /// A settlement is computed and put forward.
    Propose(Settlement),
    /// A party approves it.
    Approve(Approval),
    /// A party refuses it.
    Reject(Rejection),
    /// All have approved it; it is posted.
    Post(PostedSettlement),
    /// Lines of it are set aside.
    Dispute(DisputeOpened),
    /// A role says what is to become of them.
    Decide(ClaimDecided),
    /// Their dispute ends.
    Resolve(DisputeResolved),
    /// A payment leaves.
    Send(PaymentSent),
    /// A payment arrives.
    Confirm(PaymentConfirmed),
    /// A payment comes back.
    Fail(PaymentFailed),
    /// Postings are taken back.
    Reverse(Reversal),
    /// What is earned and not yet settled is posted.
    Accrue(Accrual),
}

impl MoneyAct {
    /// Reads what an entry says; none when its kind has nothing to do with money.
    pub fn read(entry: &Entry) -> Option<Result<Self, ContentError>> {
        let payload = &entry.payload;
        let act = match entry.kind {
            EntryKind::SettlementProposed => content::decode(payload).map(Self::Propose),
            EntryKind::SettlementApproved => content::decode(payload).map(Self::Approve),
            EntryKind::SettlementRejected => content::decode(payload).map(Self::Reject),
            EntryKind::SettlementPosted => content::decode(payload).map(Self::Post),
            EntryKind::DisputeOpened => content::decode(payload).map(Self::Dispute),
            EntryKind::ClaimDecided => content::decode(payload).map(Self::Decide),
            EntryKind::DisputeResolved => content::decode(payload).map(Self::Resolve),
            EntryKind::PaymentSent => content::decode(payload).map(Self::Send),
            EntryKind::PaymentConfirmed => content::decode(payload).map(Self::Confirm),
            EntryKind::PaymentFailed => content::decode(payload).map(Self::Fail),
            EntryKind::PostingReversed => content::decode(payload).map(Self::Reverse),
            EntryKind::AccrualPosted => content::decode(payload).map(Self::Accrue),
            _ => return None,
        };
        // One act has one form, so that two entries never say the same in different bytes.
        let other_form = || ContentError("the payload is not in its one form".into());
        Some(act.and_then(|act| if act.payload() == *payload { Ok(act) } else { Err(other_form()) }))
    }

    /// What it is in the life of its contract.
    pub const fn in_life(&self) -> Act {
        match self {
            Self::Propose(_)
            | Self::Approve(_)
            | Self::Reject(_)
            | Self::Post(_)
            | Self::Accrue(_)
            | Self::Dispute(_) => Act::Settle,
            Self::Send(_) | Self::Confirm(_) | Self::Fail(_) | Self::Reverse(_) => Act::Pay,
            // What was disputed in time is decided, however long that takes.
            Self::Decide(_) | Self::Resolve(_) => Act::Pay,
        }
    }

    /// The kind of its entry.
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Propose(_) => EntryKind::SettlementProposed,
            Self::Approve(_) => EntryKind::SettlementApproved,
            Self::Reject(_) => EntryKind::SettlementRejected,
            Self::Post(_) => EntryKind::SettlementPosted,
            Self::Dispute(_) => EntryKind::DisputeOpened,
            Self::Decide(_) => EntryKind::ClaimDecided,
            Self::Resolve(_) => EntryKind::DisputeResolved,
            Self::Send(_) => EntryKind::PaymentSent,
            Self::Confirm(_) => EntryKind::PaymentConfirmed,
            Self::Fail(_) => EntryKind::PaymentFailed,
            Self::Reverse(_) => EntryKind::PostingReversed,
            Self::Accrue(_) => EntryKind::AccrualPosted,
        }
    }

    /// The payload of its entry.
    pub fn payload(&self) -> Vec<u8> {
        encode(self)
    }
}
