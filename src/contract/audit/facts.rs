//! Facts compared with what they can be about: kinds of the agreement, subjects of the contract, facts before them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    check_contract::Held,
    finding::{Code, Finding, Findings},
    records::{Committed, Fact, FactColumns, Subject},
};
use crate::{
    contract::{
        content::{self, FactContent, SubjectContent},
        pseudonym::fact_name,
    },
    ledger::{Entry, EntryKind},
    values::{FactId, SubjectRef},
};

/// A fact as far as it is known.
struct Known {
    columns: FactColumns,
    /// The kind; none when the content is not open.
    kind: Option<String>,
}

impl Known {
    fn of(record: &Fact) -> Option<Self> {
        let content = record.content().and_then(|content| content::decode::<FactContent>(content).ok());
        let Some(content) = content else { return Some(Self { columns: record.columns?, kind: None }) };
        let FactContent { fact, subject, corrects, retracted, kind, .. } = content;
        let columns = FactColumns { fact, subject, corrects, retracted };
        Some(Self { columns: record.columns.unwrap_or(columns), kind: Some(kind) })
    }
}

/// Checks every fact of a contract, in the order of reporting.
pub fn check(held: &Held, entries: &BTreeMap<i64, Entry>, kinds: &BTreeSet<&str>, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "fact", contract: Some(&held.life.name) };
    let subjects: Vec<Option<SubjectRef>> = held.subjects.iter().map(pseudonym).collect();
    let all_enrolled = subjects.iter().all(Option::is_some);
    let enrolled: HashMap<SubjectRef, i64> =
        subjects.iter().zip(held.subjects).filter_map(|(subject, record)| Some(((*subject)?, record.seq))).collect();
    let mut all_before = true;
    let mut before: HashMap<FactId, Known> = HashMap::new();
    let mut corrected: HashSet<FactId> = HashSet::new();
    for record in held.facts {
        let Some(known) = Known::of(record) else {
            all_before = false;
            continue;
        };
        let described = FactColumns::described(record).unwrap_or_default();
        let described = format!("position {}, item {}: {described}", record.seq, record.item);
        let mut impossible = |found: String, expected: &str| {
            findings.add(Code::LifeDiffers, &described, found, expected);
        };
        if let Some(kind) = known.kind.as_deref().filter(|kind| !kinds.contains(kind)) {
            impossible(format!("kind `{kind}`"), "a kind of the agreement");
        }
        if let Some(subject) = known.columns.subject
            && enrolled.get(&subject).map_or(all_enrolled, |seq| *seq >= record.seq)
        {
            impossible(format!("subject {subject}"), "a subject enrolled before");
        }
        if let Some(name) = entries.get(&record.seq).map(|entry| fact_name(entry.id)(record.item.unsigned_abs()))
            && name != known.columns.fact
        {
            impossible(format!("fact {}", known.columns.fact), &format!("fact {name}, by its place"));
        }
        let of_kind = entries.get(&record.seq).map(|entry| entry.kind);
        if let Some(kind) = of_kind.filter(|kind| *kind != sort(&known.columns)) {
            impossible(format!("a row of {}", sort(&known.columns)), kind.name());
        }
        if let Some(target) = known.columns.corrects {
            match before.get(&target) {
                None if all_before => {
                    impossible(format!("a correction of fact {target}"), "a correction of a fact reported before");
                }
                Some(fact) if fact.columns.retracted => {
                    impossible(
                        format!("a correction of the retraction {target}"),
                        "a correction of a fact that stands",
                    );
                }
                Some(fact) if differs(fact, &known) => {
                    impossible(format!("a correction of fact {target}"), "a correction of the same kind and subject");
                }
                _ if !corrected.insert(target) => {
                    impossible(format!("a second correction of fact {target}"), "one correction of each fact");
                }
                _ => {}
            }
        }
        before.insert(known.columns.fact, known);
    }
}

fn pseudonym(record: &Subject) -> Option<SubjectRef> {
    let of_content = || content::decode::<SubjectContent>(record.content()?).ok().map(|content| content.subject);
    record.columns.or_else(of_content)
}

/// Whether a fact and its correction are about different things, as far as both are open.
fn differs(fact: &Known, correction: &Known) -> bool {
    let both_open = fact.kind.is_some() && correction.kind.is_some();
    both_open && (&fact.kind, fact.columns.subject) != (&correction.kind, correction.columns.subject)
}

/// The kind of entry that holds such a fact.
const fn sort(fact: &FactColumns) -> EntryKind {
    match (fact.retracted, fact.corrects) {
        (true, _) => EntryKind::FactsRetracted,
        (false, Some(_)) => EntryKind::FactsCorrected,
        (false, None) => EntryKind::FactsRecorded,
    }
}
