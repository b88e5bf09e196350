//! Codes by which facts and fields are known in clinical records.

use super::{
    super::{
        finding::Findings,
        tree::{Node, Value},
    },
    field::FieldType,
    reader::Reader,
};

/// Short names of code systems, and the URIs by which records name them (HL7 FHIR R4, 4.3.14 "code systems").
pub const SYSTEMS: [(&str, &str); 11] = [
    ("loinc", "http://loinc.org"),
    ("snomed", "http://snomed.info/sct"),
    ("icd10", "http://hl7.org/fhir/sid/icd-10"),
    ("icd10cm", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("icd9cm", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("cvx", "http://hl7.org/fhir/sid/cvx"),
    ("ndc", "http://hl7.org/fhir/sid/ndc"),
    ("atc", "http://www.whocc.no/atc"),
    ("cpt", "http://www.ama-assn.org/go/cpt"),
    ("class", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
];

/// The resources of HL7 FHIR R4 that can give facts. Without `fhir`, codes of a kind of fact are those of an Observation.
pub const RESOURCES: [&str; 11] = [
    "Observation",
    "Condition",
    "Encounter",
    "Procedure",
    "MedicationRequest",
    "MedicationDispense",
    "MedicationAdministration",
    "Immunization",
    "Claim",
    "ExplanationOfBenefit",
    "Patient.deceased",
];

/// Elements of resources that can fill a field, and the types of fields that can take them; none named: all.
pub const ELEMENTS: [(&str, &[&str]); 9] = [
    ("value", &[]),
    ("code", &["text"]),
    ("encounter.class", &["text"]),
    ("period.end", &["date"]),
    ("length", &["duration"]),
    ("quantity", &["number"]),
    ("daysSupply", &["duration", "number"]),
    ("total", &["money"]),
    ("payment", &["money"]),
];

/// System and code, as the document writes them.
pub type Codes = Vec<(String, String)>;

/// The URI of a code system: of its short name, or itself.
pub fn uri(system: &str) -> &str {
    SYSTEMS.iter().find(|(name, _)| *name == system).map_or(system, |(_, uri)| *uri)
}

/// Reads the codes of a kind of fact: `{ loinc: [85354-9, 55284-4], fhir: Observation }`.
pub fn of_fact(reader: &mut Reader, node: &Node) -> Codes {
    read(reader, node, |findings, name, node| known(findings, name, node, "a resource that gives facts", &RESOURCES))
}

/// Reads the codes of a field: those of a component, or the element that fills it, `{ fhir: encounter.class }`.
pub fn of_field(reader: &mut Reader, node: &Node, is: &FieldType) -> Codes {
    let names = ELEMENTS.map(|(name, _)| name);
    read(reader, node, |findings, name, node| {
        known(findings, name, node, "an element that can fill a field", &names);
        let types = ELEMENTS.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, types)| types);
        if !types.is_empty() && !types.contains(&is.word()) {
            let message = format!("`{name}` cannot fill a field of type {}", is.word());
            findings
                .error("wrong-type", node.span, message)
                .help(format!("it fills a field of type {}", types.join(" or ")));
        }
    })
}

fn known(findings: &mut Findings, name: &str, node: &Node, what: &str, names: &[&'static str]) {
    if !names.contains(&name) {
        let message = format!("`{name}` is not {what}");
        findings.error("unknown-word", node.span, message).suggest(name, names.iter().copied());
    }
}

fn read(reader: &mut Reader, node: &Node, mut in_fhir: impl FnMut(&mut Findings, &str, &Node)) -> Codes {
    let Value::Map(entries) = &node.value else {
        reader.wrong_shape(node, "codes stand as a mapping (`system: code`)");
        return Codes::new();
    };
    let mut codes = Codes::new();
    for (key, value) in entries {
        let Some(system) = reader.text(key, "a code system") else { continue };
        let is_short = system == "fhir" || SYSTEMS.iter().any(|(name, _)| *name == system);
        if !is_short && !system.contains(':') {
            let names = SYSTEMS.iter().map(|(name, _)| *name).chain(["fhir"]);
            let message = format!("`{system}` is no code system; the URI of one may stand here too");
            reader.findings.error("unknown-word", key.span, message).suggest(&system, names);
        }
        let items = if let Value::List(items) = &value.value { items.as_slice() } else { std::slice::from_ref(value) };
        for item in items {
            let Some(code) = reader.text(item, "a code") else { continue };
            if system == "fhir" {
                in_fhir(reader.findings, &code, item);
            }
            codes.push((system.clone(), code));
        }
    }
    codes
}
