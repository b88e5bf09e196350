//! What an act posts and corrects, and why an act may be impossible.

use std::collections::BTreeMap;

use super::super::identity::actor;
use crate::{
    ledger::{AccountKind, Posting, Postings},
    values::{Currency, Digest, EntryId, PartyId},
};

/// Says why something cannot happen to money now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Impossible {
    /// A stable name for programs, such as `overpaid`.
    pub code: &'static str,
    /// What stands against it, in one sentence.
    pub message: String,
    /// What to do, or what was expected.
    pub help: String,
}

impl Impossible {
    /// Says what stands against an act, and what to do.
    pub fn new(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }

    /// A sum beyond ±1.7 · 10³⁸ minor units.
    pub fn overflow() -> Self {
        Self::new("overflow", "the amounts leave the range of 128 bits", "check the amounts")
    }
}

/// What an act does beside being recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// The party that does it; none when it follows from what others did, or when those who do it do not sign.
    pub by: Option<PartyId>,
    /// The entry that it corrects.
    pub corrects: Option<EntryId>,
    /// What it moves, by party and account, in minor units; debits positive.
    legs: BTreeMap<(PartyId, AccountKind), i128>,
}

impl Effect {
    /// An act that moves nothing.
    pub const NONE: Self = Self { by: None, corrects: None, legs: BTreeMap::new() };

    /// An act of a party that moves nothing so far.
    pub fn by(party: Option<PartyId>) -> Self {
        Self { by: party, ..Self::NONE }
    }

    /// Debits an account, or credits it when the amount is below zero.
    pub fn debit(&mut self, party: PartyId, account: AccountKind, amount_minor: i128) -> Result<(), Impossible> {
        let leg = self.legs.entry((party, account)).or_default();
        *leg = leg.checked_add(amount_minor).ok_or_else(Impossible::overflow)?;
        Ok(())
    }

    /// Credits an account, or debits it when the amount is below zero.
    pub fn credit(&mut self, party: PartyId, account: AccountKind, amount_minor: i128) -> Result<(), Impossible> {
        self.debit(party, account, amount_minor.checked_neg().ok_or_else(Impossible::overflow)?)
    }

    /// Whether no account changes.
    pub fn moves_nothing(&self) -> bool {
        self.legs.values().all(|amount_minor| *amount_minor == 0)
    }

    /// The opposite, by the same party, which corrects an entry.
    pub fn opposite(&self, corrects: EntryId) -> Result<Self, Impossible> {
        let mut opposite = Self { by: self.by, corrects: Some(corrects), ..Self::NONE };
        for ((party, account), amount_minor) in &self.legs {
            opposite.credit(*party, *account, *amount_minor)?;
        }
        Ok(opposite)
    }

    /// The commitment to who does it.
    pub fn actor(&self) -> Digest {
        self.by.map_or(Digest::ZERO, |party| actor(&party))
    }

    /// The postings: one for each account that something is left on.
    pub fn postings(&self, currency: Currency) -> Result<Postings, Impossible> {
        let moved = self.legs.iter().filter(|(_, amount_minor)| **amount_minor != 0);
        let leg = |((party, account), amount_minor): (&(PartyId, AccountKind), &i128)| Posting {
            party: *party,
            account: *account,
            currency,
            amount_minor: *amount_minor,
        };
        let legs: Vec<Posting> = moved.map(leg).collect();
        // Acts debit what they credit, so that only a sum beyond 128 bits is refused here.
        if legs.is_empty() { Ok(Postings::NONE) } else { Postings::balanced(legs).map_err(|_| Impossible::overflow()) }
    }
}
