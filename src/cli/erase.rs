//! `erase`: a person is forgotten.

use clap::{Args, ValueEnum, builder::PossibleValue};

use serde_json::json;

use super::session::{DONE, Failure, Session, Under};
use crate::{
    contract::erasure::Basis,
    operations::{record_erasure, wipe_files},
};

/// Erases a subject from a contract: label, fields, facts and the explanations of lines go, for good.
///
/// The journal keeps its commitments, so that everything else can still be proven, and an entry that says on what grounds
/// somebody was erased, under a pseudonym. Amounts that were posted stay. It asks nothing and cannot be undone.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger erase acme-north-2025 --subject p1 --basis consent_withdrawn")]
pub struct EraseArgs {
    /// The contract's name
    contract: String,
    /// The label by which the subject was enrolled
    #[arg(long, value_name = "LABEL")]
    subject: String,
    /// On what grounds
    #[arg(long, value_enum)]
    basis: Basis,
    #[command(flatten)]
    under: Under,
}

impl ValueEnum for Basis {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.code()))
    }
}

/// Runs the command.
pub fn run(args: &EraseArgs, session: &Session) -> Result<u8, Failure> {
    let EraseArgs { contract, subject, basis, under } = args;
    // Without the label: the digest of a request stays in the journal, and a guessed label could be tried against it.
    let erased = session.once(under, "erase_subject", &json!([contract, basis]), |connection, outside| {
        record_erasure(connection, outside, contract, subject, *basis)
    });
    // Also when it was recorded before: whoever was stopped in between asks again.
    let erasure = match erased {
        Err(failure) if failure.exit != DONE => return Err(failure),
        erased => {
            let left = wipe_files(&mut session.open()?);
            let mut erasure = erased?;
            erasure.consequences.push(left);
            erasure
        }
    };
    session.answer(&erasure, || {
        let consequences: String = erasure.consequences.iter().map(|sentence| format!("\n- {sentence}")).collect();
        format!(
            "Erased one subject of {}, now only {}: {} facts, {} lines, at position {}{consequences}",
            erasure.contract, erasure.subject, erasure.facts, erasure.lines, erasure.receipt.position
        )
    })?;
    Ok(DONE)
}
