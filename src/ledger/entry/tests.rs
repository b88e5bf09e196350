//! Bodies of entries against vectors computed elsewhere, and what must be refused.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    ledger::{
        AccountKind,
        chain::chain_hash,
        commitment::{Commitment, Opening, Place, Salt, batch_tree, idempotency_digest, verify_in_batch},
        merkle::{Frontier, MerkleTree, leaf_hash},
        posting::Postings,
    },
    values::{Currency, PartyId, day, from_hex, to_hex},
};

const DOCUMENT: &str = include_str!("../../../docs/LEDGER-FORMAT.md");

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/fixtures/ledger/vectors.json")).unwrap()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    from_hex(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn micros(value: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text(value)).unwrap().timestamp_micros()
}

fn entry(row: &Value) -> Entry {
    let digest = |name: &str| Digest(bytes(&row[name]));
    let postings = row["postings"].as_array().unwrap().iter().map(|leg| Posting {
        party: PartyId::from_bytes(bytes(&leg["party"])),
        account: AccountKind::parse(text(&leg["account"])).unwrap(),
        currency: Currency::parse(text(&leg["currency"])).unwrap(),
        amount_minor: text(&leg["amount_minor"]).parse().unwrap(),
    });
    let postings: Vec<_> = postings.collect();
    let commitments = row["commitments"].as_array().unwrap().iter().map(|item| FieldCommitment {
        field: item["field"].as_u64().unwrap().try_into().unwrap(),
        digest: Digest(bytes(&item["digest"])),
    });
    Entry {
        log: digest("log"),
        chain: ChainId::from_bytes(bytes(&row["chain"])),
        seq: row["seq"].as_u64().unwrap(),
        prev_hash: digest("previous"),
        id: EntryId::from_bytes(bytes(&row["entry"])),
        kind: EntryKind::parse(text(&row["kind"])).unwrap(),
        effective_on: Day::parse(text(&row["effective_on"])).unwrap(),
        recorded_at_micros: micros(&row["recorded_at"]),
        actor: digest("actor"),
        idempotency: Some(digest("idempotency")).filter(|digest| *digest != Digest::ZERO),
        corrects: Some(bytes(&row["corrects"])).filter(|id| *id != [0; 16]).map(EntryId::from_bytes),
        terms: Some(digest("terms")).filter(|digest| *digest != Digest::ZERO),
        postings: if postings.is_empty() { vec![] } else { Postings::balanced(postings).unwrap().to_vec() },
        commitments: commitments.collect(),
        payload: text(&row["payload"]).as_bytes().to_vec(),
    }
}

#[test]
fn bodies_and_hashes_agree_with_the_independent_program() {
    let vectors = vectors();
    let mut frontier = Frontier::default();
    let roots: Vec<_> = vectors["roots_by_size"].as_array().unwrap().iter().map(|root| Digest(bytes(root))).collect();
    for (row, root) in vectors["entries"].as_array().unwrap().iter().zip(&roots) {
        assert_eq!(frontier.root(), *root);
        let entry = entry(row);
        let body = entry.encode().unwrap();
        assert_eq!(to_hex(&body), text(&row["body"]), "{}", row["name"]);
        assert_eq!(Entry::decode(&body).unwrap(), entry);
        let leaf = leaf_hash(&body);
        assert_eq!(leaf.to_string(), text(&row["leaf"]));
        assert_eq!(chain_hash(&entry.prev_hash, &leaf).to_string(), text(&row["chain_hash"]));
        frontier.push(leaf);
    }
    assert_eq!((frontier.size(), Some(&frontier.root())), (3, roots.last()));
}

