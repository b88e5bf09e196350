//! What stands reported, as far as new rows have to be compared with it: a few bytes for each fact.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use super::{
    Error,
    correct_facts::{NewFact, Row},
    record_facts::Under,
    sealing::Keys,
};
use crate::{
    contract::content::{self, FactContent},
    storage::{self, Connection, FactRow},
    terms::{document::Document, intake::RowError, scalar::Scalar},
    values::{Day, Digest, FactId, SubjectRef},
};

/// The most subjects whose facts are asked for one by one; for more, those of all are read.
const FEW: usize = 500;
/// Stored facts that are read at once.
const PAGE: i64 = 5_000;

/// Stands for kind, subject, day and values of a fact: two hashes under keys that nobody outside knows, 128 bits, so that
/// among thousands of millions of facts no two are taken for one.
type Mark = (u64, u64);

/// A kind and a subject.
pub(super) type Place = (usize, Option<SubjectRef>);

/// What has to be known of earlier reports.
pub(super) struct Wanted {
    /// Labels of all subjects that the report is about; none when not all of it was read yet.
    pub labels: Option<HashSet<String>>,
    /// Labels of subjects about whom something is corrected or taken back.
    pub targets: HashSet<String>,
    /// Kinds of facts.
    pub kinds: HashSet<usize>,
    /// Whether facts may be reported again.
    pub again: bool,
}

/// The facts that stand: not yet replaced or taken back, also not by rows before in the same report.
pub(super) struct Standing<'f> {
    pub document: &'f Document,
    keys: &'f Keys,
    /// Subjects by the hash of their label.
    names: HashMap<Digest, SubjectRef>,
    hashers: [RandomState; 2],
    /// What can be corrected or taken back.
    pub targets: HashMap<Place, Vec<FactContent>>,
    /// Where there is one fact at most, and it is there.
    taken: HashSet<Place>,
    standing: HashSet<Mark>,
    /// Facts that were replaced or taken back.
    fallen: HashSet<Mark>,
    /// New rows so far.
    rows: HashSet<Mark>,
}

/// What is kept of a stored fact.
struct Noted {
    kind: usize,
    mark: Option<Mark>,
    subject: Option<SubjectRef>,
    fact: FactId,
    content: Option<FactContent>,
}

impl<'f> Standing<'f> {
    /// Reads what stands at the end of the chain.
    pub(super) fn load(
        connection: &mut Connection,
        Under { row, document, keys, .. }: Under<'f>,
        wanted: &Wanted,
    ) -> Result<Self, Error> {
        let contract = row.contract_id;
        let mut standing = Self {
            document,
            keys,
            names: storage::subject::names(connection, contract)?.into_iter().collect(),
            hashers: [RandomState::new(), RandomState::new()],
            targets: HashMap::new(),
            taken: HashSet::new(),
            standing: HashSet::new(),
            fallen: HashSet::new(),
            rows: HashSet::new(),
        };
        let once = wanted.kinds.iter().any(|kind| document.facts[*kind].once);
        if wanted.again && !once && wanted.targets.is_empty() {
            return Ok(standing);
        }
        let subjects = |labels: &HashSet<String>| labels.iter().filter_map(|label| standing.find(label)).collect();
        let targets: HashSet<SubjectRef> = subjects(&wanted.targets);
        let few: Option<HashSet<SubjectRef>> = wanted.labels.as_ref().map(subjects);
        if let Some(few) = few.filter(|few| few.len() <= FEW) {
            let few: Vec<_> = few.into_iter().collect();
            let rows = storage::fact::of_subjects(connection, contract, &few)?;
            let replaced = rows.iter().filter_map(|row| row.corrects).collect();
            standing.note(rows, &replaced, (wanted, &targets))?;
            return Ok(standing);
        }
        let replaced = storage::fact::replaced(connection, contract)?.into_iter().collect();
        let mut after = (0, 0);
        loop {
            let rows = storage::fact::page(connection, contract, after, PAGE)?;
            let Some(last) = rows.last() else { return Ok(standing) };
            after = (last.seq, last.item);
            standing.note(rows, &replaced, (wanted, &targets))?;
        }
    }

