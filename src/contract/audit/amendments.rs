//! What amendments say compared with what the parties signed, and the versions that follow from it.

use super::{
    check_contract::Held,
    finding::{Code, Finding, Findings},
    records::AgreementText,
};
use crate::{
    contract::{
        Agreement, Version, Versions,
        amendment::{Amendment, Stage},
        continuity,
    },
    terms::Contract,
    values::Digest,
};

/// Compares what is held of amendments with their proposals, and adds to the first version those that were agreed.
///
/// # Errors
/// Why a version cannot be run.
pub fn check(held: &Held, first: Contract, list: &mut Vec<Finding>) -> Result<Versions, String> {
    let life = held.life;
    let read = |digest: &str| Digest::parse(digest).unwrap_or_default();
    let digest = life.proposal.as_ref().map_or("", |(_, proposal)| &proposal.digest);
    let mut versions = Versions::of(Version { digest: read(digest), from: None, agreed_seq: 0, contract: first });
    let mut failed = None;
    let mut findings = Findings { list, table: "amendment", contract: Some(&life.name) };
    for amendment in life.amendments.all() {
        let row = described(amendment.seq);
        let Some(text) = held.amendments.get(&amendment.seq) else {
            findings.add(Code::RowMissing, &row, "no row", "what was proposed there");
            failed = failed.or_else(|| Some(format!("{row}: what it says is not there")));
            continue;
        };
        match (contract(held, amendment, text, &mut findings), amendment.stage) {
            (Ok(contract), Stage::Agreed(agreed_seq)) => {
                let from = amendment.proposal.effective_on;
                for fault in continuity::check(&versions.newest().contract, &contract, from) {
                    findings.add(Code::LifeDiffers, &row, fault, "an amendment that leaves this as it is");
                }
                let digest = read(&amendment.proposal.digest);
                versions.push(Version { digest, from: Some(from), agreed_seq, contract });
            }
            (Err(reason), Stage::Agreed(_)) => failed = failed.or(Some(reason)),
            _ => {}
        }
    }
    for seq in held.amendments.keys().filter(|seq| !life.amendments.all().iter().any(|known| known.seq == **seq)) {
        findings.add(Code::RowExtra, described(*seq), "a row", "no row: no amendment was proposed there");
    }
    versions.ending = life.course.ending();
    check_run_out(&versions, &mut findings);
    failed.map_or(Ok(versions), Err)
}

/// The run-out is not shorter than the terms say that held when notice was given.
fn check_run_out(versions: &Versions, findings: &mut Findings) {
    let Some((seq, ending)) = versions.ending else { return };
    let known = versions.known_at(seq);
    let least =
        known.last().and_then(|(version, _)| ending.least_run_out(version.contract.checked.document.header.term));
    if least.is_some_and(|least| ending.run_out_until < least) {
        let row = format!("position {seq}, the termination");
        let least = least.map_or_else(String::new, |least| least.to_string());
        findings.add(Code::LifeDiffers, row, format!("a run-out until {}", ending.run_out_until), least);
    }
}

fn described(seq: i64) -> String {
    format!("amendment proposed at position {seq}")
}

/// The contract that an amendment makes, once its text is the one that was signed.
fn contract(
    held: &Held,
    amendment: &Amendment,
    text: &AgreementText,
    findings: &mut Findings,
) -> Result<Contract, String> {
    let row = described(amendment.seq);
    let roles = held.life.proposal.as_ref().map(|(_, proposal)| proposal.roles.clone()).unwrap_or_default();
    let agreement = Agreement { document: text.document.clone(), roles, ..Agreement::default() };
    let computed = agreement.digest_with(&text.files, &text.settings).to_string();
    if computed != amendment.proposal.agreement {
        let found = format!("document, files or settings with digest {computed}");
        findings.add(Code::AgreementDiffers, &row, found, &amendment.proposal.agreement);
    }
    let agreement = Agreement::read(text.document.clone(), &text.files, &text.settings);
    agreement.and_then(|agreement| agreement.runnable(&held.life.name)).map_err(|error| {
        findings.add(Code::AgreementDiffers, &row, &error, "a document that can be run");
        error.to_string()
    })
}
