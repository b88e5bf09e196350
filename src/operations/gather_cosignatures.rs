//! Asks the witnesses of a policy to cosign the newest checkpoint, and keeps what they answer.

use serde::Serialize;

use super::{
    Error, Remote,
    log_tree::{self, column, number},
    remote::Answer,
};
use crate::{
    ledger::note::{AddCheckpoint, Note, Policy, SignatureLine, VerifierKey, encoding::decimal, policy::Witnessing},
    storage::{self, CheckpointRow, Connection, CosignatureRow},
};

/// What the witnesses said to the newest checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gathered {
    /// Entries under the checkpoint.
    pub size: u64,
    /// What each witness said, in order of the policy.
    pub witnesses: Vec<Said>,
    /// Whether the cosignatures are enough for the policy.
    pub quorum: bool,
    /// The checkpoint with all cosignatures.
    pub note: String,
}

/// What one witness said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The witness, by its name in the policy.
    pub witness: String,
    /// Whether its cosignature is kept, from now or from before.
    pub cosigned: bool,
    /// Why not, and what to do.
    pub reason: Option<String>,
}

/// Asks each witness of the policy that has an address and has not cosigned the newest checkpoint yet. A witness that does
/// not answer keeps nobody waiting: it is asked again next time.
///
/// # Errors
/// A refusal when nothing was signed yet.
pub fn gather_cosignatures(connection: &mut Connection, policy: &Policy) -> Result<Gathered, Error> {
    let newest = newest(connection)?;
    let mut witnesses = Vec::new();
    for witness in &policy.witnesses {
        let asked = ask(connection, &newest, witness)?;
        let (cosigned, reason) = asked.map_or_else(|reason| (false, Some(reason)), |()| (true, None));
        witnesses.push(Said { witness: witness.name.to_string(), cosigned, reason });
    }
    let note = cosigned_note(connection, &newest)?;
    let verified = policy.cosignatures(&note).map_err(|error| Error::Stored(error.to_string()))?;
    Ok(Gathered { size: number(newest.size)?, witnesses, quorum: policy.is_quorum(&verified), note: note.to_string() })
}

/// Keeps cosignatures that came by another way, such as a letter: signature lines of witnesses that the policy knows.
///
/// # Errors
/// A refusal that names the first line which is no cosignature of the newest checkpoint; nothing is kept then.
pub fn add_cosignatures(connection: &mut Connection, policy: &Policy, lines: &str) -> Result<Gathered, Error> {
    let newest = newest(connection)?;
    let note = parsed(&newest)?;
    let checked = (1..).zip(lines.lines()).map(|(number, line)| {
        let read = SignatureLine::parse(line);
        let by = read.as_ref().and_then(|line| policy.witnesses.iter().find(|witness| witness.known.key.signed(line)));
        let fits =
            by.zip(read.as_ref()).filter(|(by, line)| by.known.key.verify(note.text(), &line.signature).is_some());
        fits.map(|(by, line)| (by.known.key.clone(), line.clone())).ok_or_else(|| {
            let message =
                format!("line {number} is no cosignature of the checkpoint of size {} by a known witness", newest.size);
            let help = "give the lines that the witness printed, for the newest checkpoint, and its key in the policy";
            Error::refused("no-cosignature", message, help)
        })
    });
    for (key, line) in checked.collect::<Result<Vec<_>, _>>()? {
        keep(connection, &newest, &key, &line)?;
    }
    gather_cosignatures(connection, &Policy { witnesses: without_addresses(policy), ..policy.clone() })
}

fn without_addresses(policy: &Policy) -> Vec<Witnessing> {
    let mut witnesses = policy.witnesses.clone();
    witnesses.iter_mut().for_each(|witness| witness.known.url = None);
    witnesses
}

/// What a witness without an address is sent: the newest checkpoint, with the proof from the one it cosigned last.
///
/// # Errors
/// A refusal when nothing was signed yet.
pub fn request_cosignature(connection: &mut Connection, witness: &VerifierKey) -> Result<AddCheckpoint, Error> {
    let newest = newest(connection)?;
    let last = storage::cosignature::greatest_size(connection, &witness.to_string())?.unwrap_or(0);
    request(connection, &newest, number(last)?)
}

