//! Which reports are owed and have not come, and by which day.

use super::{
    bind::Bound,
    column::Gap,
    data::Data,
    frame::Frame,
    obligation::NOBODY,
    run::{CHUNK, Run, covered},
};
use crate::{
    terms::{
        Contract,
        check::types::Level,
        plan::{closure::fine_nodes, lower::with_reports},
    },
    values::Day,
};

/// A report that has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwedReport {
    /// By when it is owed; none when the contract names no day, or the day depends on what has not come either.
    pub due_on: Option<Day>,
    /// Index of the kind of fact.
    pub kind: usize,
    /// Index among the subjects that the contract covers, or [`NOBODY`] for what is about the contract.
    pub subject: u32,
}

/// The reports that are owed and have not come by a day: of kinds that are there once, and of kinds with a day by which they
/// are owed. One report answers.
pub fn owed_reports(contract: &Contract, data: &Data, as_of: Day) -> Vec<OwedReport> {
    let (plan, days) = with_reports(&contract.plan, &contract.checked);
    let contract = &Contract { plan, checked: contract.checked.clone(), source: contract.source.clone() };
    let (data, _) = covered(contract, data, as_of);
    let bound = Bound::new(contract, &data, as_of);
    let run = Run::new(contract, &bound, CHUNK);
    let mut owed = Vec::new();
    for (kind, fact) in contract.checked.document.facts.iter().enumerate() {
        if !fact.once && days[kind].is_none() {
            continue;
        }
        let offsets = &data.facts[kind].offsets;
        let lacks = |owner: usize| offsets[owner] == offsets[owner + 1];
        let coarse = run.coarse_of(0, days[kind].as_slice());
        if fact.of_contract {
            if lacks(0) {
                let due_on = days[kind].and_then(|id| day(&Frame::new(&contract.plan, &bound, 0..0, &coarse), id, 0));
                owed.push(OwedReport { due_on, kind, subject: NOBODY });
            }
            continue;
        }
        for range in &run.chunks {
            let mut frame = Frame::new(&contract.plan, &bound, range.clone(), &coarse);
            frame.compute(&fine_nodes(&contract.plan, days[kind].as_slice()));
            for subject in range.clone().filter(|subject| lacks(*subject)) {
                let due_on = days[kind].and_then(|id| {
                    let of_contract = contract.plan.nodes[id as usize].level == Level::Contract;
                    day(&frame, id, if of_contract { 0 } else { subject - range.start })
                });
                owed.push(OwedReport { due_on, kind, subject: subject as u32 });
            }
        }
    }
    owed
}

fn day(frame: &Frame, id: u32, at: usize) -> Option<Day> {
    let column = frame.column(id);
    (column.gap(at) == Gap::None).then(|| Day(column.int(at)))
}
