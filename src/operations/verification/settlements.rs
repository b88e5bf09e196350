//! Every posted settlement computed again from agreement and facts, and compared to the cent.

use std::collections::BTreeMap;

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{SettlementLine, difference, payload, postings, settlement::sums},
    ledger::Entry,
    operations::{
        Error,
        known::{self, Reported},
        sealing::Opened,
        settle_contract::{owed, settled_as_of},
    },
    storage::{ContractPartyRow, ContractRow, SettlementLineRow},
    terms::Contract,
    values::PartyId,
};

/// What is stored of one contract.
pub struct Stored<'s> {
    /// The contract.
    pub row: &'s ContractRow,
    /// Its parties.
    pub parties: &'s [ContractPartyRow],
    /// Subjects and facts.
    pub reported: &'s Reported,
    /// Lines of settlements.
    pub lines: &'s [Opened<SettlementLineRow>],
}

/// Computes every settlement of a chain again. Returns how many there were.
pub fn check(stored: &Stored, name: &str, entries: &BTreeMap<i64, Entry>, list: &mut Vec<Finding>) -> u64 {
    let settlements: Vec<_> = entries.iter().filter(|(_, entry)| settled_as_of(entry).is_some()).collect();
    let mut findings = Findings { list, table: "settlement_line", contract: Some(name) };
    let contract = known::agreement(stored.row, stored.parties).and_then(|agreement| known::runnable(&agreement, name));
    for (seq, entry) in &settlements {
        let computed = contract.as_ref().map_err(ToString::to_string).and_then(|contract| {
            let computed = compute(stored, contract, **seq, entry);
            computed.map_err(|error| error.to_string())
        });
        match computed {
            Ok(computed) => compare(stored, **seq, entry, &computed, &mut findings),
            Err(reason) => {
                findings.add(Code::SettlementUncertain, format!("position {seq}, all items"), reason, "a settlement");
            }
        }
    }
    settlements.len() as u64
}

struct Computed {
    due: Vec<SettlementLine>,
    postings: Vec<crate::ledger::Posting>,
    totals: Vec<payload::Sum>,
}

fn compute(stored: &Stored, contract: &Contract, seq: i64, entry: &Entry) -> Result<Computed, Error> {
    let as_of = settled_as_of(entry).unwrap_or_default();
    let (_, owed) = owed(contract, stored.reported, seq - 1, as_of)?;
    let before = stored.lines.iter().filter(|line| line.row.seq < seq);
    let posted: Vec<_> = before.filter_map(|line| line.content().transpose()).collect::<Result<_, _>>()?;
    let posted: Vec<_> = posted.into_iter().cloned().collect();
    let due = difference(&owed, &posted)?;
    let parties: BTreeMap<String, PartyId> =
        stored.parties.iter().map(|party| (party.role.clone(), party.party_id)).collect();
    let postings = postings(&due, &parties, contract.checked.document.header.currency)?.to_vec();
    Ok(Computed { totals: sums(&due)?, postings, due })
}

fn compare(stored: &Stored, seq: i64, entry: &Entry, computed: &Computed, findings: &mut Findings) {
    let of_entry = stored.lines.iter().filter(|line| line.row.seq == seq);
    let rows: BTreeMap<i32, &Opened<SettlementLineRow>> = of_entry.map(|line| (line.row.item, line)).collect();
    for (item, line) in (0..).zip(&computed.due) {
        let found = rows.get(&item).and_then(|row| row.content().ok().flatten());
        if found != Some(line) {
            let found = found.map_or_else(|| "no line".into(), shown);
            findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, shown(line));
        }
    }
    for (item, row) in rows.range(i32::try_from(computed.due.len()).unwrap_or(i32::MAX)..) {
        let found = row.content().ok().flatten().map_or_else(|| "a line that does not open".into(), shown);
        findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, "no line");
    }
    let totals = crate::contract::content::decode::<payload::Settlement>(&entry.payload).map(|payload| payload.totals);
    if entry.postings != computed.postings || totals.as_ref() != Ok(&computed.totals) {
        let row = format!("position {seq}, postings and totals of entry {}", entry.id);
        let sums = |totals: &[payload::Sum]| {
            let sums = totals.iter().map(|sum| format!("{} to {}: {}", sum.payer, sum.payee, sum.amount_minor));
            sums.collect::<Vec<_>>().join(", ")
        };
        let found = totals.map_or_else(|error| error.to_string(), |totals| sums(&totals));
        findings.add(Code::SettlementDiffers, row, found, sums(&computed.totals));
    }
}

fn shown(line: &SettlementLine) -> String {
    let SettlementLine { key, due_on, amount_minor, reason } = line;
    let subject = key.subject.map(|subject| format!(" for subject {subject}")).unwrap_or_default();
    format!(
        "{}: {amount_minor} minor units from {} to {}{subject}, due {due_on}, {reason}",
        key.clause, key.payer, key.payee
    )
}
