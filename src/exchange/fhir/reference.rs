//! Who a reference means: patients, encounters and medications of all documents by the names that others call them.
//!
//! Source: <https://hl7.org/fhir/R4/references.html> and the resolution of references in bundles,
//! <https://hl7.org/fhir/R4/bundle.html#references>.

use std::collections::{HashMap, HashSet};

use super::{
    coding::{self, Coding},
    element::Element,
    outcome::{Fault, IssueCode},
    shape,
};

/// Things by URL, `urn:uuid:` or `Type/id`.
#[derive(Debug)]
struct Table<T>(HashMap<String, Found<T>>);

#[derive(Debug)]
struct Found<T> {
    base: String,
    /// None when two servers call different things so.
    thing: Option<T>,
}

/// What a document of resources tells of the resource at hand: its own URL.
#[derive(Clone, Debug, Default)]
pub struct Address {
    /// The full URL in its bundle.
    pub url: Option<String>,
    /// The part of a RESTful URL before `Type/id`; empty when there is none.
    pub base: String,
}

/// What all documents say about who is who.
#[derive(Debug)]
pub struct Index {
    /// The system of identifiers by which the contract knows its subjects; none: the logical identifier.
    identifier: Option<String>,
    patients: Table<Result<String, Fault>>,
    encounters: Table<Option<String>>,
    medications: Table<Vec<Coding>>,
    /// The servers on which a patient of this name is known.
    servers: HashMap<String, HashSet<String>>,
}

impl Index {
    /// An empty index.
    pub fn new(identifier: Option<String>) -> Self {
        let (patients, encounters, medications) = (Table::new(), Table::new(), Table::new());
        Self { identifier, patients, encounters, medications, servers: HashMap::new() }
    }

    /// Notes a resource that others refer to.
    pub fn learn(&mut self, resource: &Element, sort: &str, address: &Address) -> Result<(), Fault> {
        match sort {
            "Patient" => {
                let label = self.label(resource);
                if let (Ok(label), false) = (&label, address.base.is_empty()) {
                    self.servers.entry(label.clone()).or_default().insert(address.base.clone());
                }
                self.patients.insert(resource, sort, address, label)
            }
            "Encounter" => {
                let class = shape::class(resource)?.map(|class| class.code);
                self.encounters.insert(resource, sort, address, class)
            }
            "Medication" => {
                let codings = coding::codings_of(resource, "code")?;
                self.medications.insert(resource, sort, address, codings)
            }
            _ => Ok(()),
        }
    }

    /// The name by which the contract knows a patient.
    pub fn label(&self, patient: &Element) -> Result<String, Fault> {
        let Some(system) = &self.identifier else {
            let missing =
                || patient.fault_at("id", IssueCode::Required, "the patient has no identifier of its own yet");
            return patient.text("id")?.map(|id| id.into_owned()).ok_or_else(missing);
        };
        let mut values = Vec::new();
        for identifier in patient.children("identifier")? {
            if identifier.text("system")?.as_deref() == Some(system) {
                values.extend(identifier.text("value")?.map(|value| value.trim().to_owned()));
            }
        }
        values.dedup();
        let fault = |code, reason| Err(patient.fault_at("identifier", code, reason));
        match values.len() {
            1 => Ok(values.swap_remove(0)),
            0 => fault(IssueCode::NotFound, "the patient has no identifier of the system asked for"),
            _ => fault(IssueCode::MultipleMatches, "the patient has several identifiers of the system asked for"),
        }
    }

    /// The name of the patient that a member refers to.
    pub fn patient(&self, resource: &Element, name: &str, address: &Address) -> Result<String, Fault> {
        let missing = || resource.fault_at(name, IssueCode::Required, "it does not say which patient it is about");
        let who = resource.child(name)?.ok_or_else(missing)?;
        let Some(reference) = who.text("reference")? else { return self.by_identifier(&who) };
        let fault = |code, reason| Err(who.fault_at("reference", code, reason));
        if let Some(local) = reference.strip_prefix('#') {
            return match contained(resource, local)? {
                Some((sort, patient)) if sort == "Patient" && self.identifier.is_some() => self.label(&patient),
                Some(_) => fault(IssueCode::NotFound, "what is contained in it has no name outside of it"),
                None => fault(IssueCode::NotFound, "it refers to something contained that is not there"),
            };
        }
        let label = match self.patients.find(&reference, address) {
            Some(Found { thing: Some(label), .. }) => label.clone()?,
            Some(_) => return fault(IssueCode::MultipleMatches, "patients of several servers are called so"),
            None => match local_id(&reference, "Patient") {
                Some(id) if self.identifier.is_none() => id.to_owned(),
                Some(_) => return fault(IssueCode::NotFound, "the patient is not among the files"),
                None => return fault(IssueCode::NotFound, "it refers to no patient who is among the files"),
            },
        };
        let servers = self.servers.get(&label).map_or(0, HashSet::len);
        if self.identifier.is_none() && servers > 1 {
            return fault(
                IssueCode::MultipleMatches,
                "patients of several servers are called so; choose an identifier",
            );
        }
        Ok(label)
    }

