//! What a database keeps of bytes that were deleted, and how it is rid of them.

use std::{thread::sleep, time::Duration};

use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Integer};

use super::{Connection, Error};

/// How often emptying the write-ahead log is tried while readers hold it, every hundred milliseconds.
const ATTEMPTS: usize = 50;

/// What remains of deleted bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remains {
    /// Nothing in the files of the database.
    Nothing,
    /// Bytes in the write-ahead log, which a reader holds.
    InLog,
    /// Bytes in pages and logs of the server, until it reuses them.
    OnServer,
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Writes an SQLite file anew and empties its write-ahead log: deleted cells are overwritten already, but pages that were
/// split or joined keep copies of rows that moved. Not within a transaction.
///
/// # Errors
/// [`Error::Busy`] while others write; what was deleted stays deleted.
pub fn wipe(connection: &mut Connection) -> Result<Remains, Error> {
    let Connection::Sqlite(connection) = connection else { return Ok(Remains::OnServer) };
    connection.batch_execute("VACUUM")?;
    for attempt in 0..ATTEMPTS {
        let checkpoint: Checkpoint = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection)?;
        if checkpoint.busy == 0 {
            return Ok(Remains::Nothing);
        }
        sleep(Duration::from_millis(if attempt + 1 < ATTEMPTS { 100 } else { 0 }));
    }
    Ok(Remains::InLog)
}
