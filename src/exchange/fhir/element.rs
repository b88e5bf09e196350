//! Objects of JSON whose members are read one by one: every member keeps its text, so numbers keep their digits, what is not
//! asked for is passed over however deep it goes, and each fault names its element.

use std::{borrow::Cow, fmt};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::outcome::{Fault, IssueCode};

/// An object with its place in the resource.
#[derive(Clone, Debug)]
pub struct Element<'a> {
    /// The element, in FHIRPath.
    pub path: String,
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// The members of an object in their order, each name once.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(DOUBLED));
                    }
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

const DOUBLED: &str = "a member stands twice";

/// No FHIR element has more; the bound keeps the search for doubled names short.
const MOST_MEMBERS: usize = 256;

/// What a piece of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// `{…}`
    Object,
    /// `[…]`
    List,
    /// `"…"`
    Text,
    /// Digits.
    Number,
    /// `true` or `false`.
    Flag,
    /// `null`
    Null,
}

/// Tells what a piece of JSON is by its first byte.
pub fn sort(raw: &RawValue) -> Sort {
    match raw.get().as_bytes().first() {
        Some(b'{') => Sort::Object,
        Some(b'[') => Sort::List,
        Some(b'"') => Sort::Text,
        Some(b't' | b'f') => Sort::Flag,
        Some(b'n') => Sort::Null,
        _ => Sort::Number,
    }
}

impl<'a> Element<'a> {
    /// Reads an object.
    pub fn read(raw: &'a RawValue, path: impl Into<String>) -> Result<Self, Fault> {
        let path = path.into();
        if sort(raw) != Sort::Object {
            return Err(Fault::error(IssueCode::Structure, &path, "an object is expected here"));
        }
        match serde_json::from_str::<Members>(raw.get()) {
            Ok(Members(members)) => Ok(Self { path, members }),
            Err(error) => {
                // The message of the parser may repeat what it read.
                let doubled = error.to_string().starts_with(DOUBLED);
                let reason = if doubled { "a member stands twice in this object" } else { "the object cannot be read" };
                Err(Fault::error(IssueCode::Structure, &path, reason))
            }
        }
    }

    /// The path of a member.
    pub fn path_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// A fault at this element.
    pub fn fault(&self, code: IssueCode, reason: impl Into<String>) -> Fault {
        Fault::error(code, &self.path, reason)
    }

    /// A fault at a member.
    pub fn fault_at(&self, name: &str, code: IssueCode, reason: impl Into<String>) -> Fault {
        Fault::error(code, &self.path_of(name), reason)
    }

    /// The text of a member.
    pub fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, raw)| *raw)
    }

    /// Whether a member is there.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn of_sort(&self, name: &str, wanted: Sort, what: &str) -> Result<Option<&'a RawValue>, Fault> {
        match self.raw(name) {
            Some(raw) if sort(raw) != wanted => {
                Err(self.fault_at(name, IssueCode::Structure, format!("{what} is expected here")))
            }
            found => Ok(found),
        }
    }

    /// A text that is not empty.
    pub fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        let Some(raw) = self.of_sort(name, Sort::Text, "a text")? else { return Ok(None) };
        match serde_json::from_str::<Text>(raw.get()) {
            Ok(Text(text)) if !text.trim().is_empty() => Ok(Some(text)),
            _ => Err(self.fault_at(name, IssueCode::Structure, "the text is empty or cannot be read")),
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        Ok(self.of_sort(name, Sort::Flag, "true or false")?.map(|raw| raw.get() == "true"))
    }

    /// A number with exactly its digits.
    pub fn number(&self, name: &str) -> Result<Option<Decimal>, Fault> {
        let Some(raw) = self.of_sort(name, Sort::Number, "a number")? else { return Ok(None) };
        let number = decimal(raw.get());
        number.map(Some).ok_or_else(|| self.fault_at(name, IssueCode::Value, "the number has more than 28 digits"))
    }

    /// An object.
    pub fn child(&self, name: &str) -> Result<Option<Element<'a>>, Fault> {
        self.raw(name).map(|raw| Self::read(raw, self.path_of(name))).transpose()
    }

    /// The objects of a list; none when the member is not there.
    pub fn children(&self, name: &str) -> Result<Vec<Element<'a>>, Fault> {
        let items = self.items(name)?;
        items.into_iter().enumerate().map(|(at, raw)| Self::read(raw, format!("{}.{name}[{at}]", self.path))).collect()
    }

    /// The texts of the items of a list; none when the member is not there.
    pub fn items(&self, name: &str) -> Result<Vec<&'a RawValue>, Fault> {
        let Some(raw) = self.of_sort(name, Sort::List, "a list")? else { return Ok(Vec::new()) };
        serde_json::from_str(raw.get())
            .map_err(|_| self.fault_at(name, IssueCode::Structure, "the list cannot be read"))
    }

    /// The one member of a choice such as `value[x]`: its name, and the type behind the name.
    pub fn choice(&self, name: &str) -> Result<Option<(&str, &str)>, Fault> {
        let mut found = self.members.iter().filter_map(|(known, _)| {
            let kind = known.strip_prefix(name)?;
            kind.starts_with(|c: char| c.is_ascii_uppercase()).then_some((&**known, kind))
        });
        let first = found.next();
        match found.next() {
            Some(_) => Err(self.fault_at(name, IssueCode::Structure, format!("only one `{name}[x]` may stand here"))),
            None => Ok(first),
        }
    }
}

