//! How money moves: what may follow on what, who does it, what it posts and corrects.

use super::{Impossible, Life};
use crate::{
    contract::{Act, audit::finding::Code, content::ContentError, money::MoneyAct},
    ledger::Entry,
};

impl Life {
    /// Notes an entry in the books, which know what may follow on what, and tells what was done.
    pub(super) fn follow_money(
        &mut self,
        seq: i64,
        entry: &Entry,
        act: Result<MoneyAct, ContentError>,
    ) -> Result<Act, Impossible> {
        let act =
            act.map_err(|error| Impossible(Code::PayloadUnreadable, error.to_string(), format!("a {}", entry.kind)))?;
        self.books.follow(seq, entry, &act)?;
        Ok(act.in_life())
    }
}
