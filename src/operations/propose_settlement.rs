//! Puts a settlement forward: what is owed as of a day, less what was posted. It is posted when all have approved it.

use serde::Serialize;

use super::{
    Error, Outside,
    bookkeeping::Bookkeeping,
    journal::Receipt,
    known::{self, Known},
    sealing::Keys,
};
use crate::{
    contract::{
        Act, Batch, SettlementLine, Statement, StatementLine,
        content::encode_line,
        difference,
        money::{Books, MoneyAct},
        owed::owed,
        payload,
        seal::SealedAt,
        settlement::{in_words, sums, undisputed},
        statement::{Total, totals},
    },
    storage::{self, Connection, SettlementLineRow},
    values::{Day, Digest, PartyId},
};

/// A settlement as it would be, or as it was put forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DueSettlement {
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
    /// The roles that have to approve it before it is posted.
    pub approvers: Vec<String>,
    /// Where it was put forward; none when it was not, or there is no difference.
    pub proposed: Option<Receipt>,
}

/// Computes what would be put forward as of a day. Changes nothing.
///
/// # Errors
/// A refusal when the contract is not in force, a later day was settled already, or a clause cannot be computed.
pub fn preview_settlement(connection: &mut Connection, contract: &str, as_of: Day) -> Result<DueSettlement, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        Ok(prepare(connection, &keeping, as_of)?.settlement)
    })
}

/// Puts forward the difference between what is owed as of a day and what was posted. Without a difference nothing is
/// recorded.
///
/// # Errors
/// As for [`preview_settlement`], and a refusal of days to come and while another settlement waits for approvals.
pub fn propose_settlement(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    as_of: Day,
) -> Result<DueSettlement, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        keeping.known.allow(Act::Settle, outside)?;
        super::bookkeeping::refuse_future_day(outside, as_of)?;
        let Prepared { mut settlement, due } = prepare(connection, &keeping, as_of)?;
        if !due.is_empty() {
            settlement.proposed = Some(propose(connection, outside, &mut keeping, as_of, &due)?);
        }
        Ok(settlement)
    })
}

struct Prepared {
    settlement: DueSettlement,
    due: Vec<SettlementLine>,
}

fn prepare(connection: &mut Connection, keeping: &Bookkeeping, as_of: Day) -> Result<Prepared, Error> {
    let Bookkeeping { known, books } = keeping;
    known.state.after(Act::Settle)?;
    refuse_earlier_day(known, books, as_of)?;
    let reported = known::reported(connection, &known.row)?;
    let posted = posted_lines(connection, keeping)?;
    let known_at = known.chain.seq();
    let (owed, lines) = owed(&known.versions, &reported, known_at, as_of)?;
    let due = undisputed(difference(&lines, &posted)?, disputed_lines(connection, keeping)?.iter());
    let labels = reported.labels();
    let currency = known.contract().checked.document.header.currency;
    let word = |line| in_words(line, currency, |subject| labels.get(&subject).map(|label| (*label).to_owned()));
    let words: Vec<StatementLine> = due.iter().map(word).collect::<Result<_, _>>()?;
    let approvers =
        if due.is_empty() { Vec::new() } else { Vec::from_iter(books.approvers(&payload(as_of, None, &due)?)) };
    let (contract, totals) = (known.row.name.clone(), totals(&words));
    let settlement = DueSettlement { contract, known_at, owed, due: words, totals, approvers, proposed: None };
    Ok(Prepared { settlement, due })
}

/// The lines of all settlements that were posted, but those erased.
pub(super) fn posted_lines(connection: &mut Connection, keeping: &Bookkeeping) -> Result<Vec<SettlementLine>, Error> {
    let lines = known::lines(connection, &keeping.known.row)?.into_iter();
    let posted = lines.filter(|(row, _)| keeping.books.posted_line(row.seq, row.item).is_some());
    Ok(posted.filter_map(|(_, line)| line).collect())
}

/// The lines that are in dispute, but those erased.
pub(super) fn disputed_lines(connection: &mut Connection, keeping: &Bookkeeping) -> Result<Vec<SettlementLine>, Error> {
    let mut disputed = Vec::new();
    for dispute in keeping.books.disputes().iter().filter(|dispute| dispute.ended.is_none()) {
        let rows = storage::settlement_line::of_entry(connection, keeping.known.row.contract_id, dispute.settlement)?;
        let covered = |row: &SettlementLineRow| u32::try_from(row.item).is_ok_and(|item| dispute.covers(item));
        let rows = rows.into_iter().filter(covered).collect();
        let lines = known::open_lines(connection, &keeping.known.row, rows)?;
        disputed.extend(lines.into_iter().filter_map(|(_, line)| line));
    }
    Ok(disputed)
}

/// A settlement covers everything up to its day, so that an earlier one after it would take back what lies between.
fn refuse_earlier_day(known: &Known, books: &Books, as_of: Day) -> Result<(), Error> {
    match books.settled_on() {
        Some(latest) if latest > as_of => {
            let message = format!("`{}` is settled as of {latest} already, later than {as_of}", known.row.name);
            let help = format!("settle as of {latest} or a later day: what was reported since then is included");
            Err(Error::refused("settled-later", message, help))
        }
        _ => Ok(()),
    }
}

fn payload(as_of: Day, by: Option<PartyId>, due: &[SettlementLine]) -> Result<payload::Settlement, Error> {
    Ok(payload::Settlement { as_of, by, count: u32::try_from(due.len()).unwrap_or(u32::MAX), totals: sums(due)? })
}

fn propose(
    connection: &mut Connection,
    outside: &mut Outside,
    keeping: &mut Bookkeeping,
    as_of: Day,
    due: &[SettlementLine],
) -> Result<Receipt, Error> {
    let mut draft = keeping.draft(outside, as_of, &MoneyAct::Propose(payload(as_of, outside.acting, due)?))?;
    let known = &mut keeping.known;
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