/// Asks one witness: why it has not cosigned, in words, or nothing.
fn ask(connection: &mut Connection, newest: &CheckpointRow, witness: &Witnessing) -> Result<Result<(), String>, Error> {
    let key = &witness.known.key;
    let last = number(storage::cosignature::greatest_size(connection, &key.to_string())?.unwrap_or(0))?;
    if column(last) == newest.size {
        return Ok(Ok(()));
    }
    let Some(url) = &witness.known.url else {
        return Ok(Err("the policy has no address for it; send it a request in a file".into()));
    };
    let remote = Remote::new(url);
    let mut answer = remote.add_checkpoint(&request(connection, newest, last)?);
    // The witness remembers another size than this database: it says so, and the proof begins there.
    if let Some(other) = answer.as_ref().ok().and_then(conflict).filter(|other| *other != last) {
        if column(other) > newest.size {
            return Ok(Err(ahead(other, newest.size)));
        }
        answer = remote.add_checkpoint(&request(connection, newest, other)?);
    }
    match answer {
        Ok(Answer { status: 200, text }) => take(connection, newest, key, &text),
        Ok(Answer { status: 409 | 422, text }) => Ok(Err(format!(
            "it refuses, because it has seen another history of this log ({}); compare its checkpoint with this one:\n{}",
            text.trim(),
            newest.note
        ))),
        Ok(Answer { status, text }) => Ok(Err(format!("it answers {status}: {}", text.trim()))),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The size that a witness says it has cosigned last.
fn conflict(answer: &Answer) -> Option<u64> {
    (answer.status == 409).then(|| decimal(answer.text.strip_suffix('\n')?)).flatten()
}

/// Only the witness says so, so that signing goes on: the signer remembers by itself what it signed.
fn ahead(seen: u64, size: i64) -> String {
    format!(
        "it says that it cosigned {seen} entries of this log, which has {size}: either the witness is wrong, or the database was \
         set back; then stop, and bring back its newest copy before anything is written"
    )
}

/// Takes the cosignature out of an answer.
fn take(
    connection: &mut Connection,
    newest: &CheckpointRow,
    key: &VerifierKey,
    text: &str,
) -> Result<Result<(), String>, Error> {
    let note = parsed(newest)?;
    let line = text.lines().filter_map(SignatureLine::parse).find(|line| key.signed(line));
    let Some(line) = line.filter(|line| key.verify(note.text(), &line.signature).is_some()) else {
        return Ok(Err("its answer has no cosignature that its key in the policy verifies".into()));
    };
    keep(connection, newest, key, &line)?;
    Ok(Ok(()))
}

fn keep(
    connection: &mut Connection,
    newest: &CheckpointRow,
    key: &VerifierKey,
    line: &SignatureLine,
) -> Result<(), Error> {
    let row = CosignatureRow {
        size: newest.size,
        verifier_key: key.to_string(),
        line: line.to_string().trim_end().to_owned(),
    };
    connection.transaction(|connection| {
        let mut sequencer = storage::sequencer::lock(connection)?;
        let kept = storage::cosignature::of_checkpoint(connection, row.size)?;
        // Another server may have asked the same witness; its first answer stays.
        if kept.iter().all(|kept| kept.verifier_key != row.verifier_key) {
            storage::cosignature::insert(connection, &row)?;
            sequencer.cosignatures += 1;
            storage::sequencer::advance(connection, &sequencer)?;
        }
        Ok(())
    })
}

fn request(connection: &mut Connection, newest: &CheckpointRow, old_size: u64) -> Result<AddCheckpoint, Error> {
    let proof = log_tree::tree(connection, number(newest.size)?).consistency_proof(old_size)?;
    let proof =
        proof.ok_or_else(|| Error::Stored(format!("a cosignature of {old_size} entries, more than were signed")))?;
    Ok(AddCheckpoint { old_size, proof, checkpoint: parsed(newest)? })
}

/// A checkpoint with all cosignatures that are kept of it.
pub(super) fn cosigned_note(connection: &mut Connection, checkpoint: &CheckpointRow) -> Result<Note, Error> {
    let mut note = parsed(checkpoint)?;
    for row in storage::cosignature::of_checkpoint(connection, checkpoint.size)? {
        let line = SignatureLine::parse(&row.line);
        note.add(line.ok_or_else(|| Error::Stored(format!("the cosignature by {}", row.verifier_key)))?);
    }
    Ok(note)
}

fn parsed(checkpoint: &CheckpointRow) -> Result<Note, Error> {
    Note::parse(checkpoint.note.as_bytes())
        .map_err(|error| Error::Stored(format!("the checkpoint of size {}: {error}", checkpoint.size)))
}

fn newest(connection: &mut Connection) -> Result<CheckpointRow, Error> {
    storage::checkpoint::latest(connection)?.ok_or_else(|| {
        Error::refused("no-checkpoint", "nothing was signed yet", "sign the log first: outcome-ledger checkpoint")
    })
}
