//! What was signed, cosigned and kept, compared with the log.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::Placed,
    records::{Journal, LogRecords, StoredCheckpoint, StoredCosignature},
};
use crate::{
    contract::audit::{Code, Finding, Findings},
    ledger::{
        merkle::Frontier,
        note::{Checkpoint, Note, SignatureLine, TreeHead, VerifierKey},
    },
    values::Digest,
};

/// A checkpoint that a reader kept from earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCheckpoint {
    /// Where the reader has it from, such as the name of a file.
    pub name: String,
    /// The signed note.
    pub note: Note,
    /// Whether it lies beside the database, as the signer's memory does: whoever changes one may change the other.
    pub beside: bool,
}

/// Compares every checkpoint, stored and held, with the log. Returns what was not checked.
pub fn check(
    records: &LogRecords,
    journal: &Journal,
    placed: &[Placed],
    keys: &[VerifierKey],
    held: &[HeldCheckpoint],
    list: &mut Vec<Finding>,
) -> Vec<String> {
    let signed = Signed { origin: journal.origin, keys, roots: roots(records, placed, held) };
    let mut findings = Findings { list, table: "checkpoint", contract: None };
    for row in &records.checkpoints {
        signed.check(row, &mut findings);
    }
    for held in held {
        signed.check_held(held, &mut findings);
    }
    let mut findings = Findings { list, table: "cosignature", contract: None };
    for row in &records.cosignatures {
        let checkpoint = records.checkpoints.iter().find(|checkpoint| checkpoint.size == row.size);
        check_cosignature(row, checkpoint, &mut findings);
    }
    not_checked(records, journal, placed, keys, held)
}

/// The roots of the log at every size that somebody signed.
fn roots(records: &LogRecords, placed: &[Placed], held: &[HeldCheckpoint]) -> BTreeMap<u64, Digest> {
    let stored = records.checkpoints.iter().filter_map(|row| u64::try_from(row.size).ok());
    let noted = records.checkpoints.iter().filter_map(|row| Note::parse(row.note.as_bytes()).ok());
    let noted = noted.chain(held.iter().map(|held| held.note.clone()));
    let noted = noted.filter_map(|note| Checkpoint::parse(note.text()).ok()).map(|checkpoint| checkpoint.head().size);
    let sizes: BTreeSet<u64> = stored.chain(noted).collect();
    let mut frontier = Frontier::default();
    let within = sizes.into_iter().take_while(|size| *size <= placed.len() as u64);
    let root = |size: u64| {
        // Sizes within the log fit its memory.
        let (from, to) = (frontier.size() as usize, size as usize);
        frontier.extend(placed[from..to].iter().map(|entry| entry.leaf));
        (size, frontier.root())
    };
    within.map(root).collect()
}

struct Signed<'s> {
    origin: &'s str,
    keys: &'s [VerifierKey],
    roots: BTreeMap<u64, Digest>,
}

