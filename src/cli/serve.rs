//! `serve`: the interface over HTTP.

use std::{fs, net::SocketAddr, path::PathBuf, thread};

use actix_web::{rt::System, web};
use clap::Args;
use serde_json::{Value, json};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{
    courier::Telling,
    keeper::{Keeper, ask_witnesses},
    network,
    output::{self, DONE, Failure, Outcome, UNREACHABLE, WRONG_USAGE},
    session::{DEFAULT_DATABASE, Session},
    token::local_key,
    witness::policy,
};
use crate::{
    api::{
        Config, Gate,
        sign_in::{Expected, Keys, Pace, Source, local},
        start, start_metrics,
        traces::Traces,
    },
    operations::{Courier, open_log::origin},
    storage::Address,
};

/// Serves the ledger over HTTP: the parties' work at /api/v1, described at /api/docs/, and the log for everybody.
///
/// The log is kept up meanwhile: entries enter it about every second, the heads of all chains are recorded once a minute while
/// things change, and it is signed when there is a key. Monitors and witnesses read /checkpoint and /tile/… (C2SP
/// `tlog-tiles`). /livez, /readyz and /healthz tell how the server is. Stops on SIGTERM and Ctrl-C when the requests under way
/// are answered.
///
/// Settings come from a TOML file, then the environment, then flags. Without an issuer, tokens of `outcome-ledger token`
/// are trusted.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger serve\n  outcome-ledger serve --demo\n  outcome-ledger serve --config server.toml --listen 127.0.0.1:9000\n  outcome-ledger serve --print-config"
)]
pub struct ServeArgs {
    /// The file with settings
    #[arg(long, value_name = "FILE", env = "OUTCOME_LEDGER_CONFIG")]
    config: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", env = "OUTCOME_LEDGER_LISTEN")]
    listen: Option<SocketAddr>,
    /// Threads that take requests
    #[arg(long, env = "OUTCOME_LEDGER_WORKERS")]
    workers: Option<usize>,
    /// Connections to the database for reading
    #[arg(long, env = "OUTCOME_LEDGER_CONNECTIONS")]
    connections: Option<usize>,
    /// Who issues tokens, as they say in `iss`
    #[arg(long, env = "OUTCOME_LEDGER_ISSUER")]
    issuer: Option<String>,
    /// Whom tokens are for, as they say in `aud`; the ledger's origin when left out
    #[arg(long, env = "OUTCOME_LEDGER_AUDIENCE")]
    audience: Option<String>,
    /// Keys of the issuer: a JWKS file, or its https address
    #[arg(long, value_name = "FILE|URL", env = "OUTCOME_LEDGER_JWKS")]
    jwks: Option<String>,
    /// Serves a demo network: a party for each role with its token, three contracts in force, one of them followed up. In a
    /// folder for temporary files, unless a database is named
    #[arg(long)]
    demo: bool,
    /// Asks the witnesses of this policy (C2SP tlog-policy) to cosign each checkpoint
    #[arg(long, value_name = "FILE", env = "OUTCOME_LEDGER_POLICY")]
    policy: Option<PathBuf>,
    /// Writes the settings and ends
    #[arg(long)]
    print_config: bool,
}

/// Runs the command.
pub fn run(args: &ServeArgs, session: &Session) -> Outcome {
    let config = settings(args)?;
    let session = &if args.demo { demo(session)? } else { session.clone() };
    let address = Address::parse(&session.database)?;
    if args.print_config {
        // The address shows itself without its password.
        let shown = json!({ "database": address.to_string(), "settings": config });
        output::write(&serde_json::to_string_pretty(&shown).unwrap_or_default())?;
        return Ok(DONE);
    }
    let wrong = |reason| Failure::new(WRONG_USAGE, "traces", format!("error: traces: {reason}"));
    let traces = config.traces.as_deref().map(Traces::start).transpose().map_err(wrong)?;
    let spans = traces.as_ref().map(|traces| {
        let ours = Targets::new().with_target("outcome_ledger", LevelFilter::INFO);
        tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_filter(ours)
    });
    let lines = tracing_subscriber::fmt::layer().json().with_current_span(false).with_span_list(false);
    let lines = lines.with_writer(std::io::stderr).with_filter(LevelFilter::INFO);
    // Somebody else may have set one up in this process; then that one is used.
    let _ = tracing_subscriber::registry().with(lines).with(spans).try_init();
    let mut connection = session.open()?;
    let signer = session.signer_if_any()?;
    session.check_signed(&mut connection)?;
    let keys = keys(&config, session, &address)?;
    let tokens = if args.demo { tokens(&config, session, &address)? } else { Vec::new() };
    let gate = web::Data::new(Gate::open(&config, address, keys)?);
    let unreachable = |error: std::io::Error| {
        Failure::new(UNREACHABLE, "listen", format!("error: cannot serve at {}: {error}", config.listen))
    };
    if let Some(file) = &args.policy {
        // Nobody waits for this one: what it writes is one transaction, and a witness may take its time to answer.
        let (session, policy) = (session.clone(), policy(file)?);
        thread::spawn(move || ask_witnesses(&session, &policy));
    }
    let telling = Telling::start(Address::parse(&session.database)?, Courier::new(config.private_webhooks));
    let speaks_tls = config.tls.is_some();
    let keeper = Keeper::start(session.clone(), connection, signer, gate.clone());
    let served = System::new().block_on(async {
        let metrics = start_metrics(&config, gate.clone()).map_err(unreachable)?;
        let running = start(&config, gate).map_err(unreachable)?;
        let metrics = metrics.map(|metrics| {
            actix_web::rt::spawn(metrics.server);
            metrics.handle
        });
        let scheme = if speaks_tls { "https" } else { "http" };
        let listening: Vec<String> = running.addresses.iter().map(|at| format!("{scheme}://{at}")).collect();
        session.answer(&json!({ "listening": running.addresses, "tokens": tokens }), || told(&listening, &tokens))?;
        let served = running.server.await.map_err(unreachable);
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        served
    });
    telling.stop();
    let kept = keeper.stop();
    served.and(kept).map(|()| DONE)
}

