//! Rows of a report on their way in: read step by step, compared with what stands, errors counted.

use std::{collections::HashSet, slice};

use rayon::prelude::*;

use super::{
    Error, FactReport, FactSheet,
    correct_facts::{NewFact, Row},
    record_facts::{STEP, Under},
    standing::{Standing, Wanted},
};
use crate::{
    storage::Connection,
    terms::{
        document::Document,
        intake::{Facts, MOST_ERRORS, Refused, RowError, RowErrors},
    },
};

/// The rows of some files, one after the other.
struct Incoming<'s> {
    document: &'s Document,
    sheets: slice::Iter<'s, FactSheet>,
    open: Option<(&'s FactSheet, usize, Facts<'s>)>,
    done: bool,
}

/// A step of rows, with those that are none.
type Step<'s> = (Vec<Row<'s>>, Vec<Refused>);

impl<'s> Incoming<'s> {
    fn open(document: &'s Document, sheets: &'s [FactSheet]) -> Result<Self, Error> {
        for sheet in sheets {
            kind_of(document, sheet)?;
        }
        Ok(Self { document, sheets: sheets.iter(), open: None, done: false })
    }

    /// The next rows, so many at most; fewer at the end only.
    fn next(&mut self, most: usize) -> Result<Step<'s>, Error> {
        let (mut rows, mut refused) = (Vec::new(), Vec::new());
        while rows.len() + refused.len() < most {
            let Some((sheet, kind, facts)) = &mut self.open else {
                let Some(sheet) = self.sheets.next() else {
                    self.done = true;
                    break;
                };
                let (kind, file) = (kind_of(self.document, sheet)?, &sheet.sheet);
                let facts = Facts::open(self.document, kind, (&file.file, file.format), file.open()?);
                self.open = Some((sheet, kind, facts));
                continue;
            };
            match facts.next() {
                Some(Ok(row)) => rows.push(Row { file: &sheet.sheet.file, kind: *kind, row }),
                Some(Err(row)) => refused.push(row),
                None => self.open = None,
            }
        }
        Ok((rows, refused))
    }
}

fn kind_of(document: &Document, sheet: &FactSheet) -> Result<usize, Error> {
    let name = &sheet.kind;
    document.facts.iter().position(|kind| kind.name.text == *name).ok_or_else(|| {
        let known: Vec<_> = document.facts.iter().map(|kind| format!("`{}`", kind.name.text)).collect();
        let message = format!("the contract knows no facts of kind `{name}`");
        Error::refused("unknown-kind", message, format!("it knows {}", known.join(", ")))
    })
}

/// New facts of a report while they are taken in.
pub(super) struct Taking<'s> {
    incoming: Incoming<'s>,
    standing: Standing<'s>,
    again: bool,
    /// The most rows that may be wrong.
    rejects: usize,
    /// Rows that are wrong.
    rejected: usize,
    /// What is wrong with them.
    pub errors: RowErrors,
}

impl<'s> Taking<'s> {
    /// Reads retractions, corrections and the first new facts, and finds what they mean.
    pub(super) fn start(
        connection: &mut Connection,
        under: Under<'s>,
        report: &'s FactReport,
    ) -> Result<(Self, [Vec<NewFact>; 3]), Error> {
        let document = under.document;
        // A retraction says which fact it means; what it does not need to say may be left out.
        let mut lenient = document.clone();
        lenient.facts.iter_mut().flat_map(|kind| &mut kind.fields).for_each(|field| field.optional = true);
        let retracted = Incoming::open(&lenient, &report.retracted)?.next(usize::MAX)?;
        let corrected = Incoming::open(document, &report.corrected)?.next(usize::MAX)?;
        let mut incoming = Incoming::open(document, &report.recorded)?;
        let first = incoming.next(STEP)?;
        let labels = |steps: &[&Step]| -> HashSet<String> {
            steps.iter().flat_map(|step| &step.0).filter_map(|row| row.row.subject.clone()).collect()
        };
        let sheets = [&report.retracted, &report.corrected, &report.recorded].into_iter().flatten();
        let wanted = Wanted {
            labels: incoming.done.then(|| labels(&[&retracted, &corrected, &first])),
            targets: labels(&[&retracted, &corrected]),
            kinds: sheets.map(|sheet| kind_of(document, sheet)).collect::<Result<_, _>>()?,
            again: report.again,
        };
        let standing = Standing::load(connection, under, &wanted)?;
        let errors = RowErrors::default();
        let (again, rejects) = (report.again, report.rejects);
        let mut taking = Self { incoming, standing, again, rejects, rejected: 0, errors };
        let retracted = taking.find(retracted, Standing::retract);
        let corrected = taking.find(corrected, Standing::correct);
        let first = taking.admit(first);
        let first = if first.is_empty() || taking.is_refused() { taking.next()? } else { first };
        Ok((taking, [retracted, corrected, first]))
    }

    /// The next new facts; none at the end.
    ///
    /// # Errors
    /// [`Error::Rows`] once too many rows are wrong, with everything that is wrong with those that follow, too.
    pub(super) fn next(&mut self) -> Result<Vec<NewFact>, Error> {
        loop {
            if self.incoming.done && self.is_refused() {
                return Err(Error::Rows(std::mem::take(&mut self.errors).in_order()));
            }
            if self.incoming.done {
                return Ok(Vec::new());
            }
            let step = self.incoming.next(STEP)?;
            let facts = self.admit(step);
            if !facts.is_empty() && !self.is_refused() {
                return Ok(facts);
            }
        }
    }

    /// What rows mean that replace others or take them back.
    fn find(
        &mut self,
        (rows, refused): Step,
        mut find: impl FnMut(&mut Standing<'s>, &Row) -> Result<NewFact, RowError>,
    ) -> Vec<NewFact> {
        refused.into_iter().for_each(|row| self.reject(row));
        let mut facts = Vec::with_capacity(rows.len());
        for row in &rows {
            match find(&mut self.standing, row) {
                Ok(fact) => facts.push(fact),
                Err(error) => self.reject(Refused { errors: vec![error], ends: false }),
            }
        }
        facts
    }

    /// What new rows mean.
    fn admit(&mut self, (rows, refused): Step) -> Vec<NewFact> {
        refused.into_iter().for_each(|row| self.reject(row));
        let read: Vec<_> = rows.par_iter().with_min_len(100).map(|row| self.standing.new_fact(row)).collect();
        let mut facts = Vec::with_capacity(rows.len());
        for (row, fact) in rows.iter().zip(read) {
            match fact.and_then(|fact| self.standing.admit(row, &fact, self.again).map(|()| fact.0)) {
                Ok(fact) => facts.push(fact),
                Err(error) => self.reject(Refused { errors: vec![error], ends: false }),
            }
        }
        facts
    }

    /// Leaves a row out.
    fn reject(&mut self, row: Refused) {
        self.rejected += 1;
        if row.ends {
            // Rows that follow it were not read, so that nobody knows what is left out.
            self.rejects = 0;
        }
        let most = if self.is_refused() { MOST_ERRORS } else { usize::MAX };
        self.errors.add(row.errors, most);
    }

    fn is_refused(&self) -> bool {
        self.rejected > self.rejects
    }
}
