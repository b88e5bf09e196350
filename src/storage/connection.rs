//! A connection to either database, and transactions on it.

use diesel::{
    RunQueryDsl,
    connection::{AnsiTransactionManager, TransactionManager},
    dsl::sql,
    select,
    sql_types::{Nullable, Text},
    sqlite::SqliteConnection,
};

use super::{Address, Error, postgres, sqlite};
pub use postgres::PostgresConnection;

/// Holds a connection to either database. Use it from one thread at a time, and never inside asynchronous code: on a
/// server, go through a thread that may block.
#[allow(clippy::large_enum_variant, reason = "few exist, and they stay where they are")]
pub enum Connection {
    /// To a file on this machine.
    Sqlite(SqliteConnection),
    /// To a PostgreSQL server.
    Postgres(PostgresConnection),
}

/// Writes a query body once and expands it for each database: `dual!(connection, |c| query.execute(c))`.
macro_rules! dual {
    ($connection:expr, |$c:ident| $body:expr) => {
        match $connection {
            $crate::storage::Connection::Sqlite($c) => $body,
            $crate::storage::Connection::Postgres($c) => $body,
        }
    };
}

/// Inserts a slice of rows: one prepared statement in a loop on SQLite, many rows per statement on PostgreSQL.
///
/// A thousand rows of our widest table are 14,000 of the 65,535 values that PostgreSQL binds at once. Rows are copied,
/// because Diesel converts columns (amounts) only of rows it owns; that is small beside the insert itself.
macro_rules! insert_rows {
    ($connection:expr, $table:expr, $rows:expr) => {{
        match $connection {
            $crate::storage::Connection::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table).values(row.clone()).execute(c)?;
                }
            }
            $crate::storage::Connection::Postgres(c) => {
                for chunk in $rows.chunks(1_000) {
                    diesel::insert_into($table).values(chunk.to_vec()).execute(c)?;
                }
            }
        }
        Ok(())
    }};
}

impl Connection {
    /// Connects; a missing SQLite file is created, its tables are not (see [`super::migrate::run`]).
    ///
    /// # Errors
    /// [`Error::Open`] when the file or the server cannot be reached or is not fit for a ledger.
    pub fn open(address: &Address) -> Result<Self, Error> {
        match address {
            Address::Sqlite(path) => sqlite::open(path).map(Self::Sqlite),
            Address::Postgres(place) => postgres::open(place).map(Self::Postgres),
        }
        .map_err(|reason| Error::Open { place: address.to_string(), reason })
    }

    /// Connects to read: an SQLite file is not written, and may be where nobody can write.
    ///
    /// # Errors
    /// As for [`Self::open`]; a missing file.
    pub fn read(address: &Address) -> Result<Self, Error> {
        match address {
            Address::Sqlite(path) => sqlite::read(path).map(Self::Sqlite),
            Address::Postgres(place) => postgres::open(place).map(Self::Postgres),
        }
        .map_err(|reason| Error::Open { place: address.to_string(), reason })
    }

    /// Runs `work` in one writing transaction: all of it is committed, or nothing when it returns an error.
    ///
    /// SQLite takes the write lock at the start, so that no work is done in vain. PostgreSQL reads what is committed
    /// and waits at the rows that are locked: update the chain's head first.
    ///
    /// Within another transaction it is a part of that one: undone alone when it fails, and committed with the whole.
    ///
    /// # Errors
    /// What `work` returns, or what the database answers to begin and commit; [`Error::Uncertain`] when a commit was not
    /// answered, so that nobody knows whether it took place.
    pub fn transaction<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.within("BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", work)
    }

    /// Runs `work` on one unchanging picture of the database, without writing.
    ///
    /// # Errors
    /// As for [`Self::transaction`]; writing is refused by PostgreSQL and a mistake on SQLite.
    pub fn snapshot<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.within("BEGIN DEFERRED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    fn within<T, E: From<Error>>(
        &mut self,
        on_sqlite: &str,
        on_postgres: &str,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let inner = self.is_in_transaction();
        match self {
            _ if inner => self.save()?,
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, on_sqlite).map_err(Error::from)?,
            Self::Postgres(c) => postgres::begin(c, on_postgres).map_err(Error::from)?,
        }
        match work(self) {
            Ok(value) => {
                self.commit().map_err(|error| if inner { error } else { error.of_commit() })?;
                Ok(value)
            }
            Err(error) => match self.roll_back() {
                // The first error says more than a failed rollback; a connection that cannot roll back stays broken.
                Err(_) if inner => Err(E::from(Error::Lost("a part of a transaction could not be undone".into()))),
                _ => Err(error),
            },
        }
    }

    /// The number of the open transaction, where the database can say later what became of it.
    ///
    /// # Errors
    /// What the database answers.
    pub fn transaction_number(&mut self) -> Result<Option<String>, Error> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(c) => Ok(Some(select(sql::<Text>("pg_current_xact_id()::text")).get_result(c)?)),
        }
    }

    /// Whether a transaction of a connection that was lost is still under way.
    ///
    /// # Errors
    /// What the database answers, also when it has never heard of such a number.
    pub fn is_under_way(&mut self, number: &str) -> Result<bool, Error> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(c) => {
                let status = sql::<Nullable<Text>>("pg_xact_status(").bind::<Text, _>(number).sql("::xid8)");
                let status: Option<String> = select(status).get_result(c)?;
                Ok(status.as_deref() == Some("in progress"))
            }
        }
    }

    /// Whether a transaction is open.
    fn is_in_transaction(&mut self) -> bool {
        fn depth<C: diesel::Connection>(c: &mut C) -> bool {
            let status = C::TransactionManager::transaction_manager_status_mut(c);
            status.transaction_depth().is_ok_and(|depth| depth.is_some())
        }
        dual!(self, |c| depth(c))
    }

    /// Whether the connection can no longer be used: it was lost, or a transaction on it could not be ended.
    pub fn is_broken(&mut self) -> bool {
        fn is_broken<C: diesel::Connection>(c: &mut C) -> bool {
            C::TransactionManager::is_broken_transaction_manager(c)
        }
        dual!(self, |c| is_broken(c))
    }

    /// Sets a savepoint.
    fn save(&mut self) -> Result<(), Error> {
        fn save<C: diesel::Connection>(c: &mut C) -> diesel::QueryResult<()> {
            C::TransactionManager::begin_transaction(c)
        }
        Ok(dual!(self, |c| save(c))?)
    }

    fn commit(&mut self) -> Result<(), Error> {
        fn commit<C: diesel::Connection>(c: &mut C) -> diesel::QueryResult<()> {
            C::TransactionManager::commit_transaction(c)
        }
        Ok(dual!(self, |c| commit(c))?)
    }

    fn roll_back(&mut self) -> Result<(), Error> {
        fn roll_back<C: diesel::Connection>(c: &mut C) -> diesel::QueryResult<()> {
            C::TransactionManager::rollback_transaction(c)
        }
        Ok(dual!(self, |c| roll_back(c))?)
    }
}
