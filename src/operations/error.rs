//! Why an operation was not carried out. Nothing was changed then.

use std::fmt;

use serde::Serialize;

use crate::{
    contract::{content::ContentError, lifecycle::NotAllowed, owed::OwedError, settlement::SettlementError},
    ledger::entry::EncodeError,
    storage,
    terms::{finding::Finding, intake::RowErrors},
};

/// A rule that stands against what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A stable name for programs, such as `unknown-party`.
    pub code: &'static str,
    /// What stands against it, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Says why an operation was not carried out.
#[derive(Debug)]
pub enum Error {
    /// A rule stands against it.
    Refused(Refusal),
    /// The document has errors.
    Document(Vec<Finding>),
    /// Reported rows have errors.
    Rows(RowErrors),
    /// The database refused or could not be reached.
    Storage(storage::Error),
    /// What is stored cannot be understood: it was changed, or written by another version.
    Stored(String),
    /// No random bytes could be had.
    Random(String),
    /// More waits to be written than the writer can take; nothing was done.
    QueueFull {
        /// When to ask again, in seconds.
        retry_after: u32,
    },
    /// The writer has stopped; nothing was done.
    Stopped(String),
}

impl Error {
    /// Whether the same may succeed when it is tried again from the start: another writer was in the way.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_retryable())
    }

    /// A refusal.
    pub(crate) fn refused(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused(Refusal { code, message: message.into(), help: help.into() })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{}; {}", refusal.message, refusal.help),
            Self::Document(findings) => lines(f, findings),
            Self::Rows(errors) => errors.fmt(f),
            Self::Storage(error) => error.fmt(f),
            Self::Stored(reason) => {
                write!(
                    f,
                    "what is stored cannot be understood: {reason}; `outcome-ledger verify` tells what was changed"
                )
            }
            Self::Random(reason) => write!(f, "the system gives no random bytes: {reason}"),
            Self::QueueFull { retry_after } => {
                write!(f, "more waits to be written than can be taken; ask again after {retry_after} second(s)")
            }
            Self::Stopped(reason) => write!(f, "nothing is written any more: {reason}"),
        }
    }
}

fn lines<T: fmt::Display>(f: &mut fmt::Formatter<'_>, list: &[T]) -> fmt::Result {
    for (at, item) in list.iter().enumerate() {
        write!(f, "{}{}", if at == 0 { "" } else { "\n" }, item.to_string().trim_end())?;
    }
    Ok(())
}

impl std::error::Error for Error {}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<NotAllowed> for Error {
    fn from(error: NotAllowed) -> Self {
        let message = error.to_string();
        let (message, help) = message.split_once(": ").unwrap_or((&message, ""));
        Self::refused("not-allowed-now", message, help)
    }
}

impl From<SettlementError> for Error {
    fn from(error: SettlementError) -> Self {
        Self::refused("cannot-settle", error.to_string(), "correct the facts, then settle again")
    }
}

impl From<OwedError> for Error {
    fn from(error: OwedError) -> Self {
        match error {
            OwedError::Reported(error) => error.into(),
            OwedError::Settlement(error) => error.into(),
            OwedError::NotComputable { .. } => {
                let help = "correct the facts that it uses; nothing was posted";
                Self::refused("cannot-compute", error.to_string(), help)
            }
        }
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self::refused("entry-impossible", error.to_string(), "nothing was recorded")
    }
}

impl From<ContentError> for Error {
    fn from(error: ContentError) -> Self {
        Self::Stored(error.to_string())
    }
}
