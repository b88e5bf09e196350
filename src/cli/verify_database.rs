//! `verify` without a file: the database, compared with its own journal and with checkpoints that somebody kept.

use std::{fs, path::Path};

use super::{
    session::{DONE, Failure, Session},
    verify::VerifyArgs,
    verify_file::looked,
};
use crate::{
    ledger::note::Note,
    operations::{HeldCheckpoint, Verified, verify_held},
};

/// What was stored was changed.
pub const INVALID: u8 = 40;

/// Verifies the database.
pub fn run(arguments: &VerifyArgs, session: &Session) -> Result<u8, Failure> {
    let mut held: Vec<HeldCheckpoint> = arguments.held.iter().map(|path| read_held(path)).collect::<Result<_, _>>()?;
    held.extend(remembered(session)?);
    let verified = verify_held(&mut session.read()?, &held)?;
    session.answer(&verified, || in_text(&verified))?;
    Ok(if verified.valid { DONE } else { INVALID })
}

fn read_held(path: &Path) -> Result<HeldCheckpoint, Failure> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Failure::unreachable(format!("cannot read {name}: {error}")))?;
    let note =
        Note::parse(&bytes).map_err(|error| Failure::unreachable(format!("{name} is no checkpoint: {error}")))?;
    Ok(HeldCheckpoint { name, note, beside: false })
}

/// What the signer remembers, where its memory is at hand: a database that was set back is found by it.
fn remembered(session: &Session) -> Result<Option<HeldCheckpoint>, Failure> {
    let Some(files) = session.key_files()? else { return Ok(None) };
    let signed = files.remembered()?.filter(|(_, checkpoint)| checkpoint.head().size > 0);
    Ok(signed.map(|(note, _)| HeldCheckpoint { name: files.signed.display().to_string(), note, beside: true }))
}

fn in_text(verified: &Verified) -> String {
    let findings: String = verified.findings.iter().map(|finding| format!("{finding}\n\n")).collect();
    let outcome = match verified.findings.len() {
        0 => "VALID: nothing was changed".to_owned(),
        count => format!("INVALID: {count} finding(s)"),
    };
    let (log, rest) = (&verified.log, looked(&verified.looked_at, &verified.not_checked));
    format!("{findings}{outcome}\nlog {log}\n{} receipts, {rest}", verified.looked_at.receipts)
}
