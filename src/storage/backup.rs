//! Copies of an SQLite file, taken while others read and write, and put in place again. The keys under which contents are
//! sealed go to a file of their own, so that they need not be kept as long as the rest.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use diesel::{RunQueryDsl, connection::SimpleConnection, dsl::sql, select, sql_query, sql_types::Text};

use super::{Address, Connection, Error};

/// The only table whose rows may be forgotten.
const KEYS: &str = "subject_key";

/// Copies the database into a file that is not there yet, and its keys into another.
///
/// # Errors
/// [`Error::Open`] when a file is there already or cannot be written; [`Error::Refused`] on PostgreSQL, which has tools of
/// its own.
pub fn copy(connection: &mut Connection, to: &Path, keys: &Path) -> Result<(), Error> {
    let Connection::Sqlite(c) = connection else { return Err(not_here()) };
    refuse_existing(to)?;
    refuse_existing(keys)?;
    let partial = Partial::new(to)?;
    // The copy of a running database: one picture of it, written by SQLite itself.
    sql_query("VACUUM INTO ?").bind::<Text, _>(partial.text()?).execute(c)?;
    let partial_keys = Partial::new(keys)?;
    move_keys(&partial, &partial_keys)?;
    partial_keys.finish(keys)?;
    partial.finish(to)
}

/// Puts a copy and its keys into a database that is not there yet, once `check` has found nothing wrong with it.
///
/// # Errors
/// As for [`copy`], and what `check` says; nothing is left behind then.
pub fn restore<T, E: From<Error>>(
    from: &Path,
    keys: Option<&Path>,
    to: &Path,
    check: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    refuse_existing(to)?;
    if !from.exists() {
        return Err(E::from(failed(from, io::ErrorKind::NotFound.into())));
    }
    let partial = Partial::new(to)?;
    fs::copy(from, &partial.0).map_err(|error| failed(from, error))?;
    let mut connection = partial.open()?;
    if let Some(keys) = keys {
        take_keys(&mut connection, keys)?;
    }
    let checked = check(&mut connection)?;
    // Closing takes the write-ahead log in.
    drop(connection);
    partial.finish(to)?;
    Ok(checked)
}

fn not_here() -> Error {
    Error::Refused("PostgreSQL is copied with pg_dump or pg_basebackup; see docs/OPERATIONS.md".into())
}

fn refuse_existing(path: &Path) -> Result<(), Error> {
    if path.exists() { Err(failed(path, io::ErrorKind::AlreadyExists.into())) } else { Ok(()) }
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::Open { place: path.display().to_string(), reason: error.to_string() }
}

/// A file that is not whole yet; it goes away unless it is finished.
struct Partial(PathBuf);

impl Partial {
    /// An empty file beside the one that it will be, readable by its owner alone.
    fn new(of: &Path) -> Result<Self, Error> {
        let mut name = of.as_os_str().to_owned();
        name.push(".partial");
        let partial = Self(name.into());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&partial.0).map_err(|error| failed(&partial.0, error))?;
        Ok(partial)
    }

    fn text(&self) -> Result<&str, Error> {
        self.0.to_str().ok_or_else(|| failed(&self.0, io::Error::other("the path is not UTF-8")))
    }

    fn open(&self) -> Result<Connection, Error> {
        Connection::open(&Address::Sqlite(self.0.clone()))
    }

    /// Waits until the file is on the disk, and gives it its name.
    fn finish(self, name: &Path) -> Result<(), Error> {
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let done = File::open(&self.0)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.0, name))
            .and_then(|()| File::open(folder)?.sync_all());
        done.map_err(|error| failed(name, error))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After a rename none of them is there.
        for suffix in ["", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = fs::remove_file(PathBuf::from(name));
        }
    }
}

/// The statement that makes a trigger.
fn trigger(connection: &mut Connection, name: &str) -> Result<String, Error> {
    let Connection::Sqlite(c) = connection else { return Err(not_here()) };
    let text = sql::<Text>("(SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ").bind::<Text, _>(name);
    Ok(select(text.sql(")")).get_result(c)?)
}

fn attach(connection: &mut Connection, keys: &Path) -> Result<(), Error> {
    let Connection::Sqlite(c) = connection else { return Err(not_here()) };
    let path = keys.to_str().ok_or_else(|| failed(keys, io::Error::other("the path is not UTF-8")))?;
    sql_query("ATTACH DATABASE ? AS keys").bind::<Text, _>(path).execute(c)?;
    Ok(())
}

fn execute(connection: &mut Connection, statements: &str) -> Result<(), Error> {
    let Connection::Sqlite(c) = connection else { return Err(not_here()) };
    Ok(c.batch_execute(statements)?)
}

/// Moves the keys of a copy to their own file; no page of the copy keeps them.
fn move_keys(copy: &Partial, keys: &Partial) -> Result<(), Error> {
    let mut connection = copy.open()?;
    let connection = &mut connection;
    let guard = format!("{KEYS}_refuses_delete");
    let trigger = trigger(connection, &guard)?;
    attach(connection, &keys.0)?;
    let columns = "contract_id BLOB NOT NULL, subject_ref BLOB NOT NULL, key BLOB NOT NULL";
    let table = format!("{KEYS} ({columns}, PRIMARY KEY (contract_id, subject_ref)) STRICT, WITHOUT ROWID");
    let moved = format!("CREATE TABLE keys.{table}; INSERT INTO keys.{KEYS} SELECT * FROM main.{KEYS}");
    execute(connection, &moved)?;
    connection
        .transaction(|c| execute(c, &format!("DROP TRIGGER main.{guard}; DELETE FROM main.{KEYS}; {trigger}")))?;
    execute(connection, "DETACH DATABASE keys; VACUUM")
}

fn take_keys(connection: &mut Connection, keys: &Path) -> Result<(), Error> {
    if !keys.exists() {
        return Err(failed(keys, io::ErrorKind::NotFound.into()));
    }
    attach(connection, keys)?;
    execute(connection, &format!("INSERT INTO main.{KEYS} SELECT * FROM keys.{KEYS}; DETACH DATABASE keys"))
}
