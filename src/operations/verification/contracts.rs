//! Contracts and their parties compared with what was proposed, signed and activated.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{
        Act, Agreement, State, content,
        payload::{Activation, Proposal, Settlement, Signature},
    },
    ledger::{Entry, EntryKind},
    storage::{ContractPartyRow, ContractRow},
    values::{ChainId, Day, Digest, PartyId},
};

/// What the chain of a contract says about it.
#[derive(Clone, Debug)]
pub struct Life {
    /// The contract's name.
    pub name: String,
    /// What was proposed, and where.
    pub proposal: Option<(i64, Proposal)>,
    /// Positions of signatures by role.
    pub signed: BTreeMap<String, i64>,
    /// Where it stands.
    pub state: State,
    /// The day of the last settlement.
    settled_on: Option<Day>,
}

impl Life {
    /// Follows a chain from its beginning, and notes what could not happen.
    pub fn of(chain: ChainId, entries: &BTreeMap<i64, Entry>, list: &mut Vec<Finding>) -> Self {
        let (name, signed) = (chain.to_string(), BTreeMap::new());
        let mut life = Self { name, proposal: None, signed, state: State::Proposed, settled_on: None };
        for (seq, entry) in entries {
            if let Err((code, found, expected)) = life.follow(*seq, entry) {
                let mut findings = Findings { list, table: "entry", contract: Some(&life.name) };
                findings.add(code, format!("position {seq}, entry {}", entry.id), found, expected);
            }
        }
        life
    }

    fn follow(&mut self, seq: i64, entry: &Entry) -> Result<(), (Code, String, String)> {
        let unreadable =
            |error: content::ContentError| (Code::PayloadUnreadable, error.to_string(), format!("a {}", entry.kind));
        let impossible = |found: String, expected: &str| Err((Code::LifeDiffers, found, expected.to_owned()));
        if !entry.postings.is_empty() && entry.kind != EntryKind::SettlementPosted {
            return impossible(format!("postings of a {}", entry.kind), "postings of settlements only");
        }
        match (entry.kind, &self.proposal) {
            (EntryKind::ContractProposed, None) => {
                let proposal: Proposal = content::decode(&entry.payload).map_err(unreadable)?;
                self.name.clone_from(&proposal.name);
                self.proposal = Some((seq, proposal));
                return Ok(());
            }
            (_, None) => return impossible(entry.kind.to_string(), "contract.proposed"),
            (EntryKind::ContractProposed, Some(_)) => return impossible(entry.kind.to_string(), "one proposal only"),
            (_, Some((_, proposal)))
                if entry.terms.map(|terms| terms.to_string()).as_ref() != Some(&proposal.digest) =>
            {
                return impossible("the digest of another agreement".into(), &proposal.digest);
            }
            _ => {}
        }
        let act = match entry.kind {
            EntryKind::ContractSigned => {
                let signature: Signature = content::decode(&entry.payload).map_err(unreadable)?;
                self.sign(seq, signature)?;
                Act::Sign
            }
            EntryKind::ContractActivated => {
                let activation: Activation = content::decode(&entry.payload).map_err(unreadable)?;
                let digest = self.proposal.as_ref().map(|(_, proposal)| &proposal.digest);
                if Some(&activation.digest) != digest {
                    let found = format!("an activation of the agreement {}", activation.digest);
                    return impossible(found, digest.map_or("", String::as_str));
                }
                Act::Activate
            }
            EntryKind::SubjectsEnrolled => Act::Enrol,
            EntryKind::FactsRecorded | EntryKind::FactsCorrected | EntryKind::FactsRetracted => Act::Report,
            EntryKind::SettlementPosted => {
                let settlement: Settlement = content::decode(&entry.payload).map_err(unreadable)?;
                self.settle(settlement.as_of, entry)?;
                Act::Settle
            }
            other => return impossible(other.to_string(), "an entry of a contract"),
        };
        match self.state.after(act) {
            Ok(state) => self.state = state,
            Err(error) => return impossible(entry.kind.to_string(), &error.to_string()),
        }
        let signers = self.proposal.iter().flat_map(|(_, proposal)| &proposal.signers);
        if act == Act::Sign && signers.into_iter().all(|role| self.signed.contains_key(role)) {
            self.state = self.state.after(Act::CompleteSignatures).unwrap_or(self.state);
        }
        Ok(())
    }

