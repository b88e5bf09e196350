//! Settles a contract: what is owed as of a day, less what was posted; posted on request.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Receipt},
    known::{self, Known},
    sealing::Keys,
};
use crate::{
    contract::{
        Act, Batch, SettlementLine, Statement, StatementLine,
        content::encode_line,
        difference,
        owed::owed,
        payload, postings,
        seal::SealedAt,
        settlement::{in_words, sums},
        statement::{Total, totals},
    },
    ledger::EntryKind,
    storage::{self, Connection, SettlementLineRow},
    values::{Day, Digest, PartyId},
};

/// The outcome of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The contract's name in this ledger.
    pub contract: String,
    /// The position up to which facts were known.
    pub known_at: i64,
    /// All that is owed as of the day, with what is awaited.
    pub owed: Statement,
    /// The difference to what was posted before.
    pub due: Vec<StatementLine>,
    /// The difference by clause, payer and payee.
    pub totals: Vec<Total>,
    /// Where the difference was posted; none when it was not, or there is none.
    pub posted: Option<Receipt>,
}

/// Computes what would be posted as of a day. Changes nothing.
///
/// # Errors
/// A refusal when the contract is not in force, a later day was settled already, or a clause cannot be computed.
pub fn preview_settlement(connection: &mut Connection, contract: &str, as_of: Day) -> Result<Settled, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        Ok(prepare(connection, &known, as_of)?.settled)
    })
}

/// Posts the difference between what is owed as of a day and what was posted. Without a difference nothing is recorded.
///
/// # Errors
/// As for [`preview_settlement`], and a refusal of days to come; nothing is posted then.
pub fn settle_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    as_of: Day,
) -> Result<Settled, Error> {
    connection.transaction(|connection| {
        refuse_future_day(outside, as_of)?;
        let mut known = known::contract(connection, contract)?;
        let Prepared { mut settled, due } = prepare(connection, &known, as_of)?;
        if !due.is_empty() {
            settled.posted = Some(post(connection, outside, &mut known, as_of, &due)?);
        }
        Ok(settled)
    })
}

struct Prepared {
    settled: Settled,
    due: Vec<SettlementLine>,
}

fn prepare(connection: &mut Connection, known: &Known, as_of: Day) -> Result<Prepared, Error> {
    known.state.after(Act::Settle)?;
    refuse_earlier_day(connection, known, as_of)?;
    let reported = known::reported(connection, &known.row)?;
    let posted: Vec<_> = known::posted(connection, &known.row)?.into_iter().filter_map(|(_, line)| line).collect();
    let known_at = known.chain.seq();
    let (owed, lines) = owed(&known.contract, &reported, known_at, as_of)?;
    let due = difference(&lines, &posted)?;
    let labels = reported.labels();
    let currency = known.contract.checked.document.header.currency;
    let word = |line| in_words(line, currency, |subject| labels.get(&subject).map(|label| (*label).to_owned()));
    let words: Vec<StatementLine> = due.iter().map(word).collect::<Result<_, _>>()?;
    let (contract, totals) = (known.row.name.clone(), totals(&words));
    Ok(Prepared { settled: Settled { contract, known_at, owed, due: words, totals, posted: None }, due })
}

/// What is posted for a day to come would keep every day until then from being settled.
fn refuse_future_day(outside: &Outside, as_of: Day) -> Result<(), Error> {
    let today = outside.today();
    if as_of <= today {
        return Ok(());
    }
    let message = format!("{as_of} is still to come; today is {today} (UTC)");
    Err(Error::refused(
        "future-day",
        message,
        "post as of today or an earlier day; without posting, any day can be seen",
    ))
}

/// A settlement covers everything up to its day, so that an earlier one after it would take back what lies between.
fn refuse_earlier_day(connection: &mut Connection, known: &Known, as_of: Day) -> Result<(), Error> {
    let mut latest: Option<Day> = None;
    storage::entry::for_each_of_chain(connection, known.row.contract_id, |row| {
        if row.kind == i64::from(EntryKind::SettlementPosted.number()) {
            latest = latest.max(i32::try_from(row.effective_on).ok().map(Day));
        }
        Ok::<_, Error>(())
    })?;
    match latest {
        Some(latest) if latest > as_of => {
            let message = format!("`{}` is settled as of {latest} already, later than {as_of}", known.row.name);
            let help = format!("settle as of {latest} or a later day: what was reported since then is included");
            Err(Error::refused("settled-later", message, help))
        }
        _ => Ok(()),
    }
}

fn post(
    connection: &mut Connection,
    outside: &mut Outside,
    known: &mut Known,
    as_of: Day,
    due: &[SettlementLine],
) -> Result<Receipt, Error> {
    let count = u32::try_from(due.len()).unwrap_or(u32::MAX);
    let payload = payload::Settlement { as_of, count, totals: sums(due)? };
    let mut draft = journal::draft(outside, EntryKind::SettlementPosted, &payload)?;
    draft.effective_on = as_of;
    draft.terms = Some(known.row.digest);
    let parties: BTreeMap<String, PartyId> =
        known.parties.iter().map(|party| (party.role.clone(), party.party_id)).collect();
    draft.postings = postings(due, &parties, known.contract.checked.document.header.currency)?;
    let (seq, keys) = (known.chain.seq() + 1, Keys::load(connection, known.row.contract_id)?);
    let mut rows = Vec::with_capacity(due.len());
    for (line, item) in due.iter().zip(0..) {
        let at = SealedAt { contract: known.row.contract_id, seq, batch: Batch::Lines, item };
        let place = (at, line.key.subject);
        let (sealed, commitment) = keys.commit_and_seal(outside, draft.id, place, encode_line(line))?;
        rows.push(line_row(&at, line, sealed, commitment));
    }
    let commitments: Vec<_> = rows.iter().map(|row| row.commitment).collect();
    draft.commitments = vec![Batch::Lines.root(&commitments)];
    let receipt = known.chain.append(connection, draft)?;
    storage::settlement_line::insert(connection, &rows)?;
    Ok(receipt)
}

fn line_row(at: &SealedAt, line: &SettlementLine, sealed: Vec<u8>, commitment: Digest) -> SettlementLineRow {
    let key = line.key.clone();
    SettlementLineRow {
        contract_id: at.contract,
        seq: at.seq,
        item: at.item,
        clause: key.clause,
        payer: key.payer,
        payee: key.payee,
        subject_ref: key.subject,
        part: key.part.into(),
        amount_minor: line.amount_minor,
        sealed: Some(sealed),
        commitment,
    }
}
