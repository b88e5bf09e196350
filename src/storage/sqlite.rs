//! How a connection to a SQLite file is born: the version checked, the file private, the pragmas set.

use std::{path::Path, thread::sleep, time::Duration};

use diesel::{
    Connection as _, RunQueryDsl,
    connection::SimpleConnection,
    dsl::sql,
    sql_types::{BigInt, Text},
};
use diesel::{select, sqlite::SqliteConnection};

/// The first version without the WAL-reset bug, which can lose committed data.
/// Source: <https://www.sqlite.org/wal.html>, "The WAL-Reset Bug".
const OLDEST_VERSION: [u32; 3] = [3, 51, 3];

/// Set on each connection. `FULL` makes an acknowledged commit survive a power cut in WAL mode.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -65536;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
";

/// How often opening is tried, every ten milliseconds: as long in all as the busy timeout.
const ATTEMPTS: u32 = 500;

/// Opens a file, creating it when missing.
///
/// SQLite does not wait for others while it switches a file to write-ahead logging, so that programs opening a new file
/// together would fail; we let go of it and try again.
pub fn open(path: &Path) -> Result<SqliteConnection, String> {
    create_private(path).map_err(|error| error.to_string())?;
    let name = path.to_str().ok_or("the path is not UTF-8")?;
    for _ in 1..ATTEMPTS {
        match attempt(name) {
            Err(reason) if reason.contains("database is locked") => sleep(Duration::from_millis(10)),
            done => return done,
        }
    }
    attempt(name)
}

fn attempt(name: &str) -> Result<SqliteConnection, String> {
    let mut connection = SqliteConnection::establish(name).map_err(|error| error.to_string())?;
    prepare(&mut connection).map_err(|error| error.to_string())??;
    Ok(connection)
}

/// Opens a file for reading alone; neither it nor its folder has to be writable.
///
/// Of a file in write-ahead logging SQLite keeps side files, and refuses to read where it cannot make them. Without a log
/// that waits nobody writes there either, and the file can be read as one that never changes. And only who may write takes
/// the side files away again: left behind by somebody else, they would keep the ledger's own program out.
pub fn read(path: &Path) -> Result<SqliteConnection, String> {
    let name = as_uri(path)?;
    match waits(path) {
        true => attempt_reading(&format!("{name}?mode=ro")),
        false => {
            attempt_reading(&format!("{name}?mode=rw")).or_else(|_| attempt_reading(&format!("{name}?immutable=1")))
        }
    }
}

fn attempt_reading(uri: &str) -> Result<SqliteConnection, String> {
    let mut connection = SqliteConnection::establish(uri).map_err(|error| error.to_string())?;
    let pragmas = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536;";
    connection.batch_execute(pragmas).map_err(|error| error.to_string())?;
    let tables = sql::<BigInt>("SELECT count(*) FROM sqlite_schema").get_result::<i64>(&mut connection);
    tables.map(|_| connection).map_err(|error| error.to_string())
}

/// Whether something was written that did not get into the file yet.
fn waits(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(Path::new(&log)).is_ok_and(|log| log.len() > 0)
}

/// The path as a URI that names the file and nothing else.
fn as_uri(path: &Path) -> Result<String, String> {
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let escaped =
        path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    Ok(format!("file:{}", escaped.collect::<String>()))
}

fn prepare(connection: &mut SqliteConnection) -> diesel::QueryResult<Result<(), String>> {
    let version: String = select(sql::<Text>("sqlite_version()")).get_result(connection)?;
    if !is_recent(&version) {
        return Ok(Err(format!("SQLite {version} can lose committed data; 3.51.3 or later is needed")));
    }
    connection.batch_execute(PRAGMAS)?;
    let mode: String = sql::<Text>("PRAGMA journal_mode = WAL").get_result(connection)?;
    Ok(if mode == "wal" {
        Ok(())
    } else {
        Err(format!("write-ahead logging is not possible here (mode `{mode}`); use a local, writable disk"))
    })
}

fn is_recent(version: &str) -> bool {
    let parts: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    parts.is_some_and(|parts| parts.as_slice() >= OLDEST_VERSION.as_slice())
}

/// Creates the file readable by its owner alone; SQLite gives its side files the same permissions.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_versions_that_lose_data() {
        for (version, recent) in [
            ("3.51.3", true),
            ("3.53.0", true),
            ("4.0.0", true),
            ("3.51.2", false),
            ("3.40.1", false),
            ("3.9.9", false),
            ("", false),
        ] {
            assert_eq!(is_recent(version), recent, "{version}");
        }
    }
}
