//! Connections that requests share. A database call waits for disk or network, so it runs on a thread that may.

use std::sync::{Mutex, PoisonError};

use actix_web::web;

use super::Problem;
use crate::{
    operations,
    storage::{Address, Connection},
};

/// Opens connections as they are needed and keeps them for the next request.
pub struct Databases {
    address: Address,
    idle: Mutex<Vec<Connection>>,
}

impl Databases {
    /// Connections to one database; none is opened yet.
    pub const fn new(address: Address) -> Self {
        Self { address, idle: Mutex::new(Vec::new()) }
    }

    /// Does something with a connection, on a thread that may wait.
    ///
    /// # Errors
    /// What `work` answers, or the database cannot be reached.
    pub async fn run<T: Send + 'static>(
        self: std::sync::Arc<Self>,
        work: impl FnOnce(&mut Connection) -> Result<T, operations::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let outcome = web::block(move || self.with(work)).await;
        Ok(outcome.map_err(|_| Problem::unavailable("the server is stopping"))??)
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, operations::Error>,
    ) -> Result<T, operations::Error> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => Connection::open(&self.address)?,
        };
        let outcome = work(&mut connection);
        // After a failure of the database the connection may be lost: the next request opens another.
        if !matches!(outcome, Err(operations::Error::Storage(_))) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        outcome
    }
}
