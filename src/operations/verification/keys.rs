//! Keys compared with what they open: each subject that is not erased has one, and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Code, Findings};
use crate::{
    contract::seal::{NO_SUBJECT, label_hash},
    operations::{
        known::Reported,
        sealing::{Opened, Sealed},
    },
    storage::{SettlementLineRow, SubjectKeyRow},
    values::SubjectRef,
};

/// How many rows a key opens, and how many it does not.
type Tries = BTreeMap<SubjectRef, (u64, u64)>;

/// Checks the keys of one contract; `exists` says whether the journal knows the contract.
pub fn check(
    exists: bool,
    keys: &[SubjectKeyRow],
    reported: &Reported,
    lines: &[Opened<SettlementLineRow>],
    findings: &mut Findings,
) {
    let mut tries = Tries::new();
    try_rows(&reported.subjects, &mut tries);
    try_rows(&reported.facts, &mut tries);
    try_rows(lines, &mut tries);
    let mut needed: BTreeSet<SubjectRef> = exists.then_some(NO_SUBJECT).into_iter().collect();
    needed.extend(reported.subjects.iter().filter(|row| !row.is_erased()).map(|subject| subject.row.subject_ref));
    let contract_key = keys.iter().find(|row| row.subject_ref == NO_SUBJECT);
    for subject in &reported.subjects {
        let (Ok(Some(content)), Some(key)) = (subject.content(), contract_key) else { continue };
        let fits = subject.row.label_hash == Some(label_hash(&key.key, &content.label));
        note(fits, tries.entry(NO_SUBJECT).or_default());
        if !fits {
            let row =
                format!("position {}, item {}: subject {}", subject.row.seq, subject.row.item, subject.row.subject_ref);
            let mut findings = Findings { table: "subject", contract: findings.contract, list: findings.list };
            findings.add(
                Code::ColumnDiffers,
                row,
                "label_hash of another label or key",
                "the hash of the label in the content",
            );
        }
    }
    let mut seen = BTreeSet::new();
    for row in keys {
        let described = described(row.subject_ref);
        if !seen.insert(row.subject_ref) {
            findings.add(Code::RowExtra, described, "a second key", "one key for each subject");
        } else if !needed.contains(&row.subject_ref) {
            findings.add(
                Code::RowExtra,
                described,
                "a key",
                "no key: nobody with this name is enrolled and not erased",
            );
        } else if tries.get(&row.subject_ref).is_some_and(|(opened, failed)| *opened == 0 && *failed > 0) {
            findings.add(Code::KeyDiffers, described, "a key that opens nothing", "the key of this subject");
        }
    }
    for subject in needed.difference(&seen) {
        findings.add(Code::RowMissing, described(*subject), "no key", "the key of what is sealed");
    }
}

fn described(subject: SubjectRef) -> String {
    format!("key of subject {subject}")
}

const fn note(opens: bool, (opened, failed): &mut (u64, u64)) {
    if opens { *opened += 1 } else { *failed += 1 }
}

fn try_rows<R: Sealed>(rows: &[Opened<R>], tries: &mut Tries) {
    for row in rows.iter().filter(|row| !row.is_erased()) {
        note(row.opened().is_ok(), tries.entry(row.row.subject().unwrap_or(NO_SUBJECT)).or_default());
    }
}
