//! Subjects and facts as columns.
//!
//! Facts of a kind lie together, those of one subject side by side, in the order of their days and then of their
//! values, so that the order in which they were reported changes nothing.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use rust_decimal::Decimal;

use super::super::{
    document::{Document, Field, FieldType},
    scalar::Scalar,
};
use crate::values::Day;

/// Texts of a data set, each held once and spoken of by its code.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    list: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, i32>,
}

impl Texts {
    /// The code of a text, which is added when it is new.
    pub fn code(&mut self, text: &str) -> i32 {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        let code = self.list.len() as i32;
        let text: Arc<str> = text.into();
        self.list.push(text.clone());
        self.codes.insert(text, code);
        code
    }

    /// The code of a text that is there.
    pub fn find(&self, text: &str) -> Option<i32> {
        self.codes.get(text).copied()
    }

    /// The text of a code; empty for a code that is not in use.
    pub fn text(&self, code: i32) -> &str {
        usize::try_from(code).ok().and_then(|at| self.list.get(at)).map_or("", |text| text)
    }

    /// All texts, by code.
    pub fn list(&self) -> &[Arc<str>] {
        &self.list
    }
}

/// The stored values of a field.
#[derive(Clone, Debug)]
pub enum Store {
    /// Numbers and amounts.
    Decimal(Vec<Decimal>),
    /// Days, durations in days, codes of texts.
    Int(Vec<i32>),
    /// Yes or no.
    Bool(Vec<bool>),
}

/// A column of stored values; `missing` is there when any is.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The values; a missing one is zero, day 0 or no.
    pub values: Store,
    /// Which are missing.
    pub missing: Option<Vec<bool>>,
}

impl Stored {
    fn new(is: &FieldType) -> Self {
        let values = match is {
            FieldType::Number | FieldType::Money => Store::Decimal(Vec::new()),
            FieldType::Date | FieldType::Duration | FieldType::Text(_) => Store::Int(Vec::new()),
            FieldType::Truth => Store::Bool(Vec::new()),
        };
        Self { values, missing: None }
    }

    fn len(&self) -> usize {
        match &self.values {
            Store::Decimal(values) => values.len(),
            Store::Int(values) => values.len(),
            Store::Bool(values) => values.len(),
        }
    }

    /// Adds a value of the field's type; a value of another type is taken as missing, which readers rule out before.
    fn push(&mut self, value: Option<&Scalar>, texts: &mut Texts) {
        let at = self.len();
        let present = match (&mut self.values, value) {
            (Store::Decimal(values), Some(Scalar::Number(value) | Scalar::Money(value))) => {
                values.push(*value);
                true
            }
            (Store::Int(values), Some(Scalar::Date(day))) => {
                values.push(day.0);
                true
            }
            (Store::Int(values), Some(Scalar::Days(days))) => {
                values.push(*days);
                true
            }
            (Store::Int(values), Some(Scalar::Text(text))) => {
                values.push(texts.code(text));
                true
            }
            (Store::Bool(values), Some(Scalar::Truth(truth))) => {
                values.push(*truth);
                true
            }
            (Store::Decimal(values), _) => {
                values.push(Decimal::ZERO);
                false
            }
            (Store::Int(values), _) => {
                values.push(0);
                false
            }
            (Store::Bool(values), _) => {
                values.push(false);
                false
            }
        };
        if !present {
            self.missing.get_or_insert_with(|| vec![false; at]).resize(at, false);
        }
        if let Some(missing) = &mut self.missing {
            missing.push(!present);
        }
    }

    fn reordered(&self, order: &[u32]) -> Self {
        fn pick<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|at| values[*at as usize]).collect()
        }
        let values = match &self.values {
            Store::Decimal(values) => Store::Decimal(pick(values, order)),
            Store::Int(values) => Store::Int(pick(values, order)),
            Store::Bool(values) => Store::Bool(pick(values, order)),
        };
        Self { values, missing: self.missing.as_ref().map(|missing| pick(missing, order)) }
    }

    fn compare(&self, a: usize, b: usize, texts: Option<&Texts>) -> Ordering {
        let missing = |at: usize| self.missing.as_ref().is_some_and(|missing| missing[at]);
        missing(a).cmp(&missing(b)).then_with(|| match (&self.values, texts) {
            (Store::Decimal(values), _) => values[a].cmp(&values[b]),
            (Store::Int(values), Some(texts)) => texts.text(values[a]).cmp(texts.text(values[b])),
            (Store::Int(values), None) => values[a].cmp(&values[b]),
            (Store::Bool(values), _) => values[a].cmp(&values[b]),
        })
    }
}

