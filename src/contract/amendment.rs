//! Amendments: a new version of what is agreed, signed by everybody who signed the first, that holds from a day on.
//!
//! One set of rules for those who write entries and those who verify them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    money::Impossible,
    payload::{Amended, AmendmentProposal, Proposal, Signature, Withdrawal},
    remark,
};
use crate::values::{ChainId, Day, Digest, PartyId};

/// Separates the digests of amendments from every other hash of the product.
const AMENDMENT_TAG: &[u8] = b"outcome-ledger/amendment/v1\0";

/// The digest that is signed: SHA-256 over a tag, the chain, the digest of the version that is replaced, the first day in
/// 4 bytes and the digest of the new agreement.
pub fn digest(chain: ChainId, replaces: Digest, effective_on: Day, agreement: Digest) -> Digest {
    Digest::of(&[AMENDMENT_TAG, chain.as_bytes(), &replaces.0, &effective_on.0.to_be_bytes(), &agreement.0])
}

/// Where an amendment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Signatures are awaited.
    Open,
    /// All have signed it, by the entry at this position.
    Agreed(i64),
    /// It was taken back, by the entry at this position.
    Withdrawn(i64),
}

impl Stage {
    /// The word by which it is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "proposed",
            Self::Agreed(_) => "agreed",
            Self::Withdrawn(_) => "withdrawn",
        }
    }
}

/// An amendment that was put forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// The position of its proposal.
    pub seq: i64,
    /// What is proposed.
    pub proposal: AmendmentProposal,
    /// Positions of signatures by role.
    pub signed: BTreeMap<String, i64>,
    /// Where it stands.
    pub stage: Stage,
}

/// All amendments of a contract, as its chain tells them. A refused step changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendments {
    chain: ChainId,
    roles: BTreeMap<String, PartyId>,
    signers: BTreeSet<String>,
    first: String,
    all: Vec<Amendment>,
}

impl Amendments {
    /// None yet, of a contract that was proposed so.
    pub fn of(chain: ChainId, proposal: &Proposal) -> Self {
        let (roles, signers) = (proposal.roles.clone(), proposal.signers.iter().cloned().collect());
        Self { chain, roles, signers, first: proposal.digest.clone(), all: Vec::new() }
    }

    /// All of them, in the order of their proposals.
    pub fn all(&self) -> &[Amendment] {
        &self.all
    }

    /// Those that all have signed, in order, each with the position of the entry that says so.
    pub fn agreed(&self) -> impl Iterator<Item = (i64, &Amendment)> {
        self.all.iter().filter_map(|amendment| match amendment.stage {
            Stage::Agreed(seq) => Some((seq, amendment)),
            _ => None,
        })
    }

    /// The one that waits for signatures.
    pub fn open(&self) -> Option<&Amendment> {
        self.all.last().filter(|amendment| amendment.stage == Stage::Open)
    }

    /// The digest of the newest version that all have signed, hexadecimal.
    pub fn newest(&self) -> &str {
        self.agreed().last().map_or(&self.first, |(_, amendment)| &amendment.proposal.digest)
    }

    /// The roles that still have to sign the open one.
    pub fn awaited(&self) -> Vec<String> {
        let signed = |role: &&String| self.open().is_some_and(|open| open.signed.contains_key(*role));
        self.signers.iter().filter(|role| !signed(role)).cloned().collect()
    }

