//! Rows of all reports put together: every fact finds its subject, nothing stands twice.

use std::collections::HashMap;

use super::{
    super::{
        document::Document,
        evaluate::{Data, DataBuilder},
    },
    row::{FactRow, RowError, SubjectRow},
};

/// Puts reported rows together to data.
pub struct Assembly<'d> {
    document: &'d Document,
    builder: DataBuilder,
    /// Subjects that have their one fact of a kind: kind, subject, line.
    once: HashMap<(usize, u32), u64>,
    errors: Vec<RowError>,
    /// Whether subjects were refused, so that facts may be about them.
    subjects_refused: bool,
}

impl<'d> Assembly<'d> {
    /// Starts with nothing reported.
    pub fn new(document: &'d Document) -> Self {
        Self {
            document,
            builder: DataBuilder::new(document),
            once: HashMap::new(),
            errors: Vec::new(),
            subjects_refused: false,
        }
    }

    fn error(&mut self, file: &str, line: u64, field: &str, message: String, help: &str) {
        self.errors.push(RowError { file: file.into(), line, field: Some(field.into()), message, help: help.into() });
    }

    /// Takes a subject.
    pub fn subject(&mut self, file: &str, row: &SubjectRow) {
        if self.builder.subject(&row.subject, row.enrolled_on, &row.cells).is_none() {
            self.error(
                file,
                row.line,
                "subject",
                "this subject is enrolled already".into(),
                "every subject stands once",
            );
        }
    }

    /// Takes a fact of a kind.
    pub fn fact(&mut self, kind: usize, file: &str, row: &FactRow) {
        let subject = match &row.subject {
            None => 0,
            Some(id) => match self.builder.find(id) {
                Some(at) => at,
                None if self.subjects_refused => return,
                None => {
                    self.error(
                        file,
                        row.line,
                        "subject",
                        "no such subject is enrolled".into(),
                        "enrol it first, or correct the identifier",
                    );
                    return;
                }
            },
        };
        if self.document.facts[kind].once
            && let Some(first) = self.once.insert((kind, subject), row.line)
        {
            let name = self.document.facts[kind].name.text.clone();
            let message = format!("there is one `{name}` only, and line {first} has it already");
            self.error(file, row.line, "subject", message, "keep one of the two, or report a correction");
            return;
        }
        self.builder.fact(kind, subject, row.on, &row.cells);
    }

    /// Adds errors that were found while reading subjects; facts about the refused ones are no second mistake.
    pub fn refuse_subjects(&mut self, errors: Vec<RowError>) {
        self.subjects_refused |= !errors.is_empty();
        self.errors.extend(errors);
    }

    /// Adds errors that were found while reading files.
    pub fn refuse(&mut self, errors: Vec<RowError>) {
        self.errors.extend(errors);
    }

    /// The data, or everything that is wrong with the reports.
    pub fn finish(self) -> Result<Data, Vec<RowError>> {
        if self.errors.is_empty() { Ok(self.builder.finish()) } else { Err(self.errors) }
    }
}
