//! A command with somebody who waits for its answer.

use tokio::sync::oneshot;

use crate::{
    operations::{Error, Outside},
    storage::{self, Connection},
};

/// Something to be done by the writer, whatever type its answer has.
pub(super) trait Command: Send {
    /// What it is about.
    fn place(&self) -> &str;
    /// About how much memory it holds.
    fn bytes(&self) -> usize;
    /// Carries it out and keeps the answer.
    fn run(&mut self, connection: &mut Connection, outside: &mut Outside) -> Result<(), Error>;
    /// Keeps why it was not done.
    fn refuse(&mut self, error: Error);
    /// Tells the answer that was kept.
    fn answer(self: Box<Self>);
}

/// The answer to a command, to be waited for.
pub struct Reply<T>(oneshot::Receiver<Result<T, Error>>);

impl<T> Reply<T> {
    /// Waits on a thread that may block.
    ///
    /// # Errors
    /// What the command answers; [`storage::Error::Uncertain`] when nobody knows whether it was committed.
    pub fn wait(self) -> Result<T, Error> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(unanswered()))
    }

    /// Waits in asynchronous code.
    ///
    /// # Errors
    /// As for [`Self::wait`].
    pub async fn answer(self) -> Result<T, Error> {
        self.0.await.unwrap_or_else(|_| Err(unanswered()))
    }
}

fn unanswered() -> Error {
    storage::Error::Uncertain("the writer ended without an answer".into()).into()
}

struct Typed<T, W> {
    place: String,
    bytes: usize,
    work: W,
    outcome: Option<Result<T, Error>>,
    reply: oneshot::Sender<Result<T, Error>>,
}

/// A command and the answer to wait for.
pub(super) fn command<T: Send + 'static>(
    place: &str,
    bytes: usize,
    work: impl FnMut(&mut Connection, &mut Outside) -> Result<T, Error> + Send + 'static,
) -> (Box<dyn Command>, Reply<T>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Typed { place: place.into(), bytes, work, outcome: None, reply }), Reply(answer))
}

impl<T: Send, W: FnMut(&mut Connection, &mut Outside) -> Result<T, Error> + Send> Command for Typed<T, W> {
    fn place(&self) -> &str {
        &self.place
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn run(&mut self, connection: &mut Connection, outside: &mut Outside) -> Result<(), Error> {
        self.outcome = Some(Ok((self.work)(connection, outside)?));
        Ok(())
    }

    fn refuse(&mut self, error: Error) {
        self.outcome = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        // Who no longer waits needs no answer.
        let _ = self.reply.send(self.outcome.unwrap_or_else(|| Err(unanswered())));
    }
}
