//! Many documents to one reading: facts, what falls, and what was not used.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

use super::{
    bundle::{self, Brought},
    element::Element,
    fact::{Desk, Fate},
    mapping::Mapping,
    outcome::{Fault, Issue, IssueCode, Place, Severity},
    reference::Index,
    source::Source,
};
use crate::terms::{document::Document, intake::FactRow};

/// What the reader is told beside the contract.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kinds of facts to read; empty: all that have codes.
    pub kinds: Vec<String>,
    /// The system of the identifiers by which the contract knows its subjects; none: the patients' logical identifiers.
    pub identifier: Option<String>,
    /// The name of the system that the records come from, where several call different records the same.
    pub origin: Option<String>,
}

/// A fact and the resource that gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcedFact {
    /// Where the resource stands.
    pub place: Place,
    /// The resource, in FHIRPath.
    pub path: String,
    /// The kind, by its place in the document.
    pub kind: usize,
    /// The fact.
    pub row: FactRow,
    /// The resource; none when it has no identifier, and then a repeat is not recognised by it.
    pub source: Option<Source>,
}

/// A resource whose earlier facts no longer stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Withdrawal {
    /// The resource.
    pub source: Source,
    /// The kinds of facts that fall.
    pub kinds: Vec<usize>,
    /// Why; none where a patient is simply not reported dead.
    pub issue: Option<Issue>,
}

/// How many resources of a sort were read, and how many gave or took back facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Resources read.
    pub read: usize,
    /// Resources that gave a fact or take one back; for patients, all whose name is known.
    pub used: usize,
}

/// What documents say in the words of a contract.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Facts, in the order of the documents.
    pub facts: Vec<SourcedFact>,
    /// Resources whose earlier facts no longer stand.
    pub withdrawn: Vec<Withdrawal>,
    /// What was not used, and why.
    pub issues: Vec<Issue>,
    /// Resources by sort.
    pub counts: BTreeMap<String, Count>,
}

/// Reads documents for one contract: each twice, all of them to [`learn`](Self::learn) before any to [`read`](Self::read).
pub struct Reader<'d> {
    document: &'d Document,
    mapping: Mapping,
    index: Index,
    origin: Option<String>,
    given: Vec<Given>,
    /// The resources that were read, by sort and identifier.
    known: HashMap<String, usize>,
    rows: u64,
}

/// A resource and what becomes of it.
struct Given {
    place: Place,
    path: String,
    sort: String,
    /// The server in whose bundle it stands; empty when that is not said.
    server: String,
    source: Option<Source>,
    fate: Fate,
}

impl<'d> Reader<'d> {
    /// A reader for a contract.
    pub fn new(document: &'d Document, options: Options) -> Self {
        let mapping = Mapping::of(document, &options.kinds);
        let (index, origin) = (Index::new(options.identifier), options.origin);
        Self { document, mapping, index, origin, given: Vec::new(), known: HashMap::new(), rows: 0 }
    }

    /// Whether the contract names any code for the kinds asked for.
    pub fn wants_anything(&self) -> bool {
        !self.mapping.is_empty()
    }

    /// Notes who is who in a document: one JSON resource or bundle.
    pub fn learn(&mut self, text: &str) {
        bundle::resources(text, &mut |brought| {
            if let Brought::Resource(resource, sort, address) = brought {
                // What cannot be read is told when the document is read for its facts.
                let _ = self.index.learn(&resource, &sort, &address);
            }
        });
    }

    /// Reads a document for its facts.
    pub fn read(&mut self, place: &Place, text: &str) {
        let mut brought = Vec::new();
        bundle::resources(text, &mut |one| brought.push(one));
        for one in brought {
            self.rows += 1;
            let given = match one {
                Brought::Resource(resource, sort, address) => {
                    let desk = Desk { document: self.document, mapping: &self.mapping, index: &self.index };
                    let fate = desk.fate(&resource, &sort, &address, place.line.unwrap_or(self.rows));
                    Given { server: address.base, ..self.given(place, &resource, sort, fate) }
                }
                Brought::Deleted(resource, entry) => {
                    let sort = resource.split('/').next().unwrap_or_default().to_owned();
                    let reason = "the resource was deleted";
                    let fault = entry.fault(IssueCode::BusinessRule, reason).with(Severity::Warning);
                    let name = if sort == "Patient" { super::mapping::DEATH } else { &sort };
                    let kinds: Vec<usize> = self.mapping.of_resource(name).map(|kind| kind.at).collect();
                    let nothing = fault.clone().with(Severity::Information);
                    let fate = if kinds.is_empty() { Fate::Unused(nothing) } else { Fate::Denies(kinds, fault) };
                    let source = Some(self.named(Source { resource, version: None }));
                    Given { place: place.clone(), path: entry.path, sort, server: String::new(), source, fate }
                }
                Brought::Unreadable(fault) => Given {
                    place: place.clone(),
                    path: fault.path.clone(),
                    sort: String::new(),
                    server: String::new(),
                    source: None,
                    fate: Fate::Unused(fault),
                },
            };
            self.take(given);
        }
    }