/// A demo network in a database of its own, unless one was named.
fn demo(session: &Session) -> Result<Session, Failure> {
    let mut session = session.clone();
    if session.database == DEFAULT_DATABASE {
        let folder = session
            .outside(|outside| Ok(std::env::temp_dir().join(format!("outcome-ledger-demo-{}", outside.now_micros))))?;
        fs::create_dir_all(&folder).map_err(|error| Failure::unreachable(format!("{}: {error}", folder.display())))?;
        session.database = folder.join("ledger.db").display().to_string();
    }
    network::found(&session)?;
    Ok(session)
}

/// A token for each party of the demo network.
fn tokens(config: &Config, session: &Session, address: &Address) -> Result<Vec<Value>, Failure> {
    let key = local_key(address, config.sign_in.local_key.as_ref())?;
    let origin = origin(&mut session.open()?)?;
    let now = session.outside(|outside| Ok(outside.now_micros))?;
    let token = |(name, is): &(&str, &str)| {
        let token = key.token(&origin, name, local::MOST_MINUTES, now);
        token.map(|token| json!({ "party": name, "is": is, "token": token }))
    };
    let tokens: Result<Vec<Value>, String> = network::PARTIES.iter().map(token).collect();
    tokens.map_err(|reason| Failure::new(UNREACHABLE, "key", format!("error: {reason}")))
}

fn told(listening: &[String], tokens: &[Value]) -> String {
    let mut text = String::new();
    for token in tokens {
        let word = |name: &str| token[name].as_str().unwrap_or_default().to_owned();
        text += &format!("{} ({}):\n  {}\n", word("party"), word("is"), word("token"));
    }
    listening.iter().map(|address| format!("Listening on {address}\n")).collect::<String>() + &text
}

fn settings(args: &ServeArgs) -> Result<Config, Failure> {
    let mut config = match &args.config {
        None => Config::default(),
        Some(path) => {
            let text = fs::read_to_string(path);
            let text = text.map_err(|error| Failure::unreachable(format!("{}: {error}", path.display())))?;
            let wrong = |reason| Failure::new(WRONG_USAGE, "config", format!("error: {}: {reason}", path.display()));
            Config::read(&text).map_err(wrong)?
        }
    };
    set(&mut config.listen, args.listen);
    set(&mut config.workers, args.workers);
    set(&mut config.connections, args.connections);
    let sign_in = &mut config.sign_in;
    for (slot, given) in
        [(&mut sign_in.issuer, &args.issuer), (&mut sign_in.audience, &args.audience), (&mut sign_in.jwks, &args.jwks)]
    {
        if given.is_some() {
            slot.clone_from(given);
        }
    }
    Ok(config)
}

fn set<T>(slot: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *slot = given;
    }
}

/// The keys of the issuer, or the local one when there is none.
fn keys(config: &Config, session: &Session, address: &Address) -> Result<Keys, Failure> {
    let origin = origin(&mut session.open()?)?;
    let sign_in = &config.sign_in;
    let expected = Expected {
        issuer: sign_in.issuer.clone().unwrap_or_else(|| origin.clone()),
        audience: sign_in.audience.clone().unwrap_or(origin),
        skew_seconds: sign_in.skew_seconds.unwrap_or(30),
    };
    let wrong = |reason| Failure::new(WRONG_USAGE, "keys", format!("error: keys for signing in: {reason}"));
    match (&sign_in.jwks, &sign_in.issuer) {
        (Some(jwks), Some(_)) => {
            Keys::load(Source::parse(jwks).map_err(wrong)?, expected, Pace::default()).map_err(wrong)
        }
        (None, None) => {
            let keys = local_key(address, sign_in.local_key.as_ref())?.key_set().map_err(wrong)?;
            Ok(Keys::fixed(keys, expected))
        }
        _ => Err(wrong("`issuer` and `jwks` are given together".into())),
    }
}
