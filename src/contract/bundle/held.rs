//! The checkpoint of a bundle against one that the reader held before.

use super::{Bundle, bodies::Hashed, tree::root_at};
use crate::{
    contract::audit::{Code, Finding, Findings},
    ledger::note::TreeHead,
};

/// How the bundle's tree stands to the one that the reader holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the same or continues it.
    Continues,
    /// It is older.
    Older,
    /// Both cannot be true: the log showed different histories.
    Diverged,
    /// The bundle does not tell.
    Unproven,
}

/// Compares the trees. The bundle's own older roots were checked before.
pub fn compare(
    bundle: &Bundle,
    hashed: &[Hashed],
    head: TreeHead,
    held: TreeHead,
    list: &mut Vec<Finding>,
) -> Standing {
    if held.size > head.size {
        return Standing::Older;
    }
    let known = if held.size == head.size { Some(head.root) } else { root_at(bundle, hashed, held.size) };
    match known {
        Some(root) if root == held.root => Standing::Continues,
        Some(_) => Standing::Diverged,
        None if held.size == 0 => Standing::Continues,
        None => {
            let mut findings = Findings { list, table: "consistency", contract: None };
            let expected = format!("a proof from size {}: ask for an export with `--since {}`", held.size, held.size);
            findings.add(Code::ConsistencyFails, format!("size {}", held.size), "no proof", expected);
            Standing::Unproven
        }
    }
}
