//! From what clauses yield to lines: who is awaited, limits, shares.

use rust_decimal::Decimal;

use super::{
    limit::{self, Terms},
    line::Line,
    obligation::{NOBODY, Obligation, Pending, Yield},
    run::{EvaluationError, Run},
};
use crate::terms::{
    document::Period,
    plan::{Op, closure::all_nodes},
};

impl Run<'_, '_> {
    /// Names the subjects whose facts are awaited where a whole cohort waits for them.
    pub(super) fn name_awaited(&self, pending: &mut Vec<Pending>) {
        let unnamed: Vec<Pending> = pending.iter().filter(|entry| entry.kinds.is_empty()).cloned().collect();
        pending.retain(|entry| !entry.kinds.is_empty());
        for entry in unnamed {
            let targets = self.plan().clauses[usize::from(entry.clause)].targets();
            let mut kinds: Vec<usize> = all_nodes(self.plan(), &targets)
                .iter()
                .filter_map(
                    |id| if let Op::Once(kind, ..) = self.plan().nodes[*id as usize].op { Some(kind) } else { None },
                )
                .collect();
            kinds.sort_unstable();
            kinds.dedup();
            for kind in kinds {
                let rows = &self.bound.data.facts[kind];
                let lacking =
                    (0..rows.offsets.len() - 1).filter(|owner| rows.offsets[*owner] == rows.offsets[*owner + 1]);
                pending.extend(lacking.map(|owner| {
                    let subject = if rows.of_contract { NOBODY } else { owner as u32 };
                    Pending { subject, kinds: vec![kind], ..entry.clone() }
                }));
            }
        }
        pending.sort();
    }

    /// Applies limits and shares, clause by clause.
    pub(super) fn lines(&self, found: &Yield) -> Result<Vec<Line>, EvaluationError> {
        let header = &self.contract.checked.document.header;
        let terms = Terms { currency: header.currency, rounding: header.rounding, term: header.term };
        let ranks = self.ranks();
        let rank = |subject: u32| ranks.get(subject as usize).copied().unwrap_or(NOBODY);
        // Chunks of subjects go through their periods one after the other; subjects first, then periods, is the order
        // that does not depend on the size of chunks.
        let place = |o: &Obligation| (o.clause, o.subject, o.group, o.period);
        let mut order: Vec<usize> = (0..found.obligations.len()).collect();
        if !found.obligations.is_sorted_by_key(place) {
            order.sort_by_key(|at| place(&found.obligations[*at]));
        }
        let count = |at: usize| self.plan().clauses[usize::from(found.obligations[at].clause)].at_most.len();
        let starts: Vec<usize> =
            (0..found.obligations.len()).scan(0, |sum, at| Some(std::mem::replace(sum, *sum + count(at)))).collect();
        let mut by_clause: Vec<(Vec<Obligation>, Vec<Decimal>)> = vec![Default::default(); self.plan().clauses.len()];
        for at in order {
            let (obligations, most) = &mut by_clause[usize::from(found.obligations[at].clause)];
            most.extend_from_slice(&found.at_most[starts[at]..starts[at] + count(at)]);
            obligations.push(found.obligations[at].clone());
        }
        let mut lines = Vec::new();
        for (index, (obligations, at_most)) in by_clause.iter().enumerate() {
            let clause = &self.contract.checked.clauses[index];
            let failed = EvaluationError { clause: index as u16, subject: NOBODY, group: NOBODY, failed: true };
            lines.extend(limit::lines(clause, obligations, at_most, terms, &rank).ok_or(failed)?);
        }
        Ok(lines)
    }

    /// The place of each subject in the order of identifiers; needed only where limits bind over several subjects.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let spans = self.contract.checked.clauses.iter().flat_map(|clause| &clause.limits);
        if spans.clone().all(|limit| limit.per == Period::Subject) {
            return Vec::new();
        }
        let ids = &self.bound.data.ids;
        let mut order: Vec<u32> = (0..ids.len() as u32).collect();
        order.sort_unstable_by(|a, b| ids[*a as usize].cmp(&ids[*b as usize]));
        let mut ranks = vec![0; ids.len()];
        for (rank, at) in order.iter().enumerate() {
            ranks[*at as usize] = rank as u32;
        }
        ranks
    }
}
