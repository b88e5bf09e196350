//! Brings the tables of either database up to date. The two folders of migrations are twins, compared by a test.

use std::error::Error as StdError;

use diesel::{RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, Error};

/// The migrations for SQLite.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// The migrations for PostgreSQL.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The number of the lock that servers starting at the same time wait for is the bytes of "olmigrat".
const LOCK_ON_POSTGRES: &str = "SELECT pg_advisory_xact_lock(x'6f6c6d6967726174'::bigint)";

/// Runs the migrations that are still to be done, all or none, and returns their versions.
///
/// Programs that start at the same time take turns.
///
/// # Errors
/// [`Error::Migration`] with the answer of the database; nothing is changed then.
pub fn run(connection: &mut Connection) -> Result<Vec<String>, Error> {
    connection.transaction(|connection| {
        let done = match connection {
            Connection::Sqlite(c) => c.run_pending_migrations(SQLITE),
            Connection::Postgres(c) => {
                sql_query(LOCK_ON_POSTGRES).execute(c)?;
                c.run_pending_migrations(POSTGRES)
            }
        };
        done.map(|versions| versions.iter().map(ToString::to_string).collect()).map_err(failed)
    })
}

/// Counts the migrations that are still to be done: zero when the tables are as this program expects them.
///
/// # Errors
/// [`Error::Migration`] with the answer of the database.
pub fn pending(connection: &mut Connection) -> Result<usize, Error> {
    match connection {
        Connection::Sqlite(c) => c.pending_migrations(SQLITE).map(|list| list.len()),
        Connection::Postgres(c) => c.pending_migrations(POSTGRES).map(|list| list.len()),
    }
    .map_err(failed)
}

fn failed(error: Box<dyn StdError + Send + Sync>) -> Error {
    Error::Migration(error.to_string())
}
