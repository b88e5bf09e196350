//! Which claims are wanted.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{Problem, page},
    contract::money::claims::ClaimStage,
    operations::ListedClaim,
    values::Day,
};

/// Ages of claims in days: the word, and the last day.
pub const AGES: [(&str, i32); 4] = [("0-30", 30), ("31-60", 60), ("61-90", 90), ("over 90", i32::MAX)];

/// The age of a claim, as a word.
pub fn age(days: i32) -> &'static str {
    AGES.iter().find(|(_, last)| days <= *last).map_or("", |(word, _)| word)
}

/// Which claims are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ClaimQuery {
    /// Those that stand there: `proposed`, `disputed`, `unpaid`, `failed`, `in flight` or `paid`.
    #[param(pattern = "^(proposed|disputed|unpaid|failed|in flight|paid)$")]
    pub stage: Option<String>,
    /// Those of this contract.
    pub contract: Option<String>,
    /// Those of this side of the caller: `receivable`, `payable` or `other`.
    #[param(pattern = "^(receivable|payable|other)$")]
    pub side: Option<String>,
    /// Those that await the caller, or do not.
    pub awaits_me: Option<bool>,
    /// Those of this age in days: `0-30`, `31-60`, `61-90` or `over 90`.
    #[param(pattern = "^(0-30|31-60|61-90|over 90)$")]
    pub age: Option<String>,
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}

impl ClaimQuery {
    /// Checks the words.
    ///
    /// # Errors
    /// A problem when a parameter is not understood.
    pub fn check(&self) -> Result<(), Problem> {
        let known = |given: &Option<String>, words: &[&str]| given.as_deref().is_none_or(|word| words.contains(&word));
        if !known(&self.stage, &ClaimStage::ALL.map(ClaimStage::word)) {
            return Err(page::bad("stage", "give proposed, disputed, unpaid, failed, in flight or paid"));
        }
        if !known(&self.side, &["receivable", "payable", "other"]) {
            return Err(page::bad("side", "give receivable, payable or other"));
        }
        if !known(&self.age, &AGES.map(|(word, _)| word)) {
            return Err(page::bad("age", "give 0-30, 31-60, 61-90 or over 90"));
        }
        Ok(())
    }

    /// Whether a claim is wanted.
    pub fn wants(&self, claim: &ListedClaim) -> bool {
        let is = |given: &Option<String>, word: &str| given.as_deref().is_none_or(|given| given == word);
        is(&self.stage, claim.claim.stage.word())
            && is(&self.contract, &claim.contract)
            && is(&self.side, claim.side.word())
            && is(&self.age, age(claim.age))
            && self.awaits_me.is_none_or(|awaits_me| awaits_me == claim.awaits_me)
    }
}

/// As of which day, and which part of the contracts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedQuery {
    /// The day; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<Day>,
    /// The most contracts; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}