/// The facts of one kind.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Whether the contract owns them all.
    pub of_contract: bool,
    /// For each owner where its facts begin; one more than there are owners.
    pub offsets: Vec<u32>,
    /// Days.
    pub on: Vec<i32>,
    /// Fields.
    pub fields: Vec<Stored>,
}

/// Subjects and facts as columns.
#[derive(Clone, Debug)]
pub struct Data {
    /// Identifiers of subjects.
    pub ids: Vec<Arc<str>>,
    /// Days of enrolment.
    pub enrolled_on: Vec<i32>,
    /// Fields of subjects.
    pub fields: Vec<Stored>,
    /// Facts by kind.
    pub facts: Vec<Rows>,
    /// Texts.
    pub texts: Texts,
}

impl Data {
    /// Number of subjects.
    pub fn subjects(&self) -> usize {
        self.ids.len()
    }
}

/// The most subjects or facts of one kind.
const MOST: usize = u32::MAX as usize - 1;

/// Gathers subjects and facts in any order.
#[derive(Debug)]
pub struct DataBuilder {
    data: Data,
    owners: Vec<Vec<u32>>,
    of_contract: Vec<bool>,
    text_fields: Vec<Vec<bool>>,
    index: HashMap<Arc<str>, u32>,
}

impl DataBuilder {
    /// Starts an empty data set for a document.
    pub fn new(document: &Document) -> Self {
        let columns = |fields: &[Field]| fields.iter().map(|field| Stored::new(&field.is)).collect::<Vec<_>>();
        let is_text =
            |fields: &[Field]| fields.iter().map(|field| matches!(field.is, FieldType::Text(_))).collect::<Vec<_>>();
        let facts = document.facts.iter().map(|kind| Rows {
            of_contract: kind.of_contract,
            offsets: Vec::new(),
            on: Vec::new(),
            fields: columns(&kind.fields),
        });
        let data = Data {
            ids: Vec::new(),
            enrolled_on: Vec::new(),
            fields: columns(&document.fields),
            facts: facts.collect(),
            texts: Texts::default(),
        };
        Self {
            data,
            owners: vec![Vec::new(); document.facts.len()],
            of_contract: document.facts.iter().map(|kind| kind.of_contract).collect(),
            text_fields: document.facts.iter().map(|kind| is_text(&kind.fields)).collect(),
            index: HashMap::new(),
        }
    }

    /// Adds a subject with its fields in the order of the document. None when there is one of this identifier already.
    pub fn subject(&mut self, id: &str, enrolled_on: Day, fields: &[Option<Scalar>]) -> Option<u32> {
        let at = u32::try_from(self.data.ids.len()).ok().filter(|at| (*at as usize) < MOST)?;
        let id: Arc<str> = id.into();
        if self.index.insert(id.clone(), at).is_some() {
            let first = self.data.ids.iter().position(|known| *known == id).unwrap_or_default() as u32;
            self.index.insert(id, first);
            return None;
        }
        self.data.ids.push(id);
        self.data.enrolled_on.push(enrolled_on.0);
        for (column, value) in self.data.fields.iter_mut().zip(fields) {
            column.push(value.as_ref(), &mut self.data.texts);
        }
        Some(at)
    }

    /// Finds a subject by its identifier.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// Number of subjects so far.
    pub fn subjects(&self) -> usize {
        self.data.ids.len()
    }

    /// Adds a fact about a subject, or about the contract (subject 0 is then ignored).
    pub fn fact(&mut self, kind: usize, subject: u32, on: Day, fields: &[Option<Scalar>]) {
        let rows = &mut self.data.facts[kind];
        self.owners[kind].push(if self.of_contract[kind] { 0 } else { subject });
        rows.on.push(on.0);
        for (column, value) in rows.fields.iter_mut().zip(fields) {
            column.push(value.as_ref(), &mut self.data.texts);
        }
    }

