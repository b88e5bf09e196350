//! `contract amend | withdraw | versions | compare`: how a contract in force changes.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{
    contract::{once, read_beside},
    input,
    output::Failure,
    session::{Session, Under, pair, read_text},
    table::table,
};
use crate::{
    operations::{
        AmendmentDraft, ShownVersion, VersionMoney, compare_amendment, propose_amendment, show_versions,
        withdraw_proposal,
    },
    terms::compare::Difference,
    values::Day,
};

/// Puts a new version of a contract in force forward.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger contract amend acme-north-2025 efficacy-2.yaml --from 2026-01-01 --reason \"new price list\"\n\nAll that signed the contract sign the amendment: outcome-ledger contract sign acme-north-2025 --as insurer"
)]
pub struct Amend {
    /// The contract's name
    contract: String,
    /// The new document, whole
    file: PathBuf,
    /// The first day on which it holds: no day that is settled
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    from: Day,
    /// Why, in one line that names no person: it stays for good
    #[arg(long)]
    reason: String,
    /// A value that replaces a parameter's default
    #[arg(long = "set", value_name = "PARAMETER=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    under: Under,
}

/// Takes back what not all have signed.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// The contract's name
    contract: String,
    /// The role that withdraws
    #[arg(long = "as", value_name = "ROLE")]
    role: String,
    /// Why, in one line that names no person: it stays for good
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    under: Under,
}

impl Amend {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let Self { contract, file, from, reason, settings, under } = self;
        let document = read_text(file)?;
        let beside = |name: &str| {
            let path = file.parent().map(|folder| folder.join(name)).unwrap_or_else(|| name.into());
            std::fs::read_to_string(path).map_err(|error| error.to_string())
        };
        let draft = AmendmentDraft {
            file: &file.display().to_string(),
            document: &document,
            files: &beside,
            settings: once("--set", settings)?,
            effective_on: *from,
            reason,
        };
        let files = read_beside(draft.file, &document, &draft.settings, &beside);
        let request = json!([contract, document, files, draft.settings, from, reason]);
        let proposed = session.once(under, "propose_amendment", &request, |connection, outside| {
            propose_amendment(connection, outside, contract, &draft)
        })?;
        session.answer(&proposed, || {
            let findings: String = proposed.findings.iter().map(|finding| format!("{finding}\n")).collect();
            let signers = proposed.signers.iter();
            let next = signers.map(|role| format!("\nNext: outcome-ledger contract sign {contract} --as {role}"));
            let changes = differences(&proposed.differences);
            let next = next.collect::<String>();
            format!(
                "{findings}Proposed to amend {contract} from {from}\n{changes}digest to sign {}{next}",
                proposed.digest
            )
        })
    }
}

impl Withdraw {
    pub fn run(&self, session: &Session) -> Result<(), Failure> {
        let Self { contract, role, reason, under } = self;
        let request = json!([contract, role, reason]);
        let withdrawn = session.once(under, "withdraw_proposal", &request, |connection, outside| {
            withdraw_proposal(connection, outside, contract, role, reason)
        })?;
        session.answer(&withdrawn, || match withdrawn.amendment {
            true => format!("The amendment of {contract} is withdrawn; it stays as it is"),
            false => format!("{contract} is withdrawn; its name stays taken"),
        })
    }
}

/// Shows the versions of a contract.
pub fn versions(session: &Session, contract: &str) -> Result<(), Failure> {
    let versions = show_versions(&mut session.open()?, contract)?;
    session.answer(&json!({ "versions": versions }), || {
        let row = |version: &ShownVersion| {
            let from = version.effective_on.map_or_else(|| "the beginning".to_owned(), |day| day.to_string());
            let signed = version.signed.keys().cloned().collect::<Vec<_>>().join(", ");
            vec![version.position.to_string(), from, version.state.into(), signed, version.digest.clone()]
        };
        table(&["position", "from", "state", "signed by", "digest"], &[0], versions.iter().map(row))
    })
}

/// Shows what the open amendment changes, in words and in money.
pub fn compared(session: &Session, contract: &str, as_of: Day) -> Result<(), Failure> {
    let compared = compare_amendment(&mut session.open()?, contract, as_of)?;
    session.answer(&compared, || {
        let VersionMoney { differences: changes, money, currency, .. } = &compared;
        let row = |money: &crate::operations::ClauseMoney| {
            let amounts = [money.before, money.after, money.difference].map(|amount| amount.to_string());
            [money.clause.clone(), money.payer.clone(), money.payee.clone()].into_iter().chain(amounts).collect()
        };
        let head = ["clause", "payer", "payee", "before", "after", "difference"];
        let table = table(&head, &[3, 4, 5], money.iter().map(row));
        format!("{}\nOwed as of {as_of} by what is known now, in {currency}\n{table}", differences(changes))
    })
}

/// Differences, a line for what was and a line for what comes.
fn differences(differences: &[Difference]) -> String {
    let line = |difference: &Difference| {
        let side = |sign: char, text: &Option<String>| {
            text.as_ref().map(|text| format!("  {sign} {text}\n")).unwrap_or_default()
        };
        let part = if difference.part.is_empty() { String::new() } else { format!(", {}", difference.part) };
        format!("{}{part}\n{}{}", difference.about, side('-', &difference.first), side('+', &difference.second))
    };
    differences.iter().map(line).collect()
}
