//! The contract as a list of column operations: no names, no nesting, each value computed once.
//!
//! A node is one operation on whole columns: one value for the contract, each group, each subject or each fact. Nodes
//! stand after those they use. Equal formulas become one node. A formula that depends on the period of a clause has
//! nodes of its own in that clause's context.
//!
//! - [`node`](mod@node): operations
//! - [`lower`](mod@lower): from typed formulas to nodes
//! - [`closure`]: which nodes a result needs

pub mod closure;
pub mod lower;
pub mod node;

pub use lower::lower;
pub use node::{Context, Node, NodeId, Op};

use super::check::types::Level;

/// The nodes of a clause.
#[derive(Clone, Debug)]
pub struct ClausePlan {
    /// Its context.
    pub context: usize,
    /// Its level.
    pub per: Level,
    /// The condition, at the clause's level.
    pub when: Option<NodeId>,
    /// The due date.
    pub due: Option<NodeId>,
    /// The amount.
    pub amount: NodeId,
    /// The weight by which members share the amount.
    pub shared_by: Option<NodeId>,
    /// The most of each limit, in order.
    pub at_most: Vec<NodeId>,
}

impl ClausePlan {
    /// All nodes whose values the clause reads.
    pub fn targets(&self) -> Vec<NodeId> {
        self.when
            .iter()
            .chain(&self.due)
            .chain([&self.amount])
            .chain(&self.shared_by)
            .chain(&self.at_most)
            .copied()
            .collect()
    }
}

/// A contract that can be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Operations in an order in which each stands after those it uses.
    pub nodes: Vec<Node>,
    /// Rhythms; the first is that of clauses without `each`.
    pub contexts: Vec<Context>,
    /// Clauses in the order of the document.
    pub clauses: Vec<ClausePlan>,
    /// The condition for enrolment.
    pub enrol: Option<NodeId>,
    /// Measures that do not depend on a period, in the order of the document.
    pub measures: Vec<Option<NodeId>>,
    /// Nodes that look back: node, node of which it is the value in the period before.
    pub earlier: Vec<(NodeId, NodeId)>,
    /// For each kind of fact whether it is about the contract.
    pub of_contract: Vec<bool>,
    /// How typed formulas were turned into nodes; serves explanations.
    pub index: lower::Index,
}

impl Plan {
    /// Tells whether what a clause yields for a subject follows from that subject and the contract alone, limits aside.
    pub fn is_of_one_subject(&self, clause: &ClausePlan) -> bool {
        let mut targets = clause.targets();
        if let Context::Dates(node, _) = &self.contexts[clause.context] {
            targets.push(*node);
        }
        let needed = closure::all_nodes(self, &targets);
        let of_others = |id: &NodeId| self.nodes[*id as usize].op.over_subjects();
        clause.per == Level::Subject && clause.shared_by.is_none() && !needed.iter().any(of_others)
    }

    /// Tells whether columns of a level are computed once for the contract and its groups, not chunk by chunk.
    pub fn is_coarse(&self, level: Level) -> bool {
        match level {
            Level::Contract | Level::Group => true,
            Level::Subject => false,
            Level::Row(kind) => self.of_contract[kind],
        }
    }
}
