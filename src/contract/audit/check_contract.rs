//! Everything that is held of one contract, compared with its chain.

use std::collections::BTreeMap;

use super::{
    agreements, amendments, batches, erasures, facts,
    finding::Finding,
    life::Life,
    outcome::Looked,
    parties::Registrations,
    records::{AgreementText, AmendmentTexts, Committed, Fact, Line, Opening, Record, Subject},
    settlements,
};
use crate::{
    contract::{
        Batch,
        content::{self, ContentError},
        reported::{At, Reported},
    },
    ledger::Entry,
    values::{ChainId, SubjectRef},
};

/// What is held of one contract beside its chain.
#[derive(Clone, Copy)]
pub struct Held<'h> {
    /// Its chain.
    pub chain: ChainId,
    /// What the chain says about it.
    pub life: &'h Life,
    /// The entries of the chain.
    pub entries: Option<&'h BTreeMap<i64, Entry>>,
    /// What was signed.
    pub text: Option<&'h AgreementText>,
    /// What amendments say, by the positions of their proposals.
    pub amendments: &'h AmendmentTexts,
    /// Subjects by position and item.
    pub subjects: &'h [Subject],
    /// Facts by position and item.
    pub facts: &'h [Fact],
    /// Lines of settlements by position and item.
    pub lines: &'h [Line],
    /// Whose the erased contents were, where nothing beside them says so.
    pub erased: &'h ErasedOf,
}

/// Subjects by batch, position and item of what was erased of them.
pub type ErasedOf = BTreeMap<(Batch, i64, i32), SubjectRef>;

/// Compares subjects, facts, lines and agreement with the chain, and computes settlements again.
pub fn check_contract(
    held: &Held,
    registered: &Registrations,
    looked_at: &mut Looked,
    list: &mut Vec<Finding>,
    not_checked: &mut Vec<String>,
) {
    let (chain, name) = (held.chain, held.life.name.as_str());
    looked_at.subjects += held.subjects.len() as u64;
    looked_at.facts += held.facts.len() as u64;
    looked_at.lines += held.lines.len() as u64;
    batches::check(chain, name, held.entries, held.subjects, list);
    batches::check(chain, name, held.entries, held.facts, list);
    batches::check(chain, name, held.entries, held.lines, list);
    erasures::check(held, list);
    let (Some(text), Some(entries)) = (held.text, held.entries) else { return };
    let versions =
        agreements::check(held, text, registered, list).and_then(|first| amendments::check(held, first, list));
    if let Ok(versions) = &versions {
        facts::check(held, entries, &versions.kinds(), list);
    }
    let [settlements, accruals] = settlements::check(held, entries, versions, list, not_checked);
    looked_at.settlements += settlements;
    looked_at.accruals += accruals;
}

impl Held<'_> {
    /// What was reported, as far as it is open.
    pub fn reported(&self) -> Result<Reported, ContentError> {
        Ok(Reported { subjects: opened(self.subjects)?, facts: opened(self.facts)? })
    }

    /// How many contents are closed.
    pub fn closed(&self) -> usize {
        let all = self.subjects.iter().map(|record| &record.opening);
        let all = all.chain(self.facts.iter().map(|record| &record.opening));
        let all = all.chain(self.lines.iter().map(|record| &record.opening));
        all.filter(|opening| **opening == Opening::Closed).count()
    }

    /// How many subjects were known at a position and are erased since.
    pub fn gone(&self, seq: i64) -> usize {
        let erased = self.subjects.iter().filter(|record| record.opening == Opening::Erased && record.seq < seq);
        let since = |record: &&Subject| record.columns.is_none_or(|subject| self.life.erased_after(subject, seq));
        erased.filter(since).count()
    }
}

fn opened<C: Committed, T: for<'c> serde::Deserialize<'c>>(records: &[Record<C>]) -> Result<Vec<At<T>>, ContentError> {
    let open = records.iter().filter_map(|record| record.content().map(|content| (record, content)));
    open.map(|(record, content)| {
        let wrong =
            |ContentError(reason)| ContentError(format!("position {}, item {}: {reason}", record.seq, record.item));
        Ok(At { seq: record.seq, item: record.item, content: content::decode(content).map_err(wrong)? })
    })
    .collect()
}
