//! The value of a field: `value[x]` of an Observation or component, or a named element, in the field's type and unit.

use rust_decimal::Decimal;

use super::{
    coding::{self, Coding},
    element::Element,
    mapping::{Filled, Kind},
    moment,
    outcome::{Fault, IssueCode},
    reference::{Address, Index},
    shape, ucum,
};
use crate::{
    terms::{
        document::{Document, Field, FieldType},
        intake::cell,
        scalar::Scalar,
    },
    values::Day,
};

/// A resource that gives a fact, and what its fields are read from.
pub struct Giver<'g, 'a> {
    /// The contract.
    pub document: &'g Document,
    /// Who is who.
    pub index: &'g Index,
    /// The resource.
    pub resource: &'g Element<'a>,
    /// Its sort.
    pub sort: &'g str,
    /// Its address.
    pub address: &'g Address,
    /// The Observation or the component that holds the value.
    pub holder: &'g Element<'a>,
    /// The codes of the holder.
    pub codings: &'g [Coding],
    /// The period in which it happened, where it says one.
    pub period: Option<Element<'a>>,
}

impl Giver<'_, '_> {
    /// The cells of a fact.
    pub fn cells(&self, kind: &Kind) -> Result<Vec<Option<Scalar>>, Fault> {
        let fact = &self.document.facts[kind.at];
        let fields = fact.fields.iter().zip(&kind.fields);
        let cells = fields.map(|(field, filled)| self.cell(kind, field, filled)).collect::<Result<Vec<_>, _>>()?;
        if !cells.is_empty() && cells.iter().all(Option::is_none) && fact.fields.iter().any(|field| !field.optional) {
            return Err(self.resource.fault(IssueCode::Required, "it says nothing of any field of the fact"));
        }
        Ok(cells)
    }

    fn cell(&self, kind: &Kind, field: &Field, filled: &Filled) -> Result<Option<Scalar>, Fault> {
        let fact = &self.document.facts[kind.at];
        let wanted = Wanted { field, unit: field.unit.as_deref().or(fact.unit.as_deref()) };
        let (text, path) = match filled {
            Filled::Nothing => (None, self.resource.path.clone()),
            Filled::Component(codes) => self.component(codes, &wanted)?,
            Filled::Element(name) => self.element(name, kind, &wanted)?,
        };
        let name = &field.name.text;
        let text = text.unwrap_or_default();
        cell::read(field, self.document.header.currency, &text).map_err(|(message, help)| {
            let (code, reason) = match (text.is_empty(), filled) {
                (true, Filled::Nothing) => (IssueCode::Required, "the contract names no code that fills it".into()),
                (true, _) => (IssueCode::Required, "the resource says nothing of it".into()),
                (false, _) => (IssueCode::Value, format!("{message}; {help}")),
            };
            Fault::error(code, &path, format!("field `{name}`: {reason}"))
        })
    }

    /// The value of the one component with such a code.
    fn component(&self, codes: &[coding::Wanted], wanted: &Wanted) -> Result<(Option<String>, String), Fault> {
        let mut found = None;
        for component in self.resource.children("component")? {
            if coding::meant(codes, &coding::codings_of(&component, "code")?).is_none() {
                continue;
            }
            refuse_modified(&component)?;
            if found.replace(component).is_some() {
                let reason = format!("several components fill the field `{}`", wanted.field.name.text);
                return Err(self.resource.fault_at("component", IssueCode::MultipleMatches, reason));
            }
        }
        match found {
            Some(component) => Ok((wanted.value(&component)?, component.path)),
            None => Ok((None, self.resource.path_of("component"))),
        }
    }

