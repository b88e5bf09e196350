//! One resource as facts of a contract.

use super::{
    coding::{self, Coding},
    element::Element,
    mapping::{DEATH, Kind, Mapping},
    moment,
    outcome::{Fault, IssueCode, Severity},
    reference::{Address, Index},
    shape::{Shape, Standing},
    value::{Giver, refuse_modified},
};
use crate::terms::{document::Document, intake::FactRow};

/// What becomes of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It gives a fact of a kind.
    Gives(usize, FactRow),
    /// It says that something did not happen, or was reported by mistake: facts of these kinds that it gave before fall.
    Denies(Vec<usize>, Fault),
    /// A patient who is not reported dead: the facts of death that it gave before fall.
    Lives(Vec<usize>),
    /// It is not used.
    Unused(Fault),
}

/// What resources are read with.
pub struct Desk<'k> {
    /// The contract.
    pub document: &'k Document,
    /// What it wants.
    pub mapping: &'k Mapping,
    /// Who is who.
    pub index: &'k Index,
}

impl Desk<'_> {
    /// What becomes of a resource. `line` is where it stands, for the rows.
    pub fn fate(&self, resource: &Element, sort: &str, address: &Address, line: u64) -> Fate {
        let fate = match sort {
            "Patient" => self.death(resource, line),
            _ => self.event(resource, sort, address, line),
        };
        fate.unwrap_or_else(Fate::Unused)
    }

    fn death(&self, patient: &Element, line: u64) -> Result<Fate, Fault> {
        let kinds: Vec<&Kind> = self.mapping.of_resource(DEATH).collect();
        let label = self.index.label(patient)?;
        let dead = match patient.choice("deceased")? {
            Some((member, "DateTime")) => Some((member, moment::day_of(patient, member)?)),
            Some((member, "Boolean")) if patient.flag(member)? == Some(true) => Some((member, None)),
            _ => None,
        };
        match (dead, &kinds[..]) {
            (None, _) | (_, []) => Ok(Fate::Lives(kinds.iter().map(|kind| kind.at).collect())),
            (Some((member, None)), _) => {
                let reason = "the patient has died, and no day is given";
                Err(patient.fault_at(member, IssueCode::Required, reason))
            }
            (Some((_, Some(on))), [kind]) => {
                refuse_modified(patient)?;
                let address = Address::default();
                let giver = self.giver(patient, "Patient", &address, patient, &[]);
                Ok(Fate::Gives(kind.at, FactRow { line, subject: Some(label), on, cells: giver.cells(kind)? }))
            }
            (Some(_), several) => Err(self.ambiguous(patient, several)),
        }
    }

    fn event(&self, resource: &Element, sort: &str, address: &Address, line: u64) -> Result<Fate, Fault> {
        let unwanted = |reason: String| resource.fault(IssueCode::NotSupported, reason).with(Severity::Information);
        let shape = Shape::of(sort).ok_or_else(|| unwanted(format!("no facts come from a resource of sort {sort}")))?;
        let kinds: Vec<&Kind> = self.mapping.of_resource(sort).collect();
        if kinds.is_empty() {
            return Err(unwanted(format!("the contract wants no {sort}")));
        }
        let codings = shape.codings(resource, |resource| self.index.medication(resource, address))?;
        let components = self.components(resource, sort)?;
        let holds = |kind: &Kind| components.iter().filter(|(_, codings)| kind.means(codings)).count();
        let meant: Vec<&Kind> = kinds.iter().copied().filter(|kind| kind.means(&codings) || holds(kind) > 0).collect();
        if meant.is_empty() && codings.is_empty() && matches!(shape.standing(resource)?, Standing::Denied(_)) {
            // A record that was entered in error may have lost its content; what it gave before falls whatever it was.
            return self.denied(resource, shape, &kinds);
        }
        let [kind] = meant[..] else {
            let none = || unwanted("none of its codes stands in the contract".into());
            return Err(if meant.is_empty() { none() } else { self.ambiguous(resource, &meant) });
        };
        refuse_modified(resource)?;
        match shape.standing(resource)? {
            Standing::Denied(_) => return self.denied(resource, shape, &meant),
            Standing::Open(fault) => return Err(fault),
            Standing::Holds => {}
        }
        let own = kind.means(&codings);
        let holder = components.iter().find(|(_, codings)| !own && kind.means(codings));
        if !own && holds(kind) > 1 {
            let reason = "several of its components are meant";
            return Err(resource.fault_at("component", IssueCode::MultipleMatches, reason));
        }
        let (holder, codings) = holder.map_or((resource, &codings), |(component, codings)| (component, codings));
        if !own {
            refuse_modified(holder)?;
        }
        let subject = self.index.patient(resource, shape.patient, address)?;
        let on = shape.day(resource)?;
        let mut giver = self.giver(resource, sort, address, holder, codings);
        giver.period = shape.period(resource)?;
        Ok(Fate::Gives(kind.at, FactRow { line, subject: Some(subject), on, cells: giver.cells(kind)? }))
    }

    fn giver<'g, 'a>(
        &'g self,
        resource: &'g Element<'a>,
        sort: &'g str,
        address: &'g Address,
        holder: &'g Element<'a>,
        codings: &'g [Coding],
    ) -> Giver<'g, 'a> {
        let (document, index) = (self.document, self.index);
        Giver { document, index, resource, sort, address, holder, codings, period: None }
    }

    /// The components of an Observation with their codes.
    fn components<'a>(&self, resource: &Element<'a>, sort: &str) -> Result<Vec<(Element<'a>, Vec<Coding>)>, Fault> {
        if sort != "Observation" {
            return Ok(Vec::new());
        }
        let components = resource.children("component")?.into_iter();
        components.map(|component| Ok((component.clone(), coding::codings_of(&component, "code")?))).collect()
    }

    fn denied(&self, resource: &Element, shape: &Shape, kinds: &[&Kind]) -> Result<Fate, Fault> {
        match shape.standing(resource)? {
            Standing::Denied(fault) => Ok(Fate::Denies(kinds.iter().map(|kind| kind.at).collect(), fault)),
            Standing::Open(fault) => Err(fault),
            Standing::Holds => Err(resource.fault(IssueCode::BusinessRule, "it holds")),
        }
    }

    fn ambiguous(&self, resource: &Element, kinds: &[&Kind]) -> Fault {
        let names: Vec<&str> = kinds.iter().map(|kind| self.document.facts[kind.at].name.text.as_str()).collect();
        let reason = format!("it can be each of {}; say which kind is meant", names.join(", "));
        resource.fault(IssueCode::MultipleMatches, reason)
    }
}
