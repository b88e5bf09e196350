//! Which nodes a result needs.

use super::{Plan, node::NodeId};

/// The nodes of subjects and facts that the targets need, ascending; nodes of the contract and of groups are computed
/// elsewhere and end the search.
pub fn fine_nodes(plan: &Plan, targets: &[NodeId]) -> Vec<NodeId> {
    let mut needed = vec![false; plan.nodes.len()];
    let mut open: Vec<NodeId> = targets.to_vec();
    while let Some(id) = open.pop() {
        let node = &plan.nodes[id as usize];
        if plan.is_coarse(node.level) || std::mem::replace(&mut needed[id as usize], true) {
            continue;
        }
        open.extend(node.op.inputs());
    }
    (0..plan.nodes.len() as NodeId).filter(|id| needed[*id as usize]).collect()
}

/// All nodes that the targets need, ascending, whatever their level.
pub fn all_nodes(plan: &Plan, targets: &[NodeId]) -> Vec<NodeId> {
    let mut needed = vec![false; plan.nodes.len()];
    let mut open: Vec<NodeId> = targets.to_vec();
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut needed[id as usize], true) {
            open.extend(plan.nodes[id as usize].op.inputs());
            let earlier = plan.earlier.iter().filter(|(node, _)| *node == id);
            open.extend(earlier.map(|(_, target)| *target));
        }
    }
    (0..plan.nodes.len() as NodeId).filter(|id| needed[*id as usize]).collect()
}
