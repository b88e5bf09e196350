//! Records that somebody read what is known about patients.

use uuid::Builder;

use super::{Error, Outside, access::unknown_contract};
use crate::{
    storage::{self, Connection, PatientReadRow},
    values::{PartyId, ReadId},
};

/// Records a reading: by whom, of which contract, what was asked for, how many rows were answered.
///
/// # Errors
/// A refusal when there is no such contract, and what the database answers.
pub fn record_read(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    reader: PartyId,
    (operation, rows): (&str, usize),
) -> Result<(), Error> {
    let contract_id =
        storage::overview::contract_id(connection, contract)?.ok_or_else(|| unknown_contract(contract))?;
    let millis = u64::try_from(outside.now_micros.div_euclid(1_000)).unwrap_or_default();
    let row = PatientReadRow {
        contract_id,
        read_id: ReadId(Builder::from_unix_timestamp_millis(millis, &outside.bytes()?).into_uuid()),
        party_id: reader,
        operation: operation.into(),
        row_count: i64::try_from(rows).unwrap_or(i64::MAX),
        read_at: outside.now_micros,
    };
    Ok(storage::patient_read::insert(connection, &row)?)
}
