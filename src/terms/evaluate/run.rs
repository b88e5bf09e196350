//! The order of work: what is gathered over all subjects first, then the clauses, chunk by chunk.

use std::{borrow::Cow, fmt, ops::Range, sync::Arc};

use rayon::prelude::*;

use super::{
    bind::Bound,
    column::{Column, Gap},
    data::Data,
    frame::{Columns, Frame},
    line::Line,
    obligation::{Application, Obligation, Pending, Yield, apply},
    period::Current,
};
use crate::{
    terms::{
        Contract,
        check::types::Level,
        plan::{
            Context, NodeId, Plan,
            closure::{all_nodes, fine_nodes},
        },
    },
    values::Day,
};

/// Subjects in one chunk: its columns stay in the processor's cache.
pub(super) const CHUNK: usize = 1_024;

/// What is owed for the facts known on a day.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The day.
    pub as_of: Day,
    /// Lines due by that day, clause by clause.
    pub lines: Vec<Line>,
    /// Obligations known by that day that fall due later, before limits.
    pub upcoming: Vec<Obligation>,
    /// What is awaited.
    pub pending: Vec<Pending>,
    /// Identifiers of subjects; lines point into this list.
    pub subjects: Vec<Arc<str>>,
    /// Names of groups; lines point into this list.
    pub groups: Vec<String>,
    /// Subjects that do not meet the condition for enrolment and are left out.
    pub not_eligible: Vec<Arc<str>>,
}

/// Says which clause could not be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// Index of the clause.
    pub clause: u16,
    /// Index of the subject, or [`NOBODY`](super::obligation::NOBODY).
    pub subject: u32,
    /// Index of the group, or [`NOBODY`](super::obligation::NOBODY).
    pub group: u32,
    /// Whether a number left its range; else a value was missing where the contract takes it for granted.
    pub failed: bool,
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.failed {
            "a number has more than 28 digits or a day lies outside 1800 to 2400"
        } else {
            "a value is missing"
        };
        write!(f, "clause number {} cannot be computed: {reason}", self.clause + 1)
    }
}

impl std::error::Error for EvaluationError {}

/// Evaluates all clauses for the facts known on a day.
pub fn evaluate(contract: &Contract, data: &Data, as_of: Day) -> Result<Evaluation, EvaluationError> {
    evaluate_in_chunks(contract, data, as_of, CHUNK)
}

/// Evaluates what is earned by a day: everything known then, also what falls due later, under the same limits.
///
/// Periods that have begun count with what is known of them. Nothing is upcoming.
pub fn evaluate_earned(contract: &Contract, data: &Data, as_of: Day) -> Result<Evaluation, EvaluationError> {
    evaluate_with(contract, data, as_of, CHUNK, |found| {
        found.obligations.append(&mut found.upcoming);
        found.sort();
    })
}

/// Evaluates with chunks of a given size; the answer does not depend on it.
pub fn evaluate_in_chunks(
    contract: &Contract,
    data: &Data,
    as_of: Day,
    chunk: usize,
) -> Result<Evaluation, EvaluationError> {
    evaluate_with(contract, data, as_of, chunk, |_| {})
}

/// Evaluates; `prepare` is handed what the clauses yield, before limits.
fn evaluate_with(
    contract: &Contract,
    data: &Data,
    as_of: Day,
    chunk: usize,
    prepare: impl FnOnce(&mut Yield),
) -> Result<Evaluation, EvaluationError> {
    let (covered, not_eligible) = covered_in_chunks(contract, data, as_of, chunk);
    let bound = Bound::new(contract, &covered, as_of);
    let run = Run::new(contract, &bound, chunk);
    let mut found = run.all()?;
    run.name_awaited(&mut found.pending);
    found.sort();
    prepare(&mut found);
    let lines = run.lines(&mut found)?;
    Ok(Evaluation {
        as_of,
        lines,
        upcoming: found.upcoming,
        pending: found.pending,
        subjects: covered.ids.clone(),
        groups: bound.groups.iter().map(|code| bound.texts.text(*code).to_owned()).collect(),
        not_eligible,
    })
}

