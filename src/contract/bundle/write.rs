//! From a bundle to bytes: the same bundle gives the same bytes.

use super::{
    Bundle, Contents, Scope, fields,
    manifest::{MANIFEST, Manifest},
    ustar,
};
use crate::contract::audit::records::{AgreementText, Opening};

impl Bundle<'_> {
    /// Writes the archive.
    pub fn write(&self) -> Vec<u8> {
        let mut files = self.files();
        let manifest = Manifest::of(self, files.iter().map(|(name, content)| (name.as_str(), &content[..])));
        files.push((MANIFEST.into(), manifest.encode()));
        ustar::write(&files)
    }

    /// Every file but the manifest.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = vec![
            ("checkpoint".to_owned(), self.checkpoint.as_bytes().to_vec()),
            ("entries".to_owned(), fields::write_entries(&self.entries)),
            ("heads".to_owned(), fields::write_heads(&self.heads)),
            ("policy".to_owned(), self.policy.as_bytes().to_vec()),
        ];
        if self.scope == Scope::Contract {
            files.push(("proofs".into(), fields::write_proofs(&self.entries)));
        }
        for (size, older) in &self.consistency {
            files.push((format!("consistency/{size}"), fields::write_older(older)));
        }
        for (chain, Contents { text, amendments, subjects, facts, lines, erased }) in &self.contracts {
            let mut put = |name: &str, content: Vec<u8>| files.push((format!("contracts/{chain}/{name}"), content));
            let mut put_text = |folder: &str, text: &AgreementText| {
                put(&format!("{folder}document"), text.document.clone().into_bytes());
                put(&format!("{folder}files.json"), text.files.clone().into_bytes());
                put(&format!("{folder}settings.json"), text.settings.clone().into_bytes());
            };
            put_text("", text);
            for (seq, text) in amendments {
                put_text(&format!("amendments/{seq}/"), text);
            }
            put("erased", fields::write_erased(erased));
            put("facts", fields::write_records(facts));
            put("lines", fields::write_records(lines));
            put("subjects", fields::write_records(subjects));
        }
        files
    }
}

impl Contents {
    /// What is open, closed or erased.
    pub(super) fn openings(&self) -> impl Iterator<Item = &Opening> {
        let subjects = self.subjects.iter().map(|record| &record.opening);
        let facts = self.facts.iter().map(|record| &record.opening);
        subjects.chain(facts).chain(self.lines.iter().map(|record| &record.opening))
    }
}
