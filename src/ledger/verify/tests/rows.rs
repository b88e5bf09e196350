//! Damage to entry rows.

use proptest::prelude::*;

use super::*;

type Change = fn(&mut EntryRow, u32, u8);

/// Flips one bit of a 64-bit column.
fn flip(number: i64, bit: u32) -> i64 {
    number ^ (1 << bit)
}

fn flip_id(bytes: &[u8; 16], byte: u32, bit: u8) -> [u8; 16] {
    let mut changed = *bytes;
    changed[byte as usize] ^= 1 << bit;
    changed
}

/// Every column with its width in bytes.
const COLUMNS: [(&str, u32, Change); 8] = [
    ("chain", 16, |row, byte, bit| row.chain = ChainId::from_bytes(flip_id(row.chain.as_bytes(), byte, bit))),
    ("seq", 8, |row, byte, bit| row.seq = flip(row.seq, byte * 8 + u32::from(bit))),
    ("id", 16, |row, byte, bit| row.id = EntryId::from_bytes(flip_id(row.id.as_bytes(), byte, bit))),
    ("kind", 8, |row, byte, bit| row.kind = flip(row.kind, byte * 8 + u32::from(bit))),
    ("effective_on", 8, |row, byte, bit| row.effective_on = flip(row.effective_on, byte * 8 + u32::from(bit))),
    ("recorded_at", 8, |row, byte, bit| {
        row.recorded_at_micros = flip(row.recorded_at_micros, byte * 8 + u32::from(bit))
    }),
    ("prev_hash", 32, |row, byte, bit| row.prev_hash.0[byte as usize] ^= 1 << bit),
    ("hash", 32, |row, byte, bit| row.hash.0[byte as usize] ^= 1 << bit),
];

#[test]
fn every_changed_bit_of_a_column_names_its_row() {
    let whole = store();
    for (chain, seq) in everywhere() {
        for (column, width, change) in COLUMNS {
            for (byte, bit) in (0..width).flat_map(|byte| [(byte, 0), (byte, 7)]) {
                let mut store = whole.clone();
                let at = store.at(chain, seq);
                change(&mut store.entries[at], byte, bit);
                let (code, named, position, entry) = first(&store);
                let expected = if column == "hash" { Code::HashChanged } else { Code::ColumnDiffers };
                let place = format!("{column} byte {byte} bit {bit} of {chain}/{seq}");
                assert_eq!((code, named, position), (expected, chain_id(chain), u64::from(seq)), "{place}");
                assert_eq!(entry, Some(id(chain, seq)), "{place}");
            }
        }
    }
}

#[test]
fn every_changed_byte_of_a_body_names_its_row() {
    let whole = store();
    for (chain, seq) in everywhere() {
        let at = whole.at(chain, seq);
        for byte in 0..whole.entries[at].body.len() {
            let mut store = whole.clone();
            store.entries[at].body[byte] ^= 1 << (byte % 8);
            let (code, named, position, entry) = first(&store);
            assert!([Code::BodyChanged, Code::BodyUndecodable].contains(&code), "byte {byte}: {code:?}");
            assert_eq!(
                (named, position, entry),
                (chain_id(chain), u64::from(seq), Some(id(chain, seq))),
                "byte {byte}"
            );
        }
    }
}

#[test]
fn a_deleted_row_is_missed_at_its_position() {
    for (chain, seq) in everywhere() {
        let mut store = store();
        let at = store.at(chain, seq);
        store.entries.remove(at);
        let (code, named, position, entry) = first(&store);
        let expected = if CHAINS.contains(&(chain, 1)) { Code::HeadExtra } else { Code::RowMissing };
        assert_eq!((code, named, position, entry), (expected, chain_id(chain), u64::from(seq), None));
        let others = store.findings().into_iter().skip(1).map(|finding| finding.code);
        let explained = [Code::PostingExtra, Code::CorrectsUnknown];
        assert!(others.into_iter().all(|code| explained.contains(&code)), "{chain}/{seq}");
    }
}

#[test]
fn a_cut_tail_is_missed_as_a_whole() {
    for length in 1..5 {
        let mut store = store();
        store.entries.retain(|row| row.chain != chain_id(1) || row.seq <= length);
        let findings = store.findings();
        let missing: Vec<_> = findings.iter().filter(|finding| finding.code == Code::RowMissing).collect();
        assert_eq!(missing.len(), 1);
        assert_eq!((missing[0].chain, missing[0].seq), (chain_id(1), length as u64 + 1));
        assert!(missing[0].expected.ends_with(&format!("{}", 5)), "{}", missing[0].expected);
    }
}

#[test]
fn a_whole_chain_that_is_gone_is_missed() {
    let mut store = store();
    store.entries.retain(|row| row.chain != chain_id(3));
    assert_eq!(first(&store), (Code::HeadExtra, chain_id(3), 4, None));
}

#[test]
fn an_entry_replaced_with_fitting_hashes_is_named() {
    for place in everywhere() {
        let (chain, seq) = place;
        let mut store = store();
        let at = store.at(chain, seq);
        store.rewrite(at, |entry| entry.payload = b"other".to_vec());
        let expected = if is_last(place) { Code::HeadDiffers } else { Code::EntryReplaced };
        assert_eq!(first(&store), (expected, chain_id(chain), u64::from(seq), Some(id(chain, seq))));
        assert_eq!(store.findings().len(), 1);
    }
}

