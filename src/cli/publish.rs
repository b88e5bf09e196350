//! `publish`: the log as files that any web server can serve.

use std::path::PathBuf;

use clap::Args;

use super::session::{DONE, Failure, Session};
use crate::operations::publish_log;

/// Writes the signed log into a folder: checkpoint, tiles and entries as C2SP `tlog-tiles` lays them out.
///
/// Running it again writes what is new. Entries hold no personal data.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger checkpoint && outcome-ledger publish /srv/log")]
pub struct PublishArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs the command.
pub fn run(args: &PublishArgs, session: &Session) -> Result<u8, Failure> {
    let published = publish_log(&mut session.open()?, &args.folder)?;
    session.answer(&published, || {
        let folder = args.folder.display();
        format!("{folder} shows the log of {} entries; {} file(s) written", published.size, published.written)
    })?;
    Ok(DONE)
}