#[test]
fn commitments_agree_with_the_independent_program() {
    let vectors = vectors();
    let mut commitments = Vec::new();
    for item in vectors["batch"]["items"].as_array().unwrap() {
        let place = Place {
            chain: ChainId::from_bytes(bytes(&item["chain"])),
            entry: EntryId::from_bytes(bytes(&item["entry"])),
            field: item["field"].as_u64().unwrap().try_into().unwrap(),
            index: item["index"].as_u64().unwrap().try_into().unwrap(),
        };
        let salt = Salt(bytes(&item["salt"]));
        commitments.push(Commitment::of(&place, Opening { salt: &salt, content: text(&item["content"]).as_bytes() }));
        assert_eq!(commitments.last().unwrap().0.to_string(), text(&item["commitment"]));
    }
    let batch: MerkleTree = batch_tree(&commitments);
    assert_eq!(batch.root().to_string(), text(&vectors["batch"]["root"]));
    let proof = batch.inclusion_proof(1).unwrap();
    let expected: Vec<_> =
        vectors["batch"]["proof_of_index_1"].as_array().unwrap().iter().map(|node| Digest(bytes(node))).collect();
    assert_eq!(proof, expected);
    assert_eq!(verify_in_batch(&batch.root(), 3, 1, &commitments[1], &proof), Ok(()));
    assert!(verify_in_batch(&batch.root(), 3, 1, &commitments[0], &proof).is_err());
    let key = &vectors["idempotency"];
    let digest = idempotency_digest(&Digest(bytes(&key["log"])), text(&key["key"]).as_bytes());
    assert_eq!(digest.to_string(), text(&key["digest"]));
}

#[test]
fn the_document_shows_the_same_values() {
    let joined: String = DOCUMENT.split_whitespace().collect();
    let vectors = vectors();
    let mut shown: Vec<&Value> = vectors["roots_by_size"].as_array().unwrap().iter().collect();
    for row in vectors["entries"].as_array().unwrap() {
        shown.extend([&row["body"], &row["leaf"], &row["chain_hash"]]);
    }
    shown.extend(vectors["batch"]["items"].as_array().unwrap().iter().map(|item| &item["commitment"]));
    shown.extend(vectors["batch"]["proof_of_index_1"].as_array().unwrap());
    shown.extend([&vectors["batch"]["root"], &vectors["idempotency"]["digest"]]);
    for value in shown {
        assert!(joined.contains(text(value)), "{value}");
    }
}

/// The third vector: four postings from byte 236, no commitments (count at 384), no payload (length at 386).
fn sample() -> Vec<u8> {
    from_hex(text(&vectors()["entries"][2]["body"])).unwrap()
}

#[test]
fn every_broken_rule_names_its_byte() {
    let cases: [(usize, &[u8], usize, &str); 18] = [
        (0, b"OLE2", 0, "the version OLE1, found `OLE2`"),
        (52, &0_u64.to_be_bytes(), 52, "a position from 1 to 2^63 - 1, found 0"),
        (52, &[0x80], 52, "a position from 1"),
        (92, &[0; 16], 92, "an entry id, found zeros"),
        (108, &[0, 0], 108, "a registered entry kind, found 0"),
        (108, &[0, 255], 108, "a registered entry kind, found 255"),
        (110, &157_420_i32.to_be_bytes(), 110, "a day from 1800 to 2400, found day 157420"),
        (110, &(-62_092_i32).to_be_bytes(), 110, "a day from 1800 to 2400"),
        (234, &[0, 5], 384, "16 bytes of party"),
        (252, &[0], 252, "an account kind from 1 to 6, found 0"),
        (252, &[7], 252, "an account kind from 1 to 6, found 7"),
        (253, b"eur", 253, "an ISO 4217 code with minor units, found `eur`"),
        (253, b"E\xffR", 253, "found `E\\xffR`"),
        (253, b"XAU", 253, "an ISO 4217 code"),
        (256, &[3], 256, "scale 2 of EUR, found 3"),
        (236, &[0xff], 273, "postings in ascending order"),
        (384, &[0, 1], 388, "32 bytes of commitment"),
        (386, &[0, 0, 0, 1], 390, "1 bytes of payload, found 0 bytes"),
    ];
    for (at, patch, offset, message) in cases {
        let mut body = sample();
        body[at..at + patch.len()].copy_from_slice(patch);
        let error = Entry::decode(&body).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.offset, offset, "{error}");
    }
}

