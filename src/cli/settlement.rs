//! `settle` for a contract of the ledger: the difference to what was posted.

use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under},
    table::table,
};
use crate::{
    contract::StatementLine,
    operations::{Settled, preview_settlement, settle_contract},
    values::Day,
};

/// Lines that are shown to a person; programs get all of them.
const MOST_LINES: usize = 200;

/// Shows what is due under a contract as of a day, and posts it when asked to.
pub fn run_posted(contract: &str, as_of: Day, post: Option<&Under>, session: &Session) -> Result<u8, Failure> {
    let settled = match post {
        Some(under) => session.once(under, "settle_contract", &json!([contract, as_of]), |connection, outside| {
            settle_contract(connection, outside, contract, as_of)
        })?,
        None => preview_settlement(&mut session.open()?, contract, as_of)?,
    };
    session.answer(&settled, || in_text(&settled, post.is_some()))?;
    Ok(DONE)
}

fn in_text(settled: &Settled, post: bool) -> String {
    let Settled { contract, owed, due, totals, .. } = settled;
    let mut text = format!("{contract} as of {}, in {}\n\n", owed.as_of, owed.currency);
    if due.is_empty() {
        text += "Nothing is due: everything owed as of this day is posted.\n";
    } else {
        text += &lines(due);
        let rows: Vec<_> = totals
            .iter()
            .map(|total| vec![total.clause.clone(), total.payer.clone(), total.payee.clone(), total.amount.to_string()])
            .collect();
        text += &format!("\n{}", table(&["total of", "payer", "payee", "amount"], &[3], rows));
    }
    if !owed.pending.is_empty() {
        text += &format!("\nAmounts that await facts not reported yet: {}\n", owed.pending.len());
    }
    if !owed.not_eligible.is_empty() {
        text += &format!("\nSubjects that do not meet the condition for enrolment: {}\n", owed.not_eligible.len());
    }
    text += &match (&settled.posted, post) {
        (Some(receipt), _) => format!("\nPosted at position {}, entry {}", receipt.position, receipt.entry),
        (None, true) => "\nNothing was posted.".into(),
        (None, false) if due.is_empty() => String::new(),
        (None, false) => "\nNothing was posted; add --post to post it.".into(),
    };
    text
}

/// Lines of a settlement for people.
pub(super) fn lines<'l>(lines: impl IntoIterator<Item = &'l StatementLine>) -> String {
    let all: Vec<&StatementLine> = lines.into_iter().collect();
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |line: &&StatementLine| {
        vec![
            line.clause.clone(),
            line.payer.clone(),
            line.payee.clone(),
            shown(&line.subject),
            shown(&line.group),
            shown(&line.period),
            line.due_on.to_string(),
            line.amount.to_string(),
            line.reason.clone(),
        ]
    };
    let rows: Vec<_> = all.iter().take(MOST_LINES).map(row).collect();
    let headings = ["clause", "payer", "payee", "subject", "group", "period", "due on", "amount", "reason"];
    let mut text = table(&headings, &[7], rows);
    if all.len() > MOST_LINES {
        text += &format!("… and {} more lines; --format json gives all\n", all.len() - MOST_LINES);
    }
    text
}
