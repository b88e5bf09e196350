//! Rows that cannot be read become findings; the others are compared all the same.

use crate::{
    contract::audit::{Code, Finding, Findings},
    operations::Error,
    storage::{self, reading::Each},
};

/// What a row should hold.
pub const READABLE: &str = "values of the columns' types";

/// Which row it is when nothing else is known.
pub fn row_number(at: usize) -> String {
    format!("row number {}", at + 1)
}

/// Keeps the rows that can be read; `place` says in words which row, from 0, cannot be.
///
/// An error is left only where the database itself is gone.
pub fn readable<T>(
    table: &'static str,
    contract: Option<&str>,
    rows: Result<Each<T>, storage::Error>,
    mut place: impl FnMut(usize) -> String,
    list: &mut Vec<Finding>,
) -> Result<Vec<T>, Error> {
    let mut findings = Findings { list, table, contract };
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) if is_lost(&error) => return Err(error.into()),
        Err(error) => {
            findings.add(Code::Unreadable, "the table", error, READABLE);
            return Ok(Vec::new());
        }
    };
    let mut kept = Vec::with_capacity(rows.len());
    for (at, row) in rows.into_iter().enumerate() {
        match row {
            Ok(row) => kept.push(row),
            Err(error) if is_lost(&error) => return Err(error.into()),
            Err(error) => findings.add(Code::Unreadable, place(at), error, READABLE),
        }
    }
    Ok(kept)
}

fn is_lost(error: &storage::Error) -> bool {
    !matches!(error, storage::Error::Database(_) | storage::Error::Disk(_))
}
