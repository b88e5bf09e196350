//! Tells parties of what happened while a server runs.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    operations::{Courier, tell_webhooks},
    storage::{Address, Connection},
};

/// How often it is looked whether there is something to tell.
const ROUND: Duration = Duration::from_secs(1);

/// A thread that tells.
pub struct Telling {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Telling {
    /// Starts the thread.
    pub fn start(address: Address, courier: Courier) -> Self {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || tell(&address, &courier, &stopped));
        Self { stop, thread }
    }

    /// Ends the thread after the message that is under way.
    pub fn stop(self) {
        drop(self.stop);
        // It ends when the channel does; what it had not told is told by the next server.
        let _ = self.thread.join();
    }
}

fn tell(address: &Address, courier: &Courier, stopped: &Receiver<()>) {
    let mut connection: Option<Connection> = None;
    loop {
        let told = match connection.take().map_or_else(|| Connection::open(address), Ok) {
            Ok(mut open) => {
                let goes_on = || stopped.try_recv() == Err(TryRecvError::Empty);
                let told = tell_webhooks(&mut open, courier, now_micros, goes_on);
                if told.is_ok() {
                    connection = Some(open);
                }
                told.map(drop)
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = told {
            // Addresses stand in no message of the database.
            tracing::warn!(%error, "nobody could be told");
        }
        if stopped.recv_timeout(ROUND) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
