//! Files of rows as they are handed in. They can be opened again, because what another writer was in the way of is done
//! again from the start.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use super::Error;
use crate::{terms::intake::Format, values::Digest};

/// A file of rows.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file's name, for errors.
    pub file: String,
    /// What its bytes are.
    pub format: Format,
    /// Where its bytes are.
    pub content: Content,
}

/// Where the bytes of a file are. A long upload belongs into a private file, so that it takes no memory.
#[derive(Clone)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file of this machine.
    File(PathBuf),
    /// In a file that has no name and goes when it is closed; it is opened once at a time.
    Nameless(Arc<File>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content(withheld)")
    }
}

impl Sheet {
    /// CSV in memory.
    pub fn csv(file: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { file: file.into(), format: Format::Csv, content: Content::Bytes(bytes.into()) }
    }

    /// A file of this machine, in the format that its name tells.
    pub fn at(path: &Path) -> Self {
        let file = path.display().to_string();
        Self { format: Format::of_name(&file), file, content: Content::File(path.into()) }
    }

    /// Opens it at its beginning.
    ///
    /// # Errors
    /// A refusal `unreadable`.
    pub fn open(&self) -> Result<Box<dyn Read + Send + '_>, Error> {
        Ok(match &self.content {
            Content::Bytes(bytes) => Box::new(&bytes[..]),
            Content::File(path) => Box::new(File::open(path).map_err(|error| self.unreadable(&error))?),
            Content::Nameless(file) => {
                let again = file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
                Box::new(again.map_err(|error| self.unreadable(&error))?)
            }
        })
    }

    /// SHA-256 of the bytes, hexadecimal: what a request under an idempotency key says about the file.
    ///
    /// # Errors
    /// A refusal `unreadable`.
    pub fn digest(&self) -> Result<String, Error> {
        let (mut input, mut hash, mut piece) = (self.open()?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            match input.read(&mut piece) {
                Ok(0) => return Ok(Digest(hash.finalize().into()).to_string()),
                Ok(length) => hash.update(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(&error)),
            }
        }
    }

    fn unreadable(&self, error: &io::Error) -> Error {
        Error::refused("unreadable", format!("cannot read {}: {error}", self.file), "look at the file, then try again")
    }
}
