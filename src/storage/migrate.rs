//! Brings the tables of either database up to date. The two folders of migrations are twins, compared by a test.

use std::error::Error as StdError;

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    migration::MigrationSource,
    sql_query,
    sql_types::{BigInt, Text},
};
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

/// How the tables differ from those that this program expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Migrations that are still to be done.
    pub pending: usize,
    /// Migrations of a newer program.
    pub unknown: usize,
}

/// Compares the tables with those that this program expects. Only reads, so that a role may ask that changes nothing.
///
/// # Errors
/// [`Error::Migration`] with the answer of the database.
pub fn compare(connection: &mut Connection) -> Result<Difference, Error> {
    let known = match connection {
        Connection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE)?,
        Connection::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES)?,
    };
    let sql = match connection {
        Connection::Sqlite(_) => {
            "SELECT count(*) AS number FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
        Connection::Postgres(_) => "SELECT count(to_regclass('__diesel_schema_migrations')) AS number",
    };
    let there: Number = dual!(connection, |c| sql_query(sql).get_result(c))?;
    let sql = "SELECT version FROM __diesel_schema_migrations";
    let done: Vec<Version> =
        if there.number == 0 { Vec::new() } else { dual!(connection, |c| sql_query(sql).load(c))? };
    let is_done = |version: &&String| done.iter().any(|row| row.version == **version);
    Ok(Difference {
        pending: known.iter().filter(|version| !is_done(version)).count(),
        unknown: done.iter().filter(|row| !known.contains(&row.version)).count(),
    })
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn versions<DB: Backend>(source: &impl MigrationSource<DB>) -> Result<Vec<String>, Error> {
    let migrations = source.migrations().map_err(failed)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn failed(error: Box<dyn StdError + Send + Sync>) -> Error {
    Error::Migration(error.to_string())
}
