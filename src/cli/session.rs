//! What all commands on a database share: where it is, how answers are written, time and random bytes.

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use super::output::answer;
pub use super::output::{DONE, Failure, Format, REFUSED, UNREACHABLE, WRONG_USAGE};
use crate::{
    operations::{
        Asked, Done, Error, Outside, Receipt, Sheet, check_log, check_signed, once, retrying,
        signing::{FileSigner, KeyFiles},
    },
    storage::{self, Address, Connection},
};

/// The database when none is named.
pub const DEFAULT_DATABASE: &str = "outcome-ledger.db";

/// Options of every command on a database.
#[derive(Clone, Debug, Args)]
pub struct Session {
    /// Where the ledger is: a path, sqlite:PATH or postgres://USER@HOST/DATABASE
    #[arg(
        long,
        global = true,
        env = "OUTCOME_LEDGER_DATABASE",
        default_value = DEFAULT_DATABASE,
        hide_env_values = true,
        value_name = "ADDRESS"
    )]
    pub database: String,
    /// The key that signs the log; beside an SQLite database by default, named as it is with `.key` behind
    #[arg(long, global = true, env = "OUTCOME_LEDGER_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// The option of every command that writes.
#[derive(Clone, Debug, Default, Args)]
pub struct Under {
    /// Does it once under this key: asked again with the same key, the receipt is shown and nothing is done twice
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Failure {
    /// It was done before: no fault, and the receipt of then is the answer.
    fn done_before(receipts: &[Receipt]) -> Self {
        let text = receipts.iter().map(|receipt| {
            format!("\nat position {} of chain {}, entry {}", receipt.position, receipt.chain, receipt.entry)
        });
        let text = format!("Done before under this key; nothing was done again{}", text.collect::<String>());
        Self { exit: DONE, text, problem: json!({ "done_before": true, "receipts": receipts }) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let (exit, problem) = match &error {
            Error::Refused(refusal) => (REFUSED, json!(refusal)),
            Error::Document(findings) => (REFUSED, json!({ "code": "document", "findings": findings })),
            Error::Rows(rows) => (REFUSED, json!({ "code": "rows", "errors": rows.errors, "total": rows.total })),
            Error::Stored(_) => (REFUSED, json!({ "code": "stored", "message": text })),
            Error::Storage(storage::Error::Address(_)) => (WRONG_USAGE, json!({ "code": "address", "message": text })),
            Error::Storage(_) => (UNREACHABLE, json!({ "code": "database", "message": text })),
            Error::Random(_) => (UNREACHABLE, json!({ "code": "random", "message": text })),
            Error::QueueFull { .. } => (UNREACHABLE, json!({ "code": "queue-full", "message": text })),
            Error::Stopped(_) => (UNREACHABLE, json!({ "code": "stopped", "message": text })),
        };
        let text = match &error {
            Error::Refused(refusal) => format!("error: {}\n  help: {}", refusal.message, refusal.help),
            Error::Rows(rows) => format!("{text}\n{} error(s); nothing was recorded", rows.total),
            Error::Document(_) => text,
            _ => format!("error: {text}"),
        };
        Self { exit, text, problem }
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        Error::from(error).into()
    }
}

impl Session {
    /// Opens the database, creating an SQLite file when it is missing.
    pub fn create(&self) -> Result<Connection, Failure> {
        Ok(Connection::open(&Address::parse(&self.database)?)?)
    }

    /// Opens a database that holds a ledger.
    pub fn open(&self) -> Result<Connection, Failure> {
        let mut connection = self.reach()?;
        check_log(&mut connection)?;
        Ok(connection)
    }

    /// Opens a database that is there, whatever it holds.
    pub fn reach(&self) -> Result<Connection, Failure> {
        Ok(Connection::open(&self.there()?)?)
    }

    /// Opens a database that is there, whatever it holds, to read only.
    pub fn read(&self) -> Result<Connection, Failure> {
        Ok(Connection::read(&self.there()?)?)
    }

    /// The address of a database that is there.
    fn there(&self) -> Result<Address, Failure> {
        let address = Address::parse(&self.database)?;
        if let Address::Sqlite(path) = &address
            && !path.exists()
        {
            let text = format!(
                "error: there is no database {address}\n  help: run `outcome-ledger init`, or name another: --database ADDRESS"
            );
            return Err(Failure::new(UNREACHABLE, "no-database", text));
        }
        Ok(address)
    }

    /// Opens the database and does something there, with time and random bytes of this machine.
    pub fn act<T>(&self, work: impl FnOnce(&mut Connection, &mut Outside) -> Result<T, Error>) -> Result<T, Failure> {
        let mut connection = self.open()?;
        self.check_signed(&mut connection)?;
        self.outside(|outside| work(&mut connection, outside))
    }

    /// Does something that writes: once under its idempotency key when there is one, and again while others are in its
    /// way. What was done before under the key is a failure without fault that tells the receipt.
    pub fn once<T>(
        &self,
        under: &Under,
        operation: &'static str,
        request: &impl Serialize,
        mut work: impl FnMut(&mut Connection, &mut Outside) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let Some(key) = &under.idempotency_key else {
            return self.act(|connection, outside| retrying(connection, outside, work));
        };
        let asked = Asked::new(operation, None, key, request)?;
        let done = self.act(|connection, outside| {
            retrying(connection, outside, |connection, outside| once(connection, outside, &asked, &mut work))
        })?;
        match done {
            Done::Now(value) => Ok(value),
            Done::Before(receipts) => Err(Failure::done_before(&receipts)),
        }
    }

    /// Refuses a database that is older than what was signed, where the signer's memory is at hand.
    pub fn check_signed(&self, connection: &mut Connection) -> Result<(), Failure> {
        let signed = match self.key_files()? {
            Some(files) => files.last()?,
            None => None,
        };
        Ok(signed.map_or(Ok(()), |signed| check_signed(connection, signed.head()))?)
    }

    /// Where the key of the log is; none when nobody said and the database is no file.
    pub fn key_files(&self) -> Result<Option<KeyFiles>, Failure> {
        if let Some(key) = &self.key {
            return Ok(Some(KeyFiles::of_key(key)));
        }
        Ok(match Address::parse(&self.database)? {
            Address::Sqlite(path) => Some(KeyFiles::of_key(&path.with_added_extension("key"))),
            Address::Postgres(_) => None,
        })
    }

    /// Opens the key that signs the log; none when there is no such file.
    pub fn signer_if_any(&self) -> Result<Option<FileSigner>, Failure> {
        Ok(self.key_files()?.map_or(Ok(None), FileSigner::open)?)
    }

    /// Opens the key that signs the log.
    pub fn signer(&self) -> Result<FileSigner, Failure> {
        let missing = "there is no key to sign with\n  help: run `outcome-ledger init`, or name its file: --key FILE";
        self.signer_if_any()?.ok_or_else(|| Failure::refused("no-key", missing))
    }

    /// Gives time, random bytes and a progress bar, which shows on a terminal only.
    pub fn outside<T>(&self, work: impl FnOnce(&mut Outside) -> Result<T, Error>) -> Result<T, Failure> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let clock =
            || Failure::new(UNREACHABLE, "clock", "error: the clock of this machine stands before 1970; set it");
        let now_micros = since.ok().and_then(|since| i64::try_from(since.as_micros()).ok()).ok_or_else(clock)?;
        let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
        let bar = bar();
        let mut progress = |done: usize, of: Option<usize>| {
            if let Some(of) = of {
                bar.set_length(of as u64);
            }
            bar.set_position(done as u64);
        };
        let mut outside = Outside::new(now_micros, &mut random);
        outside.progress = Some(&mut progress);
        let outcome = work(&mut outside);
        bar.finish_and_clear();
        Ok(outcome?)
    }

    /// Writes an answer: `value` for programs, `text` for people.
    pub fn answer(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        answer(self.format, value, text)
    }
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} rows");
    style.map_or_else(|_| ProgressBar::hidden(), |style| ProgressBar::new(0).with_style(style))
}

/// Reads a file as text.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read_bytes(path)?).map_err(|_| {
        Failure::new(UNREACHABLE, "file", format!("error: {} is not UTF-8\n  help: save it as UTF-8", path.display()))
    })
}

/// Reads a file of rows.
pub fn read_sheet(path: &Path) -> Result<Sheet, Failure> {
    // Told here, where a file that is not there is no refusal.
    fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(Sheet::at(path))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(UNREACHABLE, "file", format!("error: cannot read {}: {error}", path.display()))
}

/// Reads `KEY=VALUE` of an option.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() && !value.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected KEY=VALUE".into()),
    }
}

/// Reads a day of an option.
pub fn day(text: &str) -> Result<crate::values::Day, String> {
    crate::values::Day::parse(text).ok_or_else(|| "expected a day such as 2025-12-31".into())
}
