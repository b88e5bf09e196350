//! Which settlements are wanted, and which part of their lines.

use serde::Deserialize;
use utoipa::IntoParams;

use super::SettlementShown;
use crate::{
    api::{
        Problem,
        page::{self, Page},
    },
    operations::ListedSettlement,
    values::Day,
};

/// As of which day, and which part of the lines.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuery {
    /// The day as of which is settled, which may be to come.
    #[param(value_type = String, format = Date, example = "2025-06-30")]
    pub as_of: Day,
    /// The most lines; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the lines before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}

/// Which settlements are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SettlementQuery {
    /// Those that stand there: `open`, `posted` or `rejected`.
    #[param(pattern = "^(open|posted|rejected)$")]
    pub stage: Option<String>,
    /// Those as of this day or later ones.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Those as of this day or earlier ones.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// `position`, or `-position` from the last to the first.
    #[param(pattern = "^-?position$")]
    pub sort: Option<String>,
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}

impl SettlementQuery {
    /// The page of what is wanted.
    ///
    /// # Errors
    /// A problem when a parameter is not understood.
    pub fn page(&self, mut all: Vec<ListedSettlement>) -> Result<Page<SettlementShown>, Problem> {
        if self.stage.as_deref().is_some_and(|stage| !["open", "posted", "rejected"].contains(&stage)) {
            return Err(page::bad("stage", "give open, posted or rejected"));
        }
        let descending = match self.sort.as_deref() {
            None | Some("position") => false,
            Some("-position") => true,
            Some(_) => return Err(page::bad("sort", "give position or -position")),
        };
        let limit = page::limit(self.limit)?;
        let after = page::cursor(self.cursor.as_deref())?.map(|after| after.parse::<i64>()).transpose();
        let after = after.map_err(|_| page::bad_cursor())?;
        if descending {
            all.reverse();
        }
        all.retain(|one| {
            let beyond = after.is_none_or(|after| if descending { one.position < after } else { one.position > after });
            let within = self.from.is_none_or(|from| one.as_of >= from) && self.to.is_none_or(|to| one.as_of <= to);
            beyond && within && self.stage.as_deref().is_none_or(|stage| one.stage == stage)
        });
        let most = usize::try_from(limit).unwrap_or_default() + 1;
        let shown = all.into_iter().take(most).map(SettlementShown::from).collect();
        Ok(Page::of(shown, limit, |settlement: &SettlementShown| settlement.position.to_string()))
    }
}
