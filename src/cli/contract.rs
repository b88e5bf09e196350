//! `contract`: from a document to a contract in force.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    amendment::{Amend, Withdraw, compared, versions},
    ending::{Renew, Resume, Suspend, Terminate},
    input,
    output::{DONE, Failure, WRONG_USAGE},
    session::{Session, Under, pair, read_text},
    table::table,
};
use crate::{
    operations::{
        ContractSummary, NewSignature, Proposal, activate_contract, list_contracts, propose_contract, show_contract,
        sign_contract,
    },
    terms::{compile, document::Files},
    values::Day,
};

/// Proposes, signs, activates, amends and ends contracts, and shows where they stand.
///
/// A contract is proposed once, signed by every role but the patients', and then activated.
#[derive(Debug, Args)]
pub struct ContractArgs {
    #[command(subcommand)]
    command: ContractCommand,
}

#[derive(Debug, Subcommand)]
enum ContractCommand {
    /// Puts a document forward and says who takes which role
    #[command(
        after_help = "Examples:\n  outcome-ledger contract propose efficacy.yaml --party manufacturer=Maker A --party insurer=\"Insurer A\"\n  outcome-ledger contract propose efficacy.yaml --party manufacturer=Maker A --party insurer=North --set window=\"180 days\" --name acme-north-2025\n\nRoles that the document gives to patients (`is: beneficiary`) are left out."
    )]
    Propose {
        /// The document
        file: PathBuf,
        /// The party that takes a role; once for each role
        #[arg(long = "party", value_name = "ROLE=NAME", value_parser = pair)]
        parties: Vec<(String, String)>,
        /// A value that replaces a parameter's default
        #[arg(long = "set", value_name = "PARAMETER=VALUE", value_parser = pair)]
        settings: Vec<(String, String)>,
        /// The contract's name in this ledger; the document's own id when left out
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        under: Under,
    },
    /// Signs a proposed contract, or the amendment that waits, for one role
    #[command(after_help = "Examples:\n  outcome-ledger contract sign acme-north-2025 --as insurer")]
    Sign {
        /// The contract's name
        contract: String,
        /// The role that signs
        #[arg(long = "as", value_name = "ROLE")]
        role: String,
        /// The digest that is meant; left out, it is what waits for signatures
        #[arg(long)]
        digest: Option<String>,
        #[command(flatten)]
        under: Under,
    },
    /// Brings a contract into force that all have signed
    Activate {
        /// The contract's name
        contract: String,
        #[command(flatten)]
        under: Under,
    },
    Amend(Amend),
    Withdraw(Withdraw),
    Suspend(Suspend),
    Resume(Resume),
    Terminate(Terminate),
    Renew(Renew),
    /// Shows the versions of a contract, agreed or not
    Versions {
        /// The contract's name
        contract: String,
    },
    /// Shows what the open amendment changes, in words and in money
    Compare {
        /// The contract's name
        contract: String,
        /// The day as of which both are computed
        #[arg(long, value_name = "DATE", value_parser = input::day)]
        as_of: Day,
    },
    /// Lists all contracts
    List,
    /// Shows one contract: its state, its parties, who has signed
    Show {
        /// The contract's name
        contract: String,
    },
}

/// Runs the command.
pub fn run(args: &ContractArgs, session: &Session) -> Result<u8, Failure> {
    match &args.command {
        ContractCommand::Propose { file, parties, settings, name, under } => {
            propose(session, under, file, parties, settings, name.as_deref())?;
        }
        ContractCommand::Sign { contract, role, digest, under } => {
            let request = json!([contract, role, digest]);
            let signature = NewSignature { role, digest: digest.as_deref() };
            let signed = session.once(under, "sign_contract", &request, |connection, outside| {
                sign_contract(connection, outside, contract, signature)
            })?;
            session.answer(&signed, || match signed.awaited.as_slice() {
                [] if signed.amendment => format!("{role} signed; all have signed, and {contract} is amended"),
                [] => format!(
                    "{role} signed {contract}; all have signed\nNext: outcome-ledger contract activate {contract}"
                ),
                awaited => format!("{role} signed {contract}; still to sign: {}", awaited.join(", ")),
            })?;
        }
        ContractCommand::Activate { contract, under } => {
            let activated = session.once(under, "activate_contract", contract, |connection, outside| {
                activate_contract(connection, outside, contract)
            })?;
            session.answer(&activated, || {
                format!("{contract} is in force\nNext: outcome-ledger enrol {contract} --subjects SUBJECTS.csv")
            })?;
        }
        ContractCommand::Amend(amend) => amend.run(session)?,
        ContractCommand::Withdraw(withdraw) => withdraw.run(session)?,
        ContractCommand::Suspend(suspend) => suspend.run(session)?,
        ContractCommand::Resume(resume) => resume.run(session)?,
        ContractCommand::Terminate(terminate) => terminate.run(session)?,
        ContractCommand::Renew(renew) => renew.run(session)?,
        ContractCommand::Versions { contract } => versions(session, contract)?,
        ContractCommand::Compare { contract, as_of } => compared(session, contract, *as_of)?,
        ContractCommand::List => {
            let contracts = list_contracts(&mut session.open()?)?;
            session.answer(&json!({ "contracts": contracts }), || list(&contracts))?;
        }
        ContractCommand::Show { contract } => {
            let summary = show_contract(&mut session.open()?, contract)?;
            session.answer(&summary, || show(&summary))?;
        }
    }
    Ok(DONE)
}

