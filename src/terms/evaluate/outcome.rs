//! From what clauses yield to lines: who is awaited, limits, shares.

use super::{
    limit::{self, Terms},
    line::Line,
    obligation::{NOBODY, Pending, Yield},
    run::{EvaluationError, Run},
    sharing::share,
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

    /// Applies limits and shares, clause by clause, to what stands in order.
    pub(super) fn lines(&self, found: &mut Yield) -> Result<Vec<Line>, EvaluationError> {
        let header = &self.contract.checked.document.header;
        let terms = Terms { currency: header.currency, rounding: header.rounding, term: header.term };
        let ranks = self.ranks();
        let rank = |subject: u32| ranks.get(subject as usize).copied().unwrap_or(NOBODY);
        share(&self.contract.checked.clauses, found, header.currency, &rank).map_err(|clause| EvaluationError {
            clause,
            subject: NOBODY,
            group: NOBODY,
            failed: true,
        })?;
        let mut lines = Vec::with_capacity(found.obligations.len());
        for obligations in found.obligations.chunk_by(|a, b| a.clause == b.clause) {
            let index = obligations[0].clause;
            let clause = &self.contract.checked.clauses[usize::from(index)];
            let failed = EvaluationError { clause: index, subject: NOBODY, group: NOBODY, failed: true };
            limit::push_lines(clause, obligations, &found.at_most, terms, &rank, &mut lines).ok_or(failed)?;
        }
        Ok(lines)
    }

    /// The place of each subject in the order of identifiers; needed only where limits bind over several subjects.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let spans = self.contract.checked.clauses.iter().flat_map(|clause| &clause.limits);
        let shared = self.contract.checked.clauses.iter().any(|clause| clause.shared_by.is_some());
        if !shared && spans.clone().all(|limit| limit.per == Period::Subject) {
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
