//! Rows of CSV: UTF-8, the first line names the columns, in any order.

use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use super::table::{Columns, Table, Unread};

/// A CSV file with its columns found.
pub(super) struct CsvTable<R> {
    reader: Reader<R>,
    /// Number of cells in each row.
    width: usize,
    /// The cell of each wanted column.
    places: Vec<Option<usize>>,
    record: StringRecord,
}

impl<R: Read> CsvTable<R> {
    /// Reads the names of the columns.
    pub fn open(input: R, columns: Columns<'_>) -> Result<Self, Vec<Unread>> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(input);
        let error = |field: Option<&str>, message: String, help: String| {
            let field = field.map(ToOwned::to_owned);
            Unread { line: 1, field, message, help, ends: true }
        };
        let headers = reader.headers().map_err(|reason| {
            let help = "save it as CSV in UTF-8".into();
            vec![error(None, format!("the file cannot be read as CSV: {reason}"), help)]
        })?;
        let names: Vec<&str> = headers.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        let place = |name: &str| names.iter().position(|known| *known == name);
        let mut errors = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let known = columns.names().any(|known| known == *name);
            if !known {
                // A file without its line of names begins with a patient: what stands there is not repeated.
                let message = format!("the name of column {} is not known", at + 1);
                errors.push(error(None, message, columns.told()));
            }
            if known && names[..at].contains(name) {
                errors.push(error(Some(name), "this column stands twice".into(), "keep one of them".into()));
            }
        }
        for name in columns.required().filter(|name| place(name).is_none()) {
            errors.push(error(Some(name), "this column is missing".into(), columns.told()));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (width, places) = (names.len(), columns.names().map(place).collect());
        Ok(Self { reader, width, places, record: StringRecord::new() })
    }
}

impl<R: Read + Send> Table for CsvTable<R> {
    fn read(&mut self) -> Option<Result<u64, Unread>> {
        let (line, message, help, ends) = match self.reader.read_record(&mut self.record) {
            Ok(false) => return None,
            Ok(true) => {
                let line = self.record.position().map_or(0, csv::Position::line);
                if self.record.len() == self.width {
                    return Some(Ok(line));
                }
                let message = format!("the row has {} cells, the first line has {}", self.record.len(), self.width);
                (line, message, "put texts with commas into double quotes", false)
            }
            Err(reason) => {
                let line = reason.position().map_or(0, csv::Position::line);
                let ends = matches!(reason.kind(), csv::ErrorKind::Io(_));
                (line, "the row cannot be read".into(), "save the file as CSV in UTF-8", ends)
            }
        };
        Some(Err(Unread { line, field: None, message, help: help.into(), ends }))
    }

    fn text(&self, column: usize) -> &str {
        self.places[column].and_then(|place| self.record.get(place)).unwrap_or_default()
    }
}
