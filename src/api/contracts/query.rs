//! Which contracts are wanted, and as of when something is computed.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{Problem, page},
    contract::State,
    operations::{Caller, Operation, access::Scope},
    storage::overview::Wanted,
    values::Day,
};

/// As of when something is computed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DayQuery {
    /// The day; today when left out.
    #[param(required = false, value_type = String, format = Date, example = "2025-12-31")]
    pub as_of: Option<Day>,
}

/// Which contracts are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ContractQuery {
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Those that stand there: `proposed`, `withdrawn`, `signed`, `in force`, `suspended` or `terminated`.
    #[param(pattern = "^(proposed|withdrawn|signed|in force|suspended|terminated)$")]
    state: Option<String>,
    /// `name`, or `-name` from the last to the first.
    #[param(pattern = "^-?name$")]
    sort: Option<String>,
}

impl ContractQuery {
    /// What is to be loaded, as far as the caller may know it.
    ///
    /// # Errors
    /// A problem when a parameter is not understood.
    pub fn wanted(self, caller: &Caller) -> Result<Wanted, Problem> {
        let descending = match self.sort.as_deref() {
            None | Some("name") => false,
            Some("-name") => true,
            Some(_) => return Err(page::bad("sort", "give name or -name")),
        };
        if self.state.as_deref().is_some_and(|state| State::parse(state).is_none()) {
            return Err(page::bad("state", "give proposed, withdrawn, signed, in force, suspended or terminated"));
        }
        let own = Operation::ListContracts.scope(caller.role) == Scope::Own;
        Ok(Wanted {
            of: own.then_some(caller.party),
            state: self.state,
            after: page::cursor(self.cursor.as_deref())?,
            descending,
            limit: page::limit(self.limit)?,
        })
    }
}
