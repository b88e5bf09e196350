//! Every settlement and every accrual computed again from agreement and facts, and compared to the cent.

use std::collections::BTreeMap;

use super::{
    check_contract::Held,
    disputes,
    finding::{Code, Finding, Findings},
    in_part,
    records::{Line, Opening},
};
use crate::{
    contract::{
        SettlementLine, Versions,
        content::{self, ContentError},
        difference,
        money::{MoneyAct, Pair, accrual},
        owed::{OwedError, earned, owed},
        payload::{Accrual, Settlement, Sum},
        reported::Reported,
        settlement::{sums, undisputed},
    },
    ledger::Entry,
};

/// Computes every settlement and every accrual of a chain again. Returns how many of each could be computed in full.
pub fn check(
    held: &Held,
    entries: &BTreeMap<i64, Entry>,
    versions: Result<Versions, String>,
    list: &mut Vec<Finding>,
    not_checked: &mut Vec<String>,
) -> [u64; 2] {
    let acts: Vec<(i64, &Entry, MoneyAct)> = entries.iter().filter_map(computed_anew).collect();
    let settlements = acts.iter().filter(|(.., act)| matches!(act, MoneyAct::Propose(_))).count();
    let name = &held.life.name;
    let closed = held.closed();
    if closed > 0 && !acts.is_empty() {
        not_checked.push(format!(
            "Whether the {settlements} settlement(s) and {} accrual(s) of `{name}` follow from contract and facts: {closed} \
             content(s) were not given.",
            acts.len() - settlements
        ));
        return [0, 0];
    }
    let mut findings = Findings { list, table: "settlement_line", contract: Some(name) };
    let known = versions.and_then(|versions| {
        let reported = held.reported().map_err(|error| error.to_string())?;
        Ok(Known { held, versions, reported })
    });
    disputes::check(held, &mut findings);
    let mut accrued = Accrued::new();
    let mut whole = [0, 0];
    for (seq, entry, act) in &acts {
        let gone = held.gone(*seq);
        let checked = known.as_ref().map_err(Clone::clone).and_then(|known| match gone {
            1.. => {
                not_checked.push(known.check_in_part(*seq, entry, act, gone, &mut findings)?);
                Ok(())
            }
            0 => known.check(*seq, entry, act, &accrued, &mut findings).map_err(|error| error.to_string()),
        });
        match (checked, act) {
            (Err(reason), _) => {
                findings.add(Code::SettlementUncertain, format!("position {seq}, all items"), reason, "a settlement");
            }
            (Ok(()), MoneyAct::Propose(_)) => whole[0] += u64::from(gone == 0),
            (Ok(()), _) => whole[1] += u64::from(gone == 0),
        }
        add(&mut accrued, act);
    }
    if let Ok(known) = &known {
        known.check_currency(entries, &mut findings);
    }
    whole
}

/// The entries whose amounts follow from contract and facts.
fn computed_anew<'e>((seq, entry): (&i64, &'e Entry)) -> Option<(i64, &'e Entry, MoneyAct)> {
    let act = MoneyAct::read(entry)?.ok()?;
    matches!(act, MoneyAct::Propose(_) | MoneyAct::Accrue(_)).then_some((*seq, entry, act))
}

/// What was accrued before, by payer and payee.
type Accrued = BTreeMap<Pair, i128>;

/// Adds what an accrual says.
fn add(accrued: &mut Accrued, act: &MoneyAct) {
    let MoneyAct::Accrue(Accrual { totals, .. }) = act else { return };
    for sum in totals {
        let so_far = accrued.entry((sum.payer.clone(), sum.payee.clone())).or_default();
        *so_far = so_far.saturating_add(sum.amount_minor.parse().unwrap_or_default());
    }
}

/// What settlements follow from.
struct Known<'h> {
    held: &'h Held<'h>,
    versions: Versions,
    reported: Reported,
}

