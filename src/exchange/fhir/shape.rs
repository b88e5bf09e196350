//! Where each resource says what it is about, who, when, and whether it holds.
//!
//! Source: the resource pages of HL7 FHIR R4, such as <https://hl7.org/fhir/R4/observation.html>, and their value sets of
//! statuses.

use super::{
    coding::{self, Coding},
    element::Element,
    moment,
    outcome::{Fault, IssueCode, Severity},
};
use crate::values::Day;

/// A sort of resource that can give facts.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// The element that refers to the patient.
    pub patient: &'static str,
    /// The element with its day: a choice such as `effective[x]`, a date or a period.
    when: When,
    /// The elements with its codes; a trailing `[x]` is a medication.
    codes: &'static [&'static str],
    /// Elements whose code decides whether it holds.
    holds: &'static [Rule],
}

#[derive(Debug)]
enum When {
    Choice(&'static str),
    Date(&'static str),
    Period(&'static str),
}

/// What the values of an element mean.
#[derive(Debug)]
struct Rule {
    element: &'static str,
    /// Whether the element must be there.
    is_needed: bool,
    /// It happened.
    yes: &'static [&'static str],
    /// It did not happen, or was reported by mistake: a fact that it gave before no longer stands.
    no: &'static [&'static str],
}

const fn status(yes: &'static [&'static str], no: &'static [&'static str]) -> Rule {
    Rule { element: "status", is_needed: true, yes, no }
}

const ERROR: &str = "entered-in-error";

/// All sorts, but for the patient.
pub const SHAPES: [Shape; 10] = [
    Shape {
        name: "Observation",
        patient: "subject",
        when: When::Choice("effective"),
        codes: &["code"],
        holds: &[status(&["final", "amended", "corrected"], &[ERROR, "cancelled"])],
    },
    Shape {
        name: "Condition",
        patient: "subject",
        when: When::Choice("onset"),
        codes: &["code"],
        holds: &[Rule {
            element: "verificationStatus",
            is_needed: false,
            yes: &["confirmed"],
            no: &[ERROR, "refuted"],
        }],
    },
    Shape {
        name: "Encounter",
        patient: "subject",
        when: When::Period("period"),
        codes: &["class", "type"],
        holds: &[status(&["in-progress", "onleave", "finished"], &[ERROR, "cancelled"])],
    },
    Shape {
        name: "Procedure",
        patient: "subject",
        when: When::Choice("performed"),
        codes: &["code"],
        holds: &[status(&["completed"], &[ERROR, "not-done"])],
    },
    Shape {
        name: "MedicationRequest",
        patient: "subject",
        when: When::Date("authoredOn"),
        codes: &["medication[x]"],
        holds: &[
            status(&["active", "on-hold", "completed", "stopped"], &[ERROR, "cancelled"]),
            Rule {
                element: "intent",
                is_needed: true,
                yes: &["order", "original-order", "reflex-order", "filler-order", "instance-order"],
                no: &[],
            },
            Rule { element: "doNotPerform", is_needed: false, yes: &["false"], no: &[] },
        ],
    },
    Shape {
        name: "MedicationDispense",
        patient: "subject",
        when: When::Date("whenHandedOver"),
        codes: &["medication[x]"],
        holds: &[status(&["completed"], &[ERROR, "cancelled", "declined"])],
    },
    Shape {
        name: "MedicationAdministration",
        patient: "subject",
        when: When::Choice("effective"),
        codes: &["medication[x]"],
        holds: &[status(&["completed"], &[ERROR, "not-done"])],
    },
    Shape {
        name: "Immunization",
        patient: "patient",
        when: When::Choice("occurrence"),
        codes: &["vaccineCode"],
        holds: &[status(&["completed"], &[ERROR, "not-done"])],
    },
    Shape {
        name: "Claim",
        patient: "patient",
        when: When::Period("billablePeriod"),
        codes: &["item.productOrService"],
        holds: &[
            status(&["active"], &[ERROR, "cancelled"]),
            Rule { element: "use", is_needed: true, yes: &["claim"], no: &[] },
        ],
    },
    Shape {
        name: "ExplanationOfBenefit",
        patient: "patient",
        when: When::Period("billablePeriod"),
        codes: &["item.productOrService"],
        holds: &[
            status(&["active"], &[ERROR, "cancelled"]),
            Rule { element: "use", is_needed: true, yes: &["claim"], no: &[] },
            Rule { element: "outcome", is_needed: true, yes: &["complete", "partial"], no: &[] },
        ],
    },
];

