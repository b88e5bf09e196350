//! Explains what a clause of a contract in the ledger yields, down to the facts known now.

use super::{Error, known};
use crate::{
    contract::{
        StatementLine, Version, Versions,
        owed::owed_by_version,
        reported::{Reported, Seen},
    },
    storage::Connection,
    terms::{
        document::Each,
        explain::{Explanation, Question, explain},
    },
    values::Day,
};

/// Explains one line of a contract as of a day, by the version that it belongs to. Nothing is written.
pub fn explain_line(
    connection: &mut Connection,
    contract: &str,
    as_of: Day,
    question: &Question,
) -> Result<Explanation, Error> {
    let known = known::read(connection, contract)?;
    let reported = known::reported(connection, &known.row)?;
    let version = version(&known.versions, &reported, as_of, question)?;
    let seen = Seen { seq: i64::MAX, until: known.versions.ends_on(i64::MAX), kinds: &known.versions.kinds() };
    let data = reported.data_at(&version.contract.checked.document, &seen)?;
    explain(&version.contract, &data, as_of, question).map_err(|reason| {
        Error::refused("question", reason, "name clause, subject or group, and period as in the settlement")
    })
}

/// The version by which the line is owed; where there is none yet, the one that holds on the day.
fn version<'v>(
    versions: &'v Versions,
    reported: &Reported,
    as_of: Day,
    question: &Question,
) -> Result<&'v Version, Error> {
    if versions.all().count() == 1 {
        return Ok(versions.newest());
    }
    let asked = |line: &StatementLine| {
        (line.clause.as_str(), line.subject.as_deref(), line.group.as_deref())
            == (question.clause, question.subject, question.group)
    };
    let holds = versions.on(as_of);
    if let Some(on) = question.period.and_then(|number| first_day(holds, question.clause, number)) {
        return Ok(versions.on(on));
    }
    let parts = owed_by_version(versions, reported, i64::MAX, as_of)?;
    let owing = parts.iter().find(|(_, part)| part.lines.iter().chain(&part.upcoming).any(asked));
    Ok(owing.map_or(holds, |(version, _)| version))
}

/// The first day of a calendar period of a clause, by its number from 1.
fn first_day(version: &Version, clause: &str, number: u32) -> Option<Day> {
    let document = &version.contract.checked.document;
    let clause = document.clauses.iter().find(|known| known.name.text == clause)?;
    let Some(Each::Months(months)) = clause.each else { return None };
    let before = i32::try_from(number).ok()?.checked_sub(1)?.checked_mul(months)?;
    document.header.term?.start.plus_months(before)
}