/// A number of JSON, exactly; none beyond 28 digits.
pub fn decimal(text: &str) -> Option<Decimal> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok().filter(|e| (-60..=60).contains(e))?),
        None => (text, 0),
    };
    let value = Decimal::from_str_exact(digits).ok()?;
    if value.is_zero() || exponent == 0 {
        return Some(value);
    }
    let value = value.normalize();
    let places = i32::try_from(value.scale()).ok()? - exponent;
    let (shift, scale) = (u32::try_from(-places).unwrap_or(0), u32::try_from(places).unwrap_or(0));
    let whole = value.mantissa().checked_mul(10_i128.checked_pow(shift)?)?;
    Decimal::try_from_i128_with_scale(whole, scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> Result<Element<'_>, Fault> {
        Element::read(serde_json::from_str(text).unwrap(), "Observation")
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (text, expected) in [
            ("6.296445483565931", "6.296445483565931"),
            ("1.0", "1.0"),
            ("-0.5", "-0.5"),
            ("1.5e3", "1500"),
            ("1E-10", "0.0000000001"),
            ("-1.000000000000000000e+9", "-1000000000"),
            ("0e5000000000", "0"),
        ] {
            let found = decimal(text);
            if text.starts_with("0e") {
                assert_eq!(found, None, "an exponent beyond all use is refused");
            } else {
                assert_eq!(found.map(|value| value.to_string()).as_deref(), Some(expected), "{text}");
            }
        }
        for bad in
            ["1e99", "1e-99", "1e999999999999", "123456789012345678901234567890", "0.12345678901234567890123456789"]
        {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn members_are_read_by_their_sort() {
        let text =
            r#"{"a":"x\u0041","b":1.50,"c":true,"d":{"e":null},"f":[{},{"g":"h"}],"valueQuantity":{},"values":3}"#;
        let root = element(text).unwrap();
        assert_eq!(root.text("a").unwrap().as_deref(), Some("xA"));
        assert_eq!(root.number("b").unwrap().map(|n| n.to_string()).as_deref(), Some("1.50"));
        assert_eq!(root.flag("c").unwrap(), Some(true));
        assert_eq!(root.text("absent").unwrap(), None);
        assert_eq!(root.children("f").unwrap()[1].path, "Observation.f[1]");
        assert_eq!(root.choice("value").unwrap(), Some(("valueQuantity", "Quantity")));
        for (fault, path) in [
            (root.text("b").unwrap_err(), "Observation.b"),
            (root.number("a").unwrap_err(), "Observation.a"),
            (root.flag("f").unwrap_err(), "Observation.f"),
            (root.child("a").unwrap_err(), "Observation.a"),
            (root.children("d").unwrap_err(), "Observation.d"),
            (root.child("d").unwrap().unwrap().text("e").unwrap_err(), "Observation.d.e"),
        ] {
            assert_eq!((fault.code, fault.path.as_str()), (IssueCode::Structure, path));
        }
    }

    #[test]
    fn what_json_allows_and_fhir_does_not_is_refused() {
        for (text, word) in [
            (r#"{"a":1,"a":2}"#, "twice"),
            (r#"{"a":1,"\u0061":2}"#, "twice"),
            ("[]", "object"),
            (r#"{"\ud800":1}"#, "cannot be read"),
        ] {
            let fault = element(text).unwrap_err();
            assert!(fault.reason.contains(word), "{text}: {}", fault.reason);
        }
        let two = element(r#"{"valueString":"x","valueBoolean":true}"#).unwrap();
        assert!(two.choice("value").unwrap_err().reason.contains("only one"));
        assert!(element(r#"{"a":"\udead"}"#).unwrap().text("a").is_err());
        assert!(element(r#"{"a":" "}"#).unwrap().text("a").is_err());
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!(r#"{{"a":{}1{},"b":2}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(element(&deep).unwrap().number("b").unwrap(), Some(Decimal::TWO));
    }
}
