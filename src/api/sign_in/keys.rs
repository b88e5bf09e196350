//! A key set that is read again when it is old or a key is missing, but not too often.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use actix_web::http::StatusCode;

use super::{
    KeySet,
    token::{self, Expected},
};
use crate::api::Problem;

/// How often keys are read.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After this time keys are read again.
    pub fresh: Duration,
    /// Between two attempts lies at least this time, whatever tokens come.
    pub pause: Duration,
    /// Keys that could not be read again are trusted so long, and no longer.
    pub stale: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        Self { fresh: minutes(5), pause: Duration::from_secs(10), stale: minutes(24 * 60) }
    }
}

/// The longest JWKS.
const MOST_BYTES: u64 = 256 * 1024;

/// Where keys come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// They stay as they are.
    Fixed,
    /// A file.
    File(PathBuf),
    /// An address, `https` unless on this machine.
    Url(String),
}

/// The keys that tokens are checked with.
pub struct Keys {
    source: Source,
    expected: Expected,
    pace: Pace,
    current: RwLock<(Arc<KeySet>, Instant)>,
    /// When reading was tried last.
    tried: Mutex<Instant>,
}

impl Source {
    /// Reads `https://…`, `http://127.0.0.1…` or the path of a file.
    ///
    /// # Errors
    /// When an address is not protected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let is_local = local
            .iter()
            .any(|start| text.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
        match text.split_once("://") {
            None => Ok(Self::File(text.into())),
            Some(("https", _)) => Ok(Self::Url(text.into())),
            Some(("http", _)) if is_local => Ok(Self::Url(text.into())),
            Some(_) => Err("keys are fetched by https only, or by http from this machine".into()),
        }
    }

    fn read(&self) -> Result<Option<KeySet>, String> {
        match self {
            Self::Fixed => Ok(None),
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                KeySet::read(&text).map(Some).map_err(|reason| format!("{}: {reason}", path.display()))
            }
            Self::Url(url) => fetch(url).and_then(|text| KeySet::read(&text)).map(Some),
        }
    }
}

/// Fetches a JWKS without following to other hosts.
fn fetch(url: &str) -> Result<String, String> {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).max_redirects(0);
    let mut answer = config.build().new_agent().get(url).call().map_err(|error| error.to_string())?;
    answer.body_mut().with_config().limit(MOST_BYTES).read_to_string().map_err(|error| error.to_string())
}

impl Keys {
    /// Reads the keys for the first time.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn load(source: Source, expected: Expected, pace: Pace) -> Result<Self, String> {
        let keys = source.read()?.ok_or("no keys are given")?;
        Ok(Self::new(source, expected, pace, keys))
    }

    /// Trusts a fixed set of keys.
    pub fn fixed(keys: KeySet, expected: Expected) -> Self {
        Self::new(Source::Fixed, expected, Pace::default(), keys)
    }

    fn new(source: Source, expected: Expected, pace: Pace, keys: KeySet) -> Self {
        let now = Instant::now();
        Self { source, expected, pace, current: RwLock::new((Arc::new(keys), now)), tried: Mutex::new(now) }
    }

    /// The name of the party that a token is for. Blocks when keys are read again.
    ///
    /// # Errors
    /// A problem `bad-token` that does not say why, which goes to the log.
    pub fn party(&self, token: &str) -> Result<String, Problem> {
        let name = token::key_name(token).map_err(refused)?;
        let (mut keys, read_at) = self.current();
        if keys.find(&name).is_none() || read_at.elapsed() > self.pace.fresh {
            keys = self.read_again(keys);
        }
        if !matches!(self.source, Source::Fixed) && self.current().1.elapsed() > self.pace.stale {
            let detail = "the keys for signing in could not be read for too long";
            return Err(Problem::wait(StatusCode::SERVICE_UNAVAILABLE, "keys", detail, 60));
        }
        let (algorithm, key) = keys.find(&name).ok_or_else(|| refused("the key is not known".into()))?;
        token::party(token, algorithm, key, &self.expected).map_err(refused)
    }

    fn current(&self) -> (Arc<KeySet>, Instant) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&current.0), current.1)
    }

    /// Reads the keys again unless that was tried a moment ago; one caller at a time, the others go on with what is there.
    fn read_again(&self, keys: Arc<KeySet>) -> Arc<KeySet> {
        let Ok(mut tried) = self.tried.try_lock() else { return keys };
        if matches!(self.source, Source::Fixed) || tried.elapsed() < self.pace.pause {
            return keys;
        }
        *tried = Instant::now();
        match self.source.read() {
            Ok(Some(fresh)) => {
                let fresh = Arc::new(fresh);
                let now = (Arc::clone(&fresh), Instant::now());
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = now;
                fresh
            }
            Ok(None) => keys,
            Err(reason) => {
                tracing::warn!(%reason, "keys for signing in could not be read again");
                keys
            }
        }
    }
}

/// The caller is told that a token is no good; why is for the log, so that guessing teaches nothing.
fn refused(reason: String) -> Problem {
    tracing::info!(%reason, "token refused");
    let help =
        "sign in again; a token names issuer, audience, expiry and party, and is signed by a key that is trusted here";
    Problem::new(StatusCode::UNAUTHORIZED, "bad-token", "the token is not accepted", help)
}
