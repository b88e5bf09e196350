//! Records a batch of facts: one entry, however many rows, sealed on all cores while rows are stored.

use std::thread;

use rayon::prelude::*;

use super::{
    Error, Outside,
    correct_facts::NewFact,
    enrol_subjects::STEP,
    journal::{self, Receipt},
    known::Known,
    sealing::Keys,
};
use crate::{
    contract::{
        Batch,
        content::{self, FactContent},
        payload::BatchSize,
        pseudonym::fact_name,
        seal::SealedAt,
    },
    ledger::EntryKind,
    storage::{self, Connection, FactRow},
    terms::document::Document,
    values::{ChainId, Digest, EntryId, FactId},
};

/// The salt of a commitment and the nonce under which it is sealed with the content.
type Random = [u8; 56];

/// Facts that are recorded under one entry, with the random bytes of each.
struct Recording<'r> {
    document: &'r Document,
    keys: &'r Keys,
    contract: ChainId,
    entry: EntryId,
    seq: i64,
    facts: &'r [NewFact],
    random: Vec<Random>,
}

/// Appends the entry of a batch and stores its rows; `told` is asked to tell how many are stored.
///
/// Contents are encoded twice, to commit and to seal, so that the sealed rows of a large batch are never all in memory.
pub(super) fn record_facts(
    connection: &mut Connection,
    outside: &mut Outside,
    known: &mut Known,
    keys: &Keys,
    (kind, facts): (EntryKind, &[NewFact]),
    told: &mut dyn FnMut(&mut Outside, usize),
) -> Result<Receipt, Error> {
    let payload = BatchSize { count: u32::try_from(facts.len()).unwrap_or(u32::MAX) };
    let mut draft = journal::draft(outside, kind, &payload)?;
    draft.terms = Some(known.row.digest);
    let (contract, seq, entry) = (known.row.contract_id, known.chain.seq() + 1, draft.id);
    let document = &known.contract.checked.document;
    let random = outside.each(facts.len())?;
    let recording = Recording { document, keys, contract, entry, seq, facts, random };
    let commitments = recording.commitments();
    draft.commitments = vec![Batch::Facts.root(&commitments)];
    let receipt = known.chain.append(connection, draft)?;
    let mut sealed = recording.rows(&commitments, 0)?;
    let mut done = 0;
    while !sealed.is_empty() {
        told(outside, done);
        done += sealed.len();
        // While these rows are stored, the next ones are sealed.
        sealed = thread::scope(|scope| {
            let next = scope.spawn(|| recording.rows(&commitments, done));
            storage::fact::insert(connection, &sealed)?;
            next.join().unwrap_or_else(|_| Err(Error::Stored("sealing facts stopped".into())))
        })?;
    }
    Ok(receipt)
}

impl Recording<'_> {
    fn name(&self) -> impl Fn(usize) -> FactId {
        let name = fact_name(self.entry);
        move |at| name(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn content(&self, fact: &NewFact, name: FactId) -> Vec<u8> {
        let kind = &self.document.facts[fact.kind];
        content::encode(&FactContent {
            corrects: fact.corrects,
            fact: name,
            fields: fact.fields.clone(),
            kind: kind.name.text.clone(),
            on: fact.on,
            retracted: fact.retracted,
            source: fact.source.clone(),
            subject: fact.subject,
        })
    }

    /// The commitments of all facts, in order.
    fn commitments(&self) -> Vec<Digest> {
        let name = self.name();
        let facts = self.facts.par_iter().zip(&self.random).enumerate();
        facts
            .map(|(at, (fact, random))| {
                let (salt, _) = split(random);
                let item = u32::try_from(at).unwrap_or(u32::MAX);
                Batch::Facts.commit(self.contract, self.entry, item, &salt, &self.content(fact, name(at)))
            })
            .collect()
    }

    /// The rows from an item on, sealed; a step of them at most.
    fn rows(&self, commitments: &[Digest], from: usize) -> Result<Vec<FactRow>, Error> {
        let name = self.name();
        let to = self.facts.len().min(from + STEP);
        let row = |at: usize| {
            let (fact, fact_id) = (&self.facts[at], name(at));
            let item = i32::try_from(at).unwrap_or(i32::MAX);
            let place = SealedAt { contract: self.contract, seq: self.seq, batch: Batch::Facts, item };
            let (salt, nonce) = split(&self.random[at]);
            let sealed = self.keys.seal((place, fact.subject), nonce, &salt, &self.content(fact, fact_id))?;
            Ok(FactRow {
                contract_id: self.contract,
                fact_id,
                subject_ref: fact.subject,
                sealed: Some(sealed),
                commitment: commitments[at],
                seq: self.seq,
                item,
                corrects: fact.corrects,
                retracted: fact.retracted,
            })
        };
        (from..to).into_par_iter().map(row).collect()
    }
}

fn split(random: &Random) -> ([u8; 32], [u8; 24]) {
    let (mut salt, mut nonce) = ([0; 32], [0; 24]);
    salt.copy_from_slice(&random[..32]);
    nonce.copy_from_slice(&random[32..]);
    (salt, nonce)
}