    /// An amendment is put forward. `settled` is the last day that a settlement was made for.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn propose(&mut self, seq: i64, proposal: &AmendmentProposal, settled: Option<Day>) -> Result<(), Impossible> {
        if let Some(open) = self.open() {
            let message = format!("the amendment proposed at position {} still waits for signatures", open.seq);
            return Err(Impossible::new("amendment-open", message, "let all sign it, or withdraw it, first"));
        }
        remark::check(&proposal.reason)?;
        let newest = self.newest();
        if proposal.replaces != newest {
            let message = format!("an amendment of the version {}, which is not the newest", proposal.replaces);
            return Err(Impossible::new("other-version", message, newest));
        }
        let read = |text: &str| {
            let wrong = || Impossible::new("no-digest", format!("`{text}`"), "a digest of 64 hexadecimal digits");
            Digest::parse(text).filter(|digest| digest.to_string() == text).ok_or_else(wrong)
        };
        let computed = digest(self.chain, read(newest)?, proposal.effective_on, read(&proposal.agreement)?).to_string();
        if proposal.digest != computed {
            let message = format!("an amendment under the digest {}", proposal.digest);
            return Err(Impossible::new("other-digest", message, computed));
        }
        self.check_day(proposal.effective_on, settled)?;
        let (proposal, signed) = (proposal.clone(), BTreeMap::new());
        self.all.push(Amendment { seq, proposal, signed, stage: Stage::Open });
        Ok(())
    }

    /// A party signs the open one, once, in its own role.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn sign(&mut self, seq: i64, signature: &Signature) -> Result<(), Impossible> {
        let Signature { digest, party, role } = signature;
        let signs = self.signers.contains(role) && self.roles.get(role) == Some(party);
        let open = self.opened()?;
        if !signs || *digest != open.proposal.digest {
            let message = format!("a signature of {party} as {role} under {digest}");
            let help = format!("one of the roles that sign, under {}", open.proposal.digest);
            return Err(Impossible::new("other-digest", message, help));
        }
        if let Some(before) = open.signed.get(role) {
            let message = format!("`{role}` has signed already, at position {before}");
            return Err(Impossible::new("signed-already", message, "a signature is given once; nothing is left to do"));
        }
        open.signed.insert(role.clone(), seq);
        Ok(())
    }

    /// All have signed the open one: it is agreed.
    ///
    /// # Errors
    /// Why it is not.
    pub fn agree(&mut self, seq: i64, amended: &Amended, settled: Option<Day>) -> Result<(), Impossible> {
        let awaited = self.awaited();
        let of_proposal = {
            let open = self.opened()?;
            (open.proposal.digest == amended.digest).then_some(open.proposal.effective_on)
        };
        if of_proposal != Some(amended.effective_on) {
            let message = format!("an amendment under {} from {}", amended.digest, amended.effective_on);
            return Err(Impossible::new("other-digest", message, "the digest and the day that were proposed"));
        }
        if !awaited.is_empty() {
            let message = format!("`{}` has not signed the amendment yet", awaited.join("`, `"));
            return Err(Impossible::new("signature-missing", message, "the signatures of all roles that sign"));
        }
        self.check_day(amended.effective_on, settled)?;
        self.opened()?.stage = Stage::Agreed(seq);
        Ok(())
    }

    /// The open one is taken back by a party that would have to sign it.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn withdraw(&mut self, seq: i64, withdrawal: &Withdrawal) -> Result<(), Impossible> {
        check_withdrawal(withdrawal, &self.roles, &self.signers)?;
        let open = self.opened()?;
        if withdrawal.digest != open.proposal.digest {
            let message = format!("the withdrawal of {}", withdrawal.digest);
            return Err(Impossible::new("other-digest", message, open.proposal.digest.clone()));
        }
        open.stage = Stage::Withdrawn(seq);
        Ok(())
    }

    fn opened(&mut self) -> Result<&mut Amendment, Impossible> {
        let none = || Impossible::new("no-amendment", "no amendment waits for signatures", "propose one first");
        self.all.last_mut().filter(|amendment| amendment.stage == Stage::Open).ok_or_else(none)
    }

    /// What is settled was settled by the version that held then, and versions follow each other in time.
    fn check_day(&self, effective_on: Day, settled: Option<Day>) -> Result<(), Impossible> {
        if let Some(settled) = settled.filter(|settled| *settled >= effective_on) {
            let message = format!("an amendment from {effective_on}, when a settlement was made as of {settled}");
            return Err(Impossible::new("day-settled", message, format!("take a day after {settled}")));
        }
        let before = self.agreed().last().map(|(_, amendment)| amendment.proposal.effective_on);
        if let Some(before) = before.filter(|before| *before >= effective_on) {
            let message = format!("an amendment from {effective_on}, when the version before it holds from {before}");
            return Err(Impossible::new("day-before-version", message, format!("take a day after {before}")));
        }
        Ok(())
    }
}

/// Who withdraws a proposal takes a role that would have to sign it, and says why.
pub fn check_withdrawal(
    withdrawal: &Withdrawal,
    roles: &BTreeMap<String, PartyId>,
    signers: &BTreeSet<String>,
) -> Result<(), Impossible> {
    let Withdrawal { party, reason, role, .. } = withdrawal;
    remark::check(reason)?;
    if signers.contains(role) && roles.get(role) == Some(party) {
        return Ok(());
    }
    let names = signers.iter().map(String::as_str).collect::<Vec<_>>().join("`, `");
    Err(Impossible::new("unknown-role", format!("a withdrawal by {party} as {role}"), format!("one of `{names}`")))
}
