//! What is known of a contract: the agreement, its state, subjects and facts at a position.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Error,
    journal::{self, Chain},
    sealing::{Keys, Opened, Sealed},
};
use crate::{
    contract::{
        Agreement, State,
        content::{self, FactContent, SubjectContent},
    },
    storage::{self, Connection, ContractPartyRow, ContractRow, FactRow, SubjectRow},
    terms::{
        Contract,
        document::Document,
        evaluate::Data,
        finding::Finding,
        intake::{self, Assembly},
    },
    values::{FactId, SubjectRef},
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

/// Loads a contract by its name.
pub(super) fn contract(connection: &mut Connection, name: &str) -> Result<Known, Error> {
    let log = journal::log(connection)?.log_id;
    let Some(ContractRow { contract_id, .. }) = storage::contract::find_by_name(connection, name)? else {
        return Err(unknown(name, &storage::contract::list(connection)?));
    };
    // What is loaded after the head cannot have changed when an entry is appended to it.
    let chain = Chain::load(connection, log, contract_id)?;
    let row = storage::contract::find(connection, contract_id)?;
    let row = row.ok_or_else(|| Error::Stored(format!("the contract `{name}` is gone")))?;
    let parties = storage::contract_party::of_contract(connection, contract_id)?;
    let state = State::parse(&row.state).ok_or_else(|| Error::Stored(format!("`{}` is no state", row.state)))?;
    let contract = runnable(&agreement(&row, &parties)?, &row.name)?;
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
    let read = |what: &str, json: &str| {
        let map: Result<BTreeMap<String, String>, _> = serde_json::from_str(json);
        map.map_err(|error| Error::Stored(format!("the {what} of contract `{}`: {error}", row.name)))
    };
    Ok(Agreement {
        document: row.document.clone(),
        files: read("files", &row.files)?,
        settings: read("settings", &row.settings)?,
        roles: parties.iter().map(|party| (party.role.clone(), party.party_id)).collect(),
    })
}

/// The contract that can be run, which it could be when it was proposed.
pub(super) fn runnable(agreement: &Agreement, name: &str) -> Result<Contract, Error> {
    let (contract, findings) = agreement.compile(name);
    let first = || findings.first().map(Finding::to_string).unwrap_or_default();
    contract.ok_or_else(|| Error::Stored(format!("the document of contract `{name}` cannot be run: {}", first())))
}

/// A subject with what is known of it.
pub(super) type Subject = Opened<SubjectRow>;
/// A fact with its content.
pub(super) type Fact = Opened<FactRow>;

/// Subjects and facts of a contract, all that were ever reported.
pub(super) struct Reported {
    /// Subjects in the order of enrolment.
    pub subjects: Vec<Subject>,
    /// Facts in the order of reporting.
    pub facts: Vec<Fact>,
}

impl Reported {
    /// Loads them and opens what is not erased.
    pub(super) fn load(connection: &mut Connection, row: &ContractRow) -> Result<Self, Error> {
        let keys = Keys::load(connection, row.contract_id)?;
        let subjects = keys.open(storage::subject::of_contract(connection, row.contract_id)?);
        let facts = keys.open(storage::fact::of_contract(connection, row.contract_id)?);
        readable(&subjects)?;
        readable(&facts)?;
        Ok(Self { subjects, facts })
    }

    fn labelled(&self) -> impl Iterator<Item = (&str, SubjectRef)> {
        self.subjects.iter().filter_map(|subject| {
            let content = subject.content().ok().flatten()?;
            Some((content.label.as_str(), subject.row.subject_ref))
        })
    }

    /// The pseudonyms of subjects by label, but of those erased.
    pub(super) fn pseudonyms(&self) -> HashMap<&str, SubjectRef> {
        self.labelled().collect()
    }

    /// The labels of subjects by pseudonym, but of those erased.
    pub(super) fn labels(&self) -> HashMap<SubjectRef, &str> {
        self.labelled().map(|(label, subject)| (subject, label)).collect()
    }

    /// The facts that hold at a position, erased ones among them: not replaced and not retracted by then.
    pub(super) fn facts_at(&self, seq: i64) -> impl Iterator<Item = &Fact> {
        let by_then = || self.facts.iter().filter(move |fact| fact.row.seq <= seq);
        let replaced: HashSet<FactId> = by_then().filter_map(|fact| fact.row.corrects).collect();
        by_then().filter(move |fact| !fact.row.retracted && !replaced.contains(&fact.row.fact_id))
    }

    /// Everything known at a position, ready to be evaluated. Who is erased is left out, with all facts.
    pub(super) fn data_at(&self, document: &Document, seq: i64) -> Result<Data, Error> {
        let mut assembly = Assembly::new(document);
        for subject in self.subjects.iter().filter(|subject| subject.row.seq <= seq) {
            if let Some(content) = subject.content()? {
                assembly.subject("subjects", &subject_row(document, &subject.row, content)?);
            }
        }
        let labels = self.labels();
        let kinds: HashMap<&str, usize> =
            document.facts.iter().enumerate().map(|(at, kind)| (kind.name.text.as_str(), at)).collect();
        for fact in self.facts_at(seq) {
            let Some(content) = fact.content()? else { continue };
            let name = fact.row.fact_id;
            let unknown = || Error::Stored(format!("fact {name} is of kind `{}`, unknown here", content.kind));
            let kind = *kinds.get(content.kind.as_str()).ok_or_else(unknown)?;
            assembly.fact(kind, "facts", &fact_row(document, kind, &fact.row, content, &labels)?);
        }
        let first =
            |errors: Vec<intake::RowError>| Error::Stored(errors.first().map(ToString::to_string).unwrap_or_default());
        assembly.finish().map_err(first)
    }
}

/// Refuses rows of which one cannot be read.
pub(super) fn readable<R: Sealed>(rows: &[Opened<R>]) -> Result<(), Error> {
    rows.iter().try_for_each(|row| row.content().map(drop))
}

fn subject_row(document: &Document, row: &SubjectRow, content: &SubjectContent) -> Result<intake::SubjectRow, Error> {
    let cells = content::cells(&document.fields, document.header.currency, &content.fields)?;
    let line = u64::try_from(row.item).unwrap_or_default();
    Ok(intake::SubjectRow { line, subject: content.label.clone(), enrolled_on: content.enrolled_on, cells })
}

fn fact_row(
    document: &Document,
    kind: usize,
    row: &FactRow,
    content: &FactContent,
    labels: &HashMap<SubjectRef, &str>,
) -> Result<intake::FactRow, Error> {
    let cells = content::cells(&document.facts[kind].fields, document.header.currency, &content.fields)?;
    let unknown = || Error::Stored(format!("fact {} is about a subject that is not enrolled", row.fact_id));
    let label = |subject| labels.get(&subject).map(|label| (*label).to_owned()).ok_or_else(unknown);
    let line = u64::try_from(row.item).unwrap_or_default();
    Ok(intake::FactRow { line, subject: row.subject_ref.map(label).transpose()?, on: content.on, cells })
}
