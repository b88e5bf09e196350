//! A few connections to one database, lent out and taken back.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Address, Connection, Error};

/// How long somebody waits for a connection before the database counts as busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lends connections, at most a fixed number at a time; they are opened when they are first needed.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    address: Address,
    most: usize,
    stock: Mutex<Stock>,
    returned: Condvar,
}

#[derive(Default)]
struct Stock {
    idle: Vec<Connection>,
    lent: usize,
}

/// A connection that goes back to the pool when it is dropped.
pub struct Lent {
    shared: Arc<Shared>,
    connection: Option<Connection>,
    /// Whether it goes back: not when its borrower panicked, or said that it is of no more use.
    keep: bool,
}

impl Pool {
    /// A pool of at most `most` connections.
    pub fn new(address: Address, most: usize) -> Self {
        let stock = Mutex::default();
        Self { shared: Arc::new(Shared { address, most: most.max(1), stock, returned: Condvar::new() }) }
    }

    /// The database.
    pub fn address(&self) -> &Address {
        &self.shared.address
    }

    /// How many are lent at present.
    pub fn lent(&self) -> usize {
        self.shared.stock().lent
    }

    /// Lends a connection, waiting for one when all are lent.
    ///
    /// # Errors
    /// [`Error::Busy`] when none came back for ten seconds, [`Error::Open`] when none can be opened.
    pub fn lend(&self) -> Result<Lent, Error> {
        let idle = self.shared.take()?;
        let mut lent = Lent { shared: Arc::clone(&self.shared), connection: idle, keep: true };
        if lent.connection.is_none() {
            lent.connection = Some(Connection::open(&self.shared.address)?);
        }
        Ok(lent)
    }
}

impl Shared {
    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle connection, or the permission to open one.
    fn take(&self) -> Result<Option<Connection>, Error> {
        let until = Instant::now() + PATIENCE;
        let mut stock = self.stock();
        while stock.lent >= self.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Busy("all connections are in use".into()));
            }
            stock = self.returned.wait_timeout(stock, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        stock.lent += 1;
        Ok(stock.idle.pop())
    }
}

impl Lent {
    /// Closes the connection instead of giving it back: it was lost.
    pub fn discard(mut self) {
        self.keep = false;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let connection = self.connection.take().filter(|_| self.keep && !std::thread::panicking());
        let mut stock = self.shared.stock();
        stock.lent -= 1;
        stock.idle.extend(connection);
        drop(stock);
        self.shared.returned.notify_one();
    }
}

impl Deref for Lent {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "a lent connection is there until it is dropped")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("lent")
    }
}

impl DerefMut for Lent {
    #[expect(clippy::expect_used, reason = "a lent connection is there until it is dropped")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("lent")
    }
}
