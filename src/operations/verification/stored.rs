//! What is stored of one contract beside its chain, as far as it can be read and opened.

use super::{
    keys::Opener,
    reading::{readable, row_number},
    rows,
};
use crate::{
    contract::audit::{
        Finding, Findings,
        records::{AmendmentTexts, Fact, Line, Role, Subject},
    },
    operations::Error,
    storage::{self, Connection},
    values::ChainId,
};

/// Rows of one contract as records.
pub struct Stored {
    /// Who takes which role.
    pub roles: Vec<Role>,
    /// What amendments say, by the positions of their proposals.
    pub amendments: AmendmentTexts,
    /// Subjects by position and item.
    pub subjects: Vec<Subject>,
    /// Facts by position and item.
    pub facts: Vec<Fact>,
    /// Lines of settlements by position and item.
    pub lines: Vec<Line>,
}

impl Stored {
    /// Loads everything; what cannot be read or opened becomes a finding. `exists` says whether the journal knows the
    /// contract.
    ///
    /// # Errors
    /// The database is gone.
    pub fn load(
        connection: &mut Connection,
        (chain, name): (ChainId, &str),
        exists: bool,
        list: &mut Vec<Finding>,
    ) -> Result<Self, Error> {
        let contract = Some(name);
        let roles = storage::contract_party::each_of_contract(connection, chain);
        let roles = readable("contract_party", contract, roles, row_number, list)?;
        let amendments = storage::amendment::each_of_contract(connection, chain);
        let amendments = readable("amendment", contract, amendments, row_number, list)?;
        let subjects = storage::subject::each_of_contract(connection, chain);
        let subjects = readable("subject", contract, subjects, placed(connection, "subject", chain), list)?;
        let facts = storage::fact::each_of_contract(connection, chain);
        let facts = readable("fact", contract, facts, placed(connection, "fact", chain), list)?;
        let lines = storage::settlement_line::each_of_contract(connection, chain);
        let lines = readable("settlement_line", contract, lines, placed(connection, "settlement_line", chain), list)?;
        let keys = storage::subject_key::each_of_contract(connection, chain);
        let opener = &mut Opener::new(chain, readable("subject_key", contract, keys, row_number, list)?);
        let of_subjects = &mut Findings { list, table: "subject", contract };
        let subjects = subjects.into_iter().map(|row| rows::subject(row, opener, of_subjects)).collect();
        let of_facts = &mut Findings { list, table: "fact", contract };
        let facts = facts.into_iter().map(|row| rows::fact(row, opener, of_facts)).collect();
        let of_lines = &mut Findings { list, table: "settlement_line", contract };
        let lines = lines.into_iter().map(|row| rows::line(row, opener, of_lines)).collect();
        opener.check(exists, &mut Findings { list, table: "subject_key", contract });
        let roles = roles.into_iter().map(Into::into).collect();
        let amendments = amendments.into_iter().map(|row| (row.seq, row.into())).collect();
        Ok(Self { roles, amendments, subjects, facts, lines })
    }
}

/// Says which row of a batch cannot be read, by position and item where these can be.
fn placed(connection: &mut Connection, table: &str, chain: ChainId) -> impl FnMut(usize) -> String {
    move |at| storage::reading::place_in_batch(connection, table, chain, at).unwrap_or_else(|_| row_number(at))
}
