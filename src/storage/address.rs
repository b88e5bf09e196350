//! Where a database is, read from a URL and shown without secrets.

use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::config::{Config, Host};

use super::Error;

/// Says where a database is.
#[derive(Clone)]
pub enum Address {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(Box<PostgresAddress>),
}

/// Says where a PostgreSQL server is and how its line is protected.
#[derive(Clone)]
pub struct PostgresAddress {
    pub(super) config: Config,
    pub(super) protection: Protection,
    /// A PEM file with the certificates to trust instead of the system's.
    pub(super) root_file: Option<PathBuf>,
}

/// How the line to a server is protected, in the words of PostgreSQL's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// `disable`: readable by everyone on the way.
    Disable,
    /// `prefer`: encrypted when the server can; stops no one who stands in between.
    Prefer,
    /// `require`: always encrypted, but the server is not identified.
    Require,
    /// `verify-full`: encrypted, and the server's certificate and name are checked.
    VerifyFull,
}

impl Address {
    /// Reads `ledger.db`, `sqlite:ledger.db` or `postgres://user@host/database`.
    ///
    /// PostgreSQL's own parameters work as usual. `sslmode` is `disable`, `prefer`, `require` or `verify-full`; when
    /// absent it is `prefer` for a server on this machine and `verify-full` for any other. `sslrootcert` names a PEM
    /// file of certificates to trust instead of the system's.
    ///
    /// # Errors
    /// An [`Error::Address`] that never repeats the address, because it may hold a password.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        match scheme {
            "postgres" | "postgresql" => postgres(text).map(Box::new).map(Self::Postgres),
            "sqlite" => sqlite(text.trim_start_matches("sqlite:").trim_start_matches("//")),
            _ if text.contains("://") => Err(refused(format!(
                "`{scheme}` is no scheme we know; expected sqlite:PATH, a path, or postgres://USER@HOST/DATABASE"
            ))),
            _ => sqlite(text),
        }
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

fn refused(reason: impl Into<String>) -> Error {
    Error::Address(reason.into())
}

fn sqlite(path: &str) -> Result<Address, Error> {
    match path {
        "" => Err(refused("the path is empty; expected sqlite:PATH, such as sqlite:ledger.db")),
        ":memory:" => Err(refused("a ledger in memory forgets everything; give the path of a file")),
        // SQLite would read such a name as a URI of its own, with options that undo ours.
        uri if uri.starts_with("file:") => Err(refused("SQLite's own `file:` URIs are not accepted; give a path")),
        path => Ok(Address::Sqlite(path.into())),
    }
}

fn postgres(text: &str) -> Result<PostgresAddress, Error> {
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    refuse_misplaced_password(place)?;
    let (ours, theirs): (Vec<_>, Vec<_>) = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.starts_with("sslmode=") || pair.starts_with("sslrootcert="));
    let value_of = |key| ours.iter().find_map(|pair| pair.strip_prefix(key)).filter(|value| !value.is_empty());
    let mut config = format!("{place}?{}", theirs.join("&"))
        .parse::<Config>()
        .map_err(|_| refused("it is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETER=VALUE"))?;
    if config.get_hosts().is_empty() {
        return Err(refused("it names no host; expected postgres://USER@HOST/DATABASE"));
    }
    if config.get_application_name().is_none() {
        config.application_name("outcome-ledger");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(std::time::Duration::from_secs(10));
    }
    let protection = protection(value_of("sslmode="), &config)?;
    Ok(PostgresAddress { config, protection, root_file: value_of("sslrootcert=").map(PathBuf::from) })
}

/// A password with a bare `@` or `/` would end up in the name of the host, and from there in messages.
fn refuse_misplaced_password(place: &str) -> Result<(), Error> {
    let rest = place.split_once("://").map_or("", |(_, rest)| rest);
    let before_at = rest.rsplit_once('@').map_or("", |(before, _)| before);
    if before_at.contains(['@', '/']) {
        return Err(refused("write `@` as %40 and `/` as %2F in user names, passwords and database names"));
    }
    Ok(())
}

fn protection(sslmode: Option<&str>, config: &Config) -> Result<Protection, Error> {
    match sslmode {
        Some("disable") => Ok(Protection::Disable),
        Some("prefer") => Ok(Protection::Prefer),
        Some("require") => Ok(Protection::Require),
        Some("verify-full") => Ok(Protection::VerifyFull),
        Some(_) => Err(refused("`sslmode` must be disable, prefer, require or verify-full")),
        None if config.get_hosts().iter().all(is_local) => Ok(Protection::Prefer),
        None => Ok(Protection::VerifyFull),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(address) => address.fmt(f),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        let hosts: Vec<_> = self.config.get_hosts().iter().map(name).collect();
        let ports: Vec<_> = self.config.get_ports().iter().map(|port| format!(":{port}")).collect();
        let database = self.config.get_dbname().unwrap_or_default();
        write!(f, "postgres://{}{}/{database}", hosts.join(","), ports.join(","))
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protection_of(text: &str) -> Protection {
        match Address::parse(text).unwrap() {
            Address::Postgres(address) => address.protection,
            Address::Sqlite(path) => panic!("{path:?} is a file"),
        }
    }

    #[test]
    fn shows_the_place_and_no_secret() {
        for (text, shown) in [
            ("ledger.db", "sqlite:ledger.db"),
            ("sqlite:a/b.db", "sqlite:a/b.db"),
            ("sqlite:///srv/b.db", "sqlite:/srv/b.db"),
            ("postgres://me:s3cret@db.example:5433/ledger", "postgres://db.example:5433/ledger"),
            ("postgresql://localhost/l?password=s3cret&sslmode=disable", "postgres://localhost:5432/l"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.to_string(), format!("{address:?}")), (shown.to_owned(), shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_bad_addresses_without_repeating_them() {
        for (bad, hint) in [
            ("", "empty"),
            ("sqlite:", "empty"),
            ("sqlite::memory:", "forgets"),
            ("file:ledger.db?mode=ro", "file:"),
            ("mysql://root:s3cret@host/db", "no scheme we know"),
            ("postgres://me:s3cret@x@host/db", "%40"),
            ("postgres://me:1/s3cret@host/db", "%2F"),
            ("postgres://me:s3cret@host:port/db", "of the form"),
            ("postgres://me:s3cret@host/db?colour=red", "of the form"),
            ("postgres://me:s3cret@host/db?sslmode=verify-ca", "verify-full"),
            ("postgres:///db", "no host"),
        ] {
            let message = Address::parse(bad).unwrap_err().to_string();
            assert!(message.contains(hint) && !message.contains("s3cret"), "{bad}: {message}");
        }
    }

    #[test]
    fn protects_the_line_by_default_to_other_machines() {
        for (text, expected) in [
            ("postgres://localhost/l", Protection::Prefer),
            ("postgres://127.0.0.1/l", Protection::Prefer),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/l", Protection::Prefer),
            ("postgres://db.example/l", Protection::VerifyFull),
            ("postgres://localhost,db.example/l", Protection::VerifyFull),
            ("postgres://db.example/l?sslmode=require", Protection::Require),
            ("postgres://db.example/l?connect_timeout=3&sslmode=disable", Protection::Disable),
        ] {
            assert_eq!(protection_of(text), expected, "{text}");
        }
    }
}
