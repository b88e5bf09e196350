//! What disputes say compared with the lines that they are about.

use std::collections::BTreeSet;

use super::{
    check_contract::Held,
    finding::{Code, Findings},
    in_part::plain,
    records::Line,
    settlements::line,
};
use crate::contract::{
    LineKey,
    money::dispute::Dispute,
    payload::Sum,
    settlement::{claim_of, sums},
};

/// Checks that each dispute sets whole claims aside, and says their sums.
pub fn check(held: &Held, findings: &mut Findings) {
    for dispute in held.life.books.disputes() {
        let lines: Vec<&Line> = held.lines.iter().filter(|record| record.seq == dispute.settlement).collect();
        check_sums(dispute, &lines, findings);
        check_claims(dispute, &lines, findings);
    }
}

fn covers(dispute: &Dispute, record: &Line) -> bool {
    u32::try_from(record.item).is_ok_and(|item| dispute.covers(item))
}

/// Compares the sums, where the amounts of all lines are known.
fn check_sums(dispute: &Dispute, lines: &[&Line], findings: &mut Findings) {
    let disputed = lines.iter().filter(|record| covers(dispute, record));
    let amount = |record: &&Line| line(record).ok().or_else(|| record.columns.as_ref().map(plain));
    let Some(disputed) = disputed.map(amount).collect::<Option<Vec<_>>>() else { return };
    let Ok(computed) = sums(&disputed) else { return };
    if computed != dispute.opened.totals {
        let shown = |totals: &[Sum]| {
            let sums = totals.iter().map(|sum| format!("{} to {}: {}", sum.payer, sum.payee, sum.amount_minor));
            sums.collect::<Vec<_>>().join(", ")
        };
        let row = format!("position {}, totals of entry {}", dispute.seq, dispute.entry);
        findings.add(Code::SettlementDiffers, row, shown(&dispute.opened.totals), shown(&computed));
    }
}

/// Amount and limits of one claim are set aside together, as far as they can be read.
fn check_claims(dispute: &Dispute, lines: &[&Line], findings: &mut Findings) {
    let disputed = lines.iter().filter(|record| covers(dispute, record));
    let claims: BTreeSet<LineKey> =
        disputed.filter_map(|record| line(record).ok()).map(|line| claim_of(&line)).collect();
    let mut others = lines.iter().filter(|record| !covers(dispute, record));
    let torn = others.find(|record| line(record).is_ok_and(|line| claims.contains(&claim_of(&line))));
    if let Some(torn) = torn {
        let row = format!("position {}, items of entry {}", dispute.seq, dispute.entry);
        let found = format!("line {} is left out, and others of its claim are disputed", torn.item);
        findings.add(Code::SettlementDiffers, row, found, "all lines of a claim");
    }
}
