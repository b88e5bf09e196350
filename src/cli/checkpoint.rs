//! `checkpoint`: the log, signed as far as it goes.

use clap::Args;
use serde_json::json;

use super::{
    cosignatures::WitnessOptions,
    session::{DONE, Failure, Session},
};
use crate::operations::{record_heads, sequence_log, sign_checkpoint, signing::Signer};

/// Puts all entries into the log, records the heads of all chains if anything changed, signs the log and prints the checkpoint.
///
/// Give the checkpoint to the parties: whoever keeps one notices when the log is replaced or cut (`verify --held FILE`). The
/// key lies beside an SQLite database, with the last checkpoint it signed; a database older than that is refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger checkpoint > 2026-03-31.checkpoint\n  outcome-ledger checkpoint --verifier-key\n  outcome-ledger checkpoint --policy witnesses.policy\n  outcome-ledger checkpoint --database postgres://ledger@db.example.org/ledger --key ledger.key"
)]
pub struct CheckpointArgs {
    /// Prints the key that verifies checkpoints, and signs nothing
    #[arg(long)]
    verifier_key: bool,
    #[command(flatten)]
    witnesses: WitnessOptions,
}

/// Runs the command.
pub fn run(args: &CheckpointArgs, session: &Session) -> Result<u8, Failure> {
    let mut signer = session.signer()?;
    if args.verifier_key {
        let key = signer.verifier().to_string();
        session.answer(&json!({ "verifier_key": key }), || key.clone())?;
        return Ok(DONE);
    }
    let signed = session.act(|connection, outside| {
        sequence_log(connection)?;
        if record_heads(connection, outside)?.is_some() {
            sequence_log(connection)?;
        }
        sign_checkpoint(connection, &mut signer)
    })?;
    let signed =
        signed.ok_or_else(|| Failure::refused("empty-log", "nothing was recorded yet, so there is nothing to sign"))?;
    if let Some(exit) = args.witnesses.run(session)? {
        return Ok(exit);
    }
    session.answer(&signed, || signed.note.trim_end().to_owned())?;
    Ok(DONE)
}
