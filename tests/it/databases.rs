//! Runs a test against a fresh SQLite file and a fresh PostgreSQL database.

use std::{
    env,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Once,
};

use diesel::{RunQueryDsl, sql_query};
use outcome_ledger::storage::{Address, Connection, Error, migrate};
use uuid::Uuid;

/// Names the PostgreSQL server to test on, with a user who may create databases; `skip` leaves PostgreSQL out.
const SERVER: &str = "OUTCOME_LEDGER_TEST_POSTGRES";

/// A database of its own for one test.
pub struct Database {
    pub address: Address,
}

impl Database {
    pub fn connect(&self) -> Connection {
        Connection::open(&self.address).unwrap()
    }
}

/// Runs `test` on each database, with all tables.
pub fn on_each(test: impl Fn(&Database)) {
    on_each_empty(|database| {
        migrate::run(&mut database.connect()).unwrap();
        test(database);
    });
}

/// Runs `test` on each database, without tables.
pub fn on_each_empty(test: impl Fn(&Database)) {
    on_sqlite(&test);
    on_postgres(&test);
}

/// Runs `test` on a fresh file, without tables.
pub fn on_sqlite(test: impl Fn(&Database)) {
    let folder = tempfile::tempdir().unwrap();
    test(&Database { address: Address::Sqlite(folder.path().join("ledger.db")) });
}

/// Runs `test` on a fresh database of the server, without tables; drops it afterwards, also when the test fails.
pub fn on_postgres(test: impl Fn(&Database)) {
    let Some(server) = server() else { return };
    let mut admin = Connection::open(&Address::parse(&server).unwrap()).unwrap();
    let name = format!("test_{}", Uuid::now_v7().simple());
    execute(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE template0")).unwrap();
    let database = Database { address: Address::parse(&with_database(&server, &name)).unwrap() };
    let outcome = catch_unwind(AssertUnwindSafe(|| test(&database)));
    execute(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The server's address; none when PostgreSQL is left out on purpose, which is said aloud.
pub fn server() -> Option<String> {
    static SAID: Once = Once::new();
    match env::var(SERVER) {
        Ok(skip) if skip == "skip" => {
            // Written past the capture of the test harness, so that it is seen when all tests pass.
            SAID.call_once(|| {
                let _ = writeln!(std::io::stderr(), "\n*** POSTGRESQL WAS NOT TESTED: {SERVER}=skip ***\n");
            });
            None
        }
        Ok(address) if !address.is_empty() => Some(address),
        _ => panic!(
            "{SERVER} is not set. Run `bash .ci/test`, or `bash .ci/test cargo test NAME` for a single test: both bring \
             a server. Or set it to postgres://USER:PASSWORD@HOST/DATABASE of a user who may create databases, or to \
             `skip` to test SQLite alone."
        ),
    }
}

/// The same address with another database.
fn with_database(address: &str, name: &str) -> String {
    let (place, query) = address.split_once('?').unwrap_or((address, ""));
    let (server, _) = place.rsplit_once('/').unwrap();
    format!("{server}/{name}?{query}")
}

/// Executes a statement as it stands.
pub fn execute(connection: &mut Connection, sql: &str) -> Result<usize, Error> {
    Ok(match connection {
        Connection::Sqlite(c) => sql_query(sql).execute(c)?,
        Connection::Postgres(c) => sql_query(sql).execute(c)?,
    })
}

/// The address of a database as another process takes it, with its password.
pub fn url(database: &Database) -> String {
    match &database.address {
        Address::Sqlite(path) => path.display().to_string(),
        Address::Postgres(_) => {
            let shown = database.address.to_string();
            let (place, _) = shown.split_once('?').unwrap_or((&shown, ""));
            let (_, name) = place.rsplit_once('/').unwrap();
            with_database(&server().unwrap(), name)
        }
    }
}
