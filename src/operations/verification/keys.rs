//! Keys compared with what they open: each subject that is not erased has one, and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    contract::{
        audit::{Code, Findings, records::Opening},
        content::{self, SubjectContent},
        seal::{self, NO_SUBJECT, label_hash},
    },
    operations::sealing::{Keys, Sealed},
    storage::{SubjectKeyRow, SubjectRow},
    values::{ChainId, SubjectRef},
};

/// Opens rows, and remembers which key opened how many and failed on how many.
pub struct Opener {
    rows: Vec<SubjectKeyRow>,
    keys: Keys,
    tries: BTreeMap<SubjectRef, (u64, u64)>,
    /// Subjects that are not erased.
    living: BTreeSet<SubjectRef>,
}

impl Opener {
    /// Opens with these keys.
    pub fn new(chain: ChainId, rows: Vec<SubjectKeyRow>) -> Self {
        let keys = Keys::new(chain, rows.clone());
        Self { rows, keys, tries: BTreeMap::new(), living: BTreeSet::new() }
    }

    /// What a row holds sealed. What does not open is a finding, and closed to everything that follows.
    pub fn open(&mut self, row: &impl Sealed, described: &str, findings: &mut Findings) -> Opening {
        let opened = self.keys.open(row);
        if row.sealed().is_some() {
            self.note(row.subject().unwrap_or(NO_SUBJECT), opened.is_ok());
        }
        match opened {
            Ok(Some(seal::Opening { salt, content })) => Opening::Opened { salt, content },
            Ok(None) => Opening::Erased,
            Err(error) => {
                findings.add(Code::SealedDiffers, described, error, "what opens with the key of its subject");
                Opening::Closed
            }
        }
    }

    /// Remembers that a subject is there, and compares the hash of its label, which only the database has.
    pub fn subject(&mut self, row: &SubjectRow, opening: &Opening, described: &str, findings: &mut Findings) {
        if row.sealed.is_some() {
            self.living.insert(row.subject_ref);
        }
        let Opening::Opened { content, .. } = opening else { return };
        let Ok(content) = content::decode::<SubjectContent>(content) else { return };
        let Some(key) = self.rows.iter().find(|row| row.subject_ref == NO_SUBJECT) else { return };
        let fits = row.label_hash == Some(label_hash(&key.key, &content.label));
        if !fits {
            let found = "label_hash of another label or under another key";
            findings.add(Code::ColumnDiffers, described, found, "the hash of the label in the content");
        }
        self.note(NO_SUBJECT, fits);
    }

    fn note(&mut self, subject: SubjectRef, opens: bool) {
        let (opened, failed) = self.tries.entry(subject).or_default();
        *(if opens { opened } else { failed }) += 1;
    }

    /// Compares the keys with what they opened; `exists` says whether the journal knows the contract.
    pub fn check(&self, exists: bool, findings: &mut Findings) {
        let mut needed = self.living.clone();
        needed.extend(exists.then_some(NO_SUBJECT));
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            let described = described(row.subject_ref);
            if !seen.insert(row.subject_ref) {
                findings.add(Code::RowExtra, described, "a second key", "one key for each subject");
            } else if !needed.contains(&row.subject_ref) {
                findings.add(Code::RowExtra, described, "a key", "no key: no such subject, or it is erased");
            } else if self.tries.get(&row.subject_ref).is_some_and(|(opened, failed)| *opened == 0 && *failed > 0) {
                findings.add(Code::KeyDiffers, described, "a key that opens nothing", "the key of this subject");
            }
        }
        for subject in needed.difference(&seen) {
            findings.add(Code::RowMissing, described(*subject), "no key", "the key of what is sealed");
        }
    }
}

fn described(subject: SubjectRef) -> String {
    format!("key of subject {subject}")
}