    /// The text of an element by its name in the document.
    fn element(&self, name: &str, kind: &Kind, wanted: &Wanted) -> Result<(Option<String>, String), Fault> {
        let resource = self.resource;
        let text = match (name, self.sort) {
            ("value", "Observation") => wanted.value(self.holder)?,
            ("code", _) => {
                let meant =
                    if kind.codes.is_empty() { self.codings.first() } else { coding::meant(&kind.codes, self.codings) };
                meant.map(|coding| coding.code.clone())
            }
            ("encounter.class", "Encounter") => shape::class(resource)?.map(|class| class.code),
            ("encounter.class", _) => self.index.class(resource, self.address)?,
            ("period.end", _) => self.end()?.map(|day| day.to_string()),
            ("length", _) => self.length()?.map(|days| days.to_string()),
            ("quantity", sort) => wanted.quantity_at(resource, sort, &QUANTITIES)?,
            ("daysSupply", sort) => Wanted { unit: Some("d"), ..*wanted }.quantity_at(resource, sort, &SUPPLIES)?,
            ("total", "Claim") => self.money(resource.child("total")?)?,
            ("payment", "ExplanationOfBenefit") => {
                let payment = resource.child("payment")?;
                self.money(payment.map_or(Ok(None), |payment| payment.child("amount"))?)?
            }
            _ => None,
        };
        Ok((text, resource.path_of(if name == "encounter.class" { "encounter" } else { name })))
    }

    fn end(&self) -> Result<Option<Day>, Fault> {
        self.period.as_ref().map_or(Ok(None), |period| moment::day_of(period, "end"))
    }

    /// Days from the first to the last day of the period.
    fn length(&self) -> Result<Option<i32>, Fault> {
        let Some(period) = &self.period else { return Ok(None) };
        let (start, end) = (moment::start_of(period)?, moment::day_of(period, "end")?);
        match end {
            Some(end) if end < start => Err(period.fault(IssueCode::Value, "the period ends before it begins")),
            end => Ok(end.map(|end| end.0 - start.0)),
        }
    }

    /// An amount in the contract's currency.
    fn money(&self, money: Option<Element>) -> Result<Option<String>, Fault> {
        let Some(money) = money else { return Ok(None) };
        let Some(value) = money.number("value")? else { return Ok(None) };
        if money.text("currency")?.as_deref() != Some(self.document.header.currency.code()) {
            let reason = format!("the amount is not in {}", self.document.header.currency.code());
            return Err(money.fault_at("currency", IssueCode::BusinessRule, reason));
        }
        Ok(Some(value.to_string()))
    }
}

/// Where a quantity of medicine stands, by sort of resource.
const QUANTITIES: [(&str, &[&str]); 4] = [
    ("MedicationRequest", &["dispenseRequest", "quantity"]),
    ("MedicationDispense", &["quantity"]),
    ("MedicationAdministration", &["dosage", "dose"]),
    ("Immunization", &["doseQuantity"]),
];

/// Where the days stand for which medicine was supplied.
const SUPPLIES: [(&str, &[&str]); 2] =
    [("MedicationRequest", &["dispenseRequest", "expectedSupplyDuration"]), ("MedicationDispense", &["daysSupply"])];

/// Refuses what extensions turn into something else; who does not know them must not go on.
pub fn refuse_modified(element: &Element) -> Result<(), Fault> {
    match ["modifierExtension", "implicitRules"].into_iter().find(|name| element.has(name)) {
        None => Ok(()),
        Some(name) => {
            let reason = "this changes what the resource means, in a way that is not known here";
            Err(element.fault_at(name, IssueCode::Extension, reason))
        }
    }
}

/// A field and the unit that the contract wants it in.
#[derive(Clone, Copy)]
struct Wanted<'w> {
    field: &'w Field,
    unit: Option<&'w str>,
}

