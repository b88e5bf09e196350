//! `rebuild`: is what repeats the journal what the journal says?

use clap::Args;

use super::{
    session::{DONE, Failure, Session},
    verify_database::INVALID,
};
use crate::operations::{Rebuilt, rebuild_log};

/// Computes heads, columns, postings, parties, states, signatures and the log's tree from the journal and compares them with
/// what is stored.
///
/// With --write, what differs is put right, in one transaction and only when the journal itself verifies. Exit code 0: nothing
/// differs, or all was put right; 40: something differs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger rebuild\n  outcome-ledger rebuild --write")]
pub struct RebuildArgs {
    /// Puts right what differs; on PostgreSQL as the owner of the tables
    #[arg(long)]
    write: bool,
}

/// Runs the command.
pub fn run(args: &RebuildArgs, session: &Session) -> Result<u8, Failure> {
    let rebuilt = rebuild_log(&mut session.open()?, args.write)?;
    session.answer(&rebuilt, || in_text(&rebuilt))?;
    Ok(if rebuilt.differences.is_empty() || rebuilt.written { DONE } else { INVALID })
}

fn in_text(rebuilt: &Rebuilt) -> String {
    let differences: String = rebuilt.differences.iter().map(|finding| format!("{finding}\n\n")).collect();
    let outcome = match (rebuilt.differences.len(), rebuilt.written) {
        (0, _) => "Everything that repeats the journal says what the journal says".to_owned(),
        (count, true) => format!("{count} difference(s), put right"),
        (count, false) => format!("{count} difference(s); add --write to put them right"),
    };
    differences + &outcome
}
