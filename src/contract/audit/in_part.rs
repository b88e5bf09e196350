//! A settlement of which somebody was erased since: what follows from the others alone is computed again, and the sums.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check_contract::Held,
    finding::{Code, Findings},
    records::{Line, LineColumns},
    settlements::{line, shown},
};
use crate::{
    contract::{LineKey, SettlementLine, Versions, content, payload, settlement::sums},
    ledger::Entry,
    terms::{
        Contract,
        document::{Clause, clause::Period},
    },
    values::Day,
};

/// How much of a settlement was compared.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// Lines computed again.
    pub lines: usize,
    /// All its lines.
    pub of: usize,
    /// Whether the sums of all lines were compared with its totals.
    pub sums: bool,
}

/// Compares the lines of clauses that look at one subject at a time, for everybody who is not erased, and the sums of all
/// lines with postings and totals.
pub fn compare(
    held: &Held,
    versions: &Versions,
    (seq, entry): (i64, &Entry),
    computed: &[SettlementLine],
    findings: &mut Findings,
) -> Compared {
    // A clause of one subject in all versions that have it.
    let of_one: BTreeSet<&str> = versions.all().flat_map(|version| clauses(&version.contract, true)).collect();
    let of_many: BTreeSet<&str> = versions.all().flat_map(|version| clauses(&version.contract, false)).collect();
    let comparable = |line: &SettlementLine| {
        line.key.subject.is_some() && of_one.contains(clause_of(line)) && !of_many.contains(clause_of(line))
    };
    let mut computed: BTreeMap<&LineKey, &SettlementLine> =
        computed.iter().filter(|line| comparable(line)).map(|line| (&line.key, line)).collect();
    let lines: Vec<&Line> = held.lines.iter().filter(|record| record.seq == seq).collect();
    let mut compared = 0;
    for record in &lines {
        let Some(found) = line(record).ok().filter(comparable) else { continue };
        compared += 1;
        let expected = computed.remove(&found.key);
        if expected != Some(&found) {
            let expected = expected.map_or_else(|| "no line".into(), shown);
            findings.add(Code::SettlementDiffers, record.described(), shown(&found), expected);
        }
    }
    for missing in computed.into_values() {
        findings.add(Code::SettlementDiffers, format!("position {seq}"), "no line", shown(missing));
    }
    let sums = compare_sums(entry, &lines, findings);
    Compared { lines: compared, of: lines.len(), sums }
}

fn clause_of(line: &SettlementLine) -> &str {
    &line.key.clause
}

/// The names of clauses whose lines follow from one subject each, or of the others.
fn clauses(contract: &Contract, of_one: bool) -> impl Iterator<Item = &str> {
    let clauses = contract.checked.document.clauses.iter().zip(&contract.plan.clauses);
    let is_of_one = |clause: &Clause, plan| {
        contract.plan.is_of_one_subject(plan) && clause.limits.iter().all(|limit| limit.per == Period::Subject)
    };
    let wanted = clauses.filter(move |(clause, plan)| is_of_one(clause, plan) == of_one);
    wanted.map(|(clause, _)| clause.name.text.as_str())
}

/// A database keeps amounts in the clear, so that sums can be compared when contents are gone; a file does not. Returns
/// whether they were compared.
fn compare_sums(entry: &Entry, lines: &[&Line], findings: &mut Findings) -> bool {
    let Some(lines): Option<Vec<_>> = lines.iter().map(|record| record.columns.as_ref().map(plain)).collect() else {
        return false;
    };
    let totals = content::decode::<payload::Settlement>(&entry.payload).map(|payload| payload.totals).ok();
    if sums(&lines).ok() != totals {
        let row = format!("position {}, totals of entry {}", entry.seq, entry.id);
        findings.add(Code::SettlementDiffers, row, "other sums", "the sums of the lines");
    }
    true
}

pub(super) fn plain(columns: &LineColumns) -> SettlementLine {
    let LineColumns { clause, payer, payee, subject, amount_minor, .. } = columns.clone();
    let key = LineKey { clause, payer, payee, subject, group: None, period: None, part: 0 };
    SettlementLine { key, due_on: Day(0), amount_minor, reason: String::new() }
}

/// Says what could not be computed again.
pub fn told(name: &str, seq: i64, gone: usize, Compared { lines, of, sums }: Compared) -> String {
    let others = if sums { "of the others only the sums were checked" } else { "the others were not checked" };
    format!(
        "The settlement at position {seq} of `{name}` in full: {gone} subject(s) it counted were erased since. {lines} of \
         its {of} lines follow from one subject each and were computed again; {others}."
    )
}