#[test]
fn lengths_must_fit_exactly() {
    let body = sample();
    for length in 0..body.len() {
        let error = Entry::decode(&body[..length]).unwrap_err();
        assert!(error.offset <= length, "{error}");
    }
    let mut longer = body.clone();
    longer.push(0);
    assert_eq!(
        Entry::decode(&longer).unwrap_err().to_string(),
        "byte 390: expected the end of the body, found 1 more bytes from 0x00"
    );
    let error = Entry::decode(&vec![0; MAX_BODY_BYTES + 1]).unwrap_err();
    assert_eq!(error.expected, "at most 32768 bytes");
}

prop_compose! {
    fn any_posting()(
        party: [u8; 16], account in 0..6_usize, code in prop::sample::select(vec!["EUR", "JPY", "BHD", "CLF"]),
        amount_minor: i128,
    ) -> Posting {
        let currency = Currency::parse(code).unwrap();
        Posting { party: PartyId::from_bytes(party), account: AccountKind::ALL[account], currency, amount_minor }
    }
}

prop_compose! {
    fn any_entry()(
        digests: [[u8; 32]; 5], chain: [u8; 16], id in 1..u128::MAX, corrects: Option<u128>, seq in 1..=u64::MAX >> 1,
        kind in 0..22_usize, day in day::FIRST.0..=day::LAST.0, recorded_at_micros: i64, optional: [bool; 2],
        mut postings in prop::collection::vec(any_posting(), 0..5),
        fields in prop::collection::btree_map(any::<u16>(), any::<[u8; 32]>(), 0..5),
        payload in prop::collection::vec(any::<u8>(), 0..100),
    ) -> Entry {
        postings.sort_by_key(Posting::to_bytes);
        let optional_digest = |at: usize| optional[at].then_some(Digest(digests[3 + at])).filter(|d| *d != Digest::ZERO);
        Entry {
            log: Digest(digests[0]), chain: ChainId::from_bytes(chain), seq, prev_hash: Digest(digests[1]),
            id: EntryId::from_bytes(id.to_be_bytes()), kind: EntryKind::ALL[kind], effective_on: Day(day),
            recorded_at_micros, actor: Digest(digests[2]), idempotency: optional_digest(0),
            corrects: corrects.filter(|id| *id != 0).map(|id| EntryId::from_bytes(id.to_be_bytes())),
            terms: optional_digest(1), postings,
            commitments: fields.into_iter().map(|(field, digest)| FieldCommitment { field, digest: Digest(digest) }).collect(),
            payload,
        }
    }
}

proptest! {
    #[test]
    fn a_body_decodes_to_its_entry(entry in any_entry()) {
        prop_assert_eq!(Entry::decode(&entry.encode().unwrap()).unwrap(), entry);
    }

    #[test]
    fn two_entries_never_share_a_body(one in any_entry(), other in any_entry()) {
        prop_assert_eq!(one == other, one.encode().unwrap() == other.encode().unwrap());
    }

    // Together with the first property: bytes that decode at all are the only bytes of what they decode to.
    #[test]
    fn changed_bytes_are_refused_or_are_another_entry(entry in any_entry(), at: prop::sample::Index, change in 1..=255_u8) {
        let mut body = entry.encode().unwrap();
        let at = at.index(body.len());
        body[at] ^= change;
        if let Ok(other) = Entry::decode(&body) {
            prop_assert_ne!(&other, &entry);
            prop_assert_eq!(other.encode().unwrap(), body);
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), start in any_entry()) {
        let _ = Entry::decode(&bytes);
        let mut body = start.encode().unwrap();
        body.truncate(236);
        body.extend(bytes);
        let _ = Entry::decode(&body);
    }
}
