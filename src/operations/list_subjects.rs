//! Lists the enrolled subjects, as much of them as somebody may see.

use super::{
    Error,
    access::{Sight, unknown_contract},
    sealing::Keys,
};
use crate::{
    contract::content::{self, SubjectContent, Texts},
    storage::{self, Connection},
    values::{Day, SubjectRef},
};

/// A subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSubject {
    /// Its pseudonym in the contract.
    pub subject: SubjectRef,
    /// The position of the entry that commits to it, and its leaf there.
    pub place: (i64, i32),
    /// The label by which the reporting party calls it, for those who may see it.
    pub label: Option<String>,
    /// The day of enrolment and the fields; none once erased.
    pub known: Option<(Day, Texts)>,
}

/// Lists subjects in the order of enrolment, after a place.
///
/// # Errors
/// A refusal when there is no such contract, or nothing about patients may be seen.
pub fn list_subjects(
    connection: &mut Connection,
    contract: &str,
    sight: Sight,
    after: (i64, i32),
    limit: i64,
) -> Result<Vec<ListedSubject>, Error> {
    refuse_blind(sight)?;
    connection.snapshot(|connection| {
        let id = storage::overview::contract_id(connection, contract)?.ok_or_else(|| unknown_contract(contract))?;
        let keys = Keys::load(connection, id)?;
        let rows = storage::subject::after(connection, id, after, limit)?;
        let rows = keys.read(rows, |bytes| content::decode::<SubjectContent>(bytes))?;
        let listed = rows.into_iter().map(|(row, content)| ListedSubject {
            subject: row.subject_ref,
            place: (row.seq, row.item),
            label: content.as_ref().filter(|_| sight == Sight::Named).map(|content| content.label.clone()),
            known: content.map(|content| (content.enrolled_on, content.fields)),
        });
        Ok(listed.collect())
    })
}

/// Rows are shown to nobody who may see none, whatever the table of access says.
pub(super) fn refuse_blind(sight: Sight) -> Result<(), Error> {
    match sight {
        Sight::Sums => {
            let help = "ask for the aggregates";
            Err(Error::refused("forbidden", "rows about patients are not shown to this role", help))
        }
        Sight::Pseudonyms | Sight::Named => Ok(()),
    }
}
