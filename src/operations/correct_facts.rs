//! Finds the reported facts that a correction or a retraction means: exactly one each, or it is refused.

use std::collections::{HashMap, HashSet};

use super::known::Known;
use crate::{
    contract::{
        content::{self, FactContent, FactSource, Texts},
        reported::Reported,
    },
    terms::{
        document::Document,
        intake::{self, RowError},
        scalar::Scalar,
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

/// Kind, subject and day.
type Place = (usize, Option<SubjectRef>, Day);

/// The facts that stand: not yet replaced or taken back, also not by rows before in the same report.
pub(super) struct Standing<'f> {
    document: &'f Document,
    pseudonyms: HashMap<&'f str, SubjectRef>,
    facts: HashMap<(usize, Option<SubjectRef>), Vec<&'f FactContent>>,
    /// All facts that were ever reported, but for retractions, by kind, subject and day.
    reported: HashMap<Place, Vec<&'f FactContent>>,
    /// The values of new rows so far.
    rows: HashMap<Place, Vec<Vec<Option<Scalar>>>>,
    /// Kinds that a subject has once and that were given a new value just now.
    renewed: HashSet<(usize, Option<SubjectRef>)>,
}

impl<'f> Standing<'f> {
    /// All facts that stand at the end of the chain.
    pub(super) fn new(known: &'f Known, reported: &'f Reported, pseudonyms: HashMap<&'f str, SubjectRef>) -> Self {
        let document = &known.contract.checked.document;
        let kinds = || document.facts.iter().enumerate();
        let kind_of = |row: &FactContent| kinds().find(|(_, kind)| kind.name.text == row.kind).map(|(kind, _)| kind);
        let mut facts: HashMap<_, Vec<_>> = HashMap::new();
        for row in reported.facts_at(known.chain.seq()).map(|row| &row.content) {
            if let Some(kind) = kind_of(row) {
                facts.entry((kind, row.subject)).or_default().push(row);
            }
        }
        let mut all: HashMap<Place, Vec<_>> = HashMap::new();
        for row in reported.facts.iter().map(|row| &row.content).filter(|row| !row.retracted) {
            if let Some(kind) = kind_of(row) {
                all.entry((kind, row.subject, row.on)).or_default().push(row);
            }
        }
        Self { document, pseudonyms, facts, reported: all, rows: HashMap::new(), renewed: HashSet::new() }
    }

    /// The pseudonym of the row's subject.
    fn subject(&self, row: &Row) -> Result<Option<SubjectRef>, RowError> {
        let Some(label) = &row.row.subject else { return Ok(None) };
        let unknown =
            || row.error("subject", "no such subject is enrolled", "enrol it first, or correct the identifier");
        self.pseudonyms.get(label.as_str()).map(|subject| Some(*subject)).ok_or_else(unknown)
    }

    fn new_fact(&self, row: &Row, subject: Option<SubjectRef>) -> NewFact {
        let fields = content::texts(&self.document.facts[row.kind].fields, &row.row.cells);
        NewFact { kind: row.kind, subject, on: row.row.on, fields, corrects: None, retracted: false, source: None }
    }

    /// A fact that replaces none.
    pub(super) fn record(&mut self, row: &Row) -> Result<NewFact, RowError> {
        let subject = self.subject(row)?;
        let kind = &self.document.facts[row.kind];
        let place = (row.kind, subject);
        if kind.once {
            let stands = self.facts.get(&place).is_some_and(|facts| !facts.is_empty());
            if stands || !self.renewed.insert(place) {
                let message = format!("there is one `{}` only, and it is reported already", kind.name.text);
                let help = format!("to replace it: --correct {}=FILE", kind.name.text);
                return Err(row.error("subject", message, help));
            }
        }
        Ok(self.new_fact(row, subject))
    }

    /// A fact that replaces the one of the same subject and day; of a kind that is there once, whatever its day.
    pub(super) fn correct(&mut self, row: &Row) -> Result<NewFact, RowError> {
        let once = self.document.facts[row.kind].once;
        let subject = self.subject(row)?;
        let target = self.target(row, subject, |fact| once || fact.on == row.row.on)?;
        self.renewed.insert((row.kind, subject));
        Ok(NewFact { corrects: Some(target.fact), ..self.new_fact(row, subject) })
    }

    /// Takes back the fact of the same subject and day, and of the same values where the row gives some.
    pub(super) fn retract(&mut self, row: &Row) -> Result<NewFact, RowError> {
        let subject = self.subject(row)?;
        let document = self.document;
        let target = self.target(row, subject, |fact| fact.on == row.row.on && agrees(document, row, fact))?;
        let new = NewFact { corrects: Some(target.fact), retracted: true, ..self.new_fact(row, subject) };
        Ok(NewFact { fields: Texts::new(), on: target.on, ..new })
    }

    fn target(
        &mut self,
        row: &Row,
        subject: Option<SubjectRef>,
        is_meant: impl Fn(&FactContent) -> bool,
    ) -> Result<&'f FactContent, RowError> {
        let name = &self.document.facts[row.kind].name.text;
        let facts = self.facts.entry((row.kind, subject)).or_default();
        let meant: Vec<usize> = (0..facts.len()).filter(|at| is_meant(facts[*at])).collect();
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

    /// What is wrong with a new row that says what is known already: a fact that stands, one that was replaced or taken
    /// back, or a row before it in the same report.
    pub(super) fn refuse_known(&mut self, row: &Row) -> Result<(), RowError> {
        let subject = self.subject(row)?;
        let name = &self.document.facts[row.kind].name.text;
        let again = "leave the row out; if it did happen once more, add --again";
        let place = (row.kind, subject, row.row.on);
        let is_same = |fact: &&FactContent| equals(self.document, row, fact);
        if self.reported.get(&place).is_some_and(|facts| facts.iter().any(is_same)) {
            let standing = self.facts.get(&(row.kind, subject)).map(Vec::as_slice).unwrap_or_default();
            let stands = standing.iter().any(|fact| fact.on == row.row.on && is_same(fact));
            let message = match stands {
                true => format!("this `{name}` stands reported already with the same values"),
                false => format!("this `{name}` was reported before, and replaced or taken back since"),
            };
            return Err(row.error("on", message, again));
        }
        let rows = self.rows.entry(place).or_default();
        if rows.contains(&row.row.cells) {
            return Err(row.error("on", format!("this report has the same `{name}` twice"), again));
        }
        rows.push(row.row.cells.clone());
        Ok(())
    }
}

/// The cells of a stored fact; none when they cannot be read.
fn cells(document: &Document, kind: usize, fact: &FactContent) -> Option<Vec<Option<Scalar>>> {
    content::cells(&document.facts[kind].fields, document.header.currency, &fact.fields).ok()
}

/// Whether the values that a row gives are those of the fact.
fn agrees(document: &Document, row: &Row, fact: &FactContent) -> bool {
    if row.row.cells.iter().all(Option::is_none) {
        return true;
    }
    let cells = cells(document, row.kind, fact).unwrap_or_default();
    cells.iter().zip(&row.row.cells).all(|(stored, given)| given.is_none() || stored == given)
}

fn equals(document: &Document, row: &Row, fact: &FactContent) -> bool {
    cells(document, row.kind, fact).is_some_and(|cells| cells == row.row.cells)
}
