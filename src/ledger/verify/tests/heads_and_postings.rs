//! Damage to heads and posting rows.

use super::*;

type Change = fn(&mut PostingRow);

#[test]
fn a_missing_an_extra_and_a_doubled_head_are_found() {
    for (at, (chain, length)) in CHAINS.into_iter().enumerate() {
        let mut store = store();
        let head = store.heads.remove(at);
        assert_eq!(first(&store), (Code::HeadMissing, chain_id(chain), u64::from(length), Some(id(chain, length))));
        store.heads.extend([head, head]);
        assert_eq!(first(&store), (Code::HeadExtra, chain_id(chain), u64::from(length), None));
    }
    let mut store = store();
    store.heads.push(ChainHead { chain: chain_id(9), ..store.heads[0] });
    assert_eq!(first(&store), (Code::HeadExtra, chain_id(9), 5, None));
    store.heads[3] = ChainHead { hash: Digest([1; 32]), ..ChainHead::start(chain_id(9)) };
    assert_eq!(first(&store), (Code::HeadExtra, chain_id(9), 0, None));
}

#[test]
fn every_changed_byte_of_a_head_is_found() {
    for (at, (chain, length)) in CHAINS.into_iter().enumerate() {
        let last = (chain_id(chain), u64::from(length), Some(id(chain, length)));
        for byte in 0..32 {
            let mut store = store();
            store.heads[at].hash.0[byte] ^= 0x20;
            let (code, named, seq, entry) = first(&store);
            assert_eq!((code, (named, seq, entry)), (Code::HeadDiffers, last));
            assert_eq!(store.findings().len(), 1);
        }
        for bit in 0..64 {
            let mut store = store();
            store.heads[at].recorded_at_micros ^= 1 << bit;
            let (code, named, seq, entry) = first(&store);
            assert_eq!((code, (named, seq, entry)), (Code::HeadDiffers, last));
        }
    }
}

#[test]
fn a_head_set_back_or_forward_is_found() {
    for seq in 0..=8 {
        let mut store = store();
        store.heads[0].seq = seq;
        let codes: Vec<_> = store.findings().into_iter().map(|finding| (finding.code, finding.seq)).collect();
        match seq {
            0 => assert_eq!(codes, vec![(Code::HeadBehind, 1)]),
            1..5 => assert_eq!(codes, vec![(Code::HeadDiffers, seq), (Code::HeadBehind, seq + 1)]),
            5 => assert_eq!(codes, vec![]),
            _ => assert_eq!(codes, vec![(Code::RowMissing, 6)]),
        }
    }
    let mut store = store();
    store.heads[0].seq = u64::MAX;
    assert_eq!(first(&store), (Code::RowMissing, chain_id(1), 6, None));
}

/// The entry that a posting row belongs to: chain and position are all there is in the row.
fn place(row: &PostingRow) -> (ChainId, u64) {
    (row.chain, u64::try_from(row.seq).unwrap())
}

#[test]
fn every_damaged_posting_row_names_its_entry() {
    let whole = store();
    let changes: [(Code, Change); 8] = [
        (Code::PostingDiffers, |row| row.party = PartyId::from_bytes([7; 16])),
        (Code::PostingDiffers, |row| row.account = 0),
        (Code::PostingDiffers, |row| row.account += 256),
        (Code::PostingDiffers, |row| row.currency = "CHF".to_owned().into()),
        (Code::PostingDiffers, |row| row.currency = "EURO".to_owned().into()),
        (Code::PostingDiffers, |row| row.amount_minor += 1),
        (Code::PostingDiffers, |row| row.amount_minor = -row.amount_minor),
        (Code::PostingExtra, |row| row.leg += 4),
    ];
    for at in 0..whole.postings.len() {
        for (code, change) in changes {
            let mut store = whole.clone();
            change(&mut store.postings[at]);
            let (found, chain, seq, entry) = first(&store);
            assert_eq!((found, (chain, seq)), (code, place(&whole.postings[at])));
            assert!(entry.is_some());
        }
        for bit in 0..128 {
            let mut store = whole.clone();
            store.postings[at].amount_minor ^= 1 << bit;
            assert_eq!(first(&store).0, Code::PostingDiffers);
        }
    }
}

#[test]
fn a_lost_a_doubled_and_a_moved_posting_row_are_found() {
    let whole = store();
    for at in 0..whole.postings.len() {
        let mut lost = whole.clone();
        let row = lost.postings.remove(at);
        let (code, chain, seq, _) = first(&lost);
        assert_eq!((code, (chain, seq)), (Code::PostingMissing, place(&row)));
        assert_eq!(lost.findings().len(), 1);
        let mut doubled = whole.clone();
        doubled.postings.push(row.clone());
        let (code, chain, seq, _) = first(&doubled);
        assert_eq!((code, (chain, seq)), (Code::PostingExtra, place(&row)));
        for (to_chain, to_seq) in [(1, 1), (1, -3), (1, 99), (9, 1), (0, 1)] {
            let mut moved = whole.clone();
            (moved.postings[at].chain, moved.postings[at].seq) = (chain_id(to_chain), to_seq);
            let found: Vec<_> = moved.findings().into_iter().map(|f| (f.code, (f.chain, f.seq))).collect();
            assert_eq!(found.len(), 2, "{found:?}");
            assert!(found.contains(&(Code::PostingMissing, place(&row))));
            assert!(found.contains(&(Code::PostingExtra, (chain_id(to_chain), u64::try_from(to_seq).unwrap_or(0)))));
        }
    }
}

#[test]
fn swapped_posting_rows_are_found() {
    let whole = store();
    for at in 0..whole.postings.len() - 1 {
        let mut store = whole.clone();
        let (one, other) = (store.postings[at].clone(), store.postings[at + 1].clone());
        (store.postings[at].leg, store.postings[at + 1].leg) = (other.leg, one.leg);
        (store.postings[at].seq, store.postings[at + 1].seq) = (other.seq, one.seq);
        (store.postings[at].chain, store.postings[at + 1].chain) = (other.chain, one.chain);
        let found: Vec<_> = store.findings().into_iter().map(|f| (f.code, (f.chain, f.seq))).collect();
        assert_eq!(found, vec![(Code::PostingDiffers, place(&one)), (Code::PostingDiffers, place(&other))]);
    }
}

#[test]
fn postings_of_a_displaced_entry_are_still_compared() {
    let mut store = store();
    let at = store.at(1, 2);
    store.entries[at].seq = 99;
    let codes = |store: &Store| store.findings().into_iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes(&store), vec![Code::ColumnDiffers]);
    store.postings[0].amount_minor += 1;
    assert_eq!(codes(&store), vec![Code::ColumnDiffers, Code::PostingDiffers]);
}
