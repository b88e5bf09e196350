//! The one encoding of what is committed to: subjects, facts and settlement lines as bytes.
//!
//! JSON in UTF-8 without spaces: keys in the order of the alphabet, fields left empty are null, every value of a field is
//! a text as [`terms::intake`](crate::terms::intake) reads it (`29800.00`, `2025-01-31`, `yes`), amounts are whole minor
//! units as text, identifiers are UUIDs in lower case. The bytes are stored as they were hashed and never written again.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::settlement::{LineKey, SettlementLine};
use crate::{
    terms::{document::Field, intake::cell, scalar::Scalar},
    values::{Currency, Day, FactId, SubjectRef},
};

/// Values of fields by name; none where an optional field is empty.
pub type Texts = BTreeMap<String, Option<String>>;

/// What is known of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectContent {
    /// The day of enrolment.
    pub enrolled_on: Day,
    /// Its fields.
    pub fields: Texts,
    /// The name by which the reporting party calls it.
    pub label: String,
    /// Its pseudonym.
    pub subject: SubjectRef,
}

/// What is known of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactContent {
    /// The fact it replaces or takes back.
    pub corrects: Option<FactId>,
    /// Its own name.
    pub fact: FactId,
    /// Its fields; empty when it takes another back.
    pub fields: Texts,
    /// Its kind.
    pub kind: String,
    /// The day on which it happened.
    pub on: Day,
    /// Whether it takes the other back without putting anything in its place.
    pub retracted: bool,
    /// The clinical record that said so; the key is left out when it was reported otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FactSource>,
    /// The subject, none for facts of the contract.
    pub subject: Option<SubjectRef>,
}

/// A clinical record in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactSource {
    /// Sort and identifier, such as `Observation/f001`.
    pub resource: String,
    /// Its version, as the record says it.
    pub version: Option<String>,
}

/// A line of a settlement in the encoded order of its keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineContent<'l> {
    amount_minor: String,
    #[serde(borrow)]
    clause: Cow<'l, str>,
    due_on: Day,
    group: Option<Cow<'l, str>>,
    part: String,
    #[serde(borrow)]
    payee: Cow<'l, str>,
    #[serde(borrow)]
    payer: Cow<'l, str>,
    period: Option<Cow<'l, str>>,
    #[serde(borrow)]
    reason: Cow<'l, str>,
    subject: Option<SubjectRef>,
}

/// Says why a stored content cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored content cannot be read: {0}")]
pub struct ContentError(pub String);

/// Encodes a value whose fields stand in the order of the alphabet.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Structs of texts, days and identifiers always have a JSON form.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Encodes a line of a settlement.
pub fn encode_line(line: &SettlementLine) -> Vec<u8> {
    let key = &line.key;
    encode(&LineContent {
        amount_minor: line.amount_minor.to_string(),
        clause: Cow::Borrowed(&key.clause),
        due_on: line.due_on,
        group: key.group.as_deref().map(Cow::Borrowed),
        part: key.part.to_string(),
        payee: Cow::Borrowed(&key.payee),
        payer: Cow::Borrowed(&key.payer),
        period: key.period.as_deref().map(Cow::Borrowed),
        reason: Cow::Borrowed(&line.reason),
        subject: key.subject,
    })
}

/// Decodes what [`encode_line`] wrote.
///
/// # Errors
/// What is no line.
pub fn decode_line(content: &[u8]) -> Result<SettlementLine, ContentError> {
    let line: LineContent = decode(content)?;
    let number = |what: &str, text: &str| ContentError(format!("{what} `{text}` is no number in its range"));
    let key = LineKey {
        clause: line.clause.into_owned(),
        payer: line.payer.into_owned(),
        payee: line.payee.into_owned(),
        subject: line.subject,
        group: line.group.map(Cow::into_owned),
        period: line.period.map(Cow::into_owned),
        part: line.part.parse().map_err(|_| number("part", &line.part))?,
    };
    let amount_minor = line.amount_minor.parse().map_err(|_| number("amount_minor", &line.amount_minor))?;
    Ok(SettlementLine { key, due_on: line.due_on, amount_minor, reason: line.reason.into_owned() })
}

/// Decodes what [`encode`] wrote.
pub fn decode<'b, T: Deserialize<'b>>(content: &'b [u8]) -> Result<T, ContentError> {
    serde_json::from_slice(content).map_err(|error| ContentError(error.to_string()))
}

/// Writes cells, which stand in the order of the fields, as texts by name.
pub fn texts(fields: &[Field], cells: &[Option<Scalar>]) -> Texts {
    let text = |value: &Scalar| match value {
        Scalar::Number(value) | Scalar::Money(value) => value.to_string(),
        Scalar::Days(days) => days.to_string(),
        other => other.to_string(),
    };
    let named = fields.iter().zip(cells);
    named.map(|(field, cell)| (field.name.text.clone(), cell.as_ref().map(text))).collect()
}

