//! `witness`: cosigns the checkpoints of other logs, as long as each continues the one before.

use std::{
    fs,
    io::{self, Read, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::Args;
use serde_json::json;

use super::session::{DONE, Failure, REFUSED, Session, UNREACHABLE, read_text};
use crate::{
    api,
    ledger::note::{AddCheckpoint, Cosigned, KeyKind, Note, Policy, Refusal, SignerKey, VerifierKey, Witness},
    operations::{CosignError, FollowError, Remote, WitnessDesk, cosign_checkpoint, follow_log, kept_file::KeptFile},
};

/// The log shows another history than it showed before.
pub const DIVERGED: u8 = 30;

/// Watches the logs of others: cosigns a checkpoint when it continues the one cosigned before, and never two histories.
///
/// The state file holds what was seen last. Guard it like the key: a witness that forgets can be deceived. After a loss, begin
/// anew under another name.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  outcome-ledger witness --new regulator.example/witness --key witness.key --state witness.seen
  outcome-ledger witness --key witness.key --state witness.seen --log KEY --listen 127.0.0.1:7380
  outcome-ledger witness --key witness.key --state witness.seen --log KEY --follow https://ledger.example
  outcome-ledger witness --key witness.key --state witness.seen --log KEY --request request.txt")]
pub struct WitnessArgs {
    /// The key file of the witness
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the witness saw last
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Watches the logs of this policy
    #[arg(long, value_name = "FILE", conflicts_with = "new")]
    policy: Option<PathBuf>,
    /// Watches the log with this verifier key (may be given several times)
    #[arg(long, value_name = "KEY", conflicts_with = "new")]
    log: Vec<String>,
    #[command(flatten)]
    task: Task,
    /// Follows again and again, after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "follow", value_parser = clap::value_parser!(u64).range(1..))]
    every: Option<u64>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Task {
    /// Makes key and state of a new witness with this name, which looks like an address without https://
    #[arg(long, value_name = "NAME")]
    new: Option<String>,
    /// Answers logs over HTTP (C2SP tlog-witness): POST /add-checkpoint
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Fetches the newest checkpoint of a log (C2SP tlog-tiles) and cosigns it
    #[arg(long, value_name = "URL")]
    follow: Option<String>,
    /// Answers a request in a file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &WitnessArgs, session: &Session) -> Result<u8, Failure> {
    match &args.task {
        Task { new: Some(name), .. } => new_witness(args, session, name),
        Task { listen: Some(address), .. } => listen(args, session, *address),
        Task { follow: Some(url), .. } => follow(args, session, url),
        Task { request, .. } => answer_file(args, session, request.as_deref().unwrap_or(Path::new("-"))),
    }
}

fn new_witness(args: &WitnessArgs, session: &Session, name: &str) -> Result<u8, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Failure::new(UNREACHABLE, "random", format!("error: {error}")))?;
    let key = SignerKey::from_seed(name, KeyKind::Cosignature, &seed).map_err(|error| refused("key", error))?;
    let secret = format!("{}\n", key.to_secret_text());
    KeptFile::create(&args.key, secret.as_bytes()).map_err(Failure::unreachable)?;
    WitnessDesk::found(key.verifier(), &args.state).map_err(told)?;
    let public = key.verifier().to_string();
    session.answer(&json!({ "name": name, "key": public }), || {
        format!("{public}\n\nThis is the key that others check cosignatures with: `witness NAME KEY` in their policy.")
    })?;
    Ok(DONE)
}

fn listen(args: &WitnessArgs, session: &Session, address: SocketAddr) -> Result<u8, Failure> {
    let desk = desk(args)?;
    let key = desk.witness().key().to_string();
    let format = session.format;
    let tell = Box::new(move |error: &CosignError| tell_cosign(error).tell(format));
    let cannot = |error: io::Error| Failure::unreachable(format!("cannot listen on {address}: {error}"));
    actix_web::rt::System::new().block_on(async {
        let listening = api::witness::listen(desk, address, tell).map_err(cannot)?;
        let url = format!("http://{}", listening.address);
        session
            .answer(&json!({ "url": url, "key": key }), || format!("witness {key} answers at {url}/add-checkpoint"))?;
        io::stdout().flush().map_err(cannot)?;
        listening.server.await.map_err(cannot)?;
        Ok(DONE)
    })
}

fn follow(args: &WitnessArgs, session: &Session, url: &str) -> Result<u8, Failure> {
    let (desk, log) = (desk(args)?, Remote::new(url));
    loop {
        let followed = follow_log(&desk, &log, now()?).map_err(tell_follow);
        match (followed, args.every) {
            (Ok(cosigned), _) => say(session, &cosigned)?,
            // A log that cannot be reached now may be back the next time; one that forked is told and left.
            (Err(failure), Some(_)) if failure.exit != DIVERGED => failure.tell(session.format),
            (Err(failure), _) => return Err(failure),
        }
        let Some(seconds) = args.every else { return Ok(DONE) };
        thread::sleep(Duration::from_secs(seconds));
    }
}

fn answer_file(args: &WitnessArgs, session: &Session, file: &Path) -> Result<u8, Failure> {
    let desk = desk(args)?;
    let body = read(file)?;
    let request = AddCheckpoint::parse(&body).map_err(|error| tell_refusal(&error.into()))?;
    let cosigned = cosign_checkpoint(&desk, &request, now()?).map_err(told)?;
    let line = cosigned.line.to_string();
    session.answer(&json!({ "origin": cosigned.origin, "lines": [line.trim_end()] }), || line.clone())?;
    Ok(DONE)
}

fn say(session: &Session, cosigned: &Cosigned) -> Result<(), Failure> {
    let note = cosigned.seen.to_string();
    session.answer(
        &json!({ "origin": cosigned.origin, "line": cosigned.line.to_string().trim_end(), "note": note }),
        || note.clone(),
    )
}

fn desk(args: &WitnessArgs) -> Result<WitnessDesk, Failure> {
    let secret = read_text(&args.key)?;
    let key = SignerKey::parse(secret.trim_end())
        .map_err(|error| refused("key", format!("{}: {error}", args.key.display())))?;
    let witness = Witness::new(key, logs(args)?).ok_or_else(|| {
        refused("key", format!("{} is the key of a log; a witness needs its own", args.key.display()))
    })?;
    WitnessDesk::open(witness, &args.state).map_err(told)
}

fn logs(args: &WitnessArgs) -> Result<Vec<VerifierKey>, Failure> {
    let given = args.log.iter().map(|key| VerifierKey::parse(key).map_err(|error| refused("log-key", error)));
    let mut logs = given.collect::<Result<Vec<_>, _>>()?;
    if let Some(path) = &args.policy {
        logs.extend(policy(path)?.logs.into_iter().map(|log| log.key));
    }
    if logs.is_empty() {
        return Err(refused("no-log", "there is no log to watch; give --log KEY, or a policy with a line `log KEY`"));
    }
    Ok(logs)
}

/// Reads a policy; everything wrong with it is told at its line.
pub fn policy(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&read(path)?).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{}, {error}", path.display())).collect();
        Failure {
            exit: REFUSED,
            text: format!("error: {}", lines.join("\n")),
            problem: json!({ "code": "policy", "errors": lines }),
        }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read =
        if path == Path::new("-") { io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes) } else { fs::read(path) };
    read.map_err(|error| Failure::unreachable(format!("cannot read {}: {error}", path.display())))
}

