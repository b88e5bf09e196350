//! Cosignatures of witnesses: asked for, taken in from files, told.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{
    session::{DONE, Failure, REFUSED, Session, read_text},
    witness::policy,
};
use crate::{
    ledger::note::Policy,
    operations::{
        Gathered, gather_cosignatures,
        gather_cosignatures::{add_cosignatures, request_cosignature},
    },
};

/// Options of `checkpoint` about witnesses.
#[derive(Debug, Args)]
pub struct WitnessOptions {
    /// Asks the witnesses of this policy (C2SP tlog-policy) to cosign; an error unless its quorum holds then
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Prints the request for a witness of the policy that is not reached over HTTP, to be sent by mail
    #[arg(long, value_name = "WITNESS", requires = "policy")]
    request: Option<String>,
    /// Takes in the signature lines that a witness sent back
    #[arg(long, value_name = "FILE", requires = "policy", conflicts_with = "request")]
    cosignatures: Option<PathBuf>,
}

impl WitnessOptions {
    /// Does what the options say with the checkpoint that was signed; none when nothing is said about witnesses.
    pub fn run(&self, session: &Session) -> Result<Option<u8>, Failure> {
        let Some(file) = &self.policy else { return Ok(None) };
        let policy = policy(file)?;
        match (&self.request, &self.cosignatures) {
            (Some(witness), _) => print_request(session, &policy, witness),
            (None, lines) => gather(session, &policy, lines.as_deref()),
        }
        .map(Some)
    }
}

fn print_request(session: &Session, policy: &Policy, name: &str) -> Result<u8, Failure> {
    let witness = policy.witnesses.iter().find(|witness| witness.name.to_string() == name);
    let witness =
        witness.ok_or_else(|| Failure::refused("unknown-witness", format!("the policy has no witness {name}")))?;
    let request = session.act(|connection, _| request_cosignature(connection, &witness.known.key))?.to_string();
    session.answer(&json!({ "witness": name, "request": request }), || request.clone())?;
    Ok(DONE)
}

fn gather(session: &Session, policy: &Policy, lines: Option<&Path>) -> Result<u8, Failure> {
    let lines = lines.map(read_text).transpose()?;
    let gathered = session.act(|connection, _| match &lines {
        Some(lines) => add_cosignatures(connection, policy, lines),
        None => gather_cosignatures(connection, policy),
    })?;
    if !gathered.quorum {
        return Err(no_quorum(&gathered));
    }
    session.answer(&gathered, || gathered.note.trim_end().to_owned())?;
    Ok(DONE)
}

/// The checkpoint is signed and published all the same; who wants a quorum has to wait.
fn no_quorum(gathered: &Gathered) -> Failure {
    let text = format!(
        "error: the log is signed at {} entries, but too few witnesses cosigned it\n{}  help: ask again later: outcome-ledger \
         checkpoint --policy FILE",
        gathered.size,
        reasons(gathered)
    );
    Failure { exit: REFUSED, text, problem: json!({ "code": "no-quorum", "gathered": gathered }) }
}

/// Who has not cosigned and why, a line for each.
pub fn reasons(gathered: &Gathered) -> String {
    let said = gathered.witnesses.iter();
    said.filter_map(|said| Some(format!("  {}: {}\n", said.witness, said.reason.as_ref()?))).collect()
}
