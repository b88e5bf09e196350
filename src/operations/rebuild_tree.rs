//! The log's tree, put right from the journal and from the order that is left of the log.

use std::collections::BTreeMap;

use super::{
    Error,
    log_tree::{column, number},
    rebuild_log::incomplete,
    sequence_log::node_row,
};
use crate::{
    ledger::merkle::{NodesMissing, TiledTree},
    storage::{self, Connection, EntryRow, LogEntryRow, SequencedRow, projection},
    values::{ChainId, Digest},
};

/// Puts leaves, nodes, how far chains are and the size of the log right. Whether that is the log that was signed, whoever
/// verifies afterwards sees from the checkpoints.
///
/// # Errors
/// A refusal `rebuild-incomplete` when rows of several chains are gone, so that their order is lost.
pub(super) fn put_tree(connection: &mut Connection, entries: &[EntryRow]) -> Result<(), Error> {
    let leaf = |row: &EntryRow| ((row.chain_id, row.seq), crate::ledger::merkle::leaf_hash(&row.body));
    let leaves: BTreeMap<(ChainId, i64), Digest> = entries.iter().map(leaf).collect();
    let stored: Vec<LogEntryRow> = storage::log_entry::each(connection)?.into_iter().collect::<Result<_, _>>()?;
    let sequenced: Vec<SequencedRow> = storage::sequenced::each(connection)?.into_iter().collect::<Result<_, _>>()?;
    let mut numbers = storage::sequencer::load(connection)?;
    let last = stored.last().map_or(0, |row| row.log_index.saturating_add(1));
    let size = number(numbers.size.max(last))?;
    let mut known: BTreeMap<ChainId, Reach> = BTreeMap::new();
    for (chain, seq) in leaves.keys() {
        known.entry(*chain).or_default().written = *seq;
    }
    for SequencedRow { chain_id, seq } in sequenced {
        known.entry(chain_id).or_default().sequenced = seq;
    }
    let places = stored.iter().map(|row| (row.log_index, row.chain_id));
    let order = order(size, places, &known).map_err(incomplete)?;
    let mut ends: BTreeMap<ChainId, i64> = BTreeMap::new();
    let mut rows = Vec::with_capacity(order.len());
    for (log_index, chain_id) in (0..).zip(order) {
        let end = ends.entry(chain_id).or_default();
        *end += 1;
        let leaf = leaves.get(&(chain_id, *end)).copied();
        let leaf = leaf.ok_or_else(|| incomplete(format!("log index {log_index} has no entry in the journal")))?;
        rows.push(LogEntryRow { log_index, chain_id, seq: *end, leaf });
    }
    let leaves: Vec<Digest> = rows.iter().map(|row| row.leaf).collect();
    // A tree that has no leaf yet reads nothing.
    let nodes = TiledTree::new(0, |_, _| Ok::<_, NodesMissing>(Vec::new())).completed_by(&leaves)?;
    let nodes: Vec<_> = nodes.into_iter().map(node_row).collect();
    let ends: Vec<_> = ends.into_iter().map(|(chain_id, seq)| SequencedRow { chain_id, seq }).collect();
    numbers.size = column(size);
    Ok(projection::replace_tree(connection, &rows, &nodes, &ends, &numbers)?)
}

/// How far a chain is.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    /// In the journal.
    written: i64,
    /// In the log, as `sequenced` has it.
    sequenced: i64,
}

/// The chain at each index of the log. An index without one is filled where one chain alone lacks entries there.
fn order(
    size: u64,
    stored: impl Iterator<Item = (i64, ChainId)>,
    known: &BTreeMap<ChainId, Reach>,
) -> Result<Vec<ChainId>, String> {
    let mut places: Vec<Option<ChainId>> = Vec::new();
    places.resize(usize::try_from(size).unwrap_or_default(), None);
    let mut open: BTreeMap<ChainId, Reach> = known.clone();
    for (index, chain) in stored {
        let place = usize::try_from(index).ok().and_then(|index| places.get_mut(index));
        if let (Some(place), Some(reach)) = (place, open.get_mut(&chain)) {
            *place = Some(chain);
            reach.written -= 1;
            reach.sequenced -= 1;
        }
    }
    let holes = places.iter().filter(|place| place.is_none()).count();
    let lacking = |of: fn(&Reach) -> i64| -> Vec<ChainId> {
        open.iter().filter(|(_, reach)| of(reach) > 0).map(|(chain, _)| *chain).collect()
    };
    // How far chains were may be lost as well; then those count that have entries outside the log.
    let candidates = Some(lacking(|reach| reach.sequenced)).filter(|chains| !chains.is_empty());
    let candidates = candidates.unwrap_or_else(|| lacking(|reach| reach.written));
    match (holes, &candidates[..]) {
        (0, _) => {}
        (_, [chain]) => places.iter_mut().for_each(|place| *place = place.or(Some(*chain))),
        (_, chains) => {
            return Err(format!("{holes} row(s) of `log_entry` are gone, and {} chains can stand there", chains.len()));
        }
    }
    Ok(places.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ChainId = ChainId::from_bytes([1; 16]);
    const B: ChainId = ChainId::from_bytes([2; 16]);

    fn known(a: (i64, i64), b: (i64, i64)) -> BTreeMap<ChainId, Reach> {
        let reach = |(written, sequenced)| Reach { written, sequenced };
        [(A, reach(a)), (B, reach(b))].into()
    }

    #[test]
    fn a_missing_row_is_filled_where_one_chain_alone_can_stand() {
        let whole = [(0, A), (1, B), (2, A), (3, B)];
        let without = |gone: &[i64]| whole.into_iter().filter(|(index, _)| !gone.contains(index)).collect::<Vec<_>>();
        let all = Ok(vec![A, B, A, B]);
        for gone in [&[][..], &[0], &[1], &[3], &[0, 2], &[1, 3]] {
            assert_eq!(order(4, without(gone).into_iter(), &known((2, 2), (2, 2))), all, "{gone:?}");
        }
        // Written and not in the log yet: what the chains had reached there tells who is missing.
        assert_eq!(order(4, without(&[2]).into_iter(), &known((9, 2), (9, 2))), all);
        assert_eq!(order(4, without(&[2]).into_iter(), &known((2, 0), (2, 0))), all);
        for (gone, known) in [(vec![0, 1], known((2, 2), (2, 2))), (vec![2], known((9, 0), (9, 0)))] {
            assert!(order(4, without(&gone).into_iter(), &known).unwrap_err().contains("2 chains"), "{gone:?}");
        }
    }
}