/// Reads texts by name as cells in the order of the fields.
pub fn cells(fields: &[Field], currency: Currency, texts: &Texts) -> Result<Vec<Option<Scalar>>, ContentError> {
    let read = |field: &Field| {
        let text = texts.get(&field.name.text).and_then(Option::as_deref).unwrap_or_default();
        let wrong = |(message, _)| ContentError(format!("field `{}`: {message}", field.name.text));
        cell::read(field, currency, text).map_err(wrong)
    };
    fields.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::terms::{document::FieldType, formula::Name};

    fn field(name: &str, is: FieldType) -> Field {
        let name = Name { text: name.into(), span: Default::default() };
        Field { name, is, optional: true, min: None, max: None, unit: None, codes: vec![], needed: false }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("paid", FieldType::Money),
            field("score", FieldType::Number),
            field("seen_on", FieldType::Date),
            field("stay", FieldType::Duration),
            field("ward", FieldType::Text(vec![])),
            field("ok", FieldType::Truth),
        ]
    }

    #[test]
    fn contents_have_the_documented_bytes() {
        let content = FactContent {
            corrects: None,
            fact: FactId::from_bytes([1; 16]),
            fields: [("ward".into(), Some("心".into())), ("paid".into(), None)].into(),
            kind: "visit".into(),
            on: Day(0),
            retracted: false,
            source: None,
            subject: None,
        };
        let expected = r#"{"corrects":null,"fact":"01010101-0101-0101-0101-010101010101","fields":{"paid":null,"ward":"心"},"kind":"visit","on":"1970-01-01","retracted":false,"subject":null}"#;
        assert_eq!(encode(&content), expected.as_bytes());
        assert_eq!(decode::<FactContent>(expected.as_bytes()).as_ref(), Ok(&content));
        let source = Some(FactSource { resource: "Observation/1".into(), version: None });
        let content = FactContent { source, ..content };
        let expected = expected
            .replace(",\"subject\"", ",\"source\":{\"resource\":\"Observation/1\",\"version\":null},\"subject\"");
        assert_eq!(encode(&content), expected.as_bytes());
        assert_eq!(decode::<FactContent>(expected.as_bytes()), Ok(content));
        let (clause, payer, payee) = ("refund".into(), "a".into(), "b".into());
        let key = LineKey { clause, payer, payee, subject: None, group: None, period: None, part: 1 };
        let line = SettlementLine { key, due_on: Day(1), amount_minor: i128::MIN, reason: "\"x\"".into() };
        let expected = r#"{"amount_minor":"-170141183460469231731687303715884105728","clause":"refund","due_on":"1970-01-02","group":null,"part":"1","payee":"b","payer":"a","period":null,"reason":"\"x\"","subject":null}"#;
        assert_eq!(encode_line(&line), expected.as_bytes());
        assert_eq!(decode_line(expected.as_bytes()), Ok(line));
    }

    #[test]
    fn other_contents_are_refused() {
        for bad in ["", "{}", "[]", "{\"enrolled_on\":\"2025-02-30\",\"fields\":{},\"label\":\"p\",\"subject\":\"x\"}"]
        {
            assert!(decode::<SubjectContent>(bad.as_bytes()).is_err(), "{bad}");
        }
        let texts: Texts = [("score".to_owned(), Some("many".to_owned()))].into();
        let error = cells(&fields(), Currency::parse("EUR").unwrap(), &texts).unwrap_err();
        assert!(error.to_string().contains("field `score`"), "{error}");
    }

    proptest! {
        #[test]
        fn cells_come_back_as_they_were(
            paid in any::<i64>(), places in 0..6_u32, day in 0..80_000_i32, stay in any::<i32>(),
            ward in "[\\PC&&\\S]{1,8}", ok in any::<bool>(), given in prop::collection::vec(any::<bool>(), 6),
        ) {
            let amount = Decimal::from_i128_with_scale(paid.into(), places);
            let all = [
                Scalar::Money(amount), Scalar::Number(amount), Scalar::Date(Day(day)), Scalar::Days(stay),
                Scalar::Text(ward), Scalar::Truth(ok),
            ];
            let before: Vec<_> = all.into_iter().zip(given).map(|(value, given)| given.then_some(value)).collect();
            let content = SubjectContent {
                enrolled_on: Day(day), fields: texts(&fields(), &before), label: "p".into(),
                subject: SubjectRef::from_bytes([7; 16]),
            };
            let read: SubjectContent = decode(&encode(&content)).unwrap();
            prop_assert_eq!(&read, &content);
            let after = cells(&fields(), Currency::parse("EUR").unwrap(), &read.fields).unwrap();
            prop_assert_eq!(after, before);
        }
    }
}
