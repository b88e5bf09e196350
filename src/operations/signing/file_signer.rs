//! A signer whose key and memory are files. Its memory is the last checkpoint it signed, verbatim, and is written before
//! the signature is given away: whatever was given away is remembered.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{
    Signer, check_continues,
    durable_file::{self, Readers},
};
use crate::{
    ledger::{
        merkle::empty_root,
        note::{Checkpoint, KeyKind, Note, SignerKey, TreeHead, VerifierKey},
    },
    operations::Error,
    values::Digest,
};

/// Where key and memory are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFiles {
    /// The secret key, as `PRIVATE+KEY+NAME+ID+KEY`.
    pub key: PathBuf,
    /// The last checkpoint that was signed with it.
    pub signed: PathBuf,
}

impl KeyFiles {
    /// The files of a key; the memory stands beside it, named `.signed` in place of its extension.
    pub fn of_key(key: &Path) -> Self {
        Self { key: key.to_path_buf(), signed: key.with_extension("signed") }
    }

    /// What was signed last, as far as somebody without the key can tell. None without the file.
    ///
    /// # Errors
    /// When the file holds something else.
    pub fn last(&self) -> Result<Option<Checkpoint>, Error> {
        Ok(self.remembered()?.map(|(_, checkpoint)| checkpoint))
    }

    /// The same with the note that was signed.
    ///
    /// # Errors
    /// As for [`Self::last`].
    pub fn remembered(&self) -> Result<Option<(Note, Checkpoint)>, Error> {
        let bytes = match fs::read(&self.signed) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|error| unreachable(&self.signed, &error.to_string()))?,
        };
        let note = Note::parse(&bytes).map_err(|error| damaged(&self.signed, &error.to_string()))?;
        let checkpoint = Checkpoint::parse(note.text());
        checkpoint.map(|checkpoint| Some((note, checkpoint))).map_err(|error| damaged(&self.signed, &error.to_string()))
    }
}

/// Signs with a key in a file.
#[derive(Debug)]
pub struct FileSigner {
    key: SignerKey,
    files: KeyFiles,
}

impl FileSigner {
    /// Makes a key out of 32 random bytes, and a memory that says that nothing was signed.
    ///
    /// # Errors
    /// When one of the files is there, or cannot be written.
    pub fn create(files: KeyFiles, origin: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        let key = SignerKey::from_seed(origin, KeyKind::Note, seed);
        let key = key.map_err(|error| Error::refused("bad-key", error.to_string(), "choose another origin"))?;
        let nothing = Checkpoint::sign(&key, TreeHead { size: 0, root: empty_root() }, 0);
        // The memory first: a key without one signs nothing.
        for (path, text) in [(&files.signed, nothing.to_string()), (&files.key, key.to_secret_text() + "\n")] {
            let written = durable_file::create(path, text.as_bytes(), Readers::Owner);
            written.map_err(|error| unreachable(path, &error.to_string()))?;
        }
        Ok(Self { key, files })
    }

    /// Opens a key; none without its file.
    ///
    /// # Errors
    /// When the file holds no key of a log or cannot be read.
    pub fn open(files: KeyFiles) -> Result<Option<Self>, Error> {
        let text = match fs::read_to_string(&files.key) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| unreachable(&files.key, &error.to_string()))?,
        };
        let key = SignerKey::parse(text.trim_end()).map_err(|error| damaged(&files.key, &error.to_string()))?;
        match key.verifier().kind() {
            KeyKind::Note => Ok(Some(Self { key, files })),
            KeyKind::Cosignature => Err(damaged(&files.key, "it is the key of a witness, not of a log")),
        }
    }

    /// Holds off other processes with the same key.
    fn lock(&self) -> Result<File, Error> {
        let path = self.files.signed.with_added_extension("lock");
        durable_file::lock(&path).map_err(|error| unreachable(&path, &error.to_string()))
    }

    fn remember(&self, note: &Note) -> Result<(), Error> {
        let written = durable_file::write(&self.files.signed, note.to_string().as_bytes(), Readers::Owner);
        written.map_err(|error| unreachable(&self.files.signed, &error.to_string()))
    }
}

impl Signer for FileSigner {
    fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    fn last(&self) -> Result<Checkpoint, Error> {
        let path = &self.files.signed;
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => forgotten(path),
            _ => unreachable(path, &error.to_string()),
        })?;
        let note = Note::parse(&bytes).map_err(|error| damaged(path, &error.to_string()))?;
        note.verify([self.verifier()]).map_err(|error| damaged(path, &error.to_string()))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|error| damaged(path, &error.to_string()))?;
        match checkpoint.origin() == self.verifier().name() {
            true => Ok(checkpoint),
            false => Err(damaged(path, &format!("it is a checkpoint of `{}`", checkpoint.origin()))),
        }
    }

    fn sign(&mut self, head: TreeHead, proof: &[Digest]) -> Result<Note, Error> {
        let _lock = self.lock()?;
        let last = self.last()?.head();
        check_continues(last, head, proof)?;
        let note = Checkpoint::sign(&self.key, head, 0);
        if head != last {
            self.remember(&note)?;
        }
        Ok(note)
    }
}

fn forgotten(path: &Path) -> Error {
    Error::refused(
        "signer-forgot",
        format!("{} is gone, so that nobody knows what was signed last", path.display()),
        "put the newest checkpoint there that anybody holds: published, at a witness, or in a backup",
    )
}

fn damaged(path: &Path, reason: &str) -> Error {
    Error::refused(
        "signer-damaged",
        format!("{} cannot be used: {reason}", path.display()),
        "restore the file from a copy; a checkpoint that was published is as good",
    )
}

fn unreachable(path: &Path, reason: &str) -> Error {
    Error::refused("signer-unreachable", format!("{}: {reason}", path.display()), "make the file reachable, then retry")
}
