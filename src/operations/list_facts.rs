//! Lists the reported facts, corrections and retractions among them.

use super::{
    Error,
    access::{Sight, unknown_contract},
    list_subjects::refuse_blind,
    sealing::Keys,
};
use crate::{
    contract::content::{self, FactContent},
    storage::{self, Connection},
    values::{FactId, SubjectRef},
};

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFact {
    /// Its own name.
    pub fact: FactId,
    /// The position of the entry that commits to it, and its leaf there.
    pub place: (i64, i32),
    /// The pseudonym of the subject; none for facts of the contract.
    pub subject: Option<SubjectRef>,
    /// The fact that it replaces or takes back.
    pub corrects: Option<FactId>,
    /// Whether it takes the other back.
    pub retracted: bool,
    /// What was reported; none once erased.
    pub known: Option<FactContent>,
}

/// Lists facts in the order of reporting, after a place. Those who see no labels do not see either which clinical record said
/// so, because records are named by those who know the patient.
///
/// # Errors
/// A refusal when there is no such contract, or nothing about patients may be seen.
pub fn list_facts(
    connection: &mut Connection,
    contract: &str,
    sight: Sight,
    after: (i64, i32),
    limit: i64,
) -> Result<Vec<ListedFact>, Error> {
    refuse_blind(sight)?;
    connection.snapshot(|connection| {
        let id = storage::overview::contract_id(connection, contract)?.ok_or_else(|| unknown_contract(contract))?;
        let keys = Keys::load(connection, id)?;
        let rows = storage::fact::after(connection, id, after, limit)?;
        let rows = keys.read(rows, |bytes| content::decode::<FactContent>(bytes))?;
        let listed = rows.into_iter().map(|(row, mut known)| {
            if let Some(content) = known.as_mut().filter(|_| sight != Sight::Named) {
                content.source = None;
            }
            let (subject, corrects, retracted) = (row.subject_ref, row.corrects, row.retracted);
            ListedFact { fact: row.fact_id, place: (row.seq, row.item), subject, corrects, retracted, known }
        });
        Ok(listed.collect())
    })
}
