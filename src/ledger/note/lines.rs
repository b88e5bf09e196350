//! Reading texts line by line, strictly: every refusal names the line and what belongs there.

/// Says why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}, found {found}")]
pub struct LineError {
    /// Which line, counted from 1.
    pub line: usize,
    /// What belongs there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// Walks through a text from its first line to its last.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    /// Starts at the first line.
    pub const fn new(text: &'a str) -> Self {
        Self { rest: text, line: 0 }
    }

    /// Takes the next line, without its newline.
    pub fn take(&mut self, what: &str) -> Result<&'a str, LineError> {
        self.line += 1;
        match self.rest.split_once('\n') {
            Some((line, rest)) => {
                self.rest = rest;
                Ok(line)
            }
            None if self.rest.is_empty() => Err(self.refuse(what, "the end")),
            None => Err(self.refuse("a newline at the end", self.rest)),
        }
    }

    /// Takes the next line and reads it.
    pub fn read<T>(&mut self, what: &str, read: impl FnOnce(&'a str) -> Option<T>) -> Result<T, LineError> {
        let line = self.take(what)?;
        read(line).ok_or_else(|| self.refuse(what, line))
    }

    /// Takes lines up to an empty one, which is taken too, and reads each; refuses more than `most`.
    pub fn read_until_empty<T>(
        &mut self,
        what: &str,
        most: usize,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<T>, LineError> {
        let mut values = Vec::new();
        loop {
            match self.take(what)? {
                "" => return Ok(values),
                line if values.len() == most => {
                    return Err(self.refuse(&format!("an empty line after at most {most} lines"), line));
                }
                line => values.push(read(line).ok_or_else(|| self.refuse(what, line))?),
            }
        }
    }

    /// What was not taken.
    pub const fn rest(&self) -> &'a str {
        self.rest
    }

    /// Whether everything was taken.
    pub const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Refuses the line taken last.
    pub fn refuse(&self, expected: &str, found: &str) -> LineError {
        LineError { line: self.line, expected: expected.to_owned(), found: shown(found) }
    }
}

/// A text of others for a message: short, and without control characters that a terminal would obey.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
