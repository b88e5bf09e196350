//! A tree read from tiles against the tree in memory: the same roots and proofs, few rows read, gaps noticed.

use std::{cell::RefCell, collections::BTreeMap};

use super::*;

/// Rows as a database keeps them: leaves as level 0, and nodes.
#[derive(Default)]
struct Rows {
    levels: BTreeMap<u8, Vec<Digest>>,
    read: RefCell<Vec<usize>>,
}

impl Rows {
    fn size(&self) -> u64 {
        self.levels.get(&0).map_or(0, |leaves| leaves.len() as u64)
    }

    fn tree(&self, size: u64) -> TiledTree<impl FnMut(u8, Range<u64>) -> Result<Vec<Digest>, NodesMissing>> {
        TiledTree::new(size, |level, range: Range<u64>| {
            let row = self.levels.get(&level).map_or(&[][..], |row| row);
            let cut = |index: u64| row.len().min(index as usize);
            let nodes = row[cut(range.start)..cut(range.end)].to_vec();
            self.read.borrow_mut().push(nodes.len());
            Ok(nodes)
        })
    }

    fn append(&mut self, leaves: &[Digest]) {
        let completed = self.tree(self.size()).completed_by(leaves).unwrap();
        self.levels.entry(0).or_default().extend(leaves);
        for TileNode { level, index, hash } in completed {
            let row = self.levels.entry(level).or_default();
            assert_eq!(row.len() as u64, index, "level {level}");
            row.push(hash);
        }
    }
}

/// Compares everything at one size.
fn assert_same(rows: &Rows, whole: &MerkleTree, size: usize, others: &[usize]) {
    let (part, mut tiled) = (MerkleTree::new(whole_leaves(rows, size)), rows.tree(size as u64));
    assert_eq!(tiled.root().unwrap(), whole.root_at(size).unwrap(), "size {size}");
    assert_eq!(tiled.frontier().unwrap().root(), whole.root_at(size).unwrap(), "size {size}");
    for other in others {
        assert_eq!(tiled.inclusion_proof(*other as u64).unwrap(), part.inclusion_proof(*other), "{other} of {size}");
        assert_eq!(
            tiled.consistency_proof(*other as u64).unwrap(),
            part.consistency_proof(*other),
            "{other} to {size}"
        );
    }
}

fn whole_leaves(rows: &Rows, size: usize) -> Vec<Digest> {
    rows.levels.get(&0).map_or(Vec::new(), |leaves| leaves[..size].to_vec())
}

#[test]
fn every_size_up_to_700_gives_the_roots_and_proofs_of_the_tree_in_memory() {
    let all = leaves(700);
    let whole = MerkleTree::new(all.clone());
    let mut rows = Rows::default();
    // Appended in steps of 0, 1, 2, … so that tiles are completed within, at and across the steps.
    for step in 0.. {
        let from = rows.size() as usize;
        rows.append(&all[from..(from + step).min(all.len())]);
        if rows.size() == 700 {
            break;
        }
    }
    // 700 leaves: two full tiles of 256.
    assert_eq!(rows.levels[&1].len(), 2);
    for size in 0..=700_usize {
        let edges = [0, 1, 255, 256, 257, 512, size / 3, size.saturating_sub(1), size, size + 1];
        let edge = |at: usize| edges[(size + at) % edges.len()];
        assert_same(&rows, &whole, size, &[edge(0), edge(3)]);
    }
}

#[test]
fn sizes_around_65_536_give_the_roots_and_proofs_of_the_tree_in_memory() {
    let all = leaves(65_536 + 600);
    let whole = MerkleTree::new(all.clone());
    let mut rows = Rows::default();
    for part in all.chunks(10_000) {
        rows.append(part);
    }
    // 66,136 leaves: 258 full tiles of 256, which complete one of 65,536.
    assert_eq!([1, 2].map(|level| rows.levels[&level].len()), [258, 1]);
    for size in [65_279, 65_280, 65_535, 65_536, 65_537, 65_791, 65_792, 65_793, 66_136] {
        rows.read.borrow_mut().clear();
        assert_same(&rows, &whole, size, &[0, 255, 65_279, 65_536, 65_800]);
        // Each of the tree's few tiles at most once.
        assert!(rows.read.borrow().iter().all(|read| *read <= 256));
    }
    rows.read.borrow_mut().clear();
    let mut tree = rows.tree(66_136);
    tree.root().unwrap();
    tree.inclusion_proof(1_000).unwrap();
    // Two tiles of leaves, two of level 1, one of level 2: the bound is two for each level.
    assert_eq!(rows.read.borrow().len(), 5);
}

#[test]
fn a_missing_node_is_told() {
    let mut rows = Rows::default();
    rows.append(&leaves(600));
    rows.levels.get_mut(&1).unwrap().pop();
    let missing = NodesMissing { level: 1, range: 0..2, found: 1 };
    assert_eq!(rows.tree(600).root(), Err(missing.clone()));
    assert!(missing.to_string().contains("nodes 0 to 2 of level 1"), "{missing}");
    // A proof that does not need it is made all the same.
    assert!(rows.tree(255).root().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn another_implementation_gives_the_same_roots_and_proofs(size in 1..1_200_usize, pick in 0..1_200_usize) {
        let mut other = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        (0..size).for_each(|index| other.push(index.to_be_bytes().to_vec()));
        let mut rows = Rows::default();
        rows.append(&leaves(size));
        let mut tree = rows.tree(size as u64);
        let bytes = |proof: Option<Vec<Digest>>| proof.unwrap().iter().flat_map(|node| node.0).collect::<Vec<u8>>();
        let (root, index) = (tree.root().unwrap(), pick % size);
        prop_assert_eq!(other.root().as_bytes().to_vec(), root.0);
        let proof = bytes(tree.inclusion_proof(index as u64).unwrap());
        prop_assert_eq!(other.prove_inclusion(index).as_bytes().to_vec(), proof);
        if index > 0 {
            let proof = bytes(tree.consistency_proof(index as u64).unwrap());
            prop_assert_eq!(other.prove_consistency(size - index).as_bytes().to_vec(), proof);
        }
    }

    #[test]
    fn appending_in_any_parts_gives_the_same_rows(parts in prop::collection::vec(0..600_usize, 1..6), pick in 0..3_000_usize) {
        let all = leaves(parts.iter().sum());
        let mut rows = Rows::default();
        for part in parts {
            let from = rows.size() as usize;
            rows.append(&all[from..from + part]);
        }
        let mut at_once = Rows::default();
        at_once.append(&all);
        prop_assert_eq!(rows.levels.get(&1), at_once.levels.get(&1));
        let whole = MerkleTree::new(all.clone());
        assert_same(&rows, &whole, all.len(), &[pick % (all.len() + 1)]);
    }
}
