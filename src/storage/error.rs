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
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return Self::Database(error);
        };
        let message = information.message().to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Exists(message),
            DatabaseErrorKind::ForeignKeyViolation => Self::Missing(message),
            DatabaseErrorKind::SerializationFailure => Self::Busy(message),
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::RestrictViolation => Self::Refused(message),
            // The rest arrives without a kind and is told apart by the text of our triggers and of the two databases.
            _ if message.contains("exists already") || message.contains("has it already") => Self::Exists(message),
            _ if ["append-only", "moves forward", "given once"].iter().any(|rule| message.contains(rule)) => {
                Self::Refused(message)
            }
            _ if ["database is locked", "deadlock detected", "lock timeout"].iter().any(|w| message.contains(w)) => {
                Self::Busy(message)
            }
            _ => Self::Database(error),
        }
    }
}
