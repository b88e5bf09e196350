//! Erased contents compared with the entries that say so: nothing is gone without one, nothing is left in spite of one.

use std::collections::BTreeMap;

use super::{
    check_contract::Held,
    finding::{Code, Finding, Findings},
    life::Erased,
    records::{Columns, Committed, Opening, Record},
};
use crate::{
    contract::erasure::{self, ErasedRow},
    values::SubjectRef,
};

/// Compares everything that is erased, or should be, with the chain.
pub fn check(held: &Held, list: &mut Vec<Finding>) {
    let mut found = Found { held, rows: BTreeMap::new(), list };
    found.gather(held.subjects);
    found.gather(held.facts);
    found.gather(held.lines);
    let Found { mut rows, .. } = found;
    let name = held.life.name.as_str();
    let mut findings = Findings { list, table: "entry", contract: Some(name) };
    for (subject, Erased { seq, count, root }) in &held.life.erased {
        let rows = rows.remove(subject).unwrap_or_default();
        let described = format!("position {seq}, erasure of subject {subject}");
        findings.compare(&described, "count", u32::try_from(rows.len()).unwrap_or(u32::MAX), *count);
        let computed = erasure::root(rows).digest;
        if Some(computed) != *root {
            let expected = root.map_or_else(|| "no root".into(), |root| format!("root {root}"));
            findings.add(Code::ErasedDiffers, described, format!("rows with root {computed}"), expected);
        }
    }
}

struct Found<'f> {
    held: &'f Held<'f>,
    rows: BTreeMap<SubjectRef, Vec<ErasedRow>>,
    list: &'f mut Vec<Finding>,
}

impl Found<'_> {
    fn gather<C: Committed + Columns>(&mut self, records: &[Record<C>]) {
        let life = self.held.life;
        let mut findings = Findings { list: self.list, table: C::TABLE, contract: Some(&life.name) };
        for record in records {
            let described = record.described();
            let subject = match about(record, self.held) {
                Some(subject) if life.erased.contains_key(&subject) => subject,
                _ => {
                    if record.opening == Opening::Erased {
                        findings.add(Code::ErasedUnrecorded, described, "nothing", "salt and content");
                    }
                    continue;
                }
            };
            if matches!(record.opening, Opening::Opened { .. }) {
                findings.add(Code::ErasedPresent, described.clone(), "salt and content", "nothing: it was erased");
            }
            if !life.erased_after(subject, record.seq) {
                findings.add(
                    Code::LifeDiffers,
                    described,
                    format!("subject {subject}, erased before"),
                    "nobody erased",
                );
            } else {
                self.rows.entry(subject).or_default().push((record.seq, C::BATCH, record.item, record.commitment));
            }
        }
    }
}

/// Whose content a record is, as far as that can be told.
fn about<C: Committed + Columns>(record: &Record<C>, held: &Held) -> Option<SubjectRef> {
    match (&record.columns, record.content()) {
        (Some(columns), _) => columns.subject(),
        (None, Some(content)) => C::subject_in(content),
        (None, None) => held.erased.get(&(C::BATCH, record.seq, record.item)).copied(),
    }
}
