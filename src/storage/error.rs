//! What can go wrong with a database, told apart where callers act on it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Says what a database refused or could not do. Never shows a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be used.
    #[error("the database address cannot be used: {0}")]
    Address(String),
    /// No connection came about.
    #[error("cannot open the database {place}: {reason}")]
    Open {
        /// The database, without secrets.
        place: String,
        /// What the system or the server answered.
        reason: String,
    },
    /// The tables could not be brought up to date.
    #[error("cannot bring the tables up to date: {0}")]
    Migration(String),
    /// A row with the same name or key is there already.
    #[error("the row exists already ({0}); choose another name, or load the row that is there")]
    Exists(String),
    /// A row refers to one that is not there.
    #[error("a row refers to something that is not stored ({0}); store that first")]
    Missing(String),
    /// Another writer was faster.
    #[error("{0} has changed meanwhile; load it again and retry")]
    Moved(String),
    /// The database waited for other writers and gave up, or chose this transaction to break a deadlock.
    #[error("the database is busy ({0}); retry the whole transaction")]
    Busy(String),
    /// The connection is gone. What was not committed before is undone.
    #[error("the connection to the database was lost ({0}); try again")]
    Lost(String),
    /// A commit was not answered.
    #[error("whether the change was made is not known ({0}); look for it, or ask again under the same idempotency key")]
    Uncertain(String),
    /// The disk is full; nothing was changed.
    #[error("the disk of the database is full ({0}); nothing was changed; make room, then try again")]
    Full(String),
    /// The disk failed, so that nothing more can be relied on.
    #[error("the disk of the database failed ({0}); stop, look at the disk, then verify the ledger before going on")]
    Disk(String),
    /// A rule of the database forbids the change.
    #[error("the database refuses the change: {0}")]
    Refused(String),
    /// The rest.
    #[error("the database answered: {0}")]
    Database(#[source] DieselError),
}

impl Error {
    /// Whether the same transaction may succeed when it is tried again from the start.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Moved(_) | Self::Busy(_))
    }

    /// What an error means that came in answer to a commit: without an answer nobody knows what happened, and after a
    /// failed write of the journal SQLite may find the transaction there when it opens the file again.
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Lost(reason) | Self::Disk(reason) => Self::Uncertain(reason),
            other => other,
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let (kind, message) = match &error {
            DieselError::DatabaseError(kind, information) => (kind, information.message().to_owned()),
            // The first error says more than the failed attempt to undo it.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => match &**commit_error {
                DieselError::DatabaseError(kind, information) => (kind, information.message().to_owned()),
                _ => return Self::Database(error),
            },
            DieselError::BrokenTransactionManager => return Self::Lost(error.to_string()),
            _ => return Self::Database(error),
        };
        match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Self::Lost(message),
            DatabaseErrorKind::UniqueViolation => Self::Exists(message),
            DatabaseErrorKind::ForeignKeyViolation => Self::Missing(message),
            DatabaseErrorKind::SerializationFailure => Self::Busy(message),
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::RestrictViolation => Self::Refused(message),
            // The rest arrives without a kind and is told apart by the text of our triggers and of the two databases.
            _ if message.contains("exists already") || message.contains("has it already") => Self::Exists(message),
            _ if says(&message, &["append-only", "moves forward", "given once"]) => Self::Refused(message),
            _ if says(&message, &["terminating connection", "the database system is"]) => Self::Lost(message),
            _ if says(&message, &["database or disk is full", "No space left on device"]) => Self::Full(message),
            _ if says(&message, &["disk I/O error", "database disk image is malformed"]) => Self::Disk(message),
            _ if says(&message, &["database is locked", "deadlock detected", "lock timeout"]) => Self::Busy(message),
            _ => Self::Database(error),
        }
    }
}

fn says(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}
