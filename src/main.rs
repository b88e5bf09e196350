//! The `outcome-ledger` program: hands the command line to [`outcome_ledger::cli`].

fn main() -> std::process::ExitCode {
    outcome_ledger::cli::run()
}
