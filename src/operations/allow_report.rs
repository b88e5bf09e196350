//! Who may report which facts under a contract.

use super::{
    Error,
    access::{Caller, Sight},
    known,
};
use crate::{storage::Connection, terms::document::FactKind};

/// Allows reports of some kinds of facts, or refuses them. A kind is reported by the party that takes the role that the
/// document names; where it names none, or a role of patients, by whoever may see patients. Facts about patients are never
/// reported by those who may not see them: what is wrong with such a report would tell who is enrolled.
///
/// # Errors
/// A refusal `not-your-report`; a kind that is not known is refused when it is read.
pub fn allow_report<'k>(
    connection: &mut Connection,
    caller: &Caller,
    contract: &str,
    mut kinds: impl Iterator<Item = &'k str>,
) -> Result<(), Error> {
    let reportable = reportable(connection, caller, contract)?;
    let refused = kinds.find(|kind| reportable.iter().any(|(known, may)| known == kind && !may));
    refused.map_or(Ok(()), |kind| {
        let help = "facts are reported by the party that takes the role that the document names with `by`";
        Err(Error::refused("not-your-report", format!("`{kind}` is not reported by {}", caller.name), help))
    })
}

/// The kinds of facts of a contract, and whether somebody may report them.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn reportable(connection: &mut Connection, caller: &Caller, contract: &str) -> Result<Vec<(String, bool)>, Error> {
    let known = known::read(connection, contract)?;
    let roles = &known.contract().checked.document.header.parties;
    let is_of_patients = |role: &str| roles.iter().any(|known| known.name.text == role && known.is == "beneficiary");
    let takes = |role: &str| {
        let party = known.parties.iter().find(|party| party.role == role && !is_of_patients(role));
        party.map(|party| party.party_id)
    };
    let sees = caller.role.sight() == Sight::Named;
    let may = |kind: &FactKind| {
        let by = kind.by.as_ref().and_then(|by| takes(&by.text));
        by.is_none_or(|party| party == caller.party) && (kind.of_contract || sees)
    };
    let kinds = &known.contract().checked.document.facts;
    Ok(kinds.iter().map(|kind| (kind.name.text.clone(), may(kind))).collect())
}
