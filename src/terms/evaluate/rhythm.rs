//! Contexts with a rhythm: period by period where something is gathered over all subjects, else chunk by chunk.

use std::sync::Arc;

use rayon::prelude::*;

use super::{
    column::{Column, Gap},
    frame::{Columns, Frame},
    obligation::Yield,
    period::{self, Current},
    run::{Earlier, EvaluationError, Run, Scene},
};
use crate::terms::{check::types::Level, plan::Context};

impl<'d> Run<'_, 'd> {
    /// The periods that are the same for all subjects; dates of subjects stand as their number alone.
    pub(super) fn periods(&self, context: usize) -> Vec<Current> {
        match &self.plan().contexts[context] {
            Context::None => vec![Current::None],
            Context::Months(months) => {
                period::calendar(self.contract.checked.document.header.term, *months, self.bound.as_of)
            }
            Context::Dates(_, distances) => {
                let none = || Arc::new(Column::ints(vec![0], Some(vec![Gap::Missing])));
                (1..=distances.len() as u32).map(|number| Current::Dates(number, none(), none())).collect()
            }
        }
    }

    /// The period as the members of a frame see it; none when no member has reached it.
    pub(super) fn period_of(&self, context: usize, period: &Current, frame: &Frame) -> Option<Current> {
        match (&self.plan().contexts[context], period) {
            (Context::Dates(from, distances), Current::Dates(number, ..)) => {
                period::dated(*number, &frame.column(*from), distances, self.bound.as_of)
            }
            _ => Some(period.clone()),
        }
    }

    /// Goes through periods one after the other, because something is gathered over all subjects in each.
    pub(super) fn period_by_period(&self, scene: &Scene, base: &Columns<'d>) -> Result<Yield, EvaluationError> {
        let mut states: Vec<Earlier<'d>> = vec![Vec::new(); self.chunks.len()];
        let mut found = Yield::default();
        let mut earlier: Earlier<'d> = Vec::new();
        for period in self.periods(scene.context) {
            let mut coarse = base.clone();
            let Some(period) = self.coarse_period(scene, &period, base) else { continue };
            self.fill_coarse(scene.context, &period, &scene.needed, &mut coarse, &mut states, &earlier);
            found.append(self.one_period(scene, &coarse, &period, &mut states)?);
            earlier = self.remembered(&coarse);
        }
        Ok(found)
    }

    /// The period of contract and groups; dates of subjects are found chunk by chunk.
    pub(super) fn coarse_period(&self, scene: &Scene, period: &Current, base: &Columns<'d>) -> Option<Current> {
        match &self.plan().contexts[scene.context] {
            Context::Dates(from, _) if self.plan().nodes[*from as usize].level != Level::Subject => {
                let frame = Frame::new(self.plan(), self.bound, 0..0, base);
                self.period_of(scene.context, period, &frame)
            }
            _ => Some(period.clone()),
        }
    }

    pub(super) fn remembered(&self, columns: &[Option<Arc<Column<'d>>>]) -> Earlier<'d> {
        let targets = self.plan().earlier.iter().map(|(_, target)| *target);
        targets.filter_map(|id| Some((id, columns.get(id as usize)?.clone()?))).collect()
    }

    /// Lets each chunk go through all periods by itself.
    pub(super) fn chunk_by_chunk(&self, scene: &Scene, base: &Columns<'d>) -> Result<Yield, EvaluationError> {
        let mut earlier: Earlier<'d> = Vec::new();
        let mut periods: Vec<(Current, Columns<'d>)> = Vec::new();
        for period in self.periods(scene.context) {
            let mut coarse = base.clone();
            let Some(seen) = self.coarse_period(scene, &period, base) else { continue };
            self.fill_coarse(scene.context, &seen, &scene.needed, &mut coarse, &mut [], &earlier);
            earlier = self.remembered(&coarse);
            periods.push((seen, coarse));
        }
        let nodes = self.fine_targets(scene);
        let chunks: Vec<Result<Yield, EvaluationError>> = self
            .chunks
            .par_iter()
            .map(|range| {
                let mut found = Yield::default();
                let mut columns: Columns<'d> = vec![None; self.plan().nodes.len()];
                let mut earlier = Vec::new();
                for (period, coarse) in &periods {
                    let mut frame =
                        Frame { columns, earlier, ..Frame::new(self.plan(), self.bound, range.clone(), coarse) };
                    self.chunk_period(scene, scene.clauses, &nodes, period, &mut frame, &mut found)?;
                    earlier = self.remembered(&frame.columns);
                    frame.forget(scene.context);
                    columns = frame.columns;
                }
                found.sort();
                Ok(found)
            })
            .collect();
        chunks.into_iter().try_fold(Yield::default(), |mut all, chunk| {
            all.append(chunk?);
            Ok(all)
        })
    }

    /// Computes all that a clause needs in one period (0 when it has none) for the chunk of a subject, or for contract
    /// and groups, and lets `visit` see the columns. None when the clause does not reach that period by the day.
    pub fn at_period<T>(
        &self,
        clause: usize,
        number: u32,
        subject: Option<usize>,
        visit: impl FnOnce(&Frame) -> T,
    ) -> Option<T> {
        let context = self.plan().clauses[clause].context;
        let clauses = [clause];
        let scene = self.scene(context, &clauses);
        let base = self.coarse_of(0, &scene.targets);
        let mut states: Vec<Earlier<'d>> = vec![Vec::new(); self.chunks.len()];
        let mut earlier: Earlier<'d> = Vec::new();
        let nodes = self.fine_targets(&scene);
        for period in self.periods(context) {
            let here = period.number() == number;
            let seen = self.coarse_period(&scene, &period, &base)?;
            let mut coarse = base.clone();
            self.fill_coarse(context, &seen, &scene.needed, &mut coarse, &mut states, &earlier);
            if here {
                let at = subject.and_then(|subject| self.chunks.iter().position(|chunk| chunk.contains(&subject)));
                let range = at.map_or(0..0, |at| self.chunks[at].clone());
                let mut frame = Frame::new(self.plan(), self.bound, range, &coarse);
                frame.earlier = at.map_or_else(|| earlier.clone(), |at| states[at].clone());
                frame.period = seen.clone();
                if subject.is_some() {
                    self.chunk_period(&scene, &[], &nodes, &seen, &mut frame, &mut Yield::default()).ok()?;
                }
                return Some(visit(&frame));
            }
            self.one_period(&scene, &coarse, &seen, &mut states).ok()?;
            earlier = self.remembered(&coarse);
        }
        None
    }
}