fn propose(
    session: &Session,
    under: &Under,
    file: &Path,
    parties: &[(String, String)],
    settings: &[(String, String)],
    name: Option<&str>,
) -> Result<(), Failure> {
    let document = read_text(file)?;
    let beside = |name: &str| {
        let path = file.parent().map(|folder| folder.join(name)).unwrap_or_else(|| name.into());
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    };
    let proposal = Proposal {
        name,
        file: &file.display().to_string(),
        document: &document,
        files: &beside,
        settings: once("--set", settings)?,
        parties: once("--party", parties)?,
    };
    let files = read_beside(proposal.file, &document, &proposal.settings, &beside);
    let request = json!([name, document, files, proposal.settings, proposal.parties]);
    let proposed = session.once(under, "propose_contract", &request, |connection, outside| {
        propose_contract(connection, outside, proposal.clone())
    })?;
    session.answer(&proposed, || {
        let findings: String = proposed.findings.iter().map(|finding| format!("{finding}\n")).collect();
        let next = proposed
            .signers
            .iter()
            .map(|role| format!("\nNext: outcome-ledger contract sign {} --as {role}", proposed.contract));
        format!(
            "{findings}Proposed {}\ndigest to sign {}{}",
            proposed.contract,
            proposed.digest,
            next.collect::<String>()
        )
    })
}

/// The texts of the files that the document reads.
pub(super) fn read_beside(
    file: &str,
    document: &str,
    settings: &BTreeMap<String, String>,
    beside: Files,
) -> BTreeMap<String, String> {
    let settings: Vec<_> = settings.clone().into_iter().collect();
    let read = RefCell::new(BTreeMap::new());
    let files = |name: &str| {
        let text = beside(name)?;
        read.borrow_mut().insert(name.to_owned(), text.clone());
        Ok(text)
    };
    // What is wrong with the document is told when it is proposed.
    let _ = compile(file, document, &settings, &files);
    read.into_inner()
}

/// Pairs by key; a key given twice is refused, because one of its values would be lost.
pub(super) fn once(option: &str, pairs: &[(String, String)]) -> Result<BTreeMap<String, String>, Failure> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        if map.insert(key.clone(), value.clone()).is_some() {
            let text =
                format!("error: {option} gives `{key}` twice\n  help: give it once, with the value that is meant");
            return Err(Failure::new(WRONG_USAGE, "given-twice", text));
        }
    }
    Ok(map)
}

fn list(contracts: &[ContractSummary]) -> String {
    let parties = |contract: &ContractSummary| {
        let named = contract.parties.iter().filter(|party| !party.patients);
        named.map(|party| format!("{}: {}", party.role, party.party)).collect::<Vec<_>>().join(", ")
    };
    let row =
        |contract: &ContractSummary| vec![contract.contract.clone(), contract.state.to_owned(), parties(contract)];
    table(&["contract", "state", "parties"], &[], contracts.iter().map(row))
}

fn show(contract: &ContractSummary) -> String {
    let signed = |party: &crate::operations::RoleTaken| match (party.patients, party.signed_at) {
        (true, _) => "patients do not sign".to_owned(),
        (false, Some(position)) => format!("at position {position}"),
        (false, None) => "not yet".to_owned(),
    };
    let row = |party| {
        let taken: &crate::operations::RoleTaken = party;
        vec![taken.role.clone(), taken.party.clone(), signed(taken)]
    };
    let rows: Vec<_> = contract.parties.iter().map(row).collect();
    format!(
        "{} is {}\ndocument {}, digest {}\n\n{}",
        contract.contract,
        contract.state,
        contract.document,
        contract.digest,
        table(&["role", "party", "signed"], &[], rows)
    )
}