    /// Days of settlements go forward, and the entry counts for the day that it settles.
    fn settle(&mut self, as_of: Day, entry: &Entry) -> Result<(), (Code, String, String)> {
        if as_of != entry.effective_on {
            let found = format!("a settlement as of {as_of} that counts for {}", entry.effective_on);
            return Err((Code::LifeDiffers, found, "one day".into()));
        }
        match self.settled_on.replace(as_of) {
            Some(before) if before > as_of => {
                Err((Code::LifeDiffers, format!("a settlement as of {as_of}"), format!("{before} or a later day")))
            }
            _ => Ok(()),
        }
    }

    fn sign(&mut self, seq: i64, signature: Signature) -> Result<(), (Code, String, String)> {
        let Some((_, proposal)) = &self.proposal else { return Ok(()) };
        let party = proposal.roles.get(&signature.role);
        if party != Some(&signature.party) || signature.digest != proposal.digest {
            let found = format!("a signature of {} as {} under {}", signature.party, signature.role, signature.digest);
            return Err((Code::LifeDiffers, found, format!("one of the roles proposed, under {}", proposal.digest)));
        }
        if self.signed.contains_key(&signature.role) {
            return Err((Code::LifeDiffers, format!("a second signature as {}", signature.role), "one only".into()));
        }
        self.signed.insert(signature.role, seq);
        Ok(())
    }
}

/// Compares every contract with its chain.
pub fn check(lives: &BTreeMap<ChainId, Life>, rows: &[ContractRow], list: &mut Vec<Finding>) {
    let mut open: BTreeSet<ChainId> =
        lives.iter().filter(|(_, life)| life.proposal.is_some()).map(|(chain, _)| *chain).collect();
    for row in rows {
        let life = lives.get(&row.contract_id);
        let named = life.map_or(row.name.as_str(), |life| life.name.as_str());
        let mut findings = Findings { list, table: "contract", contract: Some(named) };
        let described = format!("contract {}", row.contract_id);
        let Some(Life { proposal: Some((seq, proposal)), state, .. }) = life else {
            findings.add(Code::RowExtra, described, format!("a row named `{}`", row.name), "no such row");
            continue;
        };
        if !open.remove(&row.contract_id) {
            findings.add(Code::RowExtra, described, "a second row", "one row for each contract");
            continue;
        }
        findings.compare(&described, "name", row.name.as_str(), &proposal.name);
        findings.compare(&described, "digest", row.digest.to_string(), proposal.digest.clone());
        findings.compare(&described, "state", row.state.as_str(), state.word());
        findings.compare(&described, "proposed_seq", row.proposed_seq, *seq);
        let computed = digest_of(row, &proposal.roles);
        if computed.to_string() != proposal.digest {
            let found = format!("document, files or settings with digest {computed}");
            findings.add(Code::AgreementDiffers, described, found, &proposal.digest);
        }
    }
    for chain in open {
        let name = lives.get(&chain).map(|life| life.name.as_str());
        let mut findings = Findings { list, table: "contract", contract: name };
        findings.add(Code::RowMissing, format!("contract {chain}"), "no row", "the contract proposed at position 1");
    }
}

/// The digest of what is stored, with the roles that the journal gives.
fn digest_of(row: &ContractRow, roles: &BTreeMap<String, PartyId>) -> Digest {
    let agreement = Agreement { document: row.document.clone(), roles: roles.clone(), ..Agreement::default() };
    agreement.digest_with(&row.files, &row.settings)
}

/// Compares who takes which role, and who signed where, with the chain.
pub fn check_parties(life: &Life, rows: &[ContractPartyRow], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "contract_party", contract: Some(&life.name) };
    let none = BTreeMap::new();
    let roles = life.proposal.as_ref().map_or(&none, |(_, proposal)| &proposal.roles);
    let shown = |seq: Option<i64>| seq.map_or_else(|| "none".to_owned(), |seq| seq.to_string());
    let mut seen = BTreeSet::new();
    for row in rows {
        let described = format!("role `{}`", row.role);
        if !seen.insert(&row.role) {
            findings.add(
                Code::RowExtra,
                described,
                format!("party {}, a second row", row.party_id),
                "one row for each role",
            );
            continue;
        }
        let Some(party) = roles.get(&row.role) else {
            findings.add(Code::RowExtra, described, format!("party {}", row.party_id), "no such row");
            continue;
        };
        findings.compare(&described, "party_id", row.party_id, *party);
        findings.compare(&described, "signed_seq", shown(row.signed_seq), shown(life.signed.get(&row.role).copied()));
    }
    for (role, party) in roles.iter().filter(|(role, _)| !rows.iter().any(|row| row.role == **role)) {
        findings.add(Code::RowMissing, format!("role `{role}`"), "no row", format!("party {party}"));
    }
}