/// The data known on a day of the subjects that the contract covers: enrolled within the term and meeting the condition
/// for enrolment; and the identifiers of the others.
pub fn covered<'d>(contract: &Contract, data: &'d Data, as_of: Day) -> (Cow<'d, Data>, Vec<Arc<str>>) {
    covered_in_chunks(contract, data, as_of, CHUNK)
}

fn covered_in_chunks<'d>(
    contract: &Contract,
    data: &'d Data,
    as_of: Day,
    chunk: usize,
) -> (Cow<'d, Data>, Vec<Arc<str>>) {
    let data = data.known_on(as_of);
    let mut met = meeting(contract, &data, as_of, chunk);
    if let Some(term) = contract.checked.document.header.term {
        let within = |on: &i32| (term.start.0..=term.end.0).contains(on);
        met.iter_mut().zip(&data.enrolled_on).for_each(|(met, on)| *met = *met && within(on));
    }
    if met.iter().all(|met| *met) {
        return (data, Vec::new());
    }
    let refused = data.ids.iter().zip(&met).filter(|(_, met)| !**met).map(|(id, _)| id.clone()).collect();
    (Cow::Owned(data.kept(&met)), refused)
}

/// Which subjects meet the condition for enrolment.
fn meeting(contract: &Contract, data: &Data, as_of: Day, chunk: usize) -> Vec<bool> {
    let Some(enrol) = contract.plan.enrol else { return vec![true; data.subjects()] };
    let bound = Bound::new(contract, data, as_of);
    let run = Run::new(contract, &bound, chunk);
    let coarse = run.coarse_of(0, &[enrol]);
    let nodes = fine_nodes(&contract.plan, &[enrol]);
    run.chunks
        .par_iter()
        .flat_map_iter(|range| {
            let mut frame = Frame::new(&contract.plan, &bound, range.clone(), &coarse);
            frame.compute(&nodes);
            let column = frame.column(enrol);
            (0..range.len()).map(|at| column.gap(at) != Gap::None || column.bool(at)).collect::<Vec<_>>()
        })
        .collect()
}

/// A contract bound to data, divided into chunks.
pub struct Run<'a, 'd> {
    pub(super) contract: &'a Contract,
    pub(super) bound: &'a Bound<'d>,
    pub(super) chunks: Vec<Range<usize>>,
}

impl<'a, 'd> Run<'a, 'd> {
    /// Divides the subjects into chunks.
    pub fn new(contract: &'a Contract, bound: &'a Bound<'d>, chunk: usize) -> Self {
        let count = bound.data.subjects();
        let chunk = chunk.max(1);
        let chunks = (0..count.div_ceil(chunk)).map(|at| at * chunk..((at + 1) * chunk).min(count)).collect();
        Self { contract, bound, chunks }
    }