impl Wanted<'_> {
    /// `value[x]` as text.
    fn value(&self, holder: &Element) -> Result<Option<String>, Fault> {
        let Some((member, sort)) = holder.choice("value")? else {
            if holder.has("dataAbsentReason") && !self.field.optional && self.field.needed {
                let reason = format!("field `{}`: the record says why there is no value", self.field.name.text);
                return Err(holder.fault_at("dataAbsentReason", IssueCode::Required, reason));
            }
            return Ok(None);
        };
        let text = match (&self.field.is, sort) {
            (FieldType::Number, "Quantity") => match holder.child(member)? {
                Some(quantity) => self.quantity(&quantity)?.to_string(),
                None => return Ok(None),
            },
            (FieldType::Duration, "Quantity") => match holder.child(member)? {
                Some(quantity) => Wanted { unit: Some("d"), ..*self }.quantity(&quantity)?.to_string(),
                None => return Ok(None),
            },
            (FieldType::Number, "Integer") => {
                let number = holder.number(member)?.unwrap_or_default();
                self.bare(number).ok_or_else(|| holder.fault_at(member, IssueCode::Required, NO_UNIT))?.to_string()
            }
            (FieldType::Date, "DateTime") => match moment::day_of(holder, member)? {
                Some(day) => day.to_string(),
                None => return Ok(None),
            },
            (FieldType::Text(_), "String") => holder.text(member)?.unwrap_or_default().into_owned(),
            (FieldType::Text(list), "CodeableConcept") => {
                let codings = coding::codings_of(holder, member)?;
                let listed = codings.iter().find(|coding| list.contains(&coding.code));
                listed.or_else(|| codings.first()).map(|coding| coding.code.clone()).unwrap_or_default()
            }
            (FieldType::Truth, "Boolean") => holder.flag(member)?.map(|flag| flag.to_string()).unwrap_or_default(),
            (FieldType::Truth, "CodeableConcept") => {
                let answer = coding::answer(&coding::codings_of(holder, member)?);
                let reason = format!("field `{}`: the code is no known yes or no", self.field.name.text);
                answer.ok_or_else(|| holder.fault_at(member, IssueCode::CodeInvalid, reason))?.to_string()
            }
            (is, _) => {
                let reason = format!("this cannot fill the field `{}` of type {}", self.field.name.text, is.word());
                return Err(holder.fault_at(member, IssueCode::Value, reason));
            }
        };
        Ok(Some(text))
    }

    /// A quantity where a sort of resource has it.
    fn quantity_at(&self, resource: &Element, sort: &str, places: &[(&str, &[&str])]) -> Result<Option<String>, Fault> {
        let Some((_, names)) = places.iter().find(|(known, _)| *known == sort) else { return Ok(None) };
        let mut element = resource.clone();
        for name in *names {
            match element.child(name)? {
                Some(child) => element = child,
                None => return Ok(None),
            }
        }
        self.quantity(&element).map(|value| Some(value.to_string()))
    }

    /// The value of a `Quantity` in the unit that the contract wants.
    fn quantity(&self, quantity: &Element) -> Result<Decimal, Fault> {
        if quantity.has("comparator") {
            let reason = "the value is only a bound (`comparator`), and a fact needs the value itself";
            return Err(quantity.fault_at("comparator", IssueCode::Value, reason));
        }
        let missing = || quantity.fault_at("value", IssueCode::Required, "the quantity has no value");
        let value = quantity.number("value")?.ok_or_else(missing)?;
        let (system, code, unit) = (quantity.text("system")?, quantity.text("code")?, quantity.text("unit")?);
        match (code.filter(|_| system.as_deref() == Some(UCUM)), unit) {
            (Some(code), _) => self.converted(quantity, value, &code),
            (None, Some(unit)) if Some(&*unit) == self.unit => Ok(value),
            (None, None) if system.is_none() => {
                self.bare(value).ok_or_else(|| quantity.fault_at("code", IssueCode::Required, NO_UNIT))
            }
            _ => {
                let reason = "the unit is not given by its code in UCUM, so it cannot be converted";
                Err(quantity.fault_at("code", IssueCode::CodeInvalid, reason))
            }
        }
    }

    fn converted(&self, quantity: &Element, value: Decimal, code: &str) -> Result<Decimal, Fault> {
        let wanted = self.unit.unwrap_or("1");
        ucum::convert(value, code, wanted).map_err(|why| {
            let given = if ucum::is_known(code) { format!("`{code}`") } else { "its unit".into() };
            let reason = match self.unit {
                Some(wanted) => format!("{given} cannot be converted to `{wanted}`: {}", why.reason()),
                None => format!("{given} is given, and the contract names no unit for it"),
            };
            quantity.fault_at("code", IssueCode::BusinessRule, reason)
        })
    }

    /// A value without unit, where the contract wants none.
    fn bare(&self, value: Decimal) -> Option<Decimal> {
        self.unit.is_none_or(|unit| ucum::convert(Decimal::ONE, "1", unit) == Ok(Decimal::ONE)).then_some(value)
    }
}

const UCUM: &str = "http://unitsofmeasure.org";
const NO_UNIT: &str = "the value has no unit, and the contract wants one";
