//! What is known of a contract: the agreement, its state, subjects and facts at a position.

use std::collections::HashMap;

use super::{
    Error,
    journal::{self, Chain},
    sealing::Keys,
};
use crate::{
    contract::{
        Agreement, SettlementLine, State,
        content::{self, ContentError, SubjectContent},
        reported::{At, Reported},
    },
    storage::{self, Connection, ContractPartyRow, ContractRow, FactRow, SettlementLineRow, SubjectRow},
    terms::Contract,
    values::{ChainId, Digest, SubjectRef},
};

/// A contract as it stands.
pub(super) struct Known {
    /// The end of its chain, loaded before everything else.
    pub chain: Chain,
    /// The stored row.
    pub row: ContractRow,
    /// Who takes which role, and who has signed.
    pub parties: Vec<ContractPartyRow>,
    /// Where it stands.
    pub state: State,
    /// The contract that can be run.
    pub contract: Contract,
}

/// Loads a contract by its name in order to write: other writers of its chain wait until the transaction ends.
pub(super) fn contract(connection: &mut Connection, name: &str) -> Result<Known, Error> {
    load(connection, name, Chain::load)
}

/// Loads a contract by its name in order to read.
pub(super) fn read(connection: &mut Connection, name: &str) -> Result<Known, Error> {
    load(connection, name, Chain::read)
}

fn load(
    connection: &mut Connection,
    name: &str,
    chain: impl FnOnce(&mut Connection, Digest, ChainId) -> Result<Chain, Error>,
) -> Result<Known, Error> {
    let log = journal::log(connection)?.log_id;
    let Some(ContractRow { contract_id, .. }) = storage::contract::find_by_name(connection, name)? else {
        return Err(unknown(name, &storage::contract::list(connection)?));
    };
    // What is loaded after the head cannot have changed when an entry is appended to it.
    let chain = chain(connection, log, contract_id)?;
    let row = storage::contract::find(connection, contract_id)?;
    let row = row.ok_or_else(|| Error::Stored(format!("the contract `{name}` is gone")))?;
    let parties = storage::contract_party::of_contract(connection, contract_id)?;
    let state = State::parse(&row.state).ok_or_else(|| Error::Stored(format!("`{}` is no state", row.state)))?;
    let contract = agreement(&row, &parties)?.runnable(&row.name)?;
    Ok(Known { chain, row, parties, state, contract })
}

fn unknown(name: &str, contracts: &[ContractRow]) -> Error {
    let mut names: Vec<String> = contracts.iter().map(|row| format!("`{}`", row.name)).collect();
    let more = names.len().saturating_sub(10);
    names.truncate(10);
    let help = match (names.is_empty(), more) {
        (true, _) => "none is proposed yet; see `outcome-ledger contract propose --help`".into(),
        (false, 0) => format!("known: {}", names.join(", ")),
        (false, more) => format!("known: {} and {more} more", names.join(", ")),
    };
    Error::refused("unknown-contract", format!("there is no contract named `{name}`"), help)
}

/// The agreement out of its stored rows.
pub(super) fn agreement(row: &ContractRow, parties: &[ContractPartyRow]) -> Result<Agreement, Error> {
    let wrong = |ContentError(reason)| Error::Stored(format!("contract `{}`: {reason}", row.name));
    let agreement = Agreement::read(row.document.clone(), &row.files, &row.settings).map_err(wrong)?;
    Ok(Agreement { roles: parties.iter().map(|party| (party.role.clone(), party.party_id)).collect(), ..agreement })
}

/// Loads subjects and facts of a contract, all that were ever reported and are not erased.
pub(super) fn reported(connection: &mut Connection, row: &ContractRow) -> Result<Reported, Error> {
    let keys = Keys::load(connection, row.contract_id)?;
    let subjects =
        keys.read(storage::subject::of_contract(connection, row.contract_id)?, |bytes| content::decode(bytes))?;
    let facts = keys.read(storage::fact::of_contract(connection, row.contract_id)?, |bytes| content::decode(bytes))?;
    let subject =
        |(row, content): (SubjectRow, Option<_>)| Some(At { seq: row.seq, item: row.item, content: content? });
    let fact = |(row, content): (FactRow, Option<_>)| Some(At { seq: row.seq, item: row.item, content: content? });
    Ok(Reported {
        subjects: subjects.into_iter().filter_map(subject).collect(),
        facts: facts.into_iter().filter_map(fact).collect(),
    })
}

/// The labels of subjects by pseudonym, but those erased.
pub(super) fn labels(connection: &mut Connection, row: &ContractRow) -> Result<HashMap<SubjectRef, String>, Error> {
    let keys = Keys::load(connection, row.contract_id)?;
    let rows =
        keys.read(storage::subject::of_contract(connection, row.contract_id)?, |bytes| content::decode(bytes))?;
    let label = |(_, content): (_, Option<SubjectContent>)| content.map(|content| (content.subject, content.label));
    Ok(rows.into_iter().filter_map(label).collect())
}

/// Loads all lines of settlements that were put forward with their contents; none for those erased.
pub(super) fn lines(
    connection: &mut Connection,
    row: &ContractRow,
) -> Result<Vec<(SettlementLineRow, Option<SettlementLine>)>, Error> {
    let rows = storage::settlement_line::of_contract(connection, row.contract_id)?;
    open_lines(connection, row, rows)
}

/// Opens lines; none for those erased.
pub(super) fn open_lines(
    connection: &mut Connection,
    row: &ContractRow,
    rows: Vec<SettlementLineRow>,
) -> Result<Vec<(SettlementLineRow, Option<SettlementLine>)>, Error> {
    Keys::load(connection, row.contract_id)?.read(rows, content::decode_line)
}
