//! The thread of the writer: what waits becomes one transaction.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering, mpsc::Receiver},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Limits, State, World, command::Command};
use crate::{
    operations::{
        Error, Outside,
        retrying::{ATTEMPTS, pause},
    },
    storage::{self, Address, Connection, Error as Failure},
    values::EntryId,
};

/// How long a lost database is asked for again before those who wait are told.
const PATIENCE: Duration = Duration::from_secs(20);

type Commands = Vec<Box<dyn Command>>;

/// The thread of the writer.
pub(super) struct Thread {
    address: Address,
    connection: Option<Connection>,
    waiting: Receiver<Box<dyn Command>>,
    limits: Limits,
    world: World,
    state: Arc<State>,
    /// What an earlier transaction left for the next.
    rest: Commands,
}

/// What a transaction did before it ended.
struct Attempt {
    /// Commands that are done or refused, from the first.
    ran: usize,
    /// Names that were drawn for entries.
    drawn: Vec<EntryId>,
    /// The number of the transaction.
    number: Option<String>,
    /// Why it ended before its time; none when it was to be committed.
    ended: Option<Ended>,
}

/// Why a transaction ends before all commands are done.
enum Ended {
    /// The database or the disk fails.
    Failed(Failure),
    /// The next command panicked.
    Panicked,
    /// Another writer is in the way of the next command.
    InTheWay(Error),
}

impl Thread {
    pub(super) fn new(
        address: Address,
        connection: Connection,
        waiting: Receiver<Box<dyn Command>>,
        limits: Limits,
        world: World,
        state: Arc<State>,
    ) -> Self {
        Self { address, connection: Some(connection), waiting, limits, world, state, rest: Vec::new() }
    }

    /// Works until nobody can hand over commands any more, or the disk fails.
    pub(super) fn run(mut self) {
        while let Some(commands) = self.gather() {
            if let Err(reason) = self.write(commands) {
                self.state.stop(&reason);
                for command in mem::take(&mut self.rest).into_iter().chain(self.waiting.try_iter()) {
                    refuse(vec![command], || Error::Stopped(reason.clone()));
                }
                return;
            }
        }
    }

    /// Waits for a command and takes what else waits, in the order of places. What an earlier transaction left is not
    /// mixed with later commands, so that nobody waits for ever.
    fn gather(&mut self) -> Option<Commands> {
        if !self.rest.is_empty() {
            return Some(mem::take(&mut self.rest));
        }
        let first = self.waiting.recv().ok()?;
        let mut bytes = first.bytes();
        let mut commands = vec![first];
        while commands.len() < self.limits.batch && bytes < self.limits.batch_bytes {
            let Ok(next) = self.waiting.try_recv() else { break };
            bytes += next.bytes();
            commands.push(next);
        }
        self.state.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        commands.sort_by(|a, b| a.place().cmp(b.place()));
        Some(commands)
    }

