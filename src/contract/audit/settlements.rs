//! Every posted settlement computed again from agreement and facts, and compared to the cent.

use std::collections::BTreeMap;

use super::{
    check_contract::Held,
    finding::{Code, Finding, Findings},
    in_part,
    records::{Line, Opening},
};
use crate::{
    contract::{
        SettlementLine,
        content::{self, ContentError},
        difference,
        owed::{OwedError, owed},
        payload, postings,
        reported::Reported,
        settlement::{settled_as_of, sums},
    },
    ledger::{Entry, Posting},
    terms::Contract,
    values::PartyId,
};

/// Computes every settlement of a chain again. Returns how many could be computed in full.
pub fn check(
    held: &Held,
    entries: &BTreeMap<i64, Entry>,
    contract: Result<Contract, String>,
    list: &mut Vec<Finding>,
    not_checked: &mut Vec<String>,
) -> u64 {
    let settlements: Vec<_> = entries.iter().filter(|(_, entry)| settled_as_of(entry).is_some()).collect();
    let name = &held.life.name;
    let closed = held.closed();
    if closed > 0 && !settlements.is_empty() {
        not_checked.push(format!(
            "Whether the {} settlement(s) of `{name}` follow from contract and facts: {closed} content(s) were not given.",
            settlements.len()
        ));
        return 0;
    }
    let mut findings = Findings { list, table: "settlement_line", contract: Some(name) };
    let known = contract.and_then(|contract| {
        let reported = held.reported().map_err(|error| error.to_string())?;
        Ok(Known { held, contract, reported })
    });
    let mut whole = 0;
    for (seq, entry) in &settlements {
        let gone = held.gone(**seq);
        let computed = known.as_ref().map_err(Clone::clone);
        match computed.and_then(|known| known.compute(**seq, entry).map_err(|error| error.to_string())) {
            Ok(computed) if gone == 0 => {
                whole += 1;
                compare(held.lines, **seq, entry, &computed, &mut findings);
            }
            Ok(computed) => {
                let known = known.as_ref().map_or_else(
                    |_| [0, 0],
                    |known| in_part::compare(held, &known.contract, (**seq, entry), &computed.due, &mut findings),
                );
                not_checked.push(in_part::told(name, **seq, gone, known));
            }
            Err(reason) => {
                findings.add(Code::SettlementUncertain, format!("position {seq}, all items"), reason, "a settlement");
            }
        }
    }
    whole
}

/// What settlements follow from.
struct Known<'h> {
    held: &'h Held<'h>,
    contract: Contract,
    reported: Reported,
}

struct Computed {
    due: Vec<SettlementLine>,
    postings: Vec<Posting>,
    totals: Vec<payload::Sum>,
}

impl Known<'_> {
    /// What is owed for what was known before the entry, less what was posted before it.
    fn compute(&self, seq: i64, entry: &Entry) -> Result<Computed, OwedError> {
        let as_of = settled_as_of(entry).unwrap_or_default();
        let (_, owed) = owed(&self.contract, &self.reported, seq - 1, as_of)?;
        // Lines of somebody erased are neither owed nor posted back.
        let open = |record: &&Line| record.opening != Opening::Erased;
        let before = self.held.lines.iter().filter(|record| record.seq < seq).filter(open);
        let posted: Vec<_> = before.map(line).collect::<Result<_, _>>()?;
        let due = difference(&owed, &posted)?;
        let none = BTreeMap::<String, PartyId>::new();
        let roles = self.held.life.proposal.as_ref().map_or(&none, |(_, proposal)| &proposal.roles);
        let postings = postings(&due, roles, self.contract.checked.document.header.currency)?.to_vec();
        Ok(Computed { totals: sums(&due)?, postings, due })
    }
}

pub(super) fn line(record: &Line) -> Result<SettlementLine, ContentError> {
    content::decode_line(record.content().unwrap_or_default())
}

fn compare(lines: &[Line], seq: i64, entry: &Entry, computed: &Computed, findings: &mut Findings) {
    let held: BTreeMap<i32, &Line> =
        lines.iter().filter(|record| record.seq == seq).map(|record| (record.item, record)).collect();
    for (item, computed) in (0..).zip(&computed.due) {
        let found = held.get(&item).and_then(|record| line(record).ok());
        if found.as_ref() != Some(computed) {
            let found = found.map_or_else(|| "no line".into(), |found| shown(&found));
            findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, shown(computed));
        }
    }
    for (item, record) in held.range(i32::try_from(computed.due.len()).unwrap_or(i32::MAX)..) {
        let found = line(record).map_or_else(|error| error.to_string(), |line| shown(&line));
        findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, "no line");
    }
    let totals = content::decode::<payload::Settlement>(&entry.payload).map(|payload| payload.totals);
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

pub(super) fn shown(line: &SettlementLine) -> String {
    let SettlementLine { key, due_on, amount_minor, reason } = line;
    let subject = key.subject.map(|subject| format!(" for subject {subject}")).unwrap_or_default();
    format!(
        "{}: {amount_minor} minor units from {} to {}{subject}, due {due_on}, {reason}",
        key.clause, key.payer, key.payee
    )
}