/// Whether what a resource says happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It happened.
    Holds,
    /// It did not happen, or was reported by mistake.
    Denied(Fault),
    /// It does not count, or not yet.
    Open(Fault),
}

impl Shape {
    /// The shape of a sort of resource; none when it gives no facts.
    pub fn of(name: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.name == name)
    }

    /// Whether what the resource says happened.
    pub fn standing(&self, resource: &Element) -> Result<Standing, Fault> {
        let mut open = None;
        for rule in self.holds {
            let found = rule.found(resource)?;
            let fault =
                |reason: &str| resource.fault_at(rule.element, IssueCode::BusinessRule, reason).with(Severity::Warning);
            if rule.no.contains(&found.as_str()) {
                return Ok(Standing::Denied(fault("it says that this did not happen, or was entered in error")));
            }
            let is_open = if found.is_empty() { rule.is_needed } else { !rule.yes.contains(&found.as_str()) };
            if is_open && open.is_none() {
                let reason = format!("only {} counts here", rule.yes.join(", "));
                open = Some(if found.is_empty() {
                    resource.fault_at(rule.element, IssueCode::Required, format!("the element is missing; {reason}"))
                } else {
                    fault(&reason)
                });
            }
        }
        Ok(open.map_or(Standing::Holds, Standing::Open))
    }

    /// The day on which it happened.
    pub fn day(&self, resource: &Element) -> Result<Day, Fault> {
        let (name, day) = match self.when {
            When::Choice(name) => (name, moment::day_of_choice(resource, name)?),
            When::Date(name) => (name, moment::day_of(resource, name)?),
            When::Period(name) => (name, resource.child(name)?.map(|period| moment::start_of(&period)).transpose()?),
        };
        day.ok_or_else(|| resource.fault_at(name, IssueCode::Required, "it does not say on which day it happened"))
    }

    /// The period in which it happened; none when it says none.
    pub fn period<'a>(&self, resource: &Element<'a>) -> Result<Option<Element<'a>>, Fault> {
        match self.when {
            When::Choice(name) => resource.child(&format!("{name}Period")),
            When::Date(_) => Ok(None),
            When::Period(name) => resource.child(name),
        }
    }

    /// The codes by which a contract can mean it; those of a medication that is referred to are found by `medication`.
    pub fn codings(
        &self,
        resource: &Element,
        medication: impl Fn(&Element) -> Result<Vec<Coding>, Fault>,
    ) -> Result<Vec<Coding>, Fault> {
        let mut codings = Vec::new();
        for path in self.codes {
            match *path {
                "medication[x]" => codings.extend(medication(resource)?),
                "class" => codings.extend(class(resource)?),
                "type" => {
                    for concept in resource.children("type")? {
                        codings.extend(coding::codings(&concept)?);
                    }
                }
                "item.productOrService" => {
                    for item in resource.children("item")? {
                        codings.extend(coding::codings_of(&item, "productOrService")?);
                    }
                }
                name => codings.extend(coding::codings_of(resource, name)?),
            }
        }
        Ok(codings)
    }
}

impl Rule {
    /// The value of the element: a code, `true` or `false`, or the code of a concept.
    fn found(&self, resource: &Element) -> Result<String, Fault> {
        match self.element {
            "verificationStatus" => {
                let system = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
                let codings = coding::codings_of(resource, self.element)?;
                let found = codings.into_iter().find(|coding| coding.system == system);
                let stated = || if resource.has(self.element) { "another" } else { "" };
                Ok(found.map_or_else(|| stated().to_owned(), |coding| coding.code))
            }
            "doNotPerform" => Ok(resource.flag(self.element)?.map(|flag| flag.to_string()).unwrap_or_default()),
            name => Ok(resource.text(name)?.unwrap_or_default().into_owned()),
        }
    }
}

/// The class of an encounter.
pub fn class(encounter: &Element) -> Result<Option<Coding>, Fault> {
    encounter.child("class")?.map_or(Ok(None), |class| coding::coding(&class))
}
