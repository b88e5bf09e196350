//! Placeholder.
use super::{Format, Outcome, exit};
/// Explains.
#[derive(Debug, clap::Args)]
pub struct Arguments {}
/// Runs.
pub fn run(_: &Arguments, _: Format) -> Outcome {
    Ok(exit::DONE)
}
