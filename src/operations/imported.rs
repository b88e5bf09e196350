//! What clinical records bring beyond what is known: new facts, newer versions, withdrawals.
//!
//! A record is known by its source. What stands from the same version, or says the same, brings nothing; a newer version
//! corrects; what people corrected or took back by hand since is left to people.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

use super::{correct_facts::NewFact, known::Known};
use crate::{
    contract::{
        content::{self, FactContent, FactSource, Texts},
        reported::Reported,
    },
    exchange::fhir::{Issue, IssueCode, Reading, Severity, Source, SourcedFact, Withdrawal},
    terms::document::Document,
    values::{Day, FactId, SubjectRef},
};

/// What is known before records are taken in.
pub(super) struct Prior<'f> {
    document: &'f Document,
    pseudonyms: HashMap<&'f str, SubjectRef>,
    /// The facts of each record and kind, in the order in which they were reported.
    by_source: HashMap<(&'f str, &'f str), Vec<&'f FactContent>>,
    /// Facts that nobody has replaced or taken back.
    standing: HashSet<FactId>,
    /// Standing facts that no record gave, by kind, subject and day.
    by_hand: HashMap<(&'f str, Option<SubjectRef>, Day), Vec<&'f Texts>>,
    /// Subjects that have a kind of fact.
    having: HashSet<(&'f str, Option<SubjectRef>)>,
}

/// What records bring.
#[derive(Default)]
pub(super) struct Brought {
    /// Facts to be taken back.
    pub retracted: Vec<NewFact>,
    /// Facts that replace others.
    pub corrected: Vec<NewFact>,
    /// New facts.
    pub recorded: Vec<NewFact>,
    /// Number of facts that stand as the records say.
    pub unchanged: usize,
    /// What was not used, and why.
    pub issues: Vec<Issue>,
}

/// What becomes of one fact of a record.
enum Step {
    Unchanged,
    Record(NewFact),
    Correct(NewFact),
    Leave(Severity, IssueCode, &'static str),
}

impl<'f> Prior<'f> {
    /// Everything known at the end of the chain.
    pub(super) fn new(known: &'f Known, reported: &'f Reported) -> Self {
        let mut prior = Self {
            document: &known.contract().checked.document,
            pseudonyms: reported.pseudonyms(),
            by_source: HashMap::new(),
            standing: reported.facts_at(known.chain.seq()).map(|fact| fact.content.fact).collect(),
            by_hand: HashMap::new(),
            having: HashSet::new(),
        };
        reported.facts.iter().for_each(|fact| prior.note(&fact.content));
        prior
    }

    fn note(&mut self, content: &'f FactContent) {
        let stands = self.standing.contains(&content.fact);
        if let Some(source) = &content.source {
            self.by_source.entry((&source.resource, &content.kind)).or_default().push(content);
        } else if stands {
            let place = (content.kind.as_str(), content.subject, content.on);
            self.by_hand.entry(place).or_default().push(&content.fields);
        }
        if stands {
            self.having.insert((&content.kind, content.subject));
        }
    }

    /// What a reading brings.
    pub(super) fn compare(mut self, reading: &Reading) -> Brought {
        let mut brought = Brought::default();
        // What falls goes first, so that a kind that is there once can be given anew.
        for withdrawal in &reading.withdrawn {
            self.withdraw(withdrawal, &mut brought);
        }
        for fact in &reading.facts {
            let leave = |severity, code, reason: &str| {
                let (place, path) = (fact.place.clone(), fact.path.clone());
                Issue { place, severity, code, path, reason: reason.into() }
            };
            match self.step(fact) {
                Step::Unchanged => brought.unchanged += 1,
                Step::Record(new) => {
                    self.having.insert((&self.document.facts[new.kind].name.text, new.subject));
                    brought.recorded.push(new);
                }
                Step::Correct(new) => brought.corrected.push(new),
                Step::Leave(severity, code, reason) => brought.issues.push(leave(severity, code, reason)),
            }
        }
        brought
    }

    /// Takes back what stands from a record that no longer says so.
    fn withdraw(&mut self, withdrawal: &Withdrawal, brought: &mut Brought) {
        let mut is_known = false;
        for kind in &withdrawal.kinds {
            let Some(last) = self.last(&withdrawal.source.resource, *kind) else { continue };
            let is_old = source_of(last).and_then(|known| withdrawal.source.compare(&known)) == Some(Ordering::Less);
            if !self.standing.contains(&last.fact) || is_old {
                continue;
            }
            is_known = true;
            self.standing.remove(&last.fact);
            self.having.remove(&(last.kind.as_str(), last.subject));
            brought.retracted.push(NewFact {
                kind: *kind,
                subject: last.subject,
                on: last.on,
                fields: Texts::new(),
                corrects: Some(last.fact),
                retracted: true,
                source: Some(stored(&withdrawal.source)),
            });
        }
        if let (false, Some(issue)) = (is_known, &withdrawal.issue) {
            brought.issues.push(Issue { severity: Severity::Information, ..issue.clone() });
        }
    }

    /// The last fact that a record gave.
    fn last(&self, resource: &str, kind: usize) -> Option<&'f FactContent> {
        let facts = self.by_source.get(&(resource, self.document.facts[kind].name.text.as_str()));
        facts.and_then(|facts| facts.last().copied())
    }

    fn step(&self, fact: &SourcedFact) -> Step {
        use IssueCode::{BusinessRule, Conflict, Duplicate, NotFound};
        use Severity::{Error, Information, Warning};
        let label = fact.row.subject.as_deref().unwrap_or_default();
        let Some(subject) = self.pseudonyms.get(label) else {
            return Step::Leave(Information, NotFound, "the patient is not enrolled under this contract");
        };
        let kind = &self.document.facts[fact.kind];
        let (name, subject) = (kind.name.text.as_str(), Some(*subject));
        let new = NewFact {
            kind: fact.kind,
            subject,
            on: fact.row.on,
            fields: content::texts(&kind.fields, &fact.row.cells),
            corrects: None,
            retracted: false,
            source: fact.source.as_ref().map(stored),
        };
        let Some(last) = fact.source.as_ref().and_then(|source| self.last(&source.resource, fact.kind)) else {
            let place = (name, subject, fact.row.on);
            if self.by_hand.get(&place).is_some_and(|facts| facts.contains(&&new.fields)) {
                return Step::Leave(Information, Duplicate, "the same fact stands reported already, not from a record");
            }
            return match kind.once && self.having.contains(&(name, subject)) {
                true => Step::Leave(Warning, BusinessRule, "there is one such fact only, and it is reported already"),
                false => Step::Record(new),
            };
        };
        let order = fact.source.as_ref().zip(source_of(last)).and_then(|(source, known)| source.compare(&known));
        let stands = self.standing.contains(&last.fact);
        let is_same = (last.subject, last.on, &last.fields) == (subject, new.on, &new.fields);
        match (stands, last.retracted) {
            (true, _) if is_same => Step::Unchanged,
            (true, _) if last.subject != subject => {
                Step::Leave(Error, Conflict, "the record was about another patient before; correct it by hand")
            }
            (true, _) if order == Some(Ordering::Less) => {
                Step::Leave(Information, Duplicate, "a newer version of this record is known already")
            }
            (true, _) => Step::Correct(NewFact { corrects: Some(last.fact), ..new }),
            (false, true) if order == Some(Ordering::Greater) => Step::Record(new),
            (false, true) => {
                Step::Leave(Information, Duplicate, "this record was taken back before, and no newer one came")
            }
            (false, false) if is_same || order == Some(Ordering::Less) => {
                Step::Leave(Information, Duplicate, "the fact was corrected or taken back by hand since")
            }
            (false, false) => Step::Leave(
                Error,
                Conflict,
                "the fact was corrected or taken back by hand since; report the newer version by hand",
            ),
        }
    }
}

fn stored(source: &Source) -> FactSource {
    FactSource { resource: source.resource.clone(), version: source.version.clone() }
}

fn source_of(content: &FactContent) -> Option<Source> {
    content.source.as_ref().map(|source| Source { resource: source.resource.clone(), version: source.version.clone() })
}
