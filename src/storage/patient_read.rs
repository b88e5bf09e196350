//! Who read what about patients, and when.

use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{
    Connection, Error,
    schema::{party, patient_read},
};
use crate::values::id::{ChainId, PartyId, ReadId};

/// Keeps one reading.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = patient_read)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct PatientReadRow {
    /// The contract.
    pub contract_id: ChainId,
    /// Its own name, which tells its time.
    pub read_id: ReadId,
    /// Who read.
    pub party_id: PartyId,
    /// What was asked for.
    pub operation: String,
    /// How many rows about patients were answered.
    pub row_count: i64,
    /// When: microseconds since 1970-01-01T00:00:00Z.
    pub read_at: i64,
}

/// Keeps a reading; contract and party come first.
///
/// # Errors
/// What the database answers.
pub fn insert(connection: &mut Connection, row: &PatientReadRow) -> Result<(), Error> {
    dual!(connection, |c| diesel::insert_into(patient_read::table).values(row).execute(c))?;
    Ok(())
}

/// Loads readings of a contract with the names of those who read, from the latest on, before one of them.
///
/// # Errors
/// What the database answers.
pub fn page(
    connection: &mut Connection,
    contract_id: ChainId,
    before: Option<ReadId>,
    limit: i64,
) -> Result<Vec<(PatientReadRow, String)>, Error> {
    Ok(dual!(connection, |c| {
        let joined = patient_read::table.inner_join(party::table.on(party::party_id.eq(patient_read::party_id)));
        let of_contract = joined.filter(patient_read::contract_id.eq(contract_id));
        let mut query = of_contract.select((PatientReadRow::as_select(), party::name)).limit(limit).into_boxed();
        if let Some(before) = before {
            query = query.filter(patient_read::read_id.lt(before));
        }
        query.order(patient_read::read_id.desc()).load(c)?
    }))
}
