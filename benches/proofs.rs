//! What proofs cost in a large log, and what it costs to grow it.
//!
//! `cargo bench --bench proofs` grows a log to 10⁶ and 10⁷ leaves in batches of 10,000, as the sequencer does, and prints
//! leaves per second beside plain SHA-256 of the same 64-byte leaves in the same run; then proofs of inclusion and of
//! consistency at random places: how many per second, and how many rows of 32 bytes one of them reads and holds. Leaves are
//! computed when they are read, so that no more is in memory than nodes. Ratios of one run can be compared; machines
//! differ.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints times"
)]

use std::{cell::Cell, hint::black_box, ops::Range, time::Instant};

use outcome_ledger::{
    ledger::merkle::{NodesMissing, TileNode, TiledTree, leaf_hash, verify_consistency, verify_inclusion},
    values::Digest,
};

const BATCH: u64 = 10_000;
const PROOFS: u64 = 2_000;

fn leaf(index: u64) -> Digest {
    let mut data = [0; 64];
    data[..8].copy_from_slice(&index.to_be_bytes());
    leaf_hash(&data)
}

/// Nodes as a database keeps them, by level from 1.
struct Nodes(Vec<Vec<Digest>>);

impl Nodes {
    fn tree<'n>(
        &'n self,
        size: u64,
        read: &'n Cell<u64>,
    ) -> TiledTree<impl FnMut(u8, Range<u64>) -> Result<Vec<Digest>, NodesMissing> + 'n> {
        TiledTree::new(size, move |level, range: Range<u64>| {
            read.set(read.get() + range.end - range.start);
            Ok(match level {
                0 => range.map(leaf).collect(),
                _ => self.0[usize::from(level) - 1][range.start as usize..range.end as usize].to_vec(),
            })
        })
    }

    fn grow(&mut self, from: u64, leaves: &[Digest]) {
        let completed = self.tree(from, &Cell::new(0)).completed_by(leaves).unwrap();
        for TileNode { level, hash, .. } in completed {
            self.0[usize::from(level) - 1].push(hash);
        }
    }
}

/// Numbers that look random and are the same in every run.
fn pick(round: u64, below: u64) -> u64 {
    let Digest(bytes) = leaf(round.wrapping_mul(7_919));
    u64::from_be_bytes(bytes[..8].try_into().unwrap()) % below
}

fn per_second(count: u64, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

fn main() {
    for size in [1_000_000, 10_000_000] {
        let since = Instant::now();
        for index in 0..size {
            black_box(leaf(index));
        }
        let plain = per_second(size, since);
        let mut nodes = Nodes(vec![Vec::new(); 7]);
        let since = Instant::now();
        for from in (0..size).step_by(BATCH as usize) {
            let leaves: Vec<Digest> = (from..from + BATCH).map(leaf).collect();
            nodes.grow(from, &leaves);
        }
        let grown = per_second(size, since);
        println!(
            "{size} leaves: grown at {grown:.0}/s, plain SHA-256 of the leaves {plain:.0}/s, ratio {:.2}",
            grown / plain
        );
        let kept: usize = nodes.0.iter().map(Vec::len).sum();
        println!("  nodes kept beside the leaves: {kept}, {} KiB", kept * 32 / 1024);
        prove(&nodes, size);
    }
}

fn prove(nodes: &Nodes, size: u64) {
    let read = Cell::new(0);
    let root = nodes.tree(size, &read).root().unwrap();
    read.set(0);
    let since = Instant::now();
    for round in 0..PROOFS {
        let index = pick(round, size);
        let proof = nodes.tree(size, &read).inclusion_proof(index).unwrap().unwrap();
        verify_inclusion(&root, size, index, &leaf(index), &proof).unwrap();
    }
    println!("  inclusion   {:.0} proofs/s, {} rows of 32 bytes each", per_second(PROOFS, since), read.get() / PROOFS);
    read.set(0);
    let since = Instant::now();
    for round in 0..PROOFS {
        let old = 1 + pick(round, size - 1);
        let old_root = nodes.tree(old, &Cell::new(0)).root().unwrap();
        let proof = nodes.tree(size, &read).consistency_proof(old).unwrap().unwrap();
        verify_consistency(old, &old_root, size, &root, &proof).unwrap();
    }
    println!("  consistency {:.0} proofs/s, {} rows of 32 bytes each", per_second(PROOFS, since), read.get() / PROOFS);
}
