//! Reasons that stand in the journal: one line, in which no subject of the contract is named.

use std::collections::HashSet;

use super::{Error, known::Known, sealing::Keys};
use crate::{
    contract::remark,
    storage::{self, Connection},
    values::Digest,
};

/// Checks a reason before it is recorded for good.
///
/// # Errors
/// A refusal when it is no single line, or has the label of a subject among its words.
pub(super) fn check(connection: &mut Connection, known: &Known, reason: &str) -> Result<(), Error> {
    remark::check(reason)?;
    let inner = |word: &str| !word.is_empty();
    let is_part = |c: char| !(c.is_alphanumeric() || "-_./".contains(c));
    let words: HashSet<&str> =
        reason.split_whitespace().chain(reason.split(is_part)).filter(|word| inner(word)).collect();
    let keys = Keys::load(connection, known.row.contract_id)?;
    let names: HashSet<Digest> =
        storage::subject::names(connection, known.row.contract_id)?.into_iter().map(|(name, _)| name).collect();
    let mut hashes = words.into_iter().map(|word| keys.label_hash(word));
    if !hashes.try_fold(false, |found, hash| Ok::<_, Error>(found | names.contains(&hash?)))? {
        return Ok(());
    }
    let help = "say why without it; what is in the journal stays for good";
    Err(Error::refused("reason-names-subject", "the reason has the label of a subject in it", help))
}
