//! What the compiler tells about a document: every finding with its place, what was expected and what to do.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::source::{Place, Source, Span};

/// How much a finding matters. A document with an error cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth reading; the contract stands.
    Advice,
    /// Probably not meant; the contract can still be run.
    Warning,
    /// The document cannot be run or signed.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Tells one thing about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// A stable name for this sort of finding, such as `unknown-name`.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Number of characters that are meant.
    pub length: u32,
    /// The source line, to be shown above the marker.
    pub excerpt: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was expected or what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Finding {
    fn place(&self) -> (&str, u32, u32) {
        (&self.file, self.line, self.column)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} [{}]", self.severity, self.message, self.code)?;
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{margin} |\n{number} | {}", self.excerpt)?;
        let before: usize = self.excerpt.chars().take(self.column as usize - 1).map(columns).sum();
        let marked: usize =
            self.excerpt.chars().skip(self.column as usize - 1).take(self.length as usize).map(columns).sum();
        writeln!(f, "{margin} | {}{}", " ".repeat(before), "^".repeat(marked.max(1)))?;
        if let Some(help) = &self.help {
            writeln!(f, "{margin} = help: {help}")?;
        }
        Ok(())
    }
}

/// Columns that a terminal gives a character: two for East Asian wide ones (Unicode UAX #11, the blocks in use here).
fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 2,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Gathers findings about one source.
#[derive(Debug)]
pub struct Findings<'s> {
    source: &'s Source,
    list: Vec<Finding>,
}

/// No document has more findings than anybody would read; beyond this number further ones are dropped.
const MOST_FINDINGS: usize = 200;

impl<'s> Findings<'s> {
    /// Starts an empty list for a source.
    pub fn new(source: &'s Source) -> Self {
        Self { source, list: Vec::new() }
    }

    /// The source that the findings are about.
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// Notes an error.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Error, code, span, message)
    }

    /// Notes a finding of any severity; the answer can be given a help text.
    pub fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        let Place { line, column, length } = self.source.place(span);
        let finding = Finding {
            severity,
            code,
            file: self.source.name.clone(),
            line,
            column,
            length,
            excerpt: self.source.line(line),
            message: message.into(),
            help: None,
        };
        if self.list.len() > MOST_FINDINGS {
            self.list.pop();
        }
        self.list.push(finding);
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Tells whether any finding is an error.
    pub fn any_error(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Number of findings so far.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Tells whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The findings in the order of the document, each once. Advice waits until there is no error.
    pub fn finish(mut self) -> Vec<Finding> {
        if self.any_error() {
            self.list.retain(|finding| finding.severity != Severity::Advice);
        }
        self.list.sort_by(|a, b| a.place().cmp(&b.place()).then(b.severity.cmp(&a.severity)));
        self.list.dedup();
        self.list
    }
}

impl Finding {
    /// Adds what was expected or what to do.
    pub fn help(&mut self, help: impl Into<String>) {
        self.help = Some(help.into());
    }

    /// Adds the nearest of the known names as help, or the list of them when none is near.
    pub fn suggest<'n>(&mut self, name: &str, known: impl IntoIterator<Item = &'n str>) {
        let mut known: Vec<&str> = known.into_iter().collect();
        known.sort_unstable();
        known.dedup();
        let near = known.iter().map(|k| (edits(name, k), *k)).min();
        self.help = match near {
            Some((distance, nearest)) if distance <= 1 + nearest.chars().count() / 4 => {
                Some(format!("did you mean `{nearest}`?"))
            }
            Some(_) => Some(list_of("known here", &known)),
            None => None,
        };
    }
}

/// `known here: a, b, c`, cut after twelve names.
fn list_of(lead: &str, names: &[&str]) -> String {
    let mut text = format!("{lead}: ");
    for (index, name) in names.iter().take(12).enumerate() {
        let _ = write!(text, "{}`{name}`", if index > 0 { ", " } else { "" });
    }
    if names.len() > 12 {
        let _ = write!(text, " and {} more", names.len() - 12);
    }
    text
}

/// Counts the single-letter edits (insert, delete, replace, swap neighbours) between two names, ignoring case.
///
/// Method: optimal string alignment distance (Damerau 1964, restricted).
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().flat_map(char::to_lowercase).take(80).collect(), b.chars().flat_map(char::to_lowercase).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, distance) in [("refund", "refund", 0), ("refnud", "refund", 1), ("paid", "Paid", 0), ("", "abc", 3)]
        {
            assert_eq!(edits(a, b), distance, "{a} {b}");
        }
    }

    #[test]
    fn shows_the_line_and_marks_wide_characters() {
        let source = Source::new("a.yaml", "标题: dru_cost\n");
        let mut findings = Findings::new(&source);
        findings
            .error("unknown-name", Span::new(4, 12), "`dru_cost` is not known")
            .suggest("dru_cost", ["drug_cost", "x"]);
        let text = findings.finish()[0].to_string();
        let expected = "error: `dru_cost` is not known [unknown-name]\n --> a.yaml:1:5\n  |\n1 | 标题: dru_cost\n  |       ^^^^^^^^\n  = help: did you mean `drug_cost`?\n";
        assert_eq!(text, expected);
    }
}
