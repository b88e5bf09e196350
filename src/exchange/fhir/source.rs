//! Which resource and which version of it gave a fact, so that the same record is taken once and a newer one corrects it.

use std::cmp::Ordering;

use super::{element::Element, moment, outcome::Fault};

/// A resource in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Sort and logical identifier, such as `Observation/f001`.
    pub resource: String,
    /// `meta.lastUpdated`, or else `meta.versionId`, where the record says either.
    pub version: Option<String>,
}

impl Source {
    /// The source of a resource; none when it has no identifier of its own.
    pub fn of(resource: &Element, sort: &str) -> Result<Option<Self>, Fault> {
        let Some(id) = resource.text("id")? else { return Ok(None) };
        let meta = resource.child("meta")?;
        let said = |name| meta.as_ref().map_or(Ok(None), |meta| meta.text(name));
        let version = match said("lastUpdated")? {
            Some(version) => Some(version),
            None => said("versionId")?,
        };
        Ok(Some(Self { resource: format!("{sort}/{id}"), version: version.map(|version| version.into_owned()) }))
    }

    /// Which of two versions is the newer; none when the records do not say.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (self.version.as_deref()?, other.version.as_deref()?);
        let number = |text: &str| text.parse::<u64>().ok();
        match (moment::instant(a).zip(moment::instant(b)), number(a).zip(number(b))) {
            (Some((a, b)), _) => Some(a.cmp(&b)),
            (None, Some((a, b))) => Some(a.cmp(&b)),
            (None, None) => (a == b).then_some(Ordering::Equal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_where_records_say_them() {
        let source = |version: &str| Source {
            resource: "Observation/1".into(),
            version: (!version.is_empty()).then(|| version.to_owned()),
        };
        for (a, b, expected) in [
            ("2", "10", Some(Ordering::Less)),
            ("2026-01-02T00:00:00Z", "2026-01-01T23:00:00-05:00", Some(Ordering::Less)),
            ("2026-01-02T00:00:00Z", "2026-01-02T01:00:00+01:00", Some(Ordering::Equal)),
            ("abc", "abc", Some(Ordering::Equal)),
            ("abc", "abd", None),
            ("3", "2026-01-02T00:00:00Z", None),
            ("", "1", None),
            ("", "", None),
        ] {
            assert_eq!(source(a).compare(&source(b)), expected, "{a} {b}");
            assert_eq!(source(b).compare(&source(a)), expected.map(Ordering::reverse), "{b} {a}");
        }
    }
}
