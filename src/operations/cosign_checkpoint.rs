//! A witness cosigns a checkpoint of another log, and keeps what it saw before it says so.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::kept_file::{FileError, KeptFile};
use crate::ledger::note::{AddCheckpoint, Cosigned, Note, Refusal, VerifierKey, Witness, witness::Seen};

/// Names the form of the file, so that another one is told from a damaged one.
const FORM: &str = "outcome-ledger/witness/v1";

/// Says why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
pub enum CosignError {
    /// The rules of a witness stand against it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was seen could not be kept, or not be read back. Nothing was cosigned.
    #[error("{0}")]
    Kept(String),
}

impl From<FileError> for CosignError {
    fn from(error: FileError) -> Self {
        Self::Kept(error.to_string())
    }
}

/// A witness at work: its rules, and the file with what it saw last of each log.
#[derive(Debug)]
pub struct WitnessDesk {
    witness: Witness,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    file: KeptFile,
    /// The last checkpoint of each log, by origin.
    seen: BTreeMap<String, Seen>,
    /// Set while the file may hold something else than `seen`: nothing is cosigned any more.
    in_doubt: bool,
}

/// The file of a witness. Each note bears the cosignature of the witness itself, so that a changed file is noticed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    form: String,
    key: String,
    seen: BTreeMap<String, String>,
}

impl WitnessDesk {
    /// Makes the file of a witness that has seen nothing yet.
    ///
    /// # Errors
    /// When there is a file already: a witness that forgets what it saw could cosign two histories.
    pub fn found(key: &VerifierKey, file: &Path) -> Result<(), CosignError> {
        Ok(KeptFile::create(file, &written(key, &BTreeMap::new())?)?)
    }

    /// Takes up the work of a witness where it was left.
    ///
    /// # Errors
    /// When the file is missing, in use, changed, or belongs to another witness.
    pub fn open(witness: Witness, file: &Path) -> Result<Self, CosignError> {
        let (file, content) = KeptFile::open(file)?;
        let changed = |why: &str| {
            CosignError::Kept(format!(
                "{} is not what this witness wrote: {why}; bring back the file as it was, or begin anew under another name",
                file.path().display()
            ))
        };
        let kept: Kept = serde_json::from_slice(&content).map_err(|error| changed(&error.to_string()))?;
        if kept.form != FORM || kept.key != witness.key().to_string() {
            return Err(changed("it belongs to another witness or another version"));
        }
        let seen = kept.seen.into_iter().map(|(origin, note)| {
            let recalled = Note::parse(note.as_bytes()).ok().and_then(|note| witness.recall(note));
            recalled.filter(|(own, _)| *own == origin).ok_or_else(|| changed(&format!("the checkpoint of {origin}")))
        });
        let seen = seen.collect::<Result<_, _>>()?;
        Ok(Self { witness, memory: Mutex::new(Memory { file, seen, in_doubt: false }) })
    }

    /// The rules.
    pub const fn witness(&self) -> &Witness {
        &self.witness
    }

    /// What was seen last of a log; none when nothing was.
    pub fn last_seen(&self, origin: &str) -> Option<Seen> {
        self.memory().seen.get(origin).cloned()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // A thread that panicked in here leaves the mark of doubt behind where one is needed.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cosigns a checkpoint when it continues what the witness saw last. One request after the other, each kept before it is
/// answered. The instant is in seconds since 1970.
///
/// # Errors
/// A refusal; or the system could not keep what was seen, and then nothing is cosigned until the file is opened again.
pub fn cosign_checkpoint(desk: &WitnessDesk, request: &AddCheckpoint, instant: u64) -> Result<Cosigned, CosignError> {
    let mut memory = desk.memory();
    if memory.in_doubt {
        return Err(CosignError::Kept("an earlier checkpoint may not have been kept; start the witness again".into()));
    }
    let cosigned = desk.witness.consider(request, |origin| memory.seen.get(origin).cloned(), instant)?;
    let recalled = desk.witness.recall(cosigned.seen.clone());
    let (origin, seen) = recalled.ok_or_else(|| CosignError::Kept("the own cosignature does not verify".into()))?;
    let mut all = memory.seen.clone();
    all.insert(origin, seen);
    let content = written(desk.witness.key(), &all)?;
    memory.in_doubt = true;
    memory.file.replace(&content)?;
    memory.seen = all;
    memory.in_doubt = false;
    Ok(cosigned)
}

fn written(key: &VerifierKey, seen: &BTreeMap<String, Seen>) -> Result<Vec<u8>, CosignError> {
    let note = |seen: &Seen| seen.note.as_ref().map(ToString::to_string).unwrap_or_default();
    let seen = seen.iter().map(|(origin, seen)| (origin.clone(), note(seen))).collect();
    let kept = Kept { form: FORM.to_owned(), key: key.to_string(), seen };
    serde_json::to_vec_pretty(&kept).map_err(|error| CosignError::Kept(error.to_string()))
}