    /// Puts the facts in order.
    pub fn finish(mut self) -> Data {
        let subjects = self.data.ids.len();
        for (kind, owners) in self.owners.iter().enumerate() {
            let count = if self.of_contract[kind] { 1 } else { subjects };
            let rows = &self.data.facts[kind];
            self.data.facts[kind] = ordered(rows, owners, count, &self.text_fields[kind], &self.data.texts);
        }
        self.data
    }
}

/// Sorts facts by owner, day and values, unless they stand so already.
fn ordered(rows: &Rows, owners: &[u32], count: usize, text_fields: &[bool], texts: &Texts) -> Rows {
    let compare = |a: u32, b: u32| {
        let (a, b) = (a as usize, b as usize);
        let by_value = || {
            let fields = rows.fields.iter().zip(text_fields);
            fields
                .map(|(field, text)| field.compare(a, b, text.then_some(texts)))
                .find(|o| o.is_ne())
                .unwrap_or(Ordering::Equal)
        };
        owners[a].cmp(&owners[b]).then_with(|| rows.on[a].cmp(&rows.on[b])).then_with(by_value)
    };
    let mut order: Vec<u32> = (0..owners.len() as u32).collect();
    let sorted = order.is_sorted_by(|a, b| compare(*a, *b).is_le());
    if !sorted {
        order.sort_unstable_by(|a, b| compare(*a, *b));
    }
    let mut offsets = vec![0u32; count + 1];
    for owner in owners {
        offsets[*owner as usize + 1] += 1;
    }
    for at in 0..count {
        offsets[at + 1] += offsets[at];
    }
    if sorted {
        return Rows { of_contract: rows.of_contract, offsets, on: rows.on.clone(), fields: rows.fields.clone() };
    }
    let on = order.iter().map(|at| rows.on[*at as usize]).collect();
    let fields = rows.fields.iter().map(|field| field.reordered(&order)).collect();
    Rows { of_contract: rows.of_contract, offsets, on, fields }
}

impl Data {
    /// The data that are known on a day: subjects enrolled and facts that happened by then.
    pub fn known_on(&self, day: Day) -> std::borrow::Cow<'_, Self> {
        let later = |days: &[i32]| days.iter().any(|on| *on > day.0);
        if !later(&self.enrolled_on) && !self.facts.iter().any(|rows| later(&rows.on)) {
            return std::borrow::Cow::Borrowed(self);
        }
        let keep: Vec<u32> = (0..self.ids.len() as u32).filter(|at| self.enrolled_on[*at as usize] <= day.0).collect();
        std::borrow::Cow::Owned(self.picked(&keep, day))
    }

    /// The data of the subjects marked.
    pub fn kept(&self, marks: &[bool]) -> Self {
        let keep: Vec<u32> = (0..self.ids.len() as u32).filter(|at| marks[*at as usize]).collect();
        self.picked(&keep, crate::values::day::LAST)
    }

    fn picked(&self, keep: &[u32], day: Day) -> Self {
        let facts = self.facts.iter().map(|rows| rows.kept(if rows.of_contract { &[0] } else { keep }, day));
        Self {
            ids: keep.iter().map(|at| self.ids[*at as usize].clone()).collect(),
            enrolled_on: keep.iter().map(|at| self.enrolled_on[*at as usize]).collect(),
            fields: self.fields.iter().map(|field| field.reordered(keep)).collect(),
            facts: facts.collect(),
            texts: self.texts.clone(),
        }
    }
}

impl Rows {
    fn kept(&self, owners: &[u32], day: Day) -> Self {
        let mut order = Vec::new();
        let mut offsets = vec![0];
        for owner in owners {
            let range = self.offsets[*owner as usize]..self.offsets[*owner as usize + 1];
            order.extend(range.filter(|at| self.on[*at as usize] <= day.0));
            offsets.push(order.len() as u32);
        }
        let on = order.iter().map(|at| self.on[*at as usize]).collect();
        let fields = self.fields.iter().map(|field| field.reordered(&order)).collect();
        Self { of_contract: self.of_contract, offsets, on, fields }
    }
}