    /// Keeps what has to be known of stored facts.
    fn note(
        &mut self,
        rows: Vec<FactRow>,
        replaced: &HashSet<FactId>,
        (wanted, targets): (&Wanted, &HashSet<SubjectRef>),
    ) -> Result<(), Error> {
        let noted = self.keys.read(rows, |bytes| {
            let content: FactContent = content::decode(bytes)?;
            let mut kinds = wanted.kinds.iter().copied();
            let Some(kind) = kinds.find(|kind| self.document.facts[*kind].name.text == content.kind) else {
                return Ok(None);
            };
            let cells = cells(self.document, kind, &content);
            let mark = cells.map(|cells| self.mark(kind, content.subject, content.on, &cells));
            let is_target = content.subject.is_none_or(|subject| targets.contains(&subject));
            let (subject, fact) = (content.subject, content.fact);
            Ok((!content.retracted).then(|| {
                let content = is_target.then_some(content);
                Noted { kind, mark, subject, fact, content }
            }))
        })?;
        for Noted { kind, mark, subject, fact, content } in noted.into_iter().filter_map(|(_, noted)| noted?) {
            let stands = !replaced.contains(&fact);
            if stands { &mut self.standing } else { &mut self.fallen }.extend(mark);
            if stands && self.document.facts[kind].once {
                self.taken.insert((kind, subject));
            }
            if stands && let Some(content) = content {
                self.targets.entry((kind, subject)).or_default().push(content);
            }
        }
        Ok(())
    }

    fn find(&self, label: &str) -> Option<SubjectRef> {
        self.names.get(&self.keys.label_hash(label).ok()?).copied()
    }

    fn mark(&self, kind: usize, subject: Option<SubjectRef>, on: Day, cells: &[Option<Scalar>]) -> Mark {
        let [one, other] = &self.hashers;
        let fact = (kind, subject, on, cells);
        (one.hash_one(fact), other.hash_one(fact))
    }

    /// The pseudonym of the row's subject.
    pub(super) fn subject(&self, row: &Row) -> Result<Option<SubjectRef>, RowError> {
        let Some(label) = &row.row.subject else { return Ok(None) };
        let unknown =
            || row.error("subject", "no such subject is enrolled", "enrol it first, or correct the identifier");
        self.find(label).map(Some).ok_or_else(unknown)
    }

    /// The fact that a row tells, which replaces none, and what it is known by.
    pub(super) fn new_fact(&self, row: &Row) -> Result<(NewFact, Mark), RowError> {
        let subject = self.subject(row)?;
        let fields = content::texts(&self.document.facts[row.kind].fields, &row.row.cells);
        let fact =
            NewFact { kind: row.kind, subject, on: row.row.on, fields, corrects: None, retracted: false, source: None };
        let mark = self.mark(row.kind, subject, row.row.on, &row.row.cells);
        Ok((fact, mark))
    }

    /// Takes a new row in, or says what stands against it: there is one such fact only and it is there, or, unless it may
    /// be reported `again`, the same was said before, in an earlier report or in this one.
    pub(super) fn admit(&mut self, row: &Row, (fact, mark): &(NewFact, Mark), again: bool) -> Result<(), RowError> {
        let kind = &self.document.facts[row.kind];
        let name = &kind.name.text;
        if kind.once && !self.taken.insert((row.kind, fact.subject)) {
            let message = format!("there is one `{name}` only, and it is reported already");
            return Err(row.error("subject", message, format!("to replace it: --correct {name}=FILE")));
        }
        if again {
            return Ok(());
        }
        let message = if self.standing.contains(mark) {
            format!("this `{name}` stands reported already with the same values")
        } else if self.fallen.contains(mark) {
            format!("this `{name}` was reported before, and replaced or taken back since")
        } else if !self.rows.insert(*mark) {
            format!("this report has the same `{name}` twice")
        } else {
            return Ok(());
        };
        Err(row.error("on", message, "leave the row out; if it did happen once more, add --again"))
    }

    /// Notes that a fact no longer stands; after it was taken back, another may take its place.
    pub(super) fn fell(&mut self, place: Place, fact: &FactContent, retracted: bool) {
        if let Some(cells) = cells(self.document, place.0, fact) {
            let mark = self.mark(place.0, place.1, fact.on, &cells);
            self.standing.remove(&mark);
            self.fallen.insert(mark);
        }
        if retracted && self.targets.get(&place).is_none_or(Vec::is_empty) {
            self.taken.remove(&place);
        }
    }
}

/// The cells of a stored fact; none when they cannot be read.
pub(super) fn cells(document: &Document, kind: usize, fact: &FactContent) -> Option<Vec<Option<Scalar>>> {
    content::cells(&document.facts[kind].fields, document.header.currency, &fact.fields).ok()
}
