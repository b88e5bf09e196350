//! Finds the reported facts that a correction or a retraction means: exactly one each, or it is refused.

use super::standing::{Standing, cells};
use crate::{
    contract::content::{FactContent, FactSource, Texts},
    terms::{
        document::Document,
        intake::{self, RowError},
    },
    values::{Day, FactId, SubjectRef},
};

/// A fact to be recorded, with what it replaces.
pub(super) struct NewFact {
    /// Index of its kind.
    pub kind: usize,
    /// The subject, none for facts of the contract.
    pub subject: Option<SubjectRef>,
    /// The day.
    pub on: Day,
    /// Its fields.
    pub fields: Texts,
    /// The fact that it replaces or takes back.
    pub corrects: Option<FactId>,
    /// Whether it takes the other back.
    pub retracted: bool,
    /// The clinical record that says so.
    pub source: Option<FactSource>,
}

/// A row of a report with the file it came from and the kind it is of.
pub(super) struct Row<'r> {
    /// The file.
    pub file: &'r str,
    /// Index of the kind.
    pub kind: usize,
    /// What the file says.
    pub row: intake::FactRow,
}

impl Row<'_> {
    /// What is wrong with the row.
    pub(super) fn error(&self, field: &str, message: impl Into<String>, help: impl Into<String>) -> RowError {
        let field = Some(field.to_owned());
        RowError { file: self.file.into(), line: self.row.line, field, message: message.into(), help: help.into() }
    }
}

impl Standing<'_> {
    /// A fact that replaces the one of the same subject and day; of a kind that is there once, whatever its day.
    pub(super) fn correct(&mut self, row: &Row) -> Result<NewFact, RowError> {
        let once = self.document.facts[row.kind].once;
        let (new, _) = self.new_fact(row)?;
        let place = (row.kind, new.subject);
        let target = self.target(row, place.1, |fact| once || fact.on == row.row.on)?;
        self.fell(place, &target, false);
        Ok(NewFact { corrects: Some(target.fact), ..new })
    }

    /// Takes back the fact of the same subject and day, and of the same values where the row gives some.
    pub(super) fn retract(&mut self, row: &Row) -> Result<NewFact, RowError> {
        let (new, _) = self.new_fact(row)?;
        let (document, place) = (self.document, (row.kind, new.subject));
        let target = self.target(row, place.1, |fact| fact.on == row.row.on && agrees(document, row, fact))?;
        self.fell(place, &target, true);
        Ok(NewFact { corrects: Some(target.fact), retracted: true, fields: Texts::new(), on: target.on, ..new })
    }

    fn target(
        &mut self,
        row: &Row,
        subject: Option<SubjectRef>,
        is_meant: impl Fn(&FactContent) -> bool,
    ) -> Result<FactContent, RowError> {
        let name = &self.document.facts[row.kind].name.text;
        let facts = self.targets.entry((row.kind, subject)).or_default();
        let meant: Vec<usize> = (0..facts.len()).filter(|at| is_meant(&facts[*at])).collect();
        match meant[..] {
            [one] => Ok(facts.swap_remove(one)),
            [] => {
                let message = format!("no `{name}` of this subject and day stands reported");
                Err(row.error("on", message, "check subject and day; what was replaced or retracted cannot be again"))
            }
            _ => {
                let message = format!("{} `{name}` stand reported for this subject and day", meant.len());
                let help =
                    format!("retract the wrong one, giving its values too: --retract {name}=FILE; then report it anew");
                Err(row.error("on", message, help))
            }
        }
    }
}

/// Whether the values that a row gives are those of the fact.
fn agrees(document: &Document, row: &Row, fact: &FactContent) -> bool {
    if row.row.cells.iter().all(Option::is_none) {
        return true;
    }
    let cells = cells(document, row.kind, fact).unwrap_or_default();
    cells.iter().zip(&row.row.cells).all(|(stored, given)| given.is_none() || stored == given)
}
