//! Trees and proofs against published cases, and what must fail.

mod tiled;

use std::{fs, ops::Range, path::PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::values::from_hex;

fn fixtures(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/merkle").join(folder)
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<_> = text.trim_end_matches('=').chars().map(|c| ALPHABET.find(c).unwrap() as u32).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = (0..4).fold(0, |sum, at| sum << 6 | four.get(at).copied().unwrap_or(0));
        bits.to_be_bytes()[1..four.len()].to_vec()
    });
    bytes.collect()
}

/// A digest of a case; none when the case holds something that is no digest.
fn digest(value: &Value) -> Option<Digest> {
    base64(value.as_str()?).try_into().ok().map(Digest)
}

fn path(value: &Value) -> Option<Vec<Digest>> {
    value.as_array().map_or(Some(vec![]), |nodes| nodes.iter().map(digest).collect())
}

fn cases(folder: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for group in fs::read_dir(fixtures(folder)).unwrap() {
        for file in fs::read_dir(group.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            found.push((file.display().to_string(), serde_json::from_slice(&fs::read(&file).unwrap()).unwrap()));
        }
    }
    found
}

#[test]
fn published_inclusion_cases_are_judged_as_published() {
    let mut counts = [0, 0];
    for (name, case) in cases("inclusion") {
        let verdict = (|| {
            let size = case["treeSize"].as_u64()?;
            let (root, leaf, proof) = (digest(&case["root"])?, digest(&case["leafHash"])?, path(&case["proof"])?);
            verify_inclusion(&root, size, case["leafIdx"].as_u64()?, &leaf, &proof).ok()
        })();
        let refuse = case["wantErr"].as_bool().unwrap();
        assert_eq!(verdict.is_none(), refuse, "{name}");
        counts[usize::from(refuse)] += 1;
    }
    assert_eq!(counts.iter().sum::<i32>(), 49);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn published_consistency_cases_are_judged_as_published() {
    let mut counts = [0, 0];
    for (name, case) in cases("consistency") {
        let verdict = (|| {
            let (old, new) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
            let (old_root, new_root) = (digest(&case["root1"])?, digest(&case["root2"])?);
            verify_consistency(old, &old_root, new, &new_root, &path(&case["proof"])?).ok()
        })();
        let refuse = case["wantErr"].as_bool().unwrap();
        assert_eq!(verdict.is_none(), refuse, "{name}");
        counts[usize::from(refuse)] += 1;
    }
    assert_eq!(counts.iter().sum::<i32>(), 43);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn the_reference_tree_has_its_published_roots_and_proofs() {
    let tree: Value = serde_json::from_slice(&fs::read(fixtures("rfc6962_reference_tree.json")).unwrap()).unwrap();
    let hex = |value: &Value| Digest::parse(value.as_str().unwrap()).unwrap();
    let all = |value: &Value| value.as_array().unwrap().iter().map(hex).collect::<Vec<_>>();
    let inputs = tree["leaf_inputs_hex"].as_array().unwrap();
    let leaves: Vec<_> = inputs.iter().map(|input| leaf_hash(&from_hex(input.as_str().unwrap()).unwrap())).collect();
    assert_eq!(leaves, all(&tree["leaf_hashes_hex"]));
    let whole = MerkleTree::new(leaves.clone());
    let mut frontier = Frontier::default();
    let roots = all(&tree["root_by_tree_size"]);
    assert_eq!(roots.len(), 9);
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(whole.root_at(size), Some(*root), "size {size}");
        assert_eq!(frontier.root(), *root, "size {size}");
        frontier.extend(leaves.get(size).copied());
    }
    let part = |size: usize| MerkleTree::new(leaves[..size].to_vec());
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    for case in tree["inclusion_proofs"].as_array().unwrap() {
        let proof = part(number(&case["tree_size"])).inclusion_proof(number(&case["leaf_index"]));
        assert_eq!(proof, Some(all(&case["proof_hex"])), "{case}");
    }
    for case in tree["consistency_proofs"].as_array().unwrap() {
        let proof = part(number(&case["size2"])).consistency_proof(number(&case["size1"]));
        assert_eq!(proof, Some(all(&case["proof_hex"])), "{case}");
    }
}

fn leaves(size: usize) -> Vec<Digest> {
    (0..size).map(|index| leaf_hash(&index.to_be_bytes())).collect()
}

#[test]
fn every_leaf_and_every_beginning_of_small_trees_is_proven() {
    for size in 0..=40 {
        let tree = MerkleTree::new(leaves(size));
        let mut frontier = Frontier::default();
        for old in 0..=size {
            assert_eq!(Some(frontier.root()), tree.root_at(old));
            let proof = tree.consistency_proof(old).unwrap();
            verify_consistency(old as u64, &frontier.root(), size as u64, &tree.root(), &proof).unwrap();
            assert_eq!(Frontier::resume(old as u64, frontier.subtrees().to_vec()), Some(frontier.clone()));
            frontier.extend(leaves(size).get(old).copied());
        }
        assert_eq!(tree.inclusion_proof(size), None);
        assert_eq!(tree.consistency_proof(size + 1), None);
        assert_eq!(Frontier::resume(size as u64 * 2 + 1, frontier.subtrees().to_vec()), None);
    }
}

#[test]
fn a_smaller_tree_and_a_longer_proof_are_refused() {
    let tree = MerkleTree::new(leaves(5));
    let shrunk = verify_consistency(5, &tree.root(), 4, &tree.root_at(4).unwrap(), &[]);
    assert_eq!(shrunk, Err(ProofError::Shrunk { old_size: 5, new_size: 4 }));
    let extra = verify_consistency(5, &tree.root(), 5, &tree.root(), &[Digest::ZERO]);
    assert_eq!(extra, Err(ProofError::WrongLength { found: 1 }));
    assert!(verify_consistency(0, &empty_root(), 5, &tree.root(), &[]).is_ok());
    assert!(verify_consistency(0, &Digest::ZERO, 5, &tree.root(), &[]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_verify_and_every_changed_byte_is_noticed(size in 1..300_usize, pick in 0..300_usize, bit in 0..8_u32) {
        let tree = MerkleTree::new(leaves(size));
        let (root, index) = (tree.root(), pick % size);
        let mut frontier = Frontier::default();
        frontier.extend(leaves(size));
        prop_assert_eq!(frontier.root(), root);
        let (leaf, proof) = (leaves(size)[index], tree.inclusion_proof(index).unwrap());
        let inclusion = |root: &Digest, size, index, leaf: &Digest, proof: &[Digest]| {
            verify_inclusion(root, size as u64, index as u64, leaf, proof).is_ok()
        };
        prop_assert!(inclusion(&root, size, index, &leaf, &proof));
        prop_assert!(!inclusion(&root, size, index + 1, &leaf, &proof));
        let (old_root, beginning) = (tree.root_at(index + 1).unwrap(), tree.consistency_proof(index + 1).unwrap());
        let consistency = |old: &Digest, new: &Digest, proof: &[Digest]| {
            verify_consistency(index as u64 + 1, old, size as u64, new, proof).is_ok()
        };
        prop_assert!(consistency(&old_root, &root, &beginning));
        for byte in 0..32 {
            let flip = |digest: &Digest| { let mut bytes = digest.0; bytes[byte] ^= 1 << bit; Digest(bytes) };
            prop_assert!(!inclusion(&flip(&root), size, index, &leaf, &proof));
            prop_assert!(!inclusion(&root, size, index, &flip(&leaf), &proof));
            prop_assert!(!consistency(&flip(&old_root), &root, &beginning));
            prop_assert!(!consistency(&old_root, &flip(&root), &beginning));
            for at in 0..proof.len() {
                let mut changed = proof.clone();
                changed[at] = flip(&changed[at]);
                prop_assert!(!inclusion(&root, size, index, &leaf, &changed));
            }
            for at in 0..beginning.len() {
                let mut changed = beginning.clone();
                changed[at] = flip(&changed[at]);
                prop_assert!(!consistency(&old_root, &root, &changed));
            }
        }
        for (shorter, longer) in [(&proof, true), (&beginning, false)].map(|(nodes, first)| {
            let longer: Vec<_> = nodes.iter().copied().chain([root]).collect();
            (nodes.split_last().map(|(_, rest)| (rest.to_vec(), first)), (longer, first))
        }) {
            for (nodes, first) in shorter.into_iter().chain([longer]) {
                let accepted = if first { inclusion(&root, size, index, &leaf, &nodes) } else { consistency(&old_root, &root, &nodes) };
                prop_assert!(!accepted);
            }
        }
    }
}

#[test]
fn all_cores_give_the_root_that_one_gives() {
    let leaves: Vec<Digest> = (0..20_000_u32).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    for size in (0..70).chain([4_095, 4_096, 4_097, 8_192, 8_193, 12_345, 20_000]) {
        let mut frontier = Frontier::default();
        frontier.extend(leaves[..size].iter().copied());
        assert_eq!(root(&leaves[..size]), frontier.root(), "{size} leaves");
    }
}
