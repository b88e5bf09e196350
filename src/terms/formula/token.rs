//! Words, literals and signs of a formula, with their places in the document.

use rust_decimal::Decimal;

use super::syntax::Unit;
use crate::{
    terms::source::Span,
    values::{Day, decimal},
};

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name or keyword.
    Word(String),
    /// A number.
    Number(Decimal),
    /// A number before a percent sign.
    Percent(Decimal),
    /// An amount with its currency.
    Money(Decimal, String),
    /// A day.
    Date(Day),
    /// A duration.
    Duration(i32, Unit),
    /// A text in double quotes.
    Text(String),
    /// An operator or bracket.
    Sign(&'static str),
}

/// What cannot be read, where, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What was found and expected.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The longest formula, in characters.
pub const MOST_CHARS: usize = 20_000;

const SIGNS: [&str; 19] =
    ["<=", ">=", "<>", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", ",", ":", "."];

/// Splits a formula into tokens. `positions` gives each character's place in the document.
pub fn tokens(text: &str, positions: &[u32]) -> Result<Vec<(Token, Span)>, SyntaxError> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, positions, at: 0 };
    if chars.len() > MOST_CHARS {
        let message = format!("a formula of {} characters; at most {MOST_CHARS} are read", chars.len());
        return Err(reader.error(0, 1, message, "split it into measures"));
    }
    let mut tokens = Vec::new();
    while let Some(c) = reader.skip_space() {
        let start = reader.at;
        let token = match c {
            '"' | '“' | '”' => reader.text()?,
            c if c.is_ascii_digit() => reader.literal()?,
            c if is_name_start(c) => Token::Word(reader.word()),
            _ => reader.sign()?,
        };
        tokens.push((token, reader.span(start, reader.at)));
    }
    Ok(tokens)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Tells whether a text can name a measure, field, table, clause, role or parameter: letters, digits and `_`, a letter
/// first.
pub fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(is_name_start) && text.chars().all(is_name_part)
}

struct Reader<'t> {
    chars: &'t [char],
    positions: &'t [u32],
    at: usize,
}

impl Reader<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.positions.get(at).copied().unwrap_or_default();
        Span::new(place(start), place(end.saturating_sub(1)) + 1)
    }

    fn error(&self, start: usize, end: usize, message: impl Into<String>, help: &str) -> SyntaxError {
        SyntaxError { span: self.span(start, end), message: message.into(), help: help.into() }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip_space(&mut self) -> Option<char> {
        while self.peek(0)?.is_whitespace() {
            self.at += 1;
        }
        self.peek(0)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(&keep) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn word(&mut self) -> String {
        self.take_while(is_name_part)
    }

    fn text(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        if self.chars[start] != '"' {
            return Err(self.error(
                start,
                start + 1,
                "typographic quotes do not mark a text",
                "use straight quotes: \"…\"",
            ));
        }
        self.at += 1;
        let inner = self.take_while(|c| c != '"');
        if self.peek(0).is_none() {
            return Err(self.error(start, self.at, "this text has no closing quote", "end it with `\"`"));
        }
        self.at += 1;
        Ok(Token::Text(inner))
    }

    fn literal(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        if let Some(day) = self.date()? {
            return Ok(day);
        }
        let mut digits = self.take_while(|c| c.is_ascii_digit() || c == '_');
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            digits = format!("{digits}.{}", self.take_while(|c| c.is_ascii_digit() || c == '_'));
        }
        let Some(value) = decimal::parse(&digits) else {
            let message = format!("`{digits}` is not a number of at most 28 digits");
            return Err(self.error(
                start,
                self.at,
                message,
                "write 1_000.5 with digits, one `.` and `_` between digits",
            ));
        };
        if self.peek(0) == Some('%') {
            self.at += 1;
            return Ok(Token::Percent(value));
        }
        if self.peek(0).is_some_and(is_name_start) {
            let message = format!("a name cannot begin with a digit: `{digits}{}`", self.word());
            return Err(self.error(
                start,
                self.at,
                message,
                "put a space before a unit, or begin the name with a letter",
            ));
        }
        self.with_unit(start, value)
    }

    fn date(&mut self) -> Result<Option<Token>, SyntaxError> {
        let ahead: String = self.chars[self.at..].iter().take(10).collect();
        let shaped =
            ahead.chars().enumerate().all(|(at, c)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() });
        let ends = !self.peek(10).is_some_and(is_name_part);
        if ahead.chars().count() < 10 || !shaped || !ends {
            return Ok(None);
        }
        let start = self.at;
        self.at += 10;
        match Day::parse(&ahead) {
            Some(day) => Ok(Some(Token::Date(day))),
            None => Err(self.error(
                start,
                self.at,
                format!("the calendar has no day {ahead}"),
                "days run from 1800-01-01 to 2400-12-31",
            )),
        }
    }

    /// Takes the currency or duration unit after a number, if there is one.
    fn with_unit(&mut self, start: usize, value: Decimal) -> Result<Token, SyntaxError> {
        let after_number = self.at;
        self.take_while(|c| c == ' ' || c == '\u{a0}');
        let unit_at = self.at;
        let word = self.word();
        if word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Token::Money(value, word));
        }
        if let Some(unit) = Unit::parse(&word) {
            return match i32::try_from(value) {
                Ok(count) if value.fract().is_zero() && count <= 1_000_000 => Ok(Token::Duration(count, unit)),
                _ => Err(self.error(
                    start,
                    self.at,
                    "a duration is a whole number of days, weeks, months or years",
                    "write `90 days`",
                )),
            };
        }
        self.at = after_number.max(unit_at.min(after_number));
        Ok(Token::Number(value))
    }

    fn sign(&mut self) -> Result<Token, SyntaxError> {
        let ahead: String = self.chars[self.at..].iter().take(2).collect();
        if let Some(sign) = SIGNS.iter().find(|sign| ahead.starts_with(**sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        let c = self.chars[self.at];
        let help = match c {
            '\'' => "texts stand in double quotes: \"…\"",
            '，' | '（' | '）' | '：' | '＋' | '＊' | '－' => "use the ASCII sign",
            '×' => "multiplication is `*`",
            '÷' => "division is `/`",
            '≤' => "write `<=`",
            '≥' => "write `>=`",
            '^' => "there is no power operator; multiply, or use a table",
            '&' | '|' => "write `and`, `or`",
            '!' => "write `not`",
            '%' => "a percent sign follows its number without a space: `12.5%`",
            _ => "formulas are made of names, numbers, texts in double quotes and + - * / ( ) [ ] , < > =",
        };
        Err(self.error(self.at, self.at + 1, format!("`{c}` means nothing in a formula"), help))
    }
}
