//! Whether a certificate's page and entries belong together, and are in a log that the reader trusts.

use std::collections::BTreeSet;

use super::{Certificate, Proven, page::page};
use crate::{
    contract::{
        audit::{Code, Finding, Findings, Looked},
        bundle::{Checked, Malformed, Verdict},
        content,
        identity::network_chain,
        payload::{Proposal, Registration},
    },
    ledger::{
        EntryKind,
        merkle::leaf_hash,
        note::{Note, Policy, TreeHead, proof::TlogProofError},
    },
    values::PartyId,
};

/// Checks a certificate against a policy, and against a checkpoint that the reader held before.
///
/// # Errors
/// A text that is no certificate.
pub fn check(text: &str, policy: &Policy, held: Option<(&Note, TreeHead)>) -> Result<Checked, Malformed> {
    let certificate = Certificate::read(text)?;
    let mut list = Vec::new();
    let [settlement, proposal, registrations @ ..] = &certificate.proven[..] else {
        let reason = "a certificate has a settlement and the proposal of its contract".into();
        return Err(Malformed { file: "the entries".into(), reason });
    };
    certificate.proven.iter().for_each(|proven| check_proof(proven, settlement, policy, &mut list));
    check_places(settlement, proposal, registrations, &mut list);
    check_page(&certificate.page, settlement, proposal, registrations, &mut list);
    let note = &settlement.proof.checkpoint;
    let accepted = policy.check(note).ok();
    let head = accepted.as_ref().map(|accepted| accepted.checkpoint.head());
    let mut not_checked = vec![
        "Whether the settlement follows from contract and facts, and whether it was reversed later: ask for the bundle of \
         the contract."
            .to_owned(),
        "Whether others were shown the same log: compare checkpoints, or name witnesses in the policy.".to_owned(),
    ];
    let verdict = match head.zip(held) {
        Some((head, (_, held))) if head.size == held.size && head.root != held.root => Verdict::Diverged,
        _ if !list.is_empty() => Verdict::Invalid,
        Some((head, (_, held))) if head.size < held.size => Verdict::Stale,
        Some((head, (_, held))) if head.size > held.size => {
            not_checked
                .push("Whether the log continues the checkpoint that you hold: only bundles prove that.".to_owned());
            Verdict::Valid
        }
        _ => Verdict::Valid,
    };
    let both = held.filter(|_| verdict == Verdict::Diverged).map(|(held, _)| [note.to_string(), held.to_string()]);
    let entries = certificate.proven.len() as u64;
    let postings = settlement.entry.postings.len() as u64;
    let parties = registrations.len() as u64;
    Ok(Checked {
        verdict,
        origin: accepted.as_ref().map(|accepted| accepted.checkpoint.origin().to_owned()),
        size: head.map(|head| head.size),
        root: head.map(|head| head.root.to_string()),
        witnesses: accepted.iter().flat_map(|accepted| &accepted.witnesses).map(|w| w.key.name().to_owned()).collect(),
        findings: list,
        looked_at: Looked { entries, postings, parties, chains: 2, contracts: 1, ..Looked::default() },
        not_checked,
        checkpoint: note.to_string(),
        diverged: both,
    })
}

fn row(proven: &Proven) -> String {
    format!("index {} of the log, entry {}", proven.proof.index, proven.entry.id)
}

/// The entry is in a tree that the policy accepts, the same for all.
fn check_proof(proven: &Proven, settlement: &Proven, policy: &Policy, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "entry", contract: None };
    match proven.proof.verify(&leaf_hash(&proven.body), policy) {
        Ok(_) => {}
        Err(error @ TlogProofError::Path(_)) => {
            findings.add(Code::InclusionFails, row(proven), error, "an entry of the tree that the checkpoint signs");
        }
        Err(error) => findings.add(Code::PolicyRefuses, row(proven), error, "a checkpoint that the policy accepts"),
    }
    if proven.proof.checkpoint != settlement.proof.checkpoint {
        findings.add(Code::PolicyRefuses, row(proven), "another checkpoint", "the one of the settlement");
    }
}

/// The entries are those that a certificate of this settlement has.
fn check_places(settlement: &Proven, proposal: &Proven, registrations: &[Proven], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "entry", contract: None };
    let mut expect = |proven: &Proven, good: bool, expected: &str| {
        if !good {
            let (kind, seq, chain) = (proven.entry.kind, proven.entry.seq, proven.entry.chain);
            findings.add(
                Code::LifeDiffers,
                row(proven),
                format!("a {kind} at position {seq} of chain {chain}"),
                expected,
            );
        }
    };
    let (entry, first) = (&settlement.entry, &proposal.entry);
    expect(settlement, entry.kind == EntryKind::SettlementPosted, "a settlement that was posted");
    let digest = content::decode::<Proposal>(&first.payload).map(|proposal| proposal.digest).ok();
    let is_proposal = first.kind == EntryKind::ContractProposed && (first.seq, first.chain) == (1, entry.chain);
    let is_of_it = is_proposal && first.log == entry.log && entry.terms.map(|terms| terms.to_string()) == digest;
    expect(proposal, is_of_it, "the proposal of the contract that is settled");
    let mut wanted: BTreeSet<PartyId> = entry.postings.iter().map(|posting| posting.party).collect();
    for proven in registrations {
        let Registration { party, .. } = match content::decode(&proven.entry.payload) {
            Ok(registration) if proven.entry.kind == EntryKind::PartyRegistered => registration,
            _ => {
                expect(proven, false, "a registration");
                continue;
            }
        };
        let in_network = proven.entry.log == entry.log && proven.entry.chain == network_chain(entry.log);
        expect(proven, in_network && wanted.remove(&party), "the registration of a party that is posted to, each once");
    }
    if !wanted.is_empty() {
        let found = format!("{} part(ies) without registration", wanted.len());
        findings.add(Code::LifeDiffers, row(settlement), found, "the registration of every party that is posted to");
    }
}

/// The page is the one that the entries give.
fn check_page(found: &str, settlement: &Proven, proposal: &Proven, registrations: &[Proven], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "page", contract: None };
    match page(settlement, proposal, registrations) {
        Ok(expected) if expected == found => {}
        Ok(expected) => {
            let differs =
                (1..).zip(found.lines().zip(expected.lines())).find(|(_, (found, expected))| found != expected);
            let (line, (found, expected)) =
                differs.unwrap_or((0, ("another length", "the page that the entries give")));
            findings.add(Code::PageDiffers, format!("line {line} of the page"), found, expected);
        }
        Err(error) => findings.add(Code::PayloadUnreadable, row(settlement), error, "entries that give a page"),
    }
}
