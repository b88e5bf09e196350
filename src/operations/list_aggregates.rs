//! Figures about patients for those who may see no rows: released once a month, kept as they were released.

use super::{
    Error,
    access::unknown_contract,
    known::{self, Known},
};
use crate::{
    contract::{
        Batch,
        aggregate::{self, Release, strata},
        erasure,
    },
    ledger::{self, EntryKind},
    storage::{self, AggregateReleaseRow, Connection},
    values::{ChainId, Day, Digest, EntryId},
};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A release and what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRelease {
    /// The day before which everything counted was recorded.
    pub released_on: Day,
    /// The names of the fields whose values tell cells apart.
    pub strata: Vec<String>,
    /// What is told.
    pub release: Release,
    /// The contract's chain.
    pub chain: ChainId,
    /// The last position that is counted, its entry and the chain hash there, which covers all that is counted.
    pub head: (i64, EntryId, Digest),
    /// The entries that commit to what is counted here and not in the release before.
    pub batches: Vec<CountedBatch>,
}

/// An entry that commits to rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBatch {
    /// Its position.
    pub position: i64,
    /// The entry.
    pub entry: EntryId,
    /// What happened.
    pub kind: EntryKind,
    /// The root over the commitments of its rows.
    pub root: Digest,
}

/// Computes the release of the month in which a day lies; none when there is one already, or nothing was recorded before.
/// A month in which nothing may be told has an empty release.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn due_release(
    connection: &mut Connection,
    contract: &str,
    today: Day,
) -> Result<Option<AggregateReleaseRow>, Error> {
    connection.snapshot(|connection| {
        let contract_id =
            storage::overview::contract_id(connection, contract)?.ok_or_else(|| unknown_contract(contract))?;
        let earlier = storage::aggregate_release::of_contract(connection, contract_id)?;
        let first = Day::parse(&format!("{:04}-{:02}-01", today.year(), today.month()));
        let released_on = first.ok_or_else(|| Error::Stored(format!("{today} lies outside the calendar")))?;
        if earlier.last().is_some_and(|last| last.released_on >= released_on) {
            return Ok(None);
        }
        let mut seq = None;
        storage::entry::for_each_of_chain(connection, contract_id, |row| {
            if row.recorded_at < i64::from(released_on.0) * MICROS_PER_DAY {
                seq = Some(row.seq);
            }
            Ok::<_, Error>(())
        })?;
        let Some(seq) = seq else { return Ok(None) };
        let known = known::read(connection, contract)?;
        let reported = known::reported(connection, &known.row)?;
        let checked = &known.contract().checked;
        let strata = strata_of(&known);
        let exact = aggregate::count(&checked.document, &strata, &reported, seq);
        let told = earlier.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let release = aggregate::release(&exact, &told).unwrap_or_default();
        let counts = serde_json::to_string(&release).map_err(|error| Error::Stored(error.to_string()))?;
        Ok(Some(AggregateReleaseRow { contract_id, released_on, seq, counts }))
    })
}

/// Keeps a release, unless another one was kept for the month meanwhile.
///
/// # Errors
/// What the database answers.
pub fn keep_release(connection: &mut Connection, row: &AggregateReleaseRow) -> Result<(), Error> {
    connection.transaction(|connection| {
        let kept = storage::aggregate_release::of_contract(connection, row.contract_id)?;
        if kept.last().is_some_and(|last| last.released_on >= row.released_on) {
            return Ok(());
        }
        Ok(storage::aggregate_release::insert(connection, row)?)
    })
}

/// Lists the releases in which something is told, from the latest on, or on from before a day.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn list_aggregates(
    connection: &mut Connection,
    contract: &str,
    before: Option<Day>,
    limit: usize,
) -> Result<Vec<ListedRelease>, Error> {
    connection.snapshot(|connection| {
        let known = known::read(connection, contract)?;
        let chain = known.row.contract_id;
        let strata = strata_of(&known);
        let mut entries = Vec::new();
        storage::entry::for_each_of_chain(connection, chain, |row| {
            let entry = ledger::Entry::decode(&row.body).map_err(|error| Error::Stored(error.to_string()))?;
            entries.push((row.seq, row.entry_id, row.hash, entry.kind, root(&entry)));
            Ok::<_, Error>(())
        })?;
        let (mut listed, mut counted) = (Vec::new(), 0);
        for row in storage::aggregate_release::of_contract(connection, chain)? {
            let release = read(&row)?;
            if release.cells.is_empty() {
                continue;
            }
            let here = entries.iter().filter(|(seq, ..)| *seq > counted && *seq <= row.seq);
            let batch = |(position, entry, _, kind, root): &(i64, EntryId, Digest, EntryKind, Option<Digest>)| {
                Some(CountedBatch { position: *position, entry: *entry, kind: *kind, root: (*root)? })
            };
            let batches = here.filter_map(batch).collect();
            let head = entries.iter().find(|(seq, ..)| *seq == row.seq);
            let (seq, entry, hash, ..) =
                head.ok_or_else(|| Error::Stored("a release counts what is not there".into()))?;
            let (released_on, strata, head) = (row.released_on, strata.clone(), (*seq, *entry, *hash));
            listed.push(ListedRelease { released_on, strata, release, chain, head, batches });
            counted = row.seq;
        }
        let wanted =
            listed.into_iter().rev().filter(|release| before.is_none_or(|before| release.released_on < before));
        Ok(wanted.take(limit).collect())
    })
}

/// The fields by which the first version tells subjects apart.
fn strata_of(known: &Known) -> Vec<String> {
    let first = known.versions.all().next().map_or_else(|| known.contract(), |version| &version.contract);
    strata(&first.checked.document, first.checked.group)
}

fn read(row: &AggregateReleaseRow) -> Result<Release, Error> {
    serde_json::from_str(&row.counts).map_err(|error| Error::Stored(format!("a release of figures: {error}")))
}

/// The root over the rows that an entry commits to, or takes away.
fn root(entry: &ledger::Entry) -> Option<Digest> {
    let field = match (Batch::of(entry.kind), entry.kind) {
        (Some(Batch::Subjects | Batch::Facts), _) => Batch::of(entry.kind)? as u16,
        (_, EntryKind::FactsErased) => erasure::FIELD,
        _ => return None,
    };
    entry.commitments.iter().find(|commitment| commitment.field == field).map(|commitment| commitment.digest)
}
