//! Puts a copy of a ledger in place, after it was verified wholly and compared with what was signed last.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    Error, Verified,
    back_up_log::keys_of,
    journal, log_tree,
    sign_checkpoint::check_signed,
    signing::signer::{older, other_log},
    verify_log,
};
use crate::{
    ledger::note::Checkpoint,
    storage::{self, Connection},
};

/// What is to be restored.
#[derive(Clone, Debug)]
pub struct Copy<'c> {
    /// The copy.
    pub file: &'c Path,
    /// The keys that were made with it; those beside it when none are named.
    pub keys: Option<&'c Path>,
    /// What the signer remembers, if it is at hand.
    pub signed: Option<Checkpoint>,
    /// Whether a copy that is older than that may be put in place all the same.
    pub even_if_older: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What was verified.
    #[serde(flatten)]
    pub verified: Verified,
    /// Where the keys of contents came from.
    pub keys: Option<PathBuf>,
    /// Entries in the log of the copy.
    pub size: u64,
    /// Entries that were signed, as the signer remembers; none when it was not asked.
    pub signed: Option<u64>,
}

impl Restored {
    /// Whether more was signed than the copy holds.
    pub fn is_older(&self) -> bool {
        self.signed.is_some_and(|signed| signed > self.size)
    }
}

/// Puts a copy and its keys into a database that is not there yet. It is verified before it gets its name; a copy that is
/// not valid, or is not the log that was signed, is refused.
///
/// # Errors
/// A refusal: `backup-invalid` with the first finding, `other-log` and `forked-log` for a copy of something else,
/// `older-database` when more was signed than the copy holds. Nothing is left behind then.
pub fn restore_log(copy: &Copy, to: &Path) -> Result<Restored, Error> {
    let beside = Some(keys_of(copy.file)).filter(|keys| keys.exists());
    let keys = copy.keys.map(Path::to_path_buf).or(beside);
    storage::backup::restore(copy.file, keys.as_deref(), to, |connection| {
        let verified = valid(connection)?;
        compare(connection, copy)?;
        let signed = copy.signed.as_ref().map(|signed| signed.head().size);
        Ok(Restored { verified, keys: keys.clone(), size: log_tree::size(connection)?, signed })
    })
}

fn valid(connection: &mut Connection) -> Result<Verified, Error> {
    let verified = verify_log(connection)?;
    let Some(first) = verified.findings.first() else { return Ok(verified) };
    let message = format!("the copy is not valid: {} finding(s), the first: {first}", verified.findings.len());
    let help = "restore another copy, with the keys that were made with it: --keys FILE";
    Err(Error::refused("backup-invalid", message, help))
}

/// Holds the copy against what the signer remembers.
fn compare(connection: &mut Connection, copy: &Copy) -> Result<(), Error> {
    let Some(signed) = &copy.signed else { return Ok(()) };
    let origin = journal::log(connection)?.origin;
    if origin != signed.origin() {
        return Err(other_log(signed.origin(), &origin));
    }
    let (signed, size) = (signed.head(), log_tree::size(connection)?);
    match size < signed.size {
        true if copy.even_if_older => Ok(()),
        true => Err(older(signed.size, size)),
        false => check_signed(connection, signed),
    }
}
