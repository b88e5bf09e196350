//! Makes the key that signs the log.

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Chain},
    signing::{FileSigner, KeyFiles, Signer},
};
use crate::{
    contract::payload::KeyAnnouncement,
    ledger::{Entry, EntryKind},
    storage::{self, Connection},
};

/// The key of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogKey {
    /// What verifies its signatures; for policies, and to be published.
    pub verifier_key: String,
    /// The file of the secret key.
    pub file: String,
    /// Whether the key was there already.
    pub existed: bool,
}

/// Makes a key for the log, unless its file is there, and announces it in the log.
///
/// # Errors
/// A refusal when the log was signed already, by a key that is not there now; when the files cannot be written.
pub fn make_key(connection: &mut Connection, outside: &mut Outside, files: KeyFiles) -> Result<LogKey, Error> {
    let file = files.key.display().to_string();
    if let Some(signer) = FileSigner::open(files.clone())? {
        let verifier_key = signer.verifier().to_string();
        announce(connection, outside, &verifier_key)?;
        return Ok(LogKey { verifier_key, file, existed: true });
    }
    let origin = journal::log(connection)?.origin;
    if storage::checkpoint::latest(connection)?.is_some() {
        let message = format!("the log was signed already, and its key is not in {file}");
        return Err(Error::refused("key-missing", message, "bring the key there, or name its file: --key FILE"));
    }
    let verifier_key = FileSigner::create(files, &origin, &outside.bytes()?)?.verifier().to_string();
    announce(connection, outside, &verifier_key)?;
    Ok(LogKey { verifier_key, file, existed: false })
}

/// Appends the key to the network's chain, unless it was the last one announced there.
fn announce(connection: &mut Connection, outside: &mut Outside, verifier_key: &str) -> Result<(), Error> {
    connection.transaction(|connection| {
        let log = journal::log(connection)?.log_id;
        let network = journal::network_chain(log);
        let payload = KeyAnnouncement { verifier_key: verifier_key.to_owned() };
        let draft = journal::draft(outside, EntryKind::KeyAnnounced, &payload)?;
        let last = storage::entry::last_of_kind(connection, network, draft.kind.number())?;
        let known = last.and_then(|row| Entry::decode(&row.body).ok()).map(|entry| entry.payload);
        if known.as_ref() != Some(&draft.payload) {
            Chain::load(connection, log, network)?.append(connection, draft)?;
        }
        Ok(())
    })
}
