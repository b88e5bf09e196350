//! What an amendment leaves as it is, so that everything reported so far is understood by every version, and every period
//! belongs to one of them.

use super::agreement::roles;
use crate::{
    terms::{
        Contract,
        document::{Clause, Document, Each, FactKind, Field, Term},
        evaluate::period,
    },
    values::Day,
};

/// Everything that keeps a contract from being amended so from a day on, in sentences; none when it can be.
pub fn check(before: &Contract, after: &Contract, from: Day) -> Vec<String> {
    let (old, new) = (&before.checked.document, &after.checked.document);
    let mut found = Vec::new();
    let mut same = |what: &str, old: String, new: String| {
        if old != new {
            found.push(format!("{what} is {new}, and stays {old}"));
        }
    };
    same("the id", format!("`{}`", old.header.id), format!("`{}`", new.header.id));
    same("the currency", old.header.currency.to_string(), new.header.currency.to_string());
    same("who takes part", named(before), named(after));
    let start = |term: Option<Term>| term.map_or_else(|| "open".to_owned(), |term| term.start.to_string());
    same("the first day of the term", start(old.header.term), start(new.header.term));
    found.extend(fields("the subject", &old.fields, &new.fields));
    for kind in &old.facts {
        found.extend(fact(kind, new));
    }
    if let Some(term) = new.header.term.filter(|term| from < term.start || from > term.end) {
        found.push(format!("{from} lies outside the term, {} to {}", term.start, term.end));
    }
    for clause in &new.clauses {
        let known = old.clauses.iter().find(|known| known.name.text == clause.name.text);
        found.extend(known.and_then(|known| straddled((known, old), (clause, new), from)));
    }
    found
}

fn named(contract: &Contract) -> String {
    let parties = &contract.checked.document.header.parties;
    let mut named: Vec<String> =
        roles(contract).zip(parties).map(|((role, _), party)| format!("{role} ({})", party.is)).collect();
    named.sort_unstable();
    named.join(", ")
}

fn fact(before: &FactKind, document: &Document) -> Vec<String> {
    let name = &before.name.text;
    match document.facts.iter().find(|kind| kind.name.text == *name) {
        None => vec![format!("the fact `{name}` is gone; facts of it may have been reported")],
        Some(after) if (after.once, after.of_contract) != (before.once, before.of_contract) => {
            vec![format!("the fact `{name}` is about something else, or another number of times")]
        }
        Some(after) => fields(&format!("the fact `{name}`"), &before.fields, &after.fields),
    }
}

/// Fields stay; new ones may be left out, because what was reported has none.
fn fields(of: &str, before: &[Field], after: &[Field]) -> Vec<String> {
    let text = |bound: &Option<crate::terms::formula::Expr>| bound.as_ref().map(ToString::to_string);
    let changed = |known: &Field| match after.iter().find(|field| field.name.text == known.name.text) {
        None => Some(format!("{of} has lost the field `{}`", known.name.text)),
        Some(field) => {
            let bounds = |field: &Field| (text(&field.min), text(&field.max));
            let same = (&field.is, field.optional, bounds(field)) == (&known.is, known.optional, bounds(known));
            let asked = field.needed && !field.optional && !known.needed;
            (!same || asked).then(|| match asked {
                true => format!("{of} needs the field `{}`, which may have been left out so far", known.name.text),
                false => format!("{of} has changed the field `{}`", known.name.text),
            })
        }
    };
    let is_new = |field: &&Field| !before.iter().any(|known| known.name.text == field.name.text);
    let added = after.iter().filter(is_new).filter(|field| !field.optional);
    let added = added.map(|field| {
        format!("{of} has the new field `{0}`, which has to be optional: `{0}: {1}?`", field.name.text, field.is.word())
    });
    before.iter().filter_map(changed).chain(added).collect()
}

/// A period that has begun belongs to the version before; it has to end alike by both, or the day has to begin one in both.
fn straddled((before, old): (&Clause, &Document), (after, new): (&Clause, &Document), from: Day) -> Option<String> {
    let around = |clause: &Clause, document: &Document| match clause.each {
        Some(Each::Months(months)) => {
            let periods = period::calendar(document.header.term, months, from);
            periods.last().map(|period| period.days(0)).filter(|(_, end)| *end >= from)
        }
        _ => None,
    };
    let (of_old, of_new) = (around(before, old), around(after, new));
    let begins = |period: Option<(Day, Day)>| period.is_none_or(|(start, _)| start == from);
    if of_old == of_new || (begins(of_old) && begins(of_new)) {
        return None;
    }
    let shown = |period: Option<(Day, Day)>| {
        period.map_or_else(|| "no period".to_owned(), |(start, end)| format!("the period {start} to {end}"))
    };
    Some(format!(
        "{from} lies in {} of clause `{}` before and in {} after; take the first day of a period of both",
        shown(of_old),
        after.name.text,
        shown(of_new)
    ))
}
