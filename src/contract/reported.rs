//! What is known of a contract's subjects at a position: enrolled, reported, corrected, taken back.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::content::{self, ContentError, FactContent, SubjectContent};
use crate::{
    terms::{
        document::Document,
        evaluate::Data,
        intake::{self, Assembly},
    },
    values::{Day, FactId, SubjectRef},
};

/// A content and where it was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<C> {
    /// The position of the entry that commits to it.
    pub seq: i64,
    /// Its place in the batch, from 0.
    pub item: i32,
    /// What was reported.
    pub content: C,
}

/// Subjects and facts of a contract, all that were ever reported and can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// Subjects in the order of enrolment.
    pub subjects: Vec<At<SubjectContent>>,
    /// Facts in the order of reporting.
    pub facts: Vec<At<FactContent>>,
}

/// What of everything reported is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    /// The position up to which it was reported.
    pub seq: i64,
    /// The last day that counts; none when all do.
    pub until: Option<Day>,
    /// The kinds of facts that any version of the contract knows; those that the version at hand does not know are passed
    /// over.
    pub kinds: &'s BTreeSet<&'s str>,
}

impl Reported {
    /// The pseudonyms of subjects by label.
    pub fn pseudonyms(&self) -> HashMap<&str, SubjectRef> {
        self.subjects.iter().map(|row| (row.content.label.as_str(), row.content.subject)).collect()
    }

    /// The labels of subjects by pseudonym.
    pub fn labels(&self) -> HashMap<SubjectRef, &str> {
        self.subjects.iter().map(|row| (row.content.subject, row.content.label.as_str())).collect()
    }

    /// The facts that hold at a position: not replaced and not taken back by then.
    pub fn facts_at(&self, seq: i64) -> impl Iterator<Item = &At<FactContent>> {
        let by_then = || self.facts.iter().filter(move |row| row.seq <= seq);
        let replaced: HashSet<FactId> = by_then().filter_map(|row| row.content.corrects).collect();
        by_then().filter(move |row| !row.content.retracted && !replaced.contains(&row.content.fact))
    }

    /// Everything known at a position, ready to be evaluated.
    ///
    /// # Errors
    /// What does not fit the document, as it cannot when it was taken in by it.
    pub fn data_at(&self, document: &Document, seen: &Seen) -> Result<Data, ContentError> {
        let Seen { seq, until, kinds: all } = *seen;
        let counts = |on: Day| until.is_none_or(|until| on <= until);
        let mut assembly = Assembly::new(document);
        for row in self.subjects.iter().filter(|row| row.seq <= seq && counts(row.content.enrolled_on)) {
            assembly.subject("subjects", &subject_row(document, row)?);
        }
        let labels = self.labels();
        let late: HashSet<SubjectRef> = self
            .subjects
            .iter()
            .filter(|row| !counts(row.content.enrolled_on))
            .map(|row| row.content.subject)
            .collect();
        let enrolled = |subject| !late.contains(&subject);
        let kinds: HashMap<&str, usize> =
            document.facts.iter().enumerate().map(|(at, kind)| (kind.name.text.as_str(), at)).collect();
        for row in self.facts_at(seq).filter(|row| counts(row.content.on) && row.content.subject.is_none_or(enrolled)) {
            let FactContent { fact, kind, .. } = &row.content;
            let unknown = || ContentError(format!("fact {fact} is of kind `{kind}`, unknown here"));
            let kind = match kinds.get(kind.as_str()) {
                Some(kind) => *kind,
                None if all.contains(kind.as_str()) => continue,
                None => return Err(unknown()),
            };
            assembly.fact(kind, "facts", &fact_row(document, kind, row, &labels)?);
        }
        let first =
            |errors: Vec<intake::RowError>| ContentError(errors.first().map(ToString::to_string).unwrap_or_default());
        assembly.finish().map_err(first)
    }
}

fn subject_row(document: &Document, row: &At<SubjectContent>) -> Result<intake::SubjectRow, ContentError> {
    let SubjectContent { enrolled_on, fields, label, .. } = &row.content;
    let cells = content::cells(&document.fields, document.header.currency, fields)?;
    let line = u64::try_from(row.item).unwrap_or_default();
    Ok(intake::SubjectRow { line, subject: label.clone(), enrolled_on: *enrolled_on, cells })
}

fn fact_row(
    document: &Document,
    kind: usize,
    row: &At<FactContent>,
    labels: &HashMap<SubjectRef, &str>,
) -> Result<intake::FactRow, ContentError> {
    let FactContent { fact, fields, subject, on, .. } = &row.content;
    let cells = content::cells(&document.facts[kind].fields, document.header.currency, fields)?;
    let unknown = || ContentError(format!("fact {fact} is about a subject that is not enrolled"));
    let label = |subject| labels.get(&subject).map(|label| (*label).to_owned()).ok_or_else(unknown);
    let line = u64::try_from(row.item).unwrap_or_default();
    Ok(intake::FactRow { line, subject: subject.map(label).transpose()?, on: *on, cells })
}