    fn given(&self, place: &Place, resource: &Element, sort: String, fate: Fate) -> Given {
        let (source, fate) = match Source::of(resource, &sort) {
            Ok(source) => (source.map(|source| self.named(source)), fate),
            Err(fault) => (None, Fate::Unused(fault)),
        };
        let server = String::new();
        Given { place: place.clone(), path: resource.path.clone(), sort, server, source, fate }
    }

    /// A source behind the name of the system that it comes from.
    fn named(&self, source: Source) -> Source {
        match &self.origin {
            Some(origin) => Source { resource: format!("{origin}|{}", source.resource), ..source },
            None => source,
        }
    }

    /// Takes a resource, or settles which of two versions counts.
    fn take(&mut self, mut new: Given) {
        let at = self.given.len();
        let Some(source) = &new.source else { return self.given.push(new) };
        let first = *self.known.entry(source.resource.clone()).or_insert(at);
        if first != at {
            let old = &mut self.given[first];
            // Versions of different servers are not versions of one resource.
            let is_other = !old.server.is_empty() && !new.server.is_empty() && old.server != new.server;
            let order = old.source.as_ref().filter(|_| !is_other).and_then(|old| source.compare(old));
            let unused = |given: &Given, severity, code, reason: &str| {
                Fate::Unused(Fault::error(code, &given.path, reason).with(severity))
            };
            let earlier = "a newer version of this resource is among the files";
            let doubt = "this resource is there twice and says different things, and no version tells which is newer";
            if matches!((&new.fate, &old.fate), (Fate::Unused(_), Fate::Unused(_))) {
                // Each keeps its own reason.
            } else if new.fate.says_what(&old.fate) {
                let reason = "this resource is there already and says the same";
                new.fate = unused(&new, Severity::Information, IssueCode::Duplicate, reason);
            } else if order == Some(Ordering::Greater) {
                old.fate = unused(old, Severity::Information, IssueCode::Duplicate, earlier);
                self.known.insert(source.resource.clone(), at);
            } else if order == Some(Ordering::Less) {
                new.fate = unused(&new, Severity::Information, IssueCode::Duplicate, earlier);
            } else {
                old.fate = unused(old, Severity::Error, IssueCode::Conflict, doubt);
                new.fate = unused(&new, Severity::Error, IssueCode::Conflict, doubt);
            }
        }
        self.given.push(new);
    }

    /// What all documents said.
    pub fn finish(self) -> Reading {
        let mut reading = Reading::default();
        for Given { place, path, sort, source, fate, .. } in self.given {
            let count = (!sort.is_empty()).then(|| reading.counts.entry(sort).or_default());
            let is_used = !matches!(fate, Fate::Unused(_));
            if let Some(count) = count {
                count.read += 1;
                count.used += usize::from(is_used);
            }
            match (fate, source) {
                (Fate::Gives(kind, row), source) => reading.facts.push(SourcedFact { place, path, kind, row, source }),
                (Fate::Denies(kinds, fault), Some(source)) => {
                    reading.withdrawn.push(Withdrawal { source, kinds, issue: Some(fault.at(&place)) });
                }
                (Fate::Lives(kinds), Some(source)) if !kinds.is_empty() => {
                    reading.withdrawn.push(Withdrawal { source, kinds, issue: None });
                }
                (Fate::Denies(_, fault) | Fate::Unused(fault), _) => reading.issues.push(fault.at(&place)),
                (Fate::Lives(_), _) => {}
            }
        }
        reading
    }
}

impl Fate {
    /// Whether it says the same as another, wherever each stands.
    fn says_what(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Gives(a, row), Self::Gives(b, other)) => {
                (a, &row.subject, row.on, &row.cells) == (b, &other.subject, other.on, &other.cells)
            }
            (Self::Denies(a, _), Self::Denies(b, _)) | (Self::Lives(a), Self::Lives(b)) => a == b,
            _ => false,
        }
    }
}