    /// Carries commands out and answers them, or leaves some of them as the rest. An error stops the writer.
    fn write(&mut self, mut commands: Commands) -> Result<(), String> {
        for attempt in 1.. {
            let last = attempt >= ATTEMPTS;
            let failure = match self.attempt(&mut commands) {
                Ok(Attempt { ran, .. }) => {
                    self.rest = commands.split_off(ran);
                    commands.into_iter().for_each(Command::answer);
                    return Ok(());
                }
                Err(Ended::Panicked) => {
                    // What it left on the connection is not known.
                    self.connection = None;
                    continue;
                }
                Err(Ended::InTheWay(error)) if last => {
                    self.rest = commands.split_off(1);
                    let mut error = Some(error);
                    refuse(commands, || error.take().unwrap_or_else(|| Error::Stopped(String::new())));
                    return Ok(());
                }
                Err(Ended::InTheWay(_)) => {
                    self.pause(attempt);
                    continue;
                }
                Err(Ended::Failed(failure)) => failure,
            };
            self.connection = None;
            match failure {
                Failure::Lost(_) | Failure::Busy(_) if !last => self.pause(attempt),
                Failure::Disk(reason) => {
                    refuse(commands, || Failure::Disk(reason.clone()).into());
                    return Err(format!("the disk of the database failed: {reason}"));
                }
                // SQLite does not tell what became of a commit whose write failed until the file is opened anew.
                Failure::Uncertain(reason) if matches!(self.address, Address::Sqlite(_)) => {
                    refuse(commands, || Failure::Uncertain(reason.clone()).into());
                    return Err(format!("the disk of the database failed at a commit: {reason}"));
                }
                failure => {
                    let reason = failure.to_string();
                    refuse(commands, || again(&failure, &reason).into());
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn pause(&mut self, attempt: u32) {
        let mut outside = Outside::new((self.world.clock)(), &mut self.world.random);
        sleep(pause(attempt, &mut outside).unwrap_or(Duration::from_millis(100)));
    }

    /// One transaction over as many commands as its time allows.
    fn attempt(&mut self, commands: &mut Commands) -> Result<Attempt, Ended> {
        self.connect().map_err(Ended::Failed)?;
        let Self { connection: Some(connection), limits, world, .. } = self else { return Err(Ended::Panicked) };
        let mut attempt = Attempt { ran: 0, drawn: Vec::new(), number: None, ended: None };
        let done = connection.transaction(|connection| {
            attempt.number = connection.transaction_number()?;
            carry_out(connection, world, limits, commands, &mut attempt)
        });
        match (done, attempt.ended.take()) {
            (Ok(()), _) => Ok(attempt),
            (Err(Failure::Uncertain(reason)), _) => self.resolve(attempt, reason).map_err(Ended::Failed),
            (Err(_), Some(Ended::Panicked)) => {
                refuse(vec![commands.remove(attempt.ran)], || {
                    Error::Stored("a command of the writer broke off".into())
                });
                Err(Ended::Panicked)
            }
            (Err(_), Some(ended)) => Err(ended),
            (Err(failure), None) => Err(Ended::Failed(failure)),
        }
    }

    /// Finds out whether a transaction was committed whose commit was not answered: by the entries that it wrote.
    fn resolve(&mut self, attempt: Attempt, reason: String) -> Result<Attempt, Failure> {
        self.connection = None;
        let uncertain = |_| Failure::Uncertain(reason.clone());
        if matches!(self.address, Address::Sqlite(_)) || attempt.drawn.is_empty() {
            return Err(Failure::Uncertain(reason));
        }
        self.connect().map_err(uncertain)?;
        let Some(connection) = &mut self.connection else { return Err(Failure::Uncertain(reason)) };
        let since = Instant::now();
        // The server may still be busy with it. A number that it does not know was lost with the server it was given by.
        while let Some(number) = &attempt.number
            && connection.is_under_way(number).unwrap_or(false)
        {
            if since.elapsed() > PATIENCE {
                return Err(Failure::Uncertain(reason));
            }
            sleep(Duration::from_millis(50));
        }
        for id in &attempt.drawn {
            if storage::entry::find(connection, *id).map_err(uncertain)?.is_some() {
                return Ok(attempt);
            }
        }
        Err(Failure::Lost(reason))
    }

    /// Connects again when the connection is gone.
    fn connect(&mut self) -> Result<(), Failure> {
        if self.connection.as_mut().is_some_and(|connection| !connection.is_broken()) {
            return Ok(());
        }
        let since = Instant::now();
        loop {
            match Connection::open(&self.address) {
                Ok(connection) => {
                    self.connection = Some(connection);
                    return Ok(());
                }
                Err(error) if since.elapsed() > PATIENCE => return Err(error),
                Err(_) => sleep(Duration::from_millis(100)),
            }
        }
    }
}

/// Carries commands out, each so that it leaves nothing behind when it fails, until all are done or the time is over.
fn carry_out(
    connection: &mut Connection,
    world: &mut World,
    limits: &Limits,
    commands: &mut Commands,
    attempt: &mut Attempt,
) -> Result<(), Failure> {
    let since = Instant::now();
    for command in commands {
        if attempt.ran > 0 && since.elapsed() > limits.batch_time {
            break;
        }
        let mut outside = Outside::new((world.clock)(), &mut world.random);
        let mut ended = None;
        let work = |connection: &mut Connection| {
            command.run(connection, &mut outside).inspect_err(|error| ended = of_the_database(error))
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| connection.transaction(work)));
        attempt.drawn.append(&mut outside.drawn);
        let error = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => return end(attempt, Ended::Panicked),
        };
        match (ended, error) {
            (Some(failure), _) => return end(attempt, Ended::Failed(failure)),
            (None, Some(Error::Storage(Failure::Lost(reason)))) => {
                return end(attempt, Ended::Failed(Failure::Lost(reason)));
            }
            // What is done is committed, which lets go of its locks; the rest follows in a transaction of its own.
            (None, Some(error)) if error.is_retryable() && attempt.ran > 0 => break,
            (None, Some(error)) if error.is_retryable() => return end(attempt, Ended::InTheWay(error)),
            (None, Some(error)) => command.refuse(error),
            (None, None) => {}
        }
        attempt.ran += 1;
    }
    Ok(())
}

fn end(attempt: &mut Attempt, ended: Ended) -> Result<(), Failure> {
    attempt.ended = Some(ended);
    Err(Failure::Lost("the transaction is given up".into()))
}

/// A failure that no other command of the transaction escapes.
fn of_the_database(error: &Error) -> Option<Failure> {
    match error {
        Error::Storage(failure @ (Failure::Full(reason) | Failure::Disk(reason) | Failure::Lost(reason))) => {
            Some(again(failure, reason))
        }
        _ => None,
    }
}

/// The same failure for another of those who wait.
fn again(failure: &Failure, reason: &str) -> Failure {
    let reason = reason.to_owned();
    match failure {
        Failure::Full(_) => Failure::Full(reason),
        Failure::Disk(_) => Failure::Disk(reason),
        Failure::Busy(_) => Failure::Busy(reason),
        Failure::Uncertain(_) => Failure::Uncertain(reason),
        _ => Failure::Lost(reason),
    }
}

fn refuse(commands: Commands, mut error: impl FnMut() -> Error) {
    for mut command in commands {
        command.refuse(error());
        command.answer();
    }
}
