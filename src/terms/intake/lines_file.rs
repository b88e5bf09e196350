//! Rows of newline-delimited JSON: an object in each line, whose keys are the names of columns.

use std::{
    borrow::Cow,
    fmt,
    io::{BufRead, BufReader, Read},
};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::table::{Columns, Table, Unread};

/// The most bytes of a line.
const LONGEST_LINE: u64 = 1 << 20;

/// A file of objects.
pub(super) struct LinesTable<'d, R> {
    input: BufReader<R>,
    columns: Columns<'d>,
    names: Vec<&'d str>,
    number: u64,
    line: Vec<u8>,
    /// The text of each wanted column in the line that was read.
    texts: Vec<Option<String>>,
}

impl<'d, R: Read> LinesTable<'d, R> {
    /// Starts before the first line.
    pub fn open(input: R, columns: Columns<'d>) -> Self {
        let (input, names) = (BufReader::new(input), columns.names().collect());
        Self { input, columns, names, number: 0, line: Vec::new(), texts: Vec::new() }
    }
}

/// What is wrong with a row: the number of a key, or its name when that is a column, and a message.
enum Wrong {
    Unknown(usize),
    Twice(String),
    Nested(String),
}

/// Fills the texts of one object.
struct Row<'r> {
    names: &'r [&'r str],
    texts: &'r mut [Option<String>],
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Option<Wrong>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Option<Wrong>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut wrong, mut number) = (None, 0);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            number += 1;
            let Some(column) = self.names.iter().position(|name| *name == key) else {
                map.next_value::<IgnoredAny>()?;
                wrong = wrong.or(Some(Wrong::Unknown(number)));
                continue;
            };
            let value = map.next_value::<&RawValue>()?.get();
            let text = match value.as_bytes() {
                [b'"', ..] => serde_json::from_str(value).map_err(A::Error::custom)?,
                [b'{' | b'[', ..] => {
                    wrong = wrong.or_else(|| Some(Wrong::Nested(key.into_owned())));
                    continue;
                }
                b"null" => String::new(),
                // Digits as they were written, and words.
                _ => value.to_owned(),
            };
            if self.texts[column].replace(text).is_some() {
                wrong = wrong.or_else(|| Some(Wrong::Twice(key.into_owned())));
            }
        }
        Ok(wrong)
    }
}

impl<R: Read> LinesTable<'_, R> {
    fn unread(&self, field: Option<String>, message: &str, help: String, ends: bool) -> Unread {
        Unread { line: self.number, field, message: message.into(), help, ends }
    }

    /// The texts of the line, or what is wrong with it.
    fn take_apart(&mut self) -> Result<(), Unread> {
        self.texts.clear();
        self.texts.resize(self.names.len(), None);
        let mut deserializer = serde_json::Deserializer::from_slice(&self.line);
        let row = Row { names: &self.names, texts: &mut self.texts };
        let wrong = row.deserialize(&mut deserializer).and_then(|wrong| deserializer.end().map(|()| wrong));
        match wrong {
            Ok(None) => Ok(()),
            // What stands there may be about a patient and is not repeated.
            Ok(Some(Wrong::Unknown(number))) => {
                Err(self.unread(None, &format!("the name of key {number} is not known"), self.columns.told(), false))
            }
            Ok(Some(Wrong::Twice(name))) => {
                Err(self.unread(Some(name), "this key stands twice", "keep one of them".into(), false))
            }
            Ok(Some(Wrong::Nested(name))) => {
                let help = "write a text, a number, true, false or null".into();
                Err(self.unread(Some(name), "this is no single value", help, false))
            }
            Err(_) => {
                let help = "write one JSON object in each line, in UTF-8".into();
                Err(self.unread(None, "the row cannot be read", help, false))
            }
        }
    }
}

impl<R: Read + Send> Table for LinesTable<'_, R> {
    fn read(&mut self) -> Option<Result<u64, Unread>> {
        loop {
            self.line.clear();
            self.number += 1;
            match self.input.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut self.line) {
                Ok(0) => return None,
                Ok(length) if length as u64 > LONGEST_LINE => {
                    let help = format!("a line has {LONGEST_LINE} bytes at most");
                    return Some(Err(self.unread(None, "the line is too long", help, true)));
                }
                Ok(_) => {}
                Err(_) => {
                    let help = "send the file again".into();
                    return Some(Err(self.unread(None, "the file cannot be read further", help, true)));
                }
            }
            if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
                self.line.drain(..3);
            }
            if !self.line.trim_ascii().is_empty() {
                return Some(self.take_apart().map(|()| self.number));
            }
        }
    }

    fn text(&self, column: usize) -> &str {
        self.texts[column].as_deref().unwrap_or_default().trim()
    }
}