#[test]
fn an_entry_with_another_predecessor_is_named() {
    for (chain, seq) in everywhere() {
        let mut store = store();
        let at = store.at(chain, seq);
        store.rewrite(at, |entry| entry.prev_hash.0[5] ^= 4);
        assert_eq!(first(&store), (Code::LinkBroken, chain_id(chain), u64::from(seq), Some(id(chain, seq))));
        assert!(store.findings().iter().all(|finding| finding.entry == Some(id(chain, seq))));
    }
}

#[test]
fn a_second_row_at_a_position_is_named() {
    let forged = EntryId::from_bytes([0xee; 16]);
    for (chain, seq) in everywhere() {
        let mut copied = store();
        let at = copied.at(chain, seq);
        copied.entries.insert(at, copied.entries[at].clone());
        assert_eq!(first(&copied), (Code::RowExtra, chain_id(chain), u64::from(seq), Some(id(chain, seq))));
        assert_eq!(copied.findings().len(), 1);
        for after in [0, 1] {
            let mut store = store();
            let mut entry = Entry::decode(&store.entries[at].body).unwrap();
            (entry.id, entry.payload) = (forged, vec![]);
            store.entries.insert(at + after, row(&entry));
            assert_eq!(first(&store), (Code::RowExtra, chain_id(chain), u64::from(seq), Some(forged)));
            assert_eq!(store.findings().len(), 1);
        }
    }
}

#[test]
fn a_row_beyond_the_head_is_named() {
    let forged = EntryId::from_bytes([0xee; 16]);
    for (chain, length) in CHAINS {
        for fitting in [true, false] {
            let mut store = store();
            let at = store.at(chain, length);
            let mut entry = Entry::decode(&store.entries[at].body).unwrap();
            (entry.id, entry.seq, entry.postings) = (forged, u64::from(length) + 1, vec![]);
            entry.prev_hash = if fitting { store.entries[at].hash } else { Digest([1; 32]) };
            store.entries.insert(at + 1, row(&entry));
            let code = if fitting { Code::HeadBehind } else { Code::LinkBroken };
            assert_eq!(first(&store), (code, chain_id(chain), u64::from(length) + 1, Some(forged)));
            assert!(store.findings().iter().all(|finding| finding.entry == Some(forged)));
        }
    }
}

#[test]
fn swapped_rows_are_named() {
    let whole = store();
    for (one, other) in (0..10).flat_map(|one| (one + 1..10).map(move |other| (one, other))) {
        let both = [whole.entries[one].id, whole.entries[other].id];
        let mut moved = whole.clone();
        moved.entries.swap(one, other);
        let report = verify(LOG, moved.entries, moved.heads, moved.postings);
        assert_eq!(report.findings[0].code, Code::RowOutOfOrder, "{one} {other}");
        let (mut left, mut right) = (whole.entries[one].clone(), whole.entries[other].clone());
        mem::swap(&mut left.chain, &mut right.chain);
        mem::swap(&mut left.seq, &mut right.seq);
        let mut exchanged = whole.clone();
        (exchanged.entries[one], exchanged.entries[other]) = (left, right);
        let (code, _, _, entry) = first(&exchanged);
        assert_eq!(code, Code::ColumnDiffers);
        assert!(both.map(Some).contains(&entry), "{one} {other}");
        assert!(!exchanged.findings().iter().any(|finding| finding.code == Code::RowMissing), "{one} {other}");
        let mut bodies = whole.clone();
        let body = mem::take(&mut bodies.entries[one].body);
        bodies.entries[one].body = mem::replace(&mut bodies.entries[other].body, body);
        let (code, _, _, entry) = first(&bodies);
        assert_eq!((code, entry), (Code::BodyChanged, Some(both[0])));
    }
}

#[test]
fn a_swap_of_neighbours_in_a_file_names_only_the_moved_row() {
    let mut store = store();
    store.entries.swap(1, 2);
    let report = verify(LOG, store.entries, store.heads, store.postings);
    let codes: Vec<_> = report.findings.iter().map(|finding| (finding.code, finding.entry)).collect();
    assert_eq!(codes, vec![(Code::RowOutOfOrder, Some(id(1, 2)))]);
}

#[test]
fn every_damage_is_reported_not_only_the_first() {
    let mut store = store();
    for (chain, seq) in [(1, 1), (1, 4), (3, 2)] {
        let at = store.at(chain, seq);
        store.entries[at].body.push(0);
    }
    store.entries.retain(|row| row.id != id(2, 1));
    store.postings[0].amount_minor += 1;
    let found: Vec<_> =
        store.findings().into_iter().map(|finding| (finding.code, finding.chain, finding.seq)).collect();
    for expected in [
        (Code::BodyUndecodable, chain_id(1), 1),
        (Code::BodyChanged, chain_id(1), 4),
        (Code::PostingDiffers, chain_id(1), 2),
        (Code::BodyUndecodable, chain_id(3), 2),
        (Code::HeadExtra, chain_id(2), 1),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
}

proptest! {
    #[test]
    fn any_loss_doubling_or_reordering_is_found(picks in prop::collection::vec(0..10_usize, 0..14)) {
        let whole = store();
        let entries: Vec<_> = picks.iter().map(|pick| whole.entries[*pick].clone()).collect();
        let same = entries == whole.entries;
        let report = verify(LOG, entries, whole.heads, whole.postings);
        prop_assert_eq!(report.is_clean(), same);
    }

    #[test]
    fn any_changed_byte_of_any_body_is_found(pick in 0..10_usize, at: prop::sample::Index, change in 1..=255_u8) {
        let mut store = store();
        let body = &mut store.entries[pick].body;
        let at = at.index(body.len());
        body[at] ^= change;
        let named = store.entries[pick].id;
        prop_assert_eq!(first(&store).3, Some(named));
    }
}
