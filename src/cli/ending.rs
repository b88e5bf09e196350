//! `contract suspend | resume | terminate | renew`: how a contract in force pauses, ends and goes on.

use clap::Args;
use serde_json::json;

use super::{
    input,
    output::Failure,
    session::{Session, Under},
};
use crate::{
    operations::{Grounds, Renewal, Turned, renew_contract, resume_contract, suspend_contract, terminate_contract},
    values::Day,
};

/// Suspends a contract: nobody is enrolled and nothing settled until the same role resumes it.
#[derive(Debug, Args)]
pub struct Suspend {
    #[command(flatten)]
    by: By,
}

/// Resumes a contract that the same role has suspended.
#[derive(Debug, Args)]
pub struct Resume {
    #[command(flatten)]
    by: By,
}

/// Sets the end of a contract; what was earned before is reported and settled until the run-out is over.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger contract terminate acme-north-2025 --as insurer --on 2026-06-30 --reason \"product withdrawn\""
)]
pub struct Terminate {
    #[command(flatten)]
    by: By,
    /// The last day on which it is in force, today at the earliest
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    on: Day,
    /// The last day on which what was earned is reported and settled; the terms' run-out when left out
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    run_out: Option<Day>,
}

/// Proposes to prolong a contract; all sign it as they sign an amendment.
#[derive(Debug, Args)]
pub struct Renew {
    /// The contract's name
    contract: String,
    /// The new last day of its term
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    until: Day,
    /// The first day on which the prolonged contract holds; the day after the term when left out
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    from: Option<Day>,
    /// Why, in one line that names no person: it stays for good
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    under: Under,
}

#[derive(Debug, Args)]
struct By {
    /// The contract's name
    contract: String,
    /// The role that does it
    #[arg(long = "as", value_name = "ROLE")]
    role: String,
    /// Why, in one line that names no person: it stays for good
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    under: Under,
}

impl By {
    fn grounds(&self) -> Grounds<'_> {
        Grounds { role: &self.role, reason: &self.reason }
    }
}

impl Suspend {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let By { contract, role, reason, under } = &self.by;
        let turned = session.once(under, "suspend_contract", &json!([contract, role, reason]), |c, outside| {
            suspend_contract(c, outside, contract, self.by.grounds())
        })?;
        session.answer(&turned, || format!("{contract} is suspended; {role} resumes it"))
    }
}

impl Resume {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let By { contract, role, reason, under } = &self.by;
        let turned = session.once(under, "resume_contract", &json!([contract, role, reason]), |c, outside| {
            resume_contract(c, outside, contract, self.by.grounds())
        })?;
        session.answer(&turned, || format!("{contract} goes on"))
    }
}

impl Terminate {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let By { contract, role, reason, under } = &self.by;
        let request = json!([contract, role, reason, self.on, self.run_out]);
        let turned = session.once(under, "terminate_contract", &request, |c, outside| {
            terminate_contract(c, outside, contract, self.by.grounds(), (self.on, self.run_out))
        })?;
        session.answer(&turned, || ended(&turned))
    }
}

fn ended(turned: &Turned) -> String {
    let shown = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
    format!(
        "{} ends on {}; what was earned before is reported and settled until {}",
        turned.contract,
        shown(turned.ends_on),
        shown(turned.run_out_until)
    )
}

impl Renew {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let Self { contract, until, from, reason, under } = self;
        let request = json!([contract, until, from, reason]);
        let proposed = session.once(under, "renew_contract", &request, |c, outside| {
            renew_contract(c, outside, contract, Renewal { until: *until, effective_on: *from, reason })
        })?;
        session.answer(&proposed, || {
            let signers = proposed.signers.iter();
            let next = signers.map(|role| format!("\nNext: outcome-ledger contract sign {contract} --as {role}"));
            let next = next.collect::<String>();
            format!("Proposed to prolong {contract} until {until}\ndigest to sign {}{next}", proposed.digest)
        })
    }
}
