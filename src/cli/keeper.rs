//! Keeps the log up while a server runs: entries enter it, heads are recorded, checkpoints are signed and cosigned.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use actix_web::web::Data;

use super::{
    cosignatures::reasons,
    output::{Failure, REFUSED, UNREACHABLE},
    session::Session,
};
use crate::{
    api::Gate,
    ledger::note::Policy,
    operations::{gather_cosignatures, record_heads, sequence_log, sign_checkpoint, signing::FileSigner},
    storage::{Address, Connection},
};

/// How long an entry waits for the log at most, about.
const ROUND: Duration = Duration::from_secs(1);
/// How often the heads of all chains are recorded at most.
const BETWEEN_HEADS: Duration = Duration::from_secs(60);
/// How often witnesses are asked that have not cosigned the newest checkpoint.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(2);

/// A thread that keeps the log up.
pub struct Keeper {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts the thread. What goes wrong is noted in the gate's health.
    pub fn start(session: Session, connection: Connection, signer: Option<FileSigner>, gate: Data<Gate>) -> Self {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || keep(&session, connection, signer, &gate, &stopped));
        Self { stop, thread }
    }

    /// Ends the thread after its round.
    ///
    /// # Errors
    /// When it had stopped by itself, which would be a defect.
    pub fn stop(self) -> Result<(), Failure> {
        // The thread ends when the channel does.
        drop(self.stop);
        let broken = |_| Failure::new(UNREACHABLE, "keeper", "error: the keeper of the log stopped");
        self.thread.join().map_err(broken)
    }
}

/// Keeps the log up until told to stop. What goes wrong is told once, and tried again with the next round.
fn keep(
    session: &Session,
    mut connection: Connection,
    mut signer: Option<FileSigner>,
    gate: &Gate,
    stopped: &Receiver<()>,
) {
    let mut heads_at: Option<Instant> = None;
    loop {
        let outcome = session.outside(|outside| {
            let due = heads_at.is_none_or(|at| at.elapsed() >= BETWEEN_HEADS);
            sequence_log(&mut connection)?;
            if due && record_heads(&mut connection, outside)?.is_some() {
                heads_at = Some(Instant::now());
                sequence_log(&mut connection)?;
            }
            match &mut signer {
                Some(signer) => sign_checkpoint(&mut connection, signer).map(drop),
                None => Ok(()),
            }
        });
        let trouble = outcome.err();
        if gate.health.note(trouble.as_ref().map(|failure| failure.text.clone()))
            && let Some(failure) = &trouble
        {
            failure.tell(session.format);
        }
        if trouble.is_some()
            && let Ok(again) = Address::parse(&session.database).and_then(|address| Connection::open(&address))
        {
            connection = again;
        }
        if stopped.recv_timeout(ROUND) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// Asks the witnesses again and again, and tells what is new.
pub fn ask_witnesses(session: &Session, policy: &Policy) {
    let mut told = String::new();
    loop {
        let news = match session.act(|connection, _| gather_cosignatures(connection, policy)) {
            Ok(gathered) => reasons(&gathered),
            // There is nothing to cosign in a log that nobody signed yet.
            Err(failure) if failure.problem["code"] == "no-checkpoint" => String::new(),
            Err(failure) => failure.text,
        };
        if news != told && !news.is_empty() {
            Failure::new(REFUSED, "witnesses", format!("witnesses:\n{}", news.trim_end())).tell(session.format);
        }
        told = news;
        thread::sleep(BETWEEN_QUESTIONS);
    }
}
