//! Text, tables and JSON on the terminal; why a command did not do what it was asked.

use std::{
    fmt::Display,
    io::{self, Write},
};

use clap::ValueEnum;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

/// Done.
pub const DONE: u8 = 0;
/// Something was found or refused; nothing was changed.
pub const REFUSED: u8 = 1;
/// The command was written wrongly.
pub const WRONG_USAGE: u8 = 2;
/// A file or the database cannot be reached.
pub const UNREACHABLE: u8 = 3;

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text and tables for people.
    #[default]
    Text,
    /// JSON for programs: one value on standard output, problems as JSON on standard error.
    Json,
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: u8,
    /// In plain words.
    pub text: String,
    /// For programs.
    pub problem: Value,
}

/// What commands answer: an exit code, or why they failed.
pub type Outcome = Result<u8, Failure>;

impl Failure {
    /// A failure of one sentence.
    pub fn new(exit: u8, code: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { exit, problem: json!({ "code": code, "message": text }), text }
    }

    /// Something was found or refused.
    pub fn refused(code: &str, message: impl Display) -> Self {
        Self::new(REFUSED, code, format!("error: {message}"))
    }

    /// A file cannot be reached.
    pub fn unreachable(message: impl Display) -> Self {
        Self::new(UNREACHABLE, "file", format!("error: {message}"))
    }

    /// Writes the failure to standard error; what is no fault is an answer.
    pub fn tell(&self, format: Format) {
        if self.exit == DONE {
            // Nobody is left to be told when standard output is closed.
            let _ = answer(format, &self.problem, || self.text.clone());
            return;
        }
        let mut stderr = io::stderr().lock();
        // Nobody is left to be told when standard error is closed.
        let _ = match format {
            Format::Text => writeln!(stderr, "{}", harmless(&self.text)),
            Format::Json => writeln!(stderr, "{}", json!({ "problem": self.problem })),
        };
    }
}

/// Writes an answer: `value` for programs, `text` for people.
pub fn answer(format: Format, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
    let text = match format {
        Format::Text => text(),
        Format::Json => serde_json::to_string_pretty(value)
            .map_err(|error| Failure::unreachable(format!("cannot write: {error}")))?,
    };
    write(text.trim_end())
}

/// Writes text and a line break to standard output; who has read enough, as `head` does, ends it.
pub fn write(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{}", harmless(text)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Failure::unreachable(format!("cannot write: {error}"))),
    }
}

/// The text with control and direction characters made visible, so that no reported name can steer a terminal.
fn harmless(text: &str) -> String {
    let direction = |c: char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let harmful = |c: char| (c.is_control() && c != '\n' && c != '\t') || direction(c);
    if !text.chars().any(harmful) {
        return text.to_owned();
    }
    text.chars().map(|c| if harmful(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// An amount with its digits in groups of three.
pub fn amount(amount: Decimal) -> String {
    crate::terms::formula::print::grouped(&amount.to_string()).replace('_', ",")
}
