//! Copies a ledger while others work on it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Error, check_log};
use crate::storage::{self, Connection};

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// The copy.
    pub file: PathBuf,
    /// The keys of contents, in a file of their own.
    pub keys: PathBuf,
}

/// Copies the ledger into a file, and the keys of contents into a second one beside it with the ending `.keys`.
///
/// # Errors
/// A refusal when a file is there already or the database is no file.
pub fn back_up_log(connection: &mut Connection, file: &Path) -> Result<BackedUp, Error> {
    check_log(connection)?;
    let keys = keys_of(file);
    storage::backup::copy(connection, file, &keys)?;
    Ok(BackedUp { file: file.into(), keys })
}

/// The file of keys beside a copy.
pub(super) fn keys_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".keys");
    name.into()
}
