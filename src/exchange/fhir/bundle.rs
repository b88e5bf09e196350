//! Documents, bundles within bundles, entries, deletions.

use serde_json::value::RawValue;

use super::{
    element::Element,
    outcome::{Fault, IssueCode, Severity},
    reference::{Address, is_id},
};

/// What a document brings.
#[derive(Debug)]
pub enum Brought<'a> {
    /// A resource, its sort and its address.
    Resource(Element<'a>, String, Address),
    /// A resource that no longer is, such as `Observation/f001`, and the entry that says so.
    Deleted(String, Element<'a>),
    /// Something that is no resource.
    Unreadable(Fault),
}

/// Bundles stand in bundles where a server answers to a batch; nothing stands deeper.
const DEEPEST: u32 = 4;

/// Gives `take` each resource of a document: the document itself, or the entries of a bundle.
pub fn resources<'a>(text: &'a str, take: &mut dyn FnMut(Brought<'a>)) {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => resource(raw, String::new(), Address::default(), 0, take),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let fault = Fault::error(IssueCode::Structure, "Resource", format!("this is not JSON at {place}"));
            take(Brought::Unreadable(fault.with(Severity::Fatal)));
        }
    }
}

fn resource<'a>(raw: &'a RawValue, path: String, address: Address, depth: u32, take: &mut dyn FnMut(Brought<'a>)) {
    match sorted(raw, &path) {
        Ok((bundle, sort)) if sort == "Bundle" => entries(&bundle, depth, take),
        Ok((resource, sort)) => take(Brought::Resource(resource, sort, address)),
        Err(fault) => take(Brought::Unreadable(fault)),
    }
}

/// A resource and its sort; its path ends with the sort.
fn sorted<'a>(raw: &'a RawValue, path: &str) -> Result<(Element<'a>, String), Fault> {
    let at = if path.is_empty() { "Resource" } else { path };
    let mut resource = Element::read(raw, at)?;
    let reason = "no `resourceType` says what this is; it is no FHIR resource";
    let sort = resource.text("resourceType")?.ok_or_else(|| resource.fault(IssueCode::Structure, reason))?.into_owned();
    if sort.len() > 64 || !sort.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(resource.fault_at("resourceType", IssueCode::Value, "this is no sort of resource"));
    }
    resource.path = if path.is_empty() { sort.clone() } else { format!("{path}.ofType({sort})") };
    Ok((resource, sort))
}

fn entries<'a>(bundle: &Element<'a>, depth: u32, take: &mut dyn FnMut(Brought<'a>)) {
    if depth == DEEPEST {
        let reason = format!("bundles stand in bundles more than {DEEPEST} deep");
        return take(Brought::Unreadable(bundle.fault(IssueCode::TooCostly, reason)));
    }
    match bundle.items("entry") {
        Err(fault) => take(Brought::Unreadable(fault)),
        Ok(items) => {
            for (at, raw) in items.into_iter().enumerate() {
                let path = format!("{}.entry[{at}]", bundle.path);
                if let Err(fault) = Element::read(raw, path).and_then(|found| entry(&found, depth, take)) {
                    take(Brought::Unreadable(fault));
                }
            }
        }
    }
}

fn entry<'a>(entry: &Element<'a>, depth: u32, take: &mut dyn FnMut(Brought<'a>)) -> Result<(), Fault> {
    let request = entry.child("request")?;
    let asked = |name| request.as_ref().map_or(Ok(None), |request| request.text(name));
    if asked("method")?.as_deref() == Some("DELETE") {
        let url = asked("url")?.unwrap_or_default().into_owned();
        let named = url.split_once('/').is_some_and(|(sort, id)| !sort.is_empty() && is_id(id));
        let reason = "only a deletion of one resource by its identifier can be followed";
        take(match named {
            true => Brought::Deleted(url, entry.clone()),
            false => Brought::Unreadable(entry.fault_at("request.url", IssueCode::NotSupported, reason)),
        });
        return Ok(());
    }
    let url = entry.text("fullUrl")?.map(|url| url.into_owned());
    match entry.raw("resource") {
        Some(raw) => resource(raw, entry.path_of("resource"), address(url), depth + 1, take),
        None => {
            let fault = entry.fault(IssueCode::NotSupported, "the entry brings no resource");
            take(Brought::Unreadable(fault.with(Severity::Information)));
        }
    }
    Ok(())
}

/// The address of an entry: of `https://server/fhir/Patient/23`, the base is `https://server/fhir`.
fn address(url: Option<String>) -> Address {
    let base = url.as_deref().filter(|url| url.starts_with("http")).and_then(|url| {
        let (rest, id) = url.rsplit_once('/')?;
        let (base, sort) = rest.rsplit_once('/')?;
        (is_id(id) && sort.starts_with(|c: char| c.is_ascii_uppercase())).then(|| base.to_owned())
    });
    Address { base: base.unwrap_or_default(), url }
}