impl Known<'_> {
    fn check(
        &self,
        seq: i64,
        entry: &Entry,
        act: &MoneyAct,
        accrued: &Accrued,
        findings: &mut Findings,
    ) -> Result<(), OwedError> {
        match act {
            MoneyAct::Propose(settlement) => {
                let due = self.due(seq, settlement)?;
                compare(self.held.lines, seq, &due, findings);
                compare_totals(Code::SettlementDiffers, seq, entry, &settlement.totals, &sums(&due)?, findings);
            }
            MoneyAct::Accrue(Accrual { as_of, totals }) => {
                let earned = earned(&self.versions, &self.reported, seq - 1, *as_of)?;
                let computed = accrual(&earned, &self.posted_before(seq)?, accrued)?;
                compare_totals(Code::AccrualDiffers, seq, entry, totals, &computed, findings);
            }
            _ => {}
        }
        Ok(())
    }

    /// Compares what follows from those who are not erased, and says what could not be.
    fn check_in_part(
        &self,
        seq: i64,
        entry: &Entry,
        act: &MoneyAct,
        gone: usize,
        findings: &mut Findings,
    ) -> Result<String, String> {
        let name = &self.held.life.name;
        let MoneyAct::Propose(settlement) = act else {
            return Ok(format!(
                "The accrual at position {seq} of `{name}`: {gone} subject(s) it counted were erased since."
            ));
        };
        let due = self.due(seq, settlement).map_err(|error| error.to_string())?;
        let compared = in_part::compare(self.held, &self.versions, (seq, entry), &due, findings);
        Ok(in_part::told(name, seq, gone, compared))
    }

    /// What is owed for what was known before the entry, less what was posted before it.
    fn due(&self, seq: i64, settlement: &Settlement) -> Result<Vec<SettlementLine>, OwedError> {
        let (_, owed) = owed(&self.versions, &self.reported, seq - 1, settlement.as_of)?;
        let due = difference(&owed, &self.posted_before(seq)?)?;
        Ok(undisputed(due, self.disputed_at(seq)?.iter()))
    }

    /// The lines that are in dispute at a position.
    fn disputed_at(&self, seq: i64) -> Result<Vec<SettlementLine>, ContentError> {
        let books = &self.held.life.books;
        let disputed =
            |record: &&Line| books.dispute_of(record.seq, record.item).is_some_and(|found| found.is_open_at(seq));
        let open = |record: &&Line| record.opening != Opening::Erased;
        self.held.lines.iter().filter(disputed).filter(open).map(line).collect()
    }

    /// The lines of settlements that were posted before a position. Lines of somebody erased are neither owed nor posted back.
    fn posted_before(&self, seq: i64) -> Result<Vec<SettlementLine>, ContentError> {
        let books = &self.held.life.books;
        let is_posted =
            |record: &&Line| books.posted_line(record.seq, record.item).is_some_and(|(posted_at, _)| posted_at < seq);
        let open = |record: &&Line| record.opening != Opening::Erased;
        self.held.lines.iter().filter(is_posted).filter(open).map(line).collect()
    }

    /// Money moves in the currency of the contract.
    fn check_currency(&self, entries: &BTreeMap<i64, Entry>, findings: &mut Findings) {
        let currency = self.versions.newest().contract.checked.document.header.currency;
        for (seq, entry) in entries {
            if let Some(leg) = entry.postings.iter().find(|leg| leg.currency != currency) {
                let row = format!("position {seq}, postings of entry {}", entry.id);
                findings.add(Code::SettlementDiffers, row, leg.currency, currency);
            }
        }
    }
}

pub(super) fn line(record: &Line) -> Result<SettlementLine, ContentError> {
    content::decode_line(record.content().unwrap_or_default())
}

fn compare(lines: &[Line], seq: i64, due: &[SettlementLine], findings: &mut Findings) {
    let held: BTreeMap<i32, &Line> =
        lines.iter().filter(|record| record.seq == seq).map(|record| (record.item, record)).collect();
    for (item, computed) in (0..).zip(due) {
        let found = held.get(&item).and_then(|record| line(record).ok());
        if found.as_ref() != Some(computed) {
            let found = found.map_or_else(|| "no line".into(), |found| shown(&found));
            findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, shown(computed));
        }
    }
    for (item, record) in held.range(i32::try_from(due.len()).unwrap_or(i32::MAX)..) {
        let found = line(record).map_or_else(|error| error.to_string(), |line| shown(&line));
        findings.add(Code::SettlementDiffers, format!("position {seq}, item {item}"), found, "no line");
    }
}

fn compare_totals(code: Code, seq: i64, entry: &Entry, found: &[Sum], computed: &[Sum], findings: &mut Findings) {
    if found == computed {
        return;
    }
    let shown = |totals: &[Sum]| {
        let sums = totals.iter().map(|sum| format!("{} to {}: {}", sum.payer, sum.payee, sum.amount_minor));
        if totals.is_empty() { "nothing".to_owned() } else { sums.collect::<Vec<_>>().join(", ") }
    };
    findings.add(code, format!("position {seq}, totals of entry {}", entry.id), shown(found), shown(computed));
}

pub(super) fn shown(line: &SettlementLine) -> String {
    let SettlementLine { key, due_on, amount_minor, reason } = line;
    let subject = key.subject.map(|subject| format!(" for subject {subject}")).unwrap_or_default();
    format!(
        "{}: {amount_minor} minor units from {} to {}{subject}, due {due_on}, {reason}",
        key.clause, key.payer, key.payee
    )
}
