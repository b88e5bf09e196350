//! Requests under idempotency keys: asked again, the receipt is shown again and nothing is done twice.

use serde::Serialize;

use super::{Error, Outside, journal, journal::Receipt};
use crate::{
    ledger::Request,
    storage::{self, Connection, ReceiptRow},
    values::{Digest, PartyId},
};

/// A request with its key. A key belongs to the operation and to who asks, so that nobody meets the key of another.
#[derive(Clone, Debug)]
pub struct Asked {
    operation: &'static str,
    actor: Option<PartyId>,
    key: String,
    request: Vec<u8>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done<T> {
    /// It was carried out now.
    Now(T),
    /// It was carried out before: the entries that it wrote then.
    Before(Vec<Receipt>),
}

impl Asked {
    /// A request: the operation, who asks (none when nobody signed in), the key, and everything that was asked for.
    ///
    /// # Errors
    /// A refusal of keys that are no keys: they have 1 to 200 visible characters of ASCII.
    pub fn new(
        operation: &'static str,
        actor: Option<PartyId>,
        key: &str,
        request: &impl Serialize,
    ) -> Result<Self, Error> {
        Self::check_key(key)?;
        let request = serde_json::to_vec(request).map_err(|error| Error::Stored(error.to_string()))?;
        Ok(Self { operation, actor, key: key.into(), request })
    }

    /// Refuses keys that are no keys.
    ///
    /// # Errors
    /// A refusal unless there are 1 to 200 visible characters of ASCII.
    pub fn check_key(key: &str) -> Result<(), Error> {
        if (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(());
        }
        let help = "give 1 to 200 visible ASCII characters without spaces; best a random UUID";
        Err(Error::refused("bad-key", "this cannot be an idempotency key", help))
    }

    fn digests(&self, log: Digest) -> Request {
        let actor = self.actor.map_or_else(|| "-".to_owned(), |party| party.to_string());
        let key = format!("{}/{actor}/{}", self.operation, self.key);
        Request::of(&log, key.as_bytes(), &self.request)
    }
}

/// Carries out a request once. What it writes and its receipt are one transaction; a request that writes no entry leaves
/// no receipt and is carried out again when it is asked again.
///
/// # Errors
/// What `work` returns, and a refusal `key-reused` when the key was used for something else.
pub fn once<T>(
    connection: &mut Connection,
    outside: &mut Outside,
    asked: &Asked,
    work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Result<Done<T>, Error> {
    let done = connection.transaction(|connection| match find_receipt(connection, asked)? {
        Some(receipts) => Ok(Done::Before(receipts)),
        None => carry_out(connection, outside, asked, work).map(Done::Now),
    });
    outside.request = None;
    // On PostgreSQL the same request can be under way elsewhere, and end between our look at the receipts and the
    // first thing that we find taken.
    match done {
        Err(error) => match connection.transaction(|connection| find_receipt(connection, asked)) {
            Ok(Some(receipts)) => Ok(Done::Before(receipts)),
            _ => Err(error),
        },
        done => done,
    }
}

/// The receipt of a request that was carried out before.
///
/// # Errors
/// A refusal `key-reused` when the key was used for something else.
pub fn find_receipt(connection: &mut Connection, asked: &Asked) -> Result<Option<Vec<Receipt>>, Error> {
    let request = asked.digests(journal::log(connection)?.log_id);
    let Some(row) = storage::receipt::find(connection, request.key)? else { return Ok(None) };
    if row.request != request.content {
        let message = "the idempotency key was used for another request";
        return Err(Error::refused("key-reused", message, "give each request a key of its own; best a random UUID"));
    }
    let unreadable = |error| Error::Stored(format!("the receipt of a request: {error}"));
    serde_json::from_str(&row.answer).map(Some).map_err(unreadable)
}

fn carry_out<T>(
    connection: &mut Connection,
    outside: &mut Outside,
    asked: &Asked,
    work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Result<T, Error> {
    let request = asked.digests(journal::log(connection)?.log_id);
    outside.request = Some(request);
    let before = outside.drawn.len();
    let value = work(connection, outside)?;
    let mut receipts: Vec<Receipt> = Vec::new();
    let mut rows = Vec::new();
    for id in &outside.drawn[before..] {
        if let Some(row) = storage::entry::find(connection, *id)? {
            receipts.push(Receipt::of(&row)?);
            rows.push(row);
        }
    }
    let Some(first) = rows.first() else { return Ok(value) };
    let answer = serde_json::to_string(&receipts).map_err(|error| Error::Stored(error.to_string()))?;
    let row = ReceiptRow {
        idempotency: request.key,
        request: request.content,
        chain_id: first.chain_id,
        seq: first.seq,
        answer,
    };
    storage::receipt::insert(connection, &row)?;
    Ok(value)
}
