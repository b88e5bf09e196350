//! What a contract wants of which resource, read off the codes of its document.

use super::coding::{self, Coding, Wanted};
use crate::terms::document::{Document, FieldType};

/// What a contract wants.
#[derive(Debug)]
pub struct Mapping {
    kinds: Vec<Kind>,
}

/// What one kind of fact wants.
#[derive(Debug)]
pub struct Kind {
    /// Its place in the document.
    pub at: usize,
    /// The resources that give it.
    resources: Vec<String>,
    /// The codes; empty when every such resource gives it.
    pub codes: Vec<Wanted>,
    /// What fills each field.
    pub fields: Vec<Filled>,
}

/// What fills a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The component of an Observation with one of these codes.
    Component(Vec<Wanted>),
    /// An element by its name in the document.
    Element(String),
    /// Nothing.
    Nothing,
}

/// The kind of fact that a patient's death gives.
pub const DEATH: &str = "Patient.deceased";

impl Mapping {
    /// What a document wants; of the named kinds only, when some are named.
    pub fn of(document: &Document, only: &[String]) -> Self {
        let facts = document.facts.iter().enumerate();
        let wanted = facts.filter(|(_, fact)| {
            let named = only.is_empty() || only.contains(&fact.name.text);
            named && !fact.of_contract && !fact.codes.is_empty()
        });
        let kinds = wanted.map(|(at, fact)| {
            let resources: Vec<String> =
                fact.codes.iter().filter(|(system, _)| system == "fhir").map(|(_, name)| name.clone()).collect();
            let resources = if resources.is_empty() { vec!["Observation".into()] } else { resources };
            let fields = &fact.fields;
            let alone = fields.iter().filter(|field| field.codes.is_empty()).count() == 1;
            let filled = fields.iter().map(|field| {
                let element = field.codes.iter().find(|(system, _)| system == "fhir");
                match element {
                    Some((_, element)) => Filled::Element(element.clone()),
                    None if !field.codes.is_empty() => Filled::Component(Wanted::of(&field.codes)),
                    None if alone && field.is != FieldType::Money => Filled::Element("value".into()),
                    None => Filled::Nothing,
                }
            });
            Kind { at, codes: Wanted::of(&fact.codes), fields: filled.collect(), resources }
        });
        Self { kinds: kinds.collect() }
    }

    /// Whether the contract wants anything of records at all.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kinds that a sort of resource can give.
    pub fn of_resource(&self, name: &str) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(move |kind| kind.resources.iter().any(|known| known == name))
    }
}

impl Kind {
    /// Whether codings are meant; without codes of its own a kind means every such resource.
    pub fn means(&self, codings: &[Coding]) -> bool {
        self.codes.is_empty() || coding::meant(&self.codes, codings).is_some()
    }
}
