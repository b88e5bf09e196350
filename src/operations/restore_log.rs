//! Puts a copy of a ledger in place, after it was verified wholly.

use std::path::Path;

use super::{Error, Verified, verify_log};
use crate::storage::{self, Connection};

/// Puts a copy and its keys into a database that is not there yet. It is verified before it gets its name; a copy that is
/// not valid is refused.
///
/// # Errors
/// A refusal `backup-invalid` that names the first finding; nothing is left behind then.
pub fn restore_log(file: &Path, keys: Option<&Path>, to: &Path) -> Result<Verified, Error> {
    storage::backup::restore(file, keys, to, valid)
}

fn valid(connection: &mut Connection) -> Result<Verified, Error> {
    let verified = verify_log(connection)?;
    let Some(first) = verified.findings.first() else { return Ok(verified) };
    let message = format!("the copy is not valid: {} finding(s), the first: {first}", verified.findings.len());
    let help = "restore another copy, with the keys that were made with it: --keys FILE";
    Err(Error::refused("backup-invalid", message, help))
}