    pub(super) fn plan(&self) -> &'a Plan {
        &self.contract.plan
    }

    fn application(&self, index: usize) -> Application<'a> {
        let header = &self.contract.checked.document.header;
        Application {
            index: index as u16,
            plan: &self.plan().clauses[index],
            currency: header.currency,
            rounding: header.rounding,
        }
    }

    /// Evaluates every clause, context by context.
    fn all(&self) -> Result<Yield, EvaluationError> {
        let mut found = Yield::default();
        for context in 0..self.plan().contexts.len() {
            let clauses: Vec<usize> =
                (0..self.plan().clauses.len()).filter(|at| self.plan().clauses[*at].context == context).collect();
            if !clauses.is_empty() {
                found.append(self.context(context, &clauses)?);
            }
        }
        Ok(found)
    }

    fn targets(&self, clauses: &[usize]) -> Vec<NodeId> {
        let mut targets: Vec<NodeId> = clauses.iter().flat_map(|at| self.plan().clauses[*at].targets()).collect();
        if let Some(Context::Dates(from, _)) =
            clauses.first().map(|at| &self.plan().contexts[self.plan().clauses[*at].context])
        {
            targets.push(*from);
        }
        targets
    }

    fn context(&self, context: usize, clauses: &[usize]) -> Result<Yield, EvaluationError> {
        let scene = self.scene(context, clauses);
        let base = self.coarse_of(0, &scene.targets);
        let of_context = |id: &&NodeId| self.plan().nodes[**id as usize].context == context;
        let gathers =
            scene.needed.iter().filter(of_context).any(|id| self.plan().nodes[*id as usize].op.over_subjects());
        match &self.plan().contexts[context] {
            Context::None => self.one_period(&scene, &base, &Current::None, &mut vec![Vec::new(); self.chunks.len()]),
            _ if gathers || clauses.iter().any(|at| self.plan().clauses[*at].per != Level::Subject) => {
                self.period_by_period(&scene, &base)
            }
            _ => self.chunk_by_chunk(&scene, &base),
        }
    }

    /// Applies the clauses of a scene in one period.
    pub(super) fn one_period(
        &self,
        scene: &Scene,
        coarse: &Columns<'d>,
        period: &Current,
        states: &mut [Earlier<'d>],
    ) -> Result<Yield, EvaluationError> {
        let mut found = Yield::default();
        let is_fine = |at: &&usize| self.plan().clauses[**at].per == Level::Subject;
        let frame = Frame { period: period.clone(), ..Frame::new(self.plan(), self.bound, 0..0, coarse) };
        for at in scene.clauses.iter().filter(|at| !is_fine(at)) {
            apply(self.application(*at), &frame, &mut found)?;
        }
        let fine: Vec<usize> = scene.clauses.iter().filter(is_fine).copied().collect();
        let looks_back = !self.plan().earlier.is_empty();
        if fine.is_empty() && !looks_back {
            return Ok(found);
        }
        let nodes = self.fine_targets(scene);
        let chunks: Vec<Result<Yield, EvaluationError>> = self
            .chunks
            .par_iter()
            .zip(states.par_iter_mut())
            .map(|(range, state)| {
                let mut frame = Frame::new(self.plan(), self.bound, range.clone(), coarse);
                frame.earlier = std::mem::take(state);
                let mut found = Yield::default();
                self.chunk_period(scene, &fine, &nodes, period, &mut frame, &mut found)?;
                *state = self.remembered(&frame.columns);
                Ok(found)
            })
            .collect();
        for chunk in chunks {
            found.append(chunk?);
        }
        Ok(found)
    }

    /// The nodes that a chunk computes: those of the clauses, and those that the next period looks back at.
    pub(super) fn fine_targets(&self, scene: &Scene) -> Vec<NodeId> {
        let back = self.plan().earlier.iter().map(|(_, target)| *target).filter(|id| scene.needed.contains(id));
        let targets: Vec<NodeId> = scene.targets.iter().copied().chain(back).collect();
        fine_nodes(self.plan(), &targets)
    }

    /// Applies clauses to one chunk in one period.
    pub(super) fn chunk_period(
        &self,
        scene: &Scene,
        clauses: &[usize],
        nodes: &[NodeId],
        period: &Current,
        frame: &mut Frame<'_, 'd>,
        found: &mut Yield,
    ) -> Result<(), EvaluationError> {
        if let Context::Dates(from, _) = &self.plan().contexts[scene.context] {
            frame.compute(&fine_nodes(self.plan(), &[*from]));
        }
        let Some(period) = self.period_of(scene.context, period, frame) else { return Ok(()) };
        frame.period = period;
        frame.compute(nodes);
        for at in clauses {
            apply(self.application(*at), frame, found)?;
        }
        Ok(())
    }
}

/// Values of the period before, by node.
pub(super) type Earlier<'d> = Vec<(NodeId, Arc<Column<'d>>)>;

/// The clauses of one context and what they need.
pub(super) struct Scene<'c> {
    pub(super) context: usize,
    pub(super) clauses: &'c [usize],
    pub(super) targets: Vec<NodeId>,
    pub(super) needed: Vec<NodeId>,
}

impl<'d> Run<'_, 'd> {
    pub(super) fn scene<'c>(&self, context: usize, clauses: &'c [usize]) -> Scene<'c> {
        let targets = self.targets(clauses);
        let needed = all_nodes(self.plan(), &targets);
        Scene { context, clauses, targets, needed }
    }
}
