//! Lists who read what is known about patients.

use super::{Error, access::unknown_contract};
use crate::{
    storage::{self, Connection},
    values::ReadId,
};

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRead {
    /// Its own name.
    pub read: ReadId,
    /// The name of the party that read.
    pub party: String,
    /// What was asked for.
    pub operation: String,
    /// How many rows about patients were answered.
    pub rows: i64,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub read_at_micros: i64,
}

/// Lists readings of a contract from the latest on, or on from before one of them.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn list_reads(
    connection: &mut Connection,
    contract: &str,
    before: Option<ReadId>,
    limit: i64,
) -> Result<Vec<ListedRead>, Error> {
    connection.snapshot(|connection| {
        let id = storage::overview::contract_id(connection, contract)?.ok_or_else(|| unknown_contract(contract))?;
        let rows = storage::patient_read::page(connection, id, before, limit)?;
        let listed = rows.into_iter().map(|(row, party)| ListedRead {
            read: row.read_id,
            party,
            operation: row.operation,
            rows: row.row_count,
            read_at_micros: row.read_at,
        });
        Ok(listed.collect())
    })
}