    /// A reference that gives an identifier in place of an address.
    fn by_identifier(&self, who: &Element) -> Result<String, Fault> {
        let reason = "it names the patient by no reference and by no identifier of the system asked for";
        let unknown = || who.fault(IssueCode::NotFound, reason);
        let identifier = who.child("identifier")?.ok_or_else(unknown)?;
        let system = identifier.text("system")?;
        if self.identifier.is_none() || system.as_deref() != self.identifier.as_deref() {
            return Err(unknown());
        }
        identifier.text("value")?.map(|value| value.trim().to_owned()).ok_or_else(unknown)
    }

    /// The class of the encounter that a resource belongs to; none when it belongs to none or that has no class.
    pub fn class(&self, resource: &Element, address: &Address) -> Result<Option<String>, Fault> {
        let Some(encounter) = resource.child("encounter")? else { return Ok(None) };
        let unknown = || {
            encounter.fault_at("reference", IssueCode::NotFound, "the encounter it refers to is not among the files")
        };
        let reference = encounter.text("reference")?.ok_or_else(unknown)?;
        if let Some(local) = reference.strip_prefix('#') {
            let (_, inner) = contained(resource, local)?.ok_or_else(unknown)?;
            return Ok(shape::class(&inner)?.map(|class| class.code));
        }
        self.encounters.find(&reference, address).and_then(|found| found.thing.clone()).ok_or_else(unknown)
    }

    /// The codes of a medication: given, contained, or referred to.
    pub fn medication(&self, resource: &Element, address: &Address) -> Result<Vec<Coding>, Fault> {
        match resource.choice("medication")? {
            Some((member, "CodeableConcept")) => coding::codings_of(resource, member),
            Some((member, "Reference")) => {
                let Some(reference) = resource.child(member)? else { return Ok(Vec::new()) };
                let Some(text) = reference.text("reference")? else { return Ok(Vec::new()) };
                if let Some(local) = text.strip_prefix('#') {
                    let found = contained(resource, local)?;
                    return found.map_or(Ok(Vec::new()), |(_, medication)| coding::codings_of(&medication, "code"));
                }
                let found = self.medications.find(&text, address).and_then(|found| found.thing.clone());
                let reason = "the medication it refers to is not among the files";
                found.ok_or_else(|| reference.fault_at("reference", IssueCode::NotFound, reason))
            }
            _ => Ok(Vec::new()),
        }
    }
}

impl<T: PartialEq> Table<T> {
    fn new() -> Self {
        Self(HashMap::new())
    }

    fn insert(&mut self, resource: &Element, sort: &str, address: &Address, thing: T) -> Result<(), Fault>
    where
        T: Clone,
    {
        let local = resource.text("id")?.map(|id| format!("{sort}/{id}"));
        for key in [address.url.clone(), local].into_iter().flatten() {
            let found = Found { base: address.base.clone(), thing: Some(thing.clone()) };
            let known = self.0.entry(key).or_insert(found);
            let is_other = !known.base.is_empty() && !address.base.is_empty() && known.base != address.base;
            if is_other && known.thing.as_ref() != Some(&thing) {
                known.thing = None;
            }
        }
        Ok(())
    }

    /// What a reference means, seen from a resource of an address.
    fn find(&self, reference: &str, address: &Address) -> Option<&Found<T>> {
        let reference = reference.split("/_history/").next().unwrap_or(reference);
        let beside = (!address.base.is_empty()).then(|| self.0.get(&format!("{}/{reference}", address.base)));
        beside.flatten().or_else(|| self.0.get(reference))
    }
}

/// The identifier of a relative reference to a sort of resource.
fn local_id<'r>(reference: &'r str, sort: &str) -> Option<&'r str> {
    let rest = reference.split("/_history/").next()?.strip_prefix(sort)?.strip_prefix('/')?;
    is_id(rest).then_some(rest)
}

/// Whether a text is a logical identifier.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// A resource inside another.
fn contained<'a>(resource: &Element<'a>, id: &str) -> Result<Option<(String, Element<'a>)>, Fault> {
    for inner in resource.children("contained")? {
        if inner.text("id")?.as_deref() == Some(id) {
            let sort = inner.text("resourceType")?.unwrap_or_default().into_owned();
            return Ok(Some((sort, inner)));
        }
    }
    Ok(None)
}
