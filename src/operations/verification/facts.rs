//! Facts compared with what they can be about: kinds of the agreement, subjects of the contract, facts before them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::finding::{Code, Finding, Findings};
use crate::{
    ledger::{Entry, EntryKind},
    operations::known::{Fact, Reported},
    storage::FactRow,
    values::{FactId, SubjectRef},
};

/// Checks every fact of a contract, in the order of reporting.
pub fn check(
    name: &str,
    entries: &BTreeMap<i64, Entry>,
    reported: &Reported,
    kinds: &BTreeSet<&str>,
    list: &mut Vec<Finding>,
) {
    let mut findings = Findings { list, table: "fact", contract: Some(name) };
    let enrolled: HashMap<SubjectRef, i64> =
        reported.subjects.iter().map(|subject| (subject.row.subject_ref, subject.row.seq)).collect();
    let mut before: HashMap<FactId, &Fact> = HashMap::new();
    let mut corrected: HashSet<FactId> = HashSet::new();
    for reported in &reported.facts {
        let row = &reported.row;
        let described = format!("position {}, item {}: fact {}", row.seq, row.item, row.fact_id);
        let mut impossible = |found: String, expected: &str| {
            findings.add(Code::LifeDiffers, &described, found, expected);
        };
        if let Some(kind) = kind(reported).filter(|kind| !kinds.contains(kind)) {
            impossible(format!("kind `{kind}`"), "a kind of the agreement");
        }
        if let Some(subject) = row.subject_ref
            && enrolled.get(&subject).is_none_or(|seq| *seq >= row.seq)
        {
            impossible(format!("subject {subject}"), "a subject enrolled before");
        }
        let of_kind = entries.get(&row.seq).map(|entry| entry.kind);
        if let Some(kind) = of_kind.filter(|kind| *kind != sort(row)) {
            impossible(format!("a row of {}", sort(row)), kind.name());
        }
        if let Some(target) = row.corrects {
            match before.get(&target) {
                None => impossible(format!("a correction of fact {target}"), "a correction of a fact reported before"),
                Some(fact) if fact.row.retracted => {
                    impossible(
                        format!("a correction of the retraction {target}"),
                        "a correction of a fact that stands",
                    );
                }
                Some(fact) if (kind(fact), fact.row.subject_ref) != (kind(reported), row.subject_ref) => {
                    impossible(format!("a correction of fact {target}"), "a correction of the same kind and subject");
                }
                Some(_) if !corrected.insert(target) => {
                    impossible(format!("a second correction of fact {target}"), "one correction of each fact");
                }
                Some(_) => {}
            }
        }
        before.insert(row.fact_id, reported);
    }
}

/// The kind that the content names; none where it is erased or does not open.
fn kind(fact: &Fact) -> Option<&str> {
    fact.content().ok().flatten().map(|content| content.kind.as_str())
}

/// The kind of entry that holds such a row.
fn sort(row: &FactRow) -> EntryKind {
    match (row.retracted, row.corrects) {
        (true, _) => EntryKind::FactsRetracted,
        (false, Some(_)) => EntryKind::FactsCorrected,
        (false, None) => EntryKind::FactsRecorded,
    }
}
