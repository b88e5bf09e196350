//! The writer: one thread for each database, or for each shard of one, that carries out commands of many callers in
//! common transactions.
//!
//! Lives here: the queue, its limits, and what a caller is told when. Never here: what commands do.
//!
//! A durable commit costs a write to the disk that is waited for; shared by a hundred commands it costs each a hundredth.
//! Callers hand over a command and get an answer after the commit, never before. The queue is bounded: when it is full,
//! callers are told so at once and nothing is done, so that waiting never grows without end.
//!
//! - `command`: what is to be done, with somebody who waits for the answer
//! - `batch`: the thread: what waits becomes one transaction, and what happens when that fails

mod batch;
mod command;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use self::{
    batch::Thread,
    command::{Command, command},
};
pub use command::Reply;

use super::{Error, Outside};
use crate::storage::{Address, Connection};

/// How much waits and how much is written at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Commands that may wait.
    pub waiting: usize,
    /// Bytes that may wait, as callers count them.
    pub waiting_bytes: usize,
    /// Commands in one transaction.
    pub batch: usize,
    /// Bytes in one transaction.
    pub batch_bytes: usize,
    /// How long one transaction goes on before it commits, in order that locks are held shortly.
    pub batch_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            waiting: 10_000,
            waiting_bytes: 64 * 1024 * 1024,
            batch: 1_000,
            batch_bytes: 4 * 1024 * 1024,
            batch_time: Duration::from_millis(20),
        }
    }
}

/// A clock in microseconds since 1970-01-01T00:00:00Z.
pub type Clock = Box<dyn FnMut() -> i64 + Send>;

/// A source of random bytes fit for secrets.
pub type RandomBytes = Box<dyn FnMut(&mut [u8]) -> Result<(), String> + Send>;

/// What the writer is given from outside.
pub struct World {
    /// The time.
    pub clock: Clock,
    /// Random bytes.
    pub random: RandomBytes,
}

/// Seconds after which a caller who was turned away may ask again: by then a full queue is written.
const RETRY_AFTER: u32 = 1;

/// The writer of a database. Dropping it writes what waits and ends the thread.
pub struct Writer {
    queue: Option<SyncSender<Box<dyn Command>>>,
    thread: Option<JoinHandle<()>>,
    state: Arc<State>,
    limits: Limits,
}

/// What callers and the thread share.
#[derive(Default)]
struct State {
    waiting_bytes: AtomicUsize,
    /// Why the writer stopped.
    stopped: Mutex<Option<String>>,
}

impl State {
    fn stopped(&self) -> Option<String> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stop(&self, reason: &str) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }
}

impl Writer {
    /// Connects and starts the thread.
    ///
    /// # Errors
    /// What the database or the system answers.
    pub fn start(address: Address, limits: Limits, world: World) -> Result<Self, Error> {
        let connection = Connection::open(&address)?;
        let (queue, waiting) = sync_channel(limits.waiting);
        let state = Arc::new(State::default());
        let thread = Thread::new(address, connection, waiting, limits, world, Arc::clone(&state));
        let thread = thread::Builder::new().name("writer".into()).spawn(|| thread.run());
        let thread = thread.map_err(|error| Error::Stopped(error.to_string()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), state, limits })
    }

    /// Hands a command over. `place` is the name of the contract it is about, empty for the network: commands of one
    /// transaction are carried out in the order of places, so that writers on several machines wait for each other and
    /// never in a circle. `bytes` is about what the command holds in memory.
    ///
    /// `work` may be carried out more than once until an attempt is committed; nothing of other attempts remains.
    ///
    /// # Errors
    /// [`Error::QueueFull`] when too much waits, [`Error::Stopped`] when nothing is written any more; nothing is done then.
    pub fn submit<T: Send + 'static>(
        &self,
        place: &str,
        bytes: usize,
        work: impl FnMut(&mut Connection, &mut Outside) -> Result<T, Error> + Send + 'static,
    ) -> Result<Reply<T>, Error> {
        let stopped = || Error::Stopped(self.state.stopped().unwrap_or_else(|| "the writer has ended".into()));
        if self.state.stopped().is_some() {
            return Err(stopped());
        }
        let waiting = &self.state.waiting_bytes;
        if waiting.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > self.limits.waiting_bytes {
            waiting.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Error::QueueFull { retry_after: RETRY_AFTER });
        }
        let (command, reply) = command(place, bytes, work);
        let Some(queue) = &self.queue else { return Err(stopped()) };
        queue.try_send(command).map(|()| reply).map_err(|error| {
            waiting.fetch_sub(bytes, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => Error::QueueFull { retry_after: RETRY_AFTER },
                TrySendError::Disconnected(_) => stopped(),
            }
        })
    }

    /// Writes what waits, then ends the thread.
    ///
    /// # Errors
    /// [`Error::Stopped`] with the reason when the writer had stopped because of a failing disk.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end();
        self.state.stopped().map_or(Ok(()), |reason| Err(Error::Stopped(reason)))
    }

    /// About how many bytes wait to be written.
    pub fn waiting_bytes(&self) -> usize {
        self.state.waiting_bytes.load(Ordering::Relaxed)
    }

    /// Why nothing is written any more; none while the writer works.
    pub fn failure(&self) -> Option<String> {
        self.state.stopped()
    }

    fn end(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // The thread catches panics of commands; should it have ended by one of its own, callers know by now.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}
