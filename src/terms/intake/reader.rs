//! Subjects and facts row by row: every cell checked.

use std::{io::Read, iter::from_fn};

use super::{
    super::{
        document::{Document, Field},
        scalar::Scalar,
    },
    cell,
    row::{FactRow, MOST_ERRORS, Refused, RowError, SubjectRow},
    table::{Columns, Format, Table, open},
};
use crate::values::{Currency, Day};

/// Reads subjects: columns `subject`, `enrolled_on` and the document's fields. Calls `take` with each good row and gives
/// all errors.
pub fn subjects(
    document: &Document,
    (file, format): (&str, Format),
    input: impl Read + Send,
    take: impl FnMut(SubjectRow),
) -> Vec<RowError> {
    let columns = Columns { lead: &["subject", "enrolled_on"], fields: &document.fields };
    let mut rows = Rows::open(document.header.currency, file, format, input, columns);
    let next = from_fn(|| {
        rows.next(|row| {
            let subject = row.required(0);
            let enrolled_on = row.day(1);
            let cells = row.cells();
            Some(SubjectRow { line: row.line, subject: subject?, enrolled_on: enrolled_on?, cells: cells? })
        })
    });
    take_all(next, take)
}

/// Reads facts of a kind as [`Facts`] does. Calls `take` with each good row and gives all errors.
pub fn facts(
    document: &Document,
    kind: usize,
    (file, format): (&str, Format),
    input: impl Read + Send,
    take: impl FnMut(FactRow),
) -> Vec<RowError> {
    take_all(Facts::open(document, kind, (file, format), input), take)
}

fn take_all<T>(rows: impl Iterator<Item = Result<T, Refused>>, mut take: impl FnMut(T)) -> Vec<RowError> {
    let mut errors = Vec::new();
    for row in rows {
        match row {
            Ok(row) => take(row),
            Err(refused) => errors.extend(refused.errors),
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    errors
}

/// The facts of one kind in a file, row by row: columns `on`, `subject` (not for facts of the contract) and the kind's
/// fields.
pub struct Facts<'i> {
    rows: Rows<'i>,
    of_contract: bool,
}

impl<'i> Facts<'i> {
    /// Opens a file.
    pub fn open(
        document: &'i Document,
        kind: usize,
        (file, format): (&'i str, Format),
        input: impl Read + Send + 'i,
    ) -> Self {
        let fact = &document.facts[kind];
        let lead: &[&str] = if fact.of_contract { &["on"] } else { &["on", "subject"] };
        let columns = Columns { lead, fields: &fact.fields };
        Self { rows: Rows::open(document.header.currency, file, format, input, columns), of_contract: fact.of_contract }
    }
}

impl Iterator for Facts<'_> {
    type Item = Result<FactRow, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        let of_contract = self.of_contract;
        self.rows.next(|row| {
            let on = row.day(0);
            let subject = if of_contract { Some(None) } else { row.required(1).map(Some) };
            let cells = row.cells();
            Some(FactRow { line: row.line, subject: subject?, on: on?, cells: cells? })
        })
    }
}

/// The rows of a file.
struct Rows<'i> {
    /// The file, or what is wrong with it as a whole; none once that is told.
    table: Option<Result<Box<dyn Table + 'i>, Refused>>,
    file: &'i str,
    columns: Columns<'i>,
    currency: Currency,
}

impl<'i> Rows<'i> {
    fn open(
        currency: Currency,
        file: &'i str,
        format: Format,
        input: impl Read + Send + 'i,
        columns: Columns<'i>,
    ) -> Self {
        Self { table: Some(open(format, file, input, columns)), file, columns, currency }
    }

    /// The next row, which `read` takes apart.
    fn next<T>(&mut self, read: impl FnOnce(&mut Row) -> Option<T>) -> Option<Result<T, Refused>> {
        let mut table = match self.table.take()? {
            Ok(table) => table,
            Err(refused) => return Some(Err(refused)),
        };
        let taken = match table.read()? {
            Ok(line) => {
                let Self { file, columns, currency, .. } = *self;
                let mut row = Row { table: &*table, file, columns, currency, line, errors: Vec::new() };
                let value = read(&mut row);
                let errors = row.errors;
                value.filter(|_| errors.is_empty()).ok_or(Refused { errors, ends: false })
            }
            Err(unread) => {
                let ends = unread.ends;
                Err(Refused { errors: vec![unread.told(self.file)], ends })
            }
        };
        if !matches!(&taken, Err(refused) if refused.ends) {
            self.table = Some(Ok(table));
        }
        Some(taken)
    }
}

/// One row and what is wrong with it.
struct Row<'r> {
    table: &'r dyn Table,
    file: &'r str,
    columns: Columns<'r>,
    currency: Currency,
    line: u64,
    errors: Vec<RowError>,
}

impl Row<'_> {
    fn error(&mut self, field: &str, message: String, help: String) {
        let field = Some(field.to_owned());
        self.errors.push(RowError { file: self.file.into(), line: self.line, field, message, help });
    }

    fn required(&mut self, column: usize) -> Option<String> {
        let text = self.table.text(column);
        if text.is_empty() {
            let help = "every row names its subject".into();
            self.error(self.columns.lead[column], "the cell is empty".into(), help);
            return None;
        }
        Some(text.to_owned())
    }

    fn day(&mut self, column: usize) -> Option<Day> {
        let day = Day::parse(self.table.text(column));
        if day.is_none() {
            let help = "write it as 2025-01-31".into();
            self.error(self.columns.lead[column], "this is not a day of the calendar".into(), help);
        }
        day
    }

    fn cells(&mut self) -> Option<Vec<Option<Scalar>>> {
        let fields: &[Field] = self.columns.fields;
        let before = self.errors.len();
        let mut cells = Vec::with_capacity(fields.len());
        for (field, column) in fields.iter().zip(self.columns.lead.len()..) {
            match cell::read(field, self.currency, self.table.text(column)) {
                Ok(value) => cells.push(value),
                Err((message, help)) => self.error(&field.name.text, message, help),
            }
        }
        (self.errors.len() == before).then_some(cells)
    }
}
