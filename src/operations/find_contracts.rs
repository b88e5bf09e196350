//! Finds contracts at a glance: who takes part, who has signed, where they stand. Nothing is compiled for it.

use std::collections::BTreeMap;

use super::{Error, access, journal, known};
use crate::{
    contract::{Agreement, State, lifecycle::Ending},
    storage::{
        self, Connection,
        overview::{Headline, Part, Wanted},
    },
    values::{ChainId, Digest},
};

/// A contract at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractOverview {
    /// Its name, digest, state and the end of its chain.
    pub headline: Headline,
    /// Who takes which role, in the order of the bytes of the roles.
    pub parts: Vec<Part>,
    /// When it ends, once that is set.
    pub ending: Option<Ending>,
}

/// Finds contracts, in order.
///
/// # Errors
/// What the database answers.
pub fn find_contracts(connection: &mut Connection, wanted: &Wanted) -> Result<Vec<ContractOverview>, Error> {
    connection.snapshot(|connection| {
        let headlines = storage::overview::page(connection, wanted)?;
        with_parts(connection, headlines)
    })
}

/// Finds one contract.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn find_contract(connection: &mut Connection, contract: &str) -> Result<ContractOverview, Error> {
    connection.snapshot(|connection| {
        let headline = storage::overview::find(connection, contract)?;
        let found = with_parts(connection, Vec::from_iter(headline))?.pop();
        found.ok_or_else(|| access::unknown_contract(contract))
    })
}

fn with_parts(connection: &mut Connection, headlines: Vec<Headline>) -> Result<Vec<ContractOverview>, Error> {
    let ids: Vec<ChainId> = headlines.iter().map(|headline| headline.contract_id).collect();
    let mut parts: BTreeMap<ChainId, Vec<Part>> = BTreeMap::new();
    for part in storage::overview::parts(connection, &ids)? {
        parts.entry(part.contract_id).or_default().push(part);
    }
    let mut whole = |headline: Headline| {
        let parts = parts.remove(&headline.contract_id).unwrap_or_default();
        let ended = headline.state == State::UnderNotice.stored();
        let ending = if ended { known::ending(connection, headline.contract_id)? } else { None };
        Ok(ContractOverview { headline, parts, ending: ending.map(|(_, ending)| ending) })
    };
    headlines.into_iter().map(&mut whole).collect()
}

/// What was agreed, word for word, and the digest that is signed.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn show_agreement(connection: &mut Connection, contract: &str) -> Result<(Agreement, Digest), Error> {
    connection.snapshot(|connection| {
        journal::log(connection)?;
        let row = storage::contract::find_by_name(connection, contract)?;
        let row = row.ok_or_else(|| access::unknown_contract(contract))?;
        let parties = storage::contract_party::of_contract(connection, row.contract_id)?;
        Ok((known::agreement(&row, &parties)?, row.digest))
    })
}
