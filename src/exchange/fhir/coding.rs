//! Codes of concepts, and whether the contract means them.

use super::{element::Element, outcome::Fault};
use crate::terms::document::code::{Codes, uri};

/// A code of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coding {
    /// The system's URI; empty when the record names none.
    pub system: String,
    /// The code.
    pub code: String,
}

/// A code that a contract means; one that ends in `*` means every code that begins so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    system: String,
    code: String,
    is_stem: bool,
}

impl Wanted {
    /// The codes of a document without those of the pseudo-system `fhir`.
    pub fn of(codes: &Codes) -> Vec<Self> {
        let wanted = codes.iter().filter(|(system, _)| system != "fhir").map(|(system, code)| {
            let stem = code.strip_suffix('*');
            Self { system: uri(system).into(), code: stem.unwrap_or(code).into(), is_stem: stem.is_some() }
        });
        wanted.collect()
    }

    /// Whether a coding is meant.
    pub fn means(&self, coding: &Coding) -> bool {
        let is_code = if self.is_stem { coding.code.starts_with(&self.code) } else { coding.code == self.code };
        is_code && coding.system == self.system
    }
}

/// The first coding that any of the codes means.
pub fn meant<'c>(wanted: &[Wanted], codings: &'c [Coding]) -> Option<&'c Coding> {
    codings.iter().find(|coding| wanted.iter().any(|wanted| wanted.means(coding)))
}

/// Reads a `Coding`; none without a code.
pub fn coding(element: &Element) -> Result<Option<Coding>, Fault> {
    let system = element.text("system")?.unwrap_or_default().into_owned();
    Ok(element.text("code")?.map(|code| Coding { system, code: code.into_owned() }))
}

/// The codings of a `CodeableConcept`.
pub fn codings(concept: &Element) -> Result<Vec<Coding>, Fault> {
    let codings = concept.children("coding")?.iter().map(coding).collect::<Result<Vec<_>, _>>()?;
    Ok(codings.into_iter().flatten().collect())
}

/// The codings of a member that is a `CodeableConcept`; none when it is not there.
pub fn codings_of(element: &Element, name: &str) -> Result<Vec<Coding>, Fault> {
    element.child(name)?.map_or_else(|| Ok(Vec::new()), |concept| codings(&concept))
}

/// Answers that mean yes or no: system, code, meaning. From SNOMED CT qualifier values, LOINC answer lists, HL7 v2 table 0136.
const ANSWERS: [(&str, &str, bool); 18] = [
    ("snomed", "373066001", true),
    ("snomed", "373067005", false),
    ("snomed", "10828004", true),
    ("snomed", "260385009", false),
    ("snomed", "260373001", true),
    ("snomed", "260415000", false),
    ("snomed", "52101004", true),
    ("snomed", "2667000", false),
    ("loinc", "LA33-6", true),
    ("loinc", "LA32-8", false),
    ("loinc", "LA6576-8", true),
    ("loinc", "LA6577-6", false),
    ("loinc", "LA11882-0", true),
    ("loinc", "LA11883-8", false),
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y", true),
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "N", false),
    ("http://terminology.hl7.org/CodeSystem/v2-0532", "Y", true),
    ("http://terminology.hl7.org/CodeSystem/v2-0532", "N", false),
];

/// What codings answer; none when they answer nothing or contradict each other.
pub fn answer(codings: &[Coding]) -> Option<bool> {
    let is = |coding: &Coding, system: &str, code: &str| coding.system == uri(system) && coding.code == code;
    let mut answers = codings.iter().filter_map(|coding| {
        ANSWERS.iter().find(|(system, code, _)| is(coding, system, code)).map(|(_, _, answer)| *answer)
    });
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_meant_with_its_system() {
        let codes = vec![
            ("icd10".to_owned(), "I21*".to_owned()),
            ("urn:oid:1.2".into(), "a".into()),
            ("fhir".into(), "Condition".into()),
        ];
        let wanted = Wanted::of(&codes);
        assert_eq!(wanted.len(), 2);
        let coding = |system: &str, code: &str| Coding { system: system.into(), code: code.into() };
        for (system, code, expected) in [
            ("http://hl7.org/fhir/sid/icd-10", "I21.9", true),
            ("http://hl7.org/fhir/sid/icd-10", "I21", true),
            ("http://hl7.org/fhir/sid/icd-10", "I22", false),
            ("http://hl7.org/fhir/sid/icd-10-cm", "I21.9", false),
            ("", "I21.9", false),
            ("icd10", "I21", false),
            ("urn:oid:1.2", "a", true),
            ("urn:oid:1.2", "ab", false),
        ] {
            assert_eq!(meant(&wanted, &[coding(system, code)]).is_some(), expected, "{system} {code}");
        }
    }

    #[test]
    fn answers_that_contradict_each_other_are_none() {
        let snomed = |code: &str| Coding { system: "http://snomed.info/sct".into(), code: code.into() };
        assert_eq!(answer(&[snomed("373066001")]), Some(true));
        assert_eq!(answer(&[snomed("2667000"), snomed("1")]), Some(false));
        assert_eq!(answer(&[snomed("373066001"), snomed("373067005")]), None);
        assert_eq!(answer(&[]), None);
    }
}
