//! What is known of a contract: the agreement, its state, subjects and facts at a position.

use std::collections::{BTreeMap, HashMap};

use super::{
    Error, Outside,
    journal::{self, Chain},
    sealing::Keys,
};
use crate::{
    contract::{
        Act, Agreement, SettlementLine, State, Version, Versions,
        agreement::roles,
        audit::Life,
        content::{self, ContentError, SubjectContent},
        lifecycle::Ending,
        payload::{Amended, AmendmentProposal, Termination},
        reported::{At, Reported},
    },
    ledger::{Entry, EntryKind},
    storage::{self, AmendmentRow, Connection, ContractPartyRow, ContractRow, FactRow, SettlementLineRow, SubjectRow},
    terms::Contract,
    values::{ChainId, Day, Digest, PartyId, SubjectRef},
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
    /// What was agreed, version by version.
    pub versions: Versions,
}

impl Known {
    /// The contract as its newest version has it.
    pub(super) fn contract(&self) -> &Contract {
        &self.versions.newest().contract
    }

    /// The digest of the newest version, which entries name.
    pub(super) fn terms(&self) -> Digest {
        self.versions.newest().digest
    }

    /// The roles that sign, in the order of the document.
    pub(super) fn signers(&self) -> Vec<String> {
        roles(self.contract()).filter(|(_, patients)| !patients).map(|(role, _)| role.to_owned()).collect()
    }

    /// Who takes which role.
    pub(super) fn roles(&self) -> BTreeMap<String, PartyId> {
        self.parties.iter().map(|party| (party.role.clone(), party.party_id)).collect()
    }

    /// The party that takes a role, which is one that signs.
    ///
    /// # Errors
    /// A refusal when there is no such role, or it is that of patients.
    pub(super) fn party_that_signs(&self, role: &str) -> Result<PartyId, Error> {
        let signing = || format!("the roles that sign are `{}`", self.signers().join("`, `"));
        match roles(self.contract()).find(|(known, _)| *known == role) {
            Some((_, false)) => {}
            Some((_, true)) => {
                let message = format!("`{role}` stands for patients, who do not sign");
                return Err(Error::refused("role-of-patients", message, signing()));
            }
            None => {
                let message = format!("the contract has no role `{role}`");
                return Err(Error::refused("unknown-role", message, signing()));
            }
        }
        let gone = || Error::Stored(format!("nobody takes the role `{role}`"));
        self.roles().get(role).copied().ok_or_else(gone)
    }

    /// Whether something may be done today.
    ///
    /// # Errors
    /// A refusal when it may not.
    pub(super) fn allow(&self, act: Act, outside: &Outside) -> Result<State, Error> {
        let ending = self.versions.ending.map(|(_, ending)| ending);
        Ok(self.state.on(self.chain.today(outside), ending).after(act)?)
    }

    /// The last day of the run-out by the terms, of a contract that ends on a day.
    pub(super) fn least_run_out(&self, on: Day) -> Result<Day, Error> {
        let term = self.contract().checked.document.header.term;
        let too_late = || Error::refused("bad-day", format!("{on} is too late"), "take a day before 2400");
        Ending { on, run_out_until: on }.least_run_out(term).ok_or_else(too_late)
    }

    /// What the chain says about the contract, entry by entry.
    pub(super) fn life(&self, connection: &mut Connection) -> Result<Life, Error> {
        let mut entries = BTreeMap::new();
        storage::entry::for_each_of_chain(connection, self.row.contract_id, |row| {
            entries.insert(row.seq, Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?);
            Ok::<(), Error>(())
        })?;
        let mut findings = Vec::new();
        let life = Life::of(self.row.contract_id, &entries, &mut findings);
        findings.first().map_or(Ok(life), |finding| Err(Error::Stored(finding.to_string())))
    }
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
    let mut versions = versions(connection, &row, &parties)?;
    if state == State::UnderNotice {
        versions.ending = ending(connection, contract_id)?;
    }
    Ok(Known { chain, row, parties, state, versions })
}

/// The versions that were agreed: the first, and amendments by the entries that say so.
fn versions(connection: &mut Connection, row: &ContractRow, parties: &[ContractPartyRow]) -> Result<Versions, Error> {
    let contract = agreement(row, parties)?.runnable(&row.name)?;
    let mut versions = Versions::of(Version { digest: row.digest, from: None, agreed_seq: 0, contract });
    let texts = storage::amendment::of_contract(connection, row.contract_id)?;
    if texts.is_empty() {
        return Ok(versions);
    }
    let kinds = [EntryKind::AmendmentProposed, EntryKind::ContractAmended].map(EntryKind::number);
    let mut proposed: HashMap<String, i64> = HashMap::new();
    for entry in storage::entry::of_kinds(connection, row.contract_id, &kinds)? {
        let agreed_seq = entry.seq;
        let entry = Entry::decode(&entry.body).map_err(|error| Error::Stored(error.to_string()))?;
        if entry.kind == EntryKind::AmendmentProposed {
            let AmendmentProposal { digest, .. } = content::decode(&entry.payload)?;
            proposed.insert(digest, agreed_seq);
            continue;
        }
        let Amended { digest, effective_on } = content::decode(&entry.payload)?;
        let text = proposed.get(&digest).and_then(|seq| texts.iter().find(|text| text.seq == *seq));
        let missing = || Error::Stored(format!("the text of the amendment {digest} is gone"));
        let contract = amended(text.ok_or_else(missing)?)?.runnable(&row.name)?;
        let digest = Digest::parse(&digest).ok_or_else(missing)?;
        versions.push(Version { digest, from: Some(effective_on), agreed_seq, contract });
    }
    Ok(versions)
}

/// When a contract ends, and the position of the entry that says so.
pub(super) fn ending(connection: &mut Connection, contract: ChainId) -> Result<Option<(i64, Ending)>, Error> {
    let kind = EntryKind::ContractTerminated.number();
    let Some(row) = storage::entry::last_of_kind(connection, contract, kind)? else { return Ok(None) };
    let entry = Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
    let Termination { effective_on, run_out_until, .. } = content::decode(&entry.payload)?;
    Ok(Some((row.seq, Ending { on: effective_on, run_out_until })))
}

/// What an amendment says; without roles, which stay.
pub(super) fn amended(row: &AmendmentRow) -> Result<Agreement, Error> {
    Ok(Agreement::read(row.document.clone(), &row.files, &row.settings)?)
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
