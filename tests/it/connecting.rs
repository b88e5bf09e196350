//! Opening databases: what is set on every connection, and what is refused, in words that show no secret.

use diesel::{RunQueryDsl, dsl::sql, sql_types};
use outcome_ledger::storage::{Address, Connection, Error, migrate};

use super::databases::{on_sqlite, server};

fn refusal(address: &str) -> String {
    match Connection::open(&Address::parse(address).unwrap()) {
        Err(error @ Error::Open { .. }) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a connection came about"),
    }
}

#[test]
fn sqlite_connections_are_born_careful() {
    on_sqlite(|database| {
        let Connection::Sqlite(mut c) = database.connect() else { unreachable!() };
        for (pragma, expected) in [
            ("synchronous", 2),
            ("busy_timeout", 5_000),
            ("foreign_keys", 1),
            ("recursive_triggers", 1),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
            ("secure_delete", 1),
        ] {
            let value: i32 = sql::<sql_types::Integer>(&format!("PRAGMA {pragma}")).get_result(&mut c).unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
        let mode: String = sql::<sql_types::Text>("PRAGMA journal_mode").get_result(&mut c).unwrap();
        assert_eq!(mode, "wal");
    });
}

#[cfg(unix)]
#[test]
fn sqlite_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    on_sqlite(|database| {
        let mut connection = database.connect();
        migrate::run(&mut connection).unwrap();
        let Address::Sqlite(path) = &database.address else { unreachable!() };
        for suffix in ["", "-wal", "-shm"] {
            let path = format!("{}{suffix}", path.display());
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path}");
        }
    });
}

#[test]
fn sqlite_opens_databases_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("notes.txt"), "not a database, but long enough to be taken for one. ".repeat(40)).unwrap();
    for (place, hint) in [("notes.txt", "not a database"), ("missing/ledger.db", "No such file"), (".", "directory")] {
        let message = refusal(&path(place));
        assert!(message.contains(hint), "{place}: {message}");
    }
}

#[test]
fn postgres_sessions_wait_for_the_disk_and_not_for_ever() {
    let Some(server) = server() else { return };
    let Connection::Postgres(mut c) = Connection::open(&Address::parse(&server).unwrap()).unwrap() else {
        unreachable!()
    };
    for (setting, expected) in
        [("synchronous_commit", "on"), ("lock_timeout", "5s"), ("application_name", "outcome-ledger")]
    {
        let value: String = sql::<sql_types::Text>(&format!("SHOW {setting}")).get_result(&mut c).unwrap();
        assert_eq!(value, expected, "{setting}");
    }
}

#[test]
fn postgres_refusals_show_no_password() {
    for address in ["postgres://me:s3cret@127.0.0.1:1/ledger", "postgres://me:s3cret@no.such.host.invalid/ledger"] {
        let message = refusal(address);
        assert!(!message.contains("s3cret") && message.contains("/ledger"), "{message}");
    }
    let Some(server) = server() else { return };
    let (scheme, rest) = server.split_once("://").unwrap();
    let (_, place) = rest.rsplit_once('@').unwrap();
    let message = refusal(&format!("{scheme}://nobody:s3cret@{place}"));
    assert!(message.contains("authentication failed") && !message.contains("s3cret"), "{message}");
}

/// Needs a server that encrypts and an address with `sslrootcert`, as `.ci/test` brings.
#[test]
fn postgres_lines_are_protected_as_the_address_says() {
    let Some(server) = server() else { return };
    let (place, query) = server.split_once('?').unwrap_or((&server, ""));
    let root = query.split('&').find(|pair| pair.starts_with("sslrootcert="));
    let root = root.expect("the server under test must encrypt and its address must name sslrootcert; see .ci/test");
    for (query, encrypted) in [
        ("sslmode=disable".to_owned(), false),
        ("sslmode=prefer".to_owned(), true),
        ("sslmode=require".to_owned(), true),
        (format!("sslmode=verify-full&{root}"), true),
    ] {
        let address = Address::parse(&format!("{place}?{query}")).unwrap();
        let Connection::Postgres(mut c) = Connection::open(&address).unwrap() else { unreachable!() };
        let ssl = sql::<sql_types::Bool>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        assert_eq!(ssl.get_result::<bool>(&mut c).unwrap(), encrypted, "{query}");
    }
    // The server's certificate is not signed by anyone whom the system trusts.
    let message = refusal(&format!("{place}?sslmode=verify-full"));
    assert!(message.contains("certificate"), "{message}");
    // And it is made out to 127.0.0.1 and localhost only.
    let elsewhere = place.replace("127.0.0.1", "127.0.0.2");
    let message = refusal(&format!("{elsewhere}?sslmode=verify-full&{root}"));
    assert!(message.contains("certificate") || message.contains("refused"), "{message}");
    let message = refusal(&format!("{place}?sslmode=verify-full&sslrootcert=/no/such/file.pem"));
    assert!(message.contains("sslrootcert"), "{message}");
}
