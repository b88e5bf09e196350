//! Subjects and facts from CSV: UTF-8, the first line names the columns, in any order.

use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use super::{
    super::document::{Document, Field},
    cell,
    row::{FactRow, RowError, SubjectRow, columns},
};
use crate::values::{Currency, Day};

/// The most errors that are told of one file.
const MOST_ERRORS: usize = 1_000;

/// Reads subjects: columns `subject`, `enrolled_on` and the document's fields. Calls `take` with each good row and gives
/// all errors.
pub fn subjects(document: &Document, file: &str, input: impl Read, mut take: impl FnMut(SubjectRow)) -> Vec<RowError> {
    let mut sheet =
        match Sheet::open(file, input, &["subject", "enrolled_on"], &document.fields, document.header.currency) {
            Ok(sheet) => sheet,
            Err(errors) => return errors,
        };
    while let Some((line, record)) = sheet.next() {
        let subject = sheet.required(&record, 0, line);
        let enrolled_on = sheet.day(&record, 1, line);
        let cells = sheet.cells(&record, line);
        if let (Some(subject), Some(enrolled_on), Some(cells)) = (subject, enrolled_on, cells) {
            take(SubjectRow { line, subject, enrolled_on, cells });
        }
    }
    sheet.errors
}

/// Reads facts of a kind: columns `subject` (not for facts of the contract), `on` and the kind's fields.
pub fn facts(
    document: &Document,
    kind: usize,
    file: &str,
    input: impl Read,
    mut take: impl FnMut(FactRow),
) -> Vec<RowError> {
    let fact = &document.facts[kind];
    let lead: &[&str] = if fact.of_contract { &["on"] } else { &["on", "subject"] };
    let mut sheet = match Sheet::open(file, input, lead, &fact.fields, document.header.currency) {
        Ok(sheet) => sheet,
        Err(errors) => return errors,
    };
    while let Some((line, record)) = sheet.next() {
        let on = sheet.day(&record, 0, line);
        let subject = if fact.of_contract { Some(None) } else { sheet.required(&record, 1, line).map(Some) };
        let cells = sheet.cells(&record, line);
        if let (Some(on), Some(subject), Some(cells)) = (on, subject, cells) {
            take(FactRow { line, subject, on, cells });
        }
    }
    sheet.errors
}

/// A CSV file with its columns found.
struct Sheet<'f, R> {
    file: &'f str,
    reader: Reader<R>,
    lead: Vec<(String, usize)>,
    fields: &'f [Field],
    places: Vec<Option<usize>>,
    currency: Currency,
    errors: Vec<RowError>,
}

impl<'f, R: Read> Sheet<'f, R> {
    fn open(
        file: &'f str,
        input: R,
        lead: &[&str],
        fields: &'f [Field],
        currency: Currency,
    ) -> Result<Self, Vec<RowError>> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(input);
        let error = |field: Option<&str>, message: String, help: String| RowError {
            file: file.into(),
            line: 1,
            field: field.map(Into::into),
            message,
            help,
        };
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(reason) => {
                return Err(vec![error(
                    None,
                    format!("the file cannot be read as CSV: {reason}"),
                    "save it as CSV in UTF-8".into(),
                )]);
            }
        };
        let names: Vec<&str> = headers.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        let all = format!(
            "the columns are {}{}{}",
            lead.join(","),
            if fields.is_empty() { "" } else { "," },
            columns(fields)
        );
        let mut errors = Vec::new();
        let place = |name: &str| names.iter().position(|known| *known == name);
        for (at, name) in names.iter().enumerate() {
            let known = lead.contains(name) || fields.iter().any(|field| field.name.text == *name);
            if !known {
                // A file without its line of names begins with a patient: what stands there is not repeated.
                errors.push(error(None, format!("the name of column {} is not known", at + 1), all.clone()));
            }
            if known && names[..at].contains(name) {
                errors.push(error(Some(name), "this column stands twice".into(), "keep one of them".into()));
            }
        }
        let required =
            fields.iter().filter(|field| !field.optional && field.needed).map(|field| field.name.text.as_str());
        for name in lead.iter().copied().chain(required).filter(|name| place(name).is_none()) {
            errors.push(error(Some(name), "this column is missing".into(), all.clone()));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let lead = lead.iter().filter_map(|name| Some(((*name).to_owned(), place(name)?))).collect();
        let places = fields.iter().map(|field| place(&field.name.text)).collect();
        Ok(Self { file, reader, lead, fields, places, currency, errors: Vec::new() })
    }

    /// The next row that can be read, with its line.
    fn next(&mut self) -> Option<(u64, StringRecord)> {
        loop {
            if self.errors.len() >= MOST_ERRORS {
                return None;
            }
            let mut record = StringRecord::new();
            match self.reader.read_record(&mut record) {
                Ok(false) => return None,
                Ok(true) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let expected = self.reader.headers().map_or(0, StringRecord::len);
                    if record.len() == expected {
                        return Some((line, record));
                    }
                    self.error(
                        line,
                        None,
                        format!("the row has {} cells, the first line has {expected}", record.len()),
                        "put texts with commas into double quotes".into(),
                    );
                }
                Err(reason) => {
                    let line = reason.position().map_or(0, csv::Position::line);
                    self.error(line, None, "the row cannot be read".into(), "save the file as CSV in UTF-8".into());
                    if matches!(reason.kind(), csv::ErrorKind::Io(_)) {
                        return None;
                    }
                }
            }
        }
    }

    fn error(&mut self, line: u64, field: Option<&str>, message: String, help: String) {
        self.errors.push(RowError { file: self.file.into(), line, field: field.map(Into::into), message, help });
    }

    fn lead(&self, record: &StringRecord, at: usize) -> (String, String) {
        let (name, place) = &self.lead[at];
        (name.clone(), record.get(*place).unwrap_or_default().to_owned())
    }

    fn required(&mut self, record: &StringRecord, at: usize, line: u64) -> Option<String> {
        let (name, text) = self.lead(record, at);
        if text.is_empty() {
            self.error(line, Some(&name), "the cell is empty".into(), "every row names its subject".into());
            return None;
        }
        Some(text)
    }

    fn day(&mut self, record: &StringRecord, at: usize, line: u64) -> Option<Day> {
        let (name, text) = self.lead(record, at);
        let day = Day::parse(&text);
        if day.is_none() {
            self.error(line, Some(&name), "this is not a day of the calendar".into(), "write it as 2025-01-31".into());
        }
        day
    }

    fn cells(&mut self, record: &StringRecord, line: u64) -> Option<Vec<Option<super::super::scalar::Scalar>>> {
        let mut cells = Vec::with_capacity(self.fields.len());
        let before = self.errors.len();
        for (field, place) in self.fields.iter().zip(self.places.clone()) {
            let text = place.and_then(|place| record.get(place)).unwrap_or_default();
            match cell::read(field, self.currency, text) {
                Ok(value) => cells.push(value),
                Err((message, help)) => self.error(line, Some(&field.name.text), message, help),
            }
        }
        (self.errors.len() == before).then_some(cells)
    }
}
