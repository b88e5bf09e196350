//! A text with places in it: lines, columns, excerpts.

/// Marks a stretch of a source text, in characters from its beginning; `end` is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl Span {
    /// Makes the span from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Covers both spans and what lies between.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Says where something stands: line and column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Number of characters that are meant.
    pub length: u32,
}

/// Holds a named text and finds lines and columns in it.
#[derive(Clone, Debug)]
pub struct Source {
    /// What the text is called in messages: usually the file's path.
    pub name: String,
    chars: Vec<char>,
    line_starts: Vec<u32>,
}

impl Source {
    /// Takes the text of a file.
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let after_newline = chars.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(after_newline).collect();
        Self { name: name.into(), line_starts, chars }
    }

    /// The characters of the text.
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Finds the line and column of a span; a span over several lines counts to the end of its first.
    pub fn place(&self, span: Span) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= span.start).max(1) - 1;
        let start = self.line_starts[line];
        let end_of_line = start + self.line_chars(line).len() as u32;
        let length = span.end.min(end_of_line).saturating_sub(span.start).max(1);
        Place { line: line as u32 + 1, column: span.start - start + 1, length }
    }

    /// The text of a span, on one line.
    pub fn text(&self, span: Span) -> String {
        let end = (span.end as usize).min(self.chars.len());
        let text: String = self.chars[(span.start as usize).min(end)..end].iter().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text of a line, counted from 1, without its line break; empty when there is no such line.
    pub fn line(&self, line: u32) -> String {
        let index = (line as usize).wrapping_sub(1);
        if index < self.line_starts.len() { self.line_chars(index).iter().collect() } else { String::new() }
    }

    fn line_chars(&self, index: usize) -> &[char] {
        let start = self.line_starts[index] as usize;
        let end = self.line_starts.get(index + 1).map_or(self.chars.len(), |next| *next as usize - 1);
        let line = &self.chars[start..end];
        line.strip_suffix(&['\r']).unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns_in_characters() {
        let source = Source::new("x", "金额: 1\r\nb: 退款 CNY\n");
        assert_eq!(source.place(Span::new(4, 5)), Place { line: 1, column: 5, length: 1 });
        assert_eq!(source.place(Span::new(10, 12)), Place { line: 2, column: 4, length: 2 });
        assert_eq!(source.place(Span::new(10, 99)).length, 6);
        assert_eq!(source.line(1), "金额: 1");
        assert_eq!(source.line(3), "");
        assert_eq!(source.line(9), "");
    }
}
