//! What can be set: in a TOML file, then by the environment and flags, which win.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The settings of a server. Secrets are never among them: they stay in files, which are named here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What makes the server speak TLS; plain HTTP without.
    pub tls: Option<Tls>,
    /// Where to show metrics for Prometheus, at `/metrics` and nothing else; best an address that only the monitor reaches.
    pub metrics: Option<SocketAddr>,
    /// The OTLP address of an OpenTelemetry collector that gets a span for each request, such as `http://127.0.0.1:4318`.
    pub traces: Option<String>,
    /// Whether webhooks may lead to addresses of this machine and its network, and over plain HTTP: for tests, and where all
    /// parties stand in one network of their own.
    pub private_webhooks: bool,
    /// Threads that take requests.
    pub workers: usize,
    /// Connections to the database for reading.
    pub connections: usize,
    /// Seconds that requests under way are waited for at the end.
    pub shutdown_seconds: u64,
    /// Who may sign in.
    pub sign_in: SignIn,
    /// How much is taken in.
    pub limits: Limits,
    /// The folder in which uploads lie while they are read, without a name; the system's own when left out. They are not sealed.
    pub upload_folder: Option<PathBuf>,
    /// Origins of pages that may call from a browser, such as `https://console.example.org`.
    pub cors_origins: Vec<String>,
}

/// Files in PEM. They are read when the server starts: start it again when they were renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, followed by those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Who may sign in. Without an issuer, tokens of the local key are trusted, which `outcome-ledger token` makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Who issues tokens, as they say in `iss`.
    pub issuer: Option<String>,
    /// Whom they are for, as they say in `aud`; the ledger's origin when left out.
    pub audience: Option<String>,
    /// Keys of the issuer: the path of a JWKS file, or its https address.
    pub jwks: Option<String>,
    /// Seconds by which clocks may differ, at most 300.
    pub skew_seconds: Option<u64>,
    /// The file of the local key; beside the database when left out.
    pub local_key: Option<PathBuf>,
}

/// How much is taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a JSON body, unpacked.
    pub body_bytes: usize,
    /// Bytes of an upload, unpacked.
    pub upload_bytes: u64,
    /// Bytes of clinical records at once, unpacked; they are held in memory.
    pub records_bytes: u64,
    /// Requests of one party a second.
    pub requests_per_second: u32,
    /// Requests of one party at once.
    pub requests_at_once: u32,
    /// Failed sign-ins of one address at once; one more a second.
    pub failed_sign_ins_at_once: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls: None,
            metrics: None,
            traces: None,
            private_webhooks: false,
            workers: 2,
            connections: 8,
            shutdown_seconds: 30,
            sign_in: SignIn::default(),
            limits: Limits::default(),
            upload_folder: None,
            cors_origins: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 * 1024 * 1024,
            upload_bytes: 1024 * 1024 * 1024,
            records_bytes: 64 * 1024 * 1024,
            requests_per_second: 200,
            requests_at_once: 400,
            failed_sign_ins_at_once: 20,
        }
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// The place in the file and what is wrong there.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_sets_what_it_names_and_leaves_the_rest() {
        let config = Config::read("listen = '0.0.0.0:9000'\n[limits]\nbody_bytes = 10\n").unwrap();
        assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 9000)));
        assert_eq!(config.limits, Limits { body_bytes: 10, ..Limits::default() });
        assert_eq!(config.workers, 2);
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        for text in ["lisden = 1", "[sign_in]\nisuer = 'x'", "workers = 'two'", "listen = 'nowhere'"] {
            assert!(Config::read(text).is_err(), "{text}");
        }
    }
}
