//! Columns of the contract and of groups, and what is gathered over all subjects for them.

use std::sync::Arc;

use rayon::prelude::*;

use super::{
    column::Column,
    frame::{Columns, Frame},
    members::{Partial, answers},
    period::Current,
    run::{Earlier, Run},
};
use crate::terms::{
    check::{typed::Gather, types::Level},
    plan::{
        Context, NodeId, Op,
        closure::{all_nodes, fine_nodes},
    },
};

impl<'d> Run<'_, 'd> {
    /// Columns of contract and groups that do not depend on a period, as far as targets need them.
    pub fn coarse_of(&self, context: usize, targets: &[NodeId]) -> Columns<'d> {
        let mut coarse: Columns<'d> = vec![None; self.plan().nodes.len()];
        let mut states = vec![Vec::new(); self.chunks.len()];
        let needed = all_nodes(self.plan(), targets);
        self.fill_coarse(context, &Current::None, &needed, &mut coarse, &mut states, &[]);
        coarse
    }

    /// Computes the columns of contract and groups of one context in one period, stage by stage.
    pub(super) fn fill_coarse(
        &self,
        context: usize,
        period: &Current,
        needed: &[NodeId],
        coarse: &mut Columns<'d>,
        states: &mut [Earlier<'d>],
        earlier: &[(NodeId, Arc<Column<'d>>)],
    ) {
        let plan = self.plan();
        let here: Vec<NodeId> = needed
            .iter()
            .copied()
            .filter(|id| {
                let node = &plan.nodes[*id as usize];
                node.context == context && plan.is_coarse(node.level) && coarse[*id as usize].is_none()
            })
            .collect();
        let stages = here.iter().map(|id| plan.nodes[*id as usize].stage).max().unwrap_or(0);
        for stage in 0..=stages {
            let now: Vec<NodeId> = here.iter().copied().filter(|id| plan.nodes[*id as usize].stage == stage).collect();
            let (over, simple): (Vec<NodeId>, Vec<NodeId>) =
                now.iter().partition(|id| plan.nodes[**id as usize].op.over_subjects());
            if !over.is_empty() {
                self.gather_over(context, period, &over, coarse, states);
            }
            let mut frame = Frame::new(plan, self.bound, 0..0, &[]);
            frame.columns = std::mem::take(coarse);
            frame.period = period.clone();
            frame.earlier = earlier.to_vec();
            frame.compute(&simple);
            *coarse = frame.columns;
        }
    }

    /// Gathers over all subjects, in parallel, for several functions at once.
    pub(super) fn gather_over(
        &self,
        context: usize,
        period: &Current,
        over: &[NodeId],
        coarse: &mut Columns<'d>,
        states: &[Earlier<'d>],
    ) {
        let plan = self.plan();
        let gatherings: Vec<_> = over
            .iter()
            .filter_map(|id| match &plan.nodes[*id as usize].op {
                Op::Gather(gathering) => Some((*id, gathering, plan.nodes[*id as usize].level == Level::Group)),
                _ => None,
            })
            .collect();
        let empty = || -> Vec<Vec<Partial>> {
            let slots = |by_group: bool| if by_group { self.bound.groups.len() } else { 1 };
            gatherings
                .iter()
                .map(|(_, gathering, by_group)| vec![Partial::new(gathering.gather); slots(*by_group)])
                .collect()
        };
        let inputs: Vec<NodeId> = gatherings.iter().flat_map(|(id, ..)| plan.nodes[*id as usize].op.inputs()).collect();
        let nodes = fine_nodes(plan, &inputs);
        let coarse_now = &*coarse;
        let partials = self
            .chunks
            .par_iter()
            .enumerate()
            .fold(empty, |mut partials, (at, range)| {
                let mut frame = Frame::new(plan, self.bound, range.clone(), coarse_now);
                frame.earlier = states.get(at).cloned().unwrap_or_default();
                if let Context::Dates(from, _) = &plan.contexts[context] {
                    frame.compute(&fine_nodes(plan, &[*from]));
                }
                let Some(period) = self.period_of(context, period, &frame) else { return partials };
                frame.period = period;
                frame.compute(&nodes);
                for ((_, gathering, by_group), partials) in gatherings.iter().zip(&mut partials) {
                    frame.gather_subjects(gathering, *by_group, partials);
                }
                partials
            })
            .reduce(empty, |mut all, more| {
                all.iter_mut().flatten().zip(more.into_iter().flatten()).for_each(|(a, b)| a.merge(b));
                all
            });
        let frame = Frame::new(plan, self.bound, 0..0, coarse_now);
        let columns: Vec<_> = gatherings
            .iter()
            .zip(&partials)
            .map(|((id, gathering, _), partials)| {
                let extra: Vec<_> = gathering.extra.iter().map(|id| frame.column(*id)).collect();
                let extra: Vec<&Column> = extra.iter().map(|column| &**column).collect();
                if gathering.gather == Gather::Sorted {
                    return (*id, partials[0].sorted());
                }
                (*id, answers(partials, plan.nodes[*id as usize].shape, &extra))
            })
            .collect();
        for (id, column) in columns {
            coarse[id as usize] = Some(Arc::new(column));
        }
    }
}
