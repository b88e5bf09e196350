//! `serve`: the log over HTTP, kept up in the background.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpServer, rt::System, web::Data};
use clap::Args;
use serde_json::json;

use super::{
    cosignatures::reasons,
    session::{DONE, Failure, REFUSED, Session},
    witness::policy,
};
use crate::{
    api::{Databases, Health, Shared, routes},
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
/// How long requests may go on after the server was told to stop, in seconds.
const LAST_REQUESTS: u64 = 10;

/// Serves the log over HTTP for monitors and witnesses, and keeps it up: puts entries into it about every second, records the
/// heads of all chains once a minute while things change, and signs.
///
/// Paths are those of C2SP `tlog-tiles`: /checkpoint and /tile/…; /healthz tells whether the server is well. Without a key
/// the log is kept but not signed. Stops on SIGTERM and Ctrl-C when the requests under way are answered.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger serve\n  outcome-ledger serve --listen 0.0.0.0:8080 --database postgres://ledger@db.example.org/ledger --key ledger.key"
)]
pub struct ServeArgs {
    /// Where it listens; this machine alone by default
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Asks the witnesses of this policy (C2SP tlog-policy) to cosign each checkpoint
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &ServeArgs, session: &Session) -> Result<u8, Failure> {
    let mut connection = session.open()?;
    let signer = session.signer_if_any()?;
    session.check_signed(&mut connection)?;
    let databases = Data::new(Databases::new(Address::parse(&session.database)?));
    let shared = Shared { databases, health: Data::new(Health::default()) };
    let (stop, stopped) = channel::<()>();
    if let Some(file) = &args.policy {
        // Nobody waits for this one: what it writes is one transaction, and a witness may take its time to answer.
        let (session, policy) = (session.clone(), policy(file)?);
        thread::spawn(move || ask_witnesses(&session, &policy));
    }
    let keeper = {
        let (session, health) = (session.clone(), shared.health.clone());
        thread::spawn(move || keep(&session, connection, signer, &health, &stopped))
    };
    let served = serve(args.listen, session, &shared);
    // The keeper ends when the channel does.
    drop(stop);
    let kept = keeper.join();
    served?;
    kept.map_err(|_| Failure::new(super::session::UNREACHABLE, "keeper", "error: the keeper of the log stopped"))?;
    Ok(DONE)
}

fn serve(listen: SocketAddr, session: &Session, shared: &Shared) -> Result<(), Failure> {
    let shared = shared.clone();
    let unreachable = |error: std::io::Error| Failure::unreachable(format!("cannot serve at {listen}: {error}"));
    System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().configure(routes(&shared)))
            .workers(2)
            .worker_max_blocking_threads(8)
            .shutdown_timeout(LAST_REQUESTS)
            .bind(listen)
            .map_err(unreachable)?;
        let at = server.addrs();
        session.answer(&json!({ "listening": at }), || {
            at.iter().map(|at| format!("Listening on http://{at}")).collect::<Vec<_>>().join("\n")
        })?;
        server.run().await.map_err(unreachable)
    })
}

/// Keeps the log up until told to stop. What goes wrong is told once, and tried again with the next round.
fn keep(
    session: &Session,
    mut connection: Connection,
    mut signer: Option<FileSigner>,
    health: &Health,
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
        if health.note(trouble.as_ref().map(|failure| failure.text.clone()))
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
fn ask_witnesses(session: &Session, policy: &Policy) {
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
