//! Which subtrees roots and proofs are made of (RFC 6962, sections 2.1, 2.1.1 and 2.1.2), as ranges of leaves.

use std::ops::Range;

use crate::values::Digest;

use super::{empty_root, node_hash};

/// The subtrees that prove the leaf at `index`, counted from 0, from the leaf upwards. None beyond the last leaf.
pub fn inclusion(size: u64, index: u64) -> Option<Vec<Range<u64>>> {
    (index < size).then(|| descend(0..size, |range, middle| (length(range) > 1).then_some(index < middle)).0)
}

/// The subtrees that prove that the first `old_size` leaves are a beginning. Empty for size 0 and for the whole tree; none
/// when there are fewer leaves.
pub fn consistency(size: u64, old_size: u64) -> Option<Vec<Range<u64>>> {
    if old_size > size {
        return None;
    }
    if old_size == 0 {
        return Some(Vec::new());
    }
    let (mut path, rest) = descend(0..size, |range, middle| (range.end != old_size).then_some(old_size <= middle));
    // A verifier knows the old root already when the old tree is one full subtree from the first leaf.
    if rest.start > 0 {
        path.insert(0, rest);
    }
    Some(path)
}

/// Goes down from a range, left or right as `left` says until it says none. Gives what was left aside, last first, and
/// the range where it ended.
fn descend(mut range: Range<u64>, left: impl Fn(&Range<u64>, u64) -> Option<bool>) -> (Vec<Range<u64>>, Range<u64>) {
    let mut aside = Vec::new();
    while let Some(left) = left(&range, split(&range)) {
        let middle = split(&range);
        let (inside, outside) = match left {
            true => (range.start..middle, middle..range.end),
            false => (middle..range.end, range.start..middle),
        };
        aside.push(outside);
        range = inside;
    }
    aside.reverse();
    (aside, range)
}

/// The root over a range that a tree has as a subtree: from a multiple of its width rounded up to a power of two.
/// `full` gives the roots of full subtrees, by height and by place among those of their height.
///
/// # Errors
/// The first error of `full`.
pub fn root_of<E>(range: Range<u64>, full: &mut impl FnMut(u32, u64) -> Result<Digest, E>) -> Result<Digest, E> {
    match length(&range) {
        0 => Ok(empty_root()),
        length if length.is_power_of_two() => full(length.trailing_zeros(), range.start >> length.trailing_zeros()),
        _ => {
            let middle = split(&range);
            Ok(node_hash(&root_of(range.start..middle, full)?, &root_of(middle..range.end, full)?))
        }
    }
}

fn length(range: &Range<u64>) -> u64 {
    range.end - range.start
}

/// Where a subtree splits: after the greatest power of two below its length; nowhere when it is a leaf.
fn split(range: &Range<u64>) -> u64 {
    range.start + (length(range) - 1).checked_ilog2().map_or(0, |height| 1 << height)
}