fn now() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since
        .map(|since| since.as_secs())
        .map_err(|_| Failure::new(UNREACHABLE, "clock", "error: the clock of this machine stands before 1970; set it"))
}

fn refused(code: &'static str, message: impl std::fmt::Display) -> Failure {
    Failure::refused(code, message)
}

fn told(error: CosignError) -> Failure {
    tell_cosign(&error)
}

fn tell_cosign(error: &CosignError) -> Failure {
    match error {
        CosignError::Refused(refusal) => tell_refusal(refusal),
        CosignError::Kept(reason) => Failure::unreachable(reason),
    }
}

fn tell_follow(error: FollowError) -> Failure {
    match error {
        FollowError::Cosign(error) => tell_cosign(&error),
        FollowError::Older { .. } => refused("older", error),
        error => Failure::unreachable(error),
    }
}

/// Tells a refusal; where two checkpoints contradict each other, both are shown.
fn tell_refusal(refusal: &Refusal) -> Failure {
    let Some((seen, shown)) = refusal.evidence() else {
        return Failure {
            exit: REFUSED,
            text: format!("error: {refusal}"),
            problem: json!({ "code": "refused", "status": refusal.status(), "message": refusal.to_string() }),
        };
    };
    diverged(&refusal.to_string(), seen, shown)
}

fn diverged(message: &str, seen: &Note, shown: &Note) -> Failure {
    let text = format!(
        "DIVERGED: {message}\n\nseen before:\n\n{seen}\nshown now:\n\n{shown}\nKeep both: together they prove it."
    );
    let problem =
        json!({ "code": "diverged", "message": message, "seen": seen.to_string(), "shown": shown.to_string() });
    Failure { exit: DIVERGED, text, problem }
}
