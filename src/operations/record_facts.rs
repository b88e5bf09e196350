//! Records a batch of facts: one entry, however many rows. Facts come in steps; while one step is stored, the next is read
//! and sealed on the other cores, and of those before only the edge of the batch's tree is kept.

use std::thread;

use rayon::prelude::*;

use super::{
    Error, Outside,
    correct_facts::NewFact,
    journal::{self, Chain, Receipt},
    sealing::Keys,
};
use crate::{
    contract::{
        Batch, Versions,
        content::{self, FactContent},
        payload::BatchSize,
        pseudonym::fact_name,
        seal::SealedAt,
    },
    ledger::{
        Draft, EntryKind, FieldCommitment,
        merkle::{Frontier, leaf_hash},
    },
    storage::{self, Connection, ContractRow, FactRow},
    terms::document::Document,
    values::{Digest, EntryId},
};

/// Facts that are read, sealed and stored at once.
pub(super) const STEP: usize = 2_000;

/// The salt of a commitment and the nonce under which it is sealed with the content.
type Random = [u8; 56];

/// Where facts come from: the next step of them, none at the end.
pub(super) type Steps<'s> = &'s mut (dyn FnMut() -> Result<Vec<NewFact>, Error> + Send);

/// Facts that are all there, in steps.
pub(super) fn in_steps(facts: Vec<NewFact>) -> impl FnMut() -> Result<Vec<NewFact>, Error> + Send {
    let mut facts = facts.into_iter();
    move || Ok(facts.by_ref().take(STEP).collect())
}

/// The contract that facts are recorded under.
#[derive(Clone, Copy)]
pub(super) struct Under<'r> {
    pub row: &'r ContractRow,
    /// The digest of its newest version.
    pub terms: Digest,
    pub document: &'r Document,
    pub keys: &'r Keys,
}

impl<'r> Under<'r> {
    /// The newest version of a contract, which knows everything that may be reported.
    pub(super) fn newest(row: &'r ContractRow, versions: &'r Versions, keys: &'r Keys) -> Self {
        let version = versions.newest();
        Self { row, terms: version.digest, document: &version.contract.checked.document, keys }
    }
}

/// What was recorded under one entry.
pub(super) struct Batched {
    pub receipt: Receipt,
    pub count: usize,
}

/// Records facts under one entry; none when there are none. `before` were recorded before them.
pub(super) fn record_facts(
    connection: &mut Connection,
    outside: &mut Outside,
    (chain, under): (&mut Chain, Under),
    kind: EntryKind,
    (steps, before): (Steps, usize),
) -> Result<Option<Batched>, Error> {
    let facts = steps()?;
    if facts.is_empty() {
        return Ok(None);
    }
    let mut draft = journal::draft(outside, kind, &BatchSize { count: 0 })?;
    let (mut tree, mut count) = (Frontier::default(), 0);
    let sealing = Sealing { under, entry: draft.id, seq: chain.seq() + 1 };
    let random = outside.each(facts.len())?;
    let mut rows = sealing.rows(0, facts, &random)?;
    // The entry commits to all rows and so comes last; nobody else can take its position, because the head is kept.
    while !rows.is_empty() {
        let from = count + rows.len();
        let random = outside.each(STEP)?;
        rows = thread::scope(|scope| {
            let next = scope.spawn(|| {
                tree.extend(rows.iter().map(|row| leaf_hash(&row.commitment.0)));
                sealing.rows(from, steps()?, &random)
            });
            storage::fact::insert(connection, &rows)?;
            next.join().unwrap_or_else(|_| Err(Error::Stored("reading and sealing facts stopped".into())))
        })?;
        count = from;
        outside.tell(before + count, None);
    }
    fill(&mut draft, under.terms, count, &tree);
    Ok(Some(Batched { receipt: chain.append(connection, draft)?, count }))
}

/// Completes the entry of a batch.
fn fill(draft: &mut Draft, terms: Digest, count: usize, tree: &Frontier) {
    draft.terms = Some(terms);
    draft.payload = content::encode(&BatchSize { count: u32::try_from(count).unwrap_or(u32::MAX) });
    draft.commitments = vec![FieldCommitment { field: Batch::Facts as u16, digest: tree.root() }];
}

/// Seals the rows of one entry.
struct Sealing<'r> {
    under: Under<'r>,
    entry: EntryId,
    seq: i64,
}

impl Sealing<'_> {
    /// The rows of some facts, whose first stands at an item.
    fn rows(&self, from: usize, facts: Vec<NewFact>, random: &[Random]) -> Result<Vec<FactRow>, Error> {
        // The greatest item is that of the narrowest column.
        let too_many = || Error::refused("too-many-facts", "one report has 2,147,483,647 rows at most", "divide it");
        if i32::try_from(from + facts.len()).is_err() {
            return Err(too_many());
        }
        let facts = facts.into_par_iter().zip(random).enumerate();
        facts.with_min_len(100).map(|(at, (fact, random))| self.row(from + at, fact, random)).collect()
    }

    fn row(&self, at: usize, fact: NewFact, random: &Random) -> Result<FactRow, Error> {
        let Under { row, document, keys, .. } = self.under;
        // `rows` has made sure that it fits.
        let (item, index) = (i32::try_from(at).unwrap_or(i32::MAX), u32::try_from(at).unwrap_or(u32::MAX));
        let fact_id = fact_name(self.entry)(index);
        let content = content::encode(&FactContent {
            corrects: fact.corrects,
            fact: fact_id,
            fields: fact.fields,
            kind: document.facts[fact.kind].name.text.clone(),
            on: fact.on,
            retracted: fact.retracted,
            source: fact.source,
            subject: fact.subject,
        });
        let (salt, nonce) = split(random);
        let place = SealedAt { contract: row.contract_id, seq: self.seq, batch: Batch::Facts, item };
        Ok(FactRow {
            contract_id: row.contract_id,
            fact_id,
            subject_ref: fact.subject,
            sealed: Some(keys.seal((place, fact.subject), nonce, &salt, &content)?),
            commitment: Batch::Facts.commit(row.contract_id, self.entry, index, &salt, &content),
            seq: self.seq,
            item,
            corrects: fact.corrects,
            retracted: fact.retracted,
        })
    }
}

fn split(random: &Random) -> ([u8; 32], [u8; 24]) {
    let (mut salt, mut nonce) = ([0; 32], [0; 24]);
    salt.copy_from_slice(&random[..32]);
    nonce.copy_from_slice(&random[32..]);
    (salt, nonce)
}
