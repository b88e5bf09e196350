//! Contracts at a glance: who takes part and where they stand, without the documents, which are long.

use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{
    Connection, Error,
    schema::{chain_head, contract, contract_party, party},
};
use crate::values::{
    Digest,
    id::{ChainId, PartyId},
};

/// A contract without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// The contract.
    pub contract_id: ChainId,
    /// Its name.
    pub name: String,
    /// The digest that is signed.
    pub digest: Digest,
    /// Where it stands.
    pub state: String,
    /// The position of the last entry of its chain.
    pub seq: i64,
    /// The chain hash there.
    pub hash: Digest,
}

/// Who takes a role in a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The contract.
    pub contract_id: ChainId,
    /// The role.
    pub role: String,
    /// The party.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// What it is registered as.
    pub kind: String,
    /// The position of its signature.
    pub signed_seq: Option<i64>,
}

/// Which contracts are wanted, ordered by the bytes of their names.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those in which the party takes a role; all when there is none.
    pub of: Option<PartyId>,
    /// Those that stand there.
    pub state: Option<String>,
    /// Those after this name, before it when descending.
    pub after: Option<String>,
    /// From the last to the first.
    pub descending: bool,
    /// The most to load.
    pub limit: i64,
}

/// Loads contracts, in order.
///
/// # Errors
/// What the database answers.
pub fn page(connection: &mut Connection, wanted: &Wanted) -> Result<Vec<Headline>, Error> {
    dual!(connection, |c| {
        let columns = (
            contract::contract_id,
            contract::name,
            contract::digest,
            contract::state,
            chain_head::seq,
            chain_head::hash,
        );
        let joined = contract::table.inner_join(chain_head::table.on(chain_head::chain_id.eq(contract::contract_id)));
        let mut query = joined.select(columns).limit(wanted.limit).into_boxed();
        if let Some(party) = wanted.of {
            let own = contract_party::table.filter(contract_party::party_id.eq(party));
            query = query.filter(contract::contract_id.eq_any(own.select(contract_party::contract_id)));
        }
        if let Some(state) = &wanted.state {
            query = query.filter(contract::state.eq(state));
        }
        query = match (&wanted.after, wanted.descending) {
            (Some(after), false) => query.filter(contract::name.gt(after)),
            (Some(after), true) => query.filter(contract::name.lt(after)),
            (None, _) => query,
        };
        query = if wanted.descending { query.order(contract::name.desc()) } else { query.order(contract::name.asc()) };
        let rows: Vec<(ChainId, String, Digest, String, i64, Digest)> = query.load(c)?;
        let headline =
            |(contract_id, name, digest, state, seq, hash)| Headline { contract_id, name, digest, state, seq, hash };
        Ok(rows.into_iter().map(headline).collect())
    })
}

/// Finds one contract by its name.
///
/// # Errors
/// What the database answers.
pub fn find(connection: &mut Connection, name: &str) -> Result<Option<Headline>, Error> {
    let columns =
        (contract::contract_id, contract::name, contract::digest, contract::state, chain_head::seq, chain_head::hash);
    let joined = contract::table.inner_join(chain_head::table.on(chain_head::chain_id.eq(contract::contract_id)));
    let one = joined.filter(contract::name.eq(name)).select(columns);
    let row: Option<(ChainId, String, Digest, String, i64, Digest)> = dual!(connection, |c| one.first(c).optional())?;
    Ok(row.map(|(contract_id, name, digest, state, seq, hash)| Headline {
        contract_id,
        name,
        digest,
        state,
        seq,
        hash,
    }))
}

/// Finds the identifier of a contract by its name.
///
/// # Errors
/// What the database answers.
pub fn contract_id(connection: &mut Connection, name: &str) -> Result<Option<ChainId>, Error> {
    let one = contract::table.filter(contract::name.eq(name)).select(contract::contract_id);
    Ok(dual!(connection, |c| one.first(c).optional())?)
}

/// Whether a party takes a role in a contract.
///
/// # Errors
/// What the database answers.
pub fn takes_part(connection: &mut Connection, contract_id: ChainId, party_id: PartyId) -> Result<bool, Error> {
    let own = contract_party::table
        .filter(contract_party::contract_id.eq(contract_id))
        .filter(contract_party::party_id.eq(party_id));
    let found: Option<String> = dual!(connection, |c| own.select(contract_party::role).first(c).optional())?;
    Ok(found.is_some())
}

/// Loads who takes which role in contracts, ordered by contract and the bytes of the role.
///
/// # Errors
/// What the database answers.
pub fn parts(connection: &mut Connection, contracts: &[ChainId]) -> Result<Vec<Part>, Error> {
    let columns = (
        contract_party::contract_id,
        contract_party::role,
        contract_party::party_id,
        party::name,
        party::kind,
        contract_party::signed_seq,
    );
    let joined = contract_party::table.inner_join(party::table.on(party::party_id.eq(contract_party::party_id)));
    let of_contracts = joined.filter(contract_party::contract_id.eq_any(contracts)).select(columns);
    let ordered = of_contracts.order((contract_party::contract_id, contract_party::role));
    let rows: Vec<(ChainId, String, PartyId, String, String, Option<i64>)> = dual!(connection, |c| ordered.load(c))?;
    let part = |(contract_id, role, party_id, name, kind, signed_seq)| Part {
        contract_id,
        role,
        party_id,
        name,
        kind,
        signed_seq,
    };
    Ok(rows.into_iter().map(part).collect())
}