impl Signed<'_> {
    fn check(&self, row: &StoredCheckpoint, findings: &mut Findings) {
        let described = |size: i128| format!("checkpoint of {size} entries");
        let (note, checkpoint) = match read(&row.note) {
            Ok(read) => read,
            Err(error) => {
                let row = described(row.size.into());
                return findings.add(Code::CheckpointDiffers, row, error, "a signed checkpoint");
            }
        };
        let before = findings.list.len();
        let TreeHead { size, root } = checkpoint.head();
        let described = described(size.into());
        findings.compare(&described, "size", i128::from(row.size), size.into());
        findings.compare(&described, "root", row.root, root);
        if note.to_string() != row.note {
            findings.add(Code::CheckpointDiffers, &described, "a note in another form", "the note as it was signed");
        }
        if !self.keys.is_empty()
            && let Err(error) = note.verify(self.keys)
        {
            findings.add(Code::CheckpointDiffers, &described, error, "a signature by a key that the log announces");
        }
        if note.signatures().len() > 1 || checkpoint.origin() != self.origin {
            let found = format!("{} signatures under `{}`", note.signatures().len(), checkpoint.origin());
            findings.add(Code::CheckpointDiffers, &described, found, format!("the log's own under `{}`", self.origin));
        }
        // Who signed is the log itself: where the note is whole, it is the entries that were changed.
        if findings.list.len() == before {
            self.check_root(&described, size, root, Code::LogOrder, "log_entry", findings);
        }
    }

    fn check_held(&self, held: &HeldCheckpoint, findings: &mut Findings) {
        let described = format!("held checkpoint {}", held.name);
        let checkpoint = match Checkpoint::parse(held.note.text()) {
            Ok(checkpoint) => checkpoint,
            Err(error) => return findings.add(Code::HeldDiffers, described, error, "a checkpoint"),
        };
        if checkpoint.origin() != self.origin {
            let found = format!("the log `{}`", self.origin);
            return findings.add(Code::HeldDiffers, described, found, format!("the log `{}`", checkpoint.origin()));
        }
        if !self.keys.is_empty()
            && let Err(error) = held.note.verify(self.keys)
        {
            findings.add(Code::HeldDiffers, &described, error, "a signature by a key that the log announces");
        }
        let TreeHead { size, root } = checkpoint.head();
        self.check_root(&described, size, root, Code::HeldDiffers, "checkpoint", findings);
    }

    fn check_root(&self, row: &str, size: u64, root: Digest, code: Code, table: &'static str, findings: &mut Findings) {
        let mut findings = Findings { list: &mut *findings.list, table, contract: None };
        let expected = format!("{size} entries with root {root}, as signed");
        match self.roots.get(&size) {
            Some(found) if *found == root => {}
            Some(found) => findings.add(code, row, format!("{size} entries with root {found}"), expected),
            None => findings.add(code, row, "a shorter log", expected),
        }
    }
}

fn read(note: &str) -> Result<(Note, Checkpoint), String> {
    let note = Note::parse(note.as_bytes()).map_err(|error| error.to_string())?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| error.to_string())?;
    Ok((note, checkpoint))
}

fn check_cosignature(row: &StoredCosignature, checkpoint: Option<&StoredCheckpoint>, findings: &mut Findings) {
    let described = format!("checkpoint of {} entries, witness {}", row.size, row.verifier_key);
    let Some(checkpoint) = checkpoint else {
        return findings.add(Code::RowExtra, described, "a cosignature", "a checkpoint that is stored");
    };
    let key = VerifierKey::parse(&row.verifier_key).map_err(|error| error.to_string());
    let line = SignatureLine::parse(&row.line).ok_or_else(|| "no signature line".to_owned());
    let signed = key.and_then(|key| line.map(|line| (key, line))).and_then(|(key, line)| {
        let (note, _) = read(&checkpoint.note)?;
        let fits = key.signed(&line) && key.verify(note.text(), &line.signature).is_some();
        if fits { Ok(line) } else { Err("a signature that the key does not verify".to_owned()) }
    });
    match signed {
        Ok(line) if line.to_string().trim_end() == row.line => {}
        Ok(_) => {
            findings.add(Code::CheckpointDiffers, described, "a line in another form", "the line as it was signed")
        }
        Err(error) => findings.add(Code::CheckpointDiffers, described, error, "a signature of the checkpoint"),
    }
}

fn not_checked(
    records: &LogRecords,
    journal: &Journal,
    placed: &[Placed],
    keys: &[VerifierKey],
    held: &[HeldCheckpoint],
) -> Vec<String> {
    let mut open = Vec::new();
    if held.iter().all(|held| held.beside) {
        let sentence = "Whether this is the log that others know: no checkpoint that was kept elsewhere was given (--held \
             FILE), so a log that was replaced as a whole, or cut back together with its heads and rows, cannot be noticed \
             here.";
        open.push(sentence.to_owned());
    }
    let waiting = journal.hashes.len().saturating_sub(placed.len());
    if waiting > 0 {
        open.push(format!("Whether {waiting} entries stay as they are: they are not in the signed log yet."));
    }
    if keys.is_empty() && !records.checkpoints.is_empty() {
        open.push("Who signed the checkpoints: the log announces no key.".to_owned());
    }
    open
}
