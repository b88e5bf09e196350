//! Rows of texts under named columns, whatever format a file has.

use std::io::Read;

use super::{
    csv_file::CsvTable,
    lines_file::LinesTable,
    row::{Refused, RowError, columns},
};
use crate::terms::document::Field;

/// The format of a file of rows, in UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// CSV; the first line names the columns, in any order.
    #[default]
    Csv,
    /// A JSON object in each line; its keys are the names of columns, a missing key or `null` is an empty cell.
    Lines,
}

impl Format {
    /// The format that a file's name tells: `.ndjson` and `.jsonl` are lines of JSON, everything else is CSV.
    pub fn of_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("ndjson" | "jsonl") => Self::Lines,
            _ => Self::Csv,
        }
    }
}

/// Gives the rows of a file one after the other.
pub(super) trait Table: Send {
    /// Reads the next row and gives its line; none at the end of the file.
    fn read(&mut self) -> Option<Result<u64, Unread>>;
    /// The text in one of the wanted columns of the row that was read; empty when it is not given.
    fn text(&self, column: usize) -> &str;
}

/// A row that is no row of the table.
pub(super) struct Unread {
    pub line: u64,
    pub field: Option<String>,
    pub message: String,
    pub help: String,
    /// Whether nothing more can be read of the file.
    pub ends: bool,
}

/// The columns that rows may have.
#[derive(Clone, Copy)]
pub(super) struct Columns<'d> {
    /// Those that every row has.
    pub lead: &'static [&'static str],
    pub fields: &'d [Field],
}

impl<'d> Columns<'d> {
    pub fn names(self) -> impl Iterator<Item = &'d str> {
        self.lead.iter().copied().chain(self.fields.iter().map(|field| field.name.text.as_str()))
    }

    /// Those that a file has to have.
    pub fn required(self) -> impl Iterator<Item = &'d str> {
        let fields = self.fields.iter().filter(|field| !field.optional && field.needed);
        self.lead.iter().copied().chain(fields.map(|field| field.name.text.as_str()))
    }

    /// What the columns are, for people.
    pub fn told(self) -> String {
        let comma = if self.fields.is_empty() { "" } else { "," };
        format!("the columns are {}{comma}{}", self.lead.join(","), columns(self.fields))
    }
}

/// Opens a file.
pub(super) fn open<'i>(
    format: Format,
    file: &str,
    input: impl Read + Send + 'i,
    columns: Columns<'i>,
) -> Result<Box<dyn Table + 'i>, Refused> {
    Ok(match format {
        Format::Csv => Box::new(CsvTable::open(input, columns).map_err(|errors| {
            let error = |unread: Unread| unread.told(file);
            Refused { errors: errors.into_iter().map(error).collect(), ends: true }
        })?),
        Format::Lines => Box::new(LinesTable::open(input, columns)),
    })
}

impl Unread {
    pub fn told(self, file: &str) -> RowError {
        RowError { file: file.into(), line: self.line, field: self.field, message: self.message, help: self.help }
    }
}
