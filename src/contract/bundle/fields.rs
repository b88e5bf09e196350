//! The binary files of a bundle: entries, proofs, heads, older trees, contents.

use std::borrow::Cow;

use super::{Logged, Malformed, Older, Scope};
use crate::{
    contract::{
        Batch,
        audit::{
            ErasedOf,
            records::{Opening, Record},
        },
    },
    ledger::{
        heads::LoggedHead,
        reader::{DecodeError, Reader},
    },
    values::{ChainId, Digest, SubjectRef},
};

/// Most nodes of a proof: one for each level of a tree of 2^64 leaves.
const LONGEST_PROOF: u8 = 64;

/// Reads a whole file; names it when something is wrong.
fn whole<'a, T>(
    file: &str,
    bytes: &'a [u8],
    mut take: impl FnMut(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut all = Vec::new();
    while reader.end().is_err() {
        let taken = take(&mut reader);
        all.push(taken.map_err(|error| Malformed { file: file.into(), reason: error.to_string() })?);
    }
    Ok(all)
}

fn number(reader: &mut Reader, what: &str) -> Result<u64, DecodeError> {
    Ok(u64::from_be_bytes(reader.array(what)?))
}

fn digests(reader: &mut Reader, count: u8) -> Result<Vec<Digest>, DecodeError> {
    (0..count).map(|_| Ok(Digest(reader.array("a node of a proof")?))).collect()
}

/// Writes `entries`: each body after its length in 2 bytes.
pub fn write_entries(entries: &[Logged]) -> Vec<u8> {
    // A body has at most 32 KiB.
    entries.iter().flat_map(|entry| [&(entry.body.len() as u16).to_be_bytes(), &*entry.body].concat()).collect()
}

/// Writes `proofs`: for each entry its index in the log, the number of nodes, the nodes.
pub fn write_proofs(entries: &[Logged]) -> Vec<u8> {
    let mut file = Vec::new();
    for entry in entries {
        file.extend(entry.index.to_be_bytes());
        file.push(entry.proof.len() as u8);
        entry.proof.iter().for_each(|node| file.extend(node.0));
    }
    file
}

/// Reads `entries`, and `proofs` where the bundle is about one contract.
pub fn read_entries<'a>(scope: Scope, entries: &'a [u8], proofs: Option<&[u8]>) -> Result<Vec<Logged<'a>>, Malformed> {
    let bodies = whole("entries", entries, |reader| {
        let length = u16::from_be_bytes(reader.array("a length")?);
        reader.slice(usize::from(length), "a body")
    })?;
    let proofs = match (scope, proofs) {
        (Scope::Log, None) => (0..bodies.len() as u64).map(|index| (index, Vec::new())).collect(),
        (Scope::Contract, Some(proofs)) => whole("proofs", proofs, |reader| {
            let index = number(reader, "an index")?;
            let [count] = reader.array("a number of nodes")?;
            if count > LONGEST_PROOF {
                return Err(reader.refuse(1, "at most 64 nodes", count.to_string()));
            }
            Ok((index, digests(reader, count)?))
        })?,
        _ => {
            let reason = "a bundle of one contract has proofs, one of the whole log has none";
            return Err(Malformed { file: "proofs".into(), reason: reason.into() });
        }
    };
    if proofs.len() != bodies.len() {
        let reason = format!("{} proofs for {} entries", proofs.len(), bodies.len());
        return Err(Malformed { file: "proofs".into(), reason });
    }
    if proofs.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(Malformed { file: "proofs".into(), reason: "entries are not in the order of the log".into() });
    }
    let logged = bodies.into_iter().zip(proofs);
    Ok(logged.map(|(body, (index, proof))| Logged { index, body: Cow::Borrowed(body), proof }).collect())
}

/// Writes `heads`: chain, position, chain hash.
pub fn write_heads(heads: &[LoggedHead]) -> Vec<u8> {
    heads.iter().flat_map(|head| [&head.chain.as_bytes()[..], &head.seq.to_be_bytes(), &head.hash.0].concat()).collect()
}

/// Reads `heads`.
pub fn read_heads(bytes: &[u8]) -> Result<Vec<LoggedHead>, Malformed> {
    whole("heads", bytes, |reader| {
        let chain = ChainId::from_bytes(reader.array("a chain")?);
        Ok(LoggedHead { chain, seq: number(reader, "a position")?, hash: Digest(reader.array("a chain hash")?) })
    })
}

/// Writes an older tree: its root, then the nodes of the proof.
pub fn write_older(older: &Older) -> Vec<u8> {
    [older.root].iter().chain(&older.proof).flat_map(|digest| digest.0).collect()
}

/// Reads an older tree.
pub fn read_older(file: &str, bytes: &[u8]) -> Result<Older, Malformed> {
    let mut digests = whole(file, bytes, |reader| Ok(Digest(reader.array("a digest")?)))?.into_iter();
    let no_root = || Malformed { file: file.into(), reason: "it is empty and should begin with a root".into() };
    Ok(Older { root: digests.next().ok_or_else(no_root)?, proof: digests.collect() })
}

/// Writes records: position, item, state, commitment; where it is open, salt and content after its length.
pub fn write_records<C>(records: &[Record<C>]) -> Vec<u8> {
    let mut file = Vec::new();
    for record in records {
        file.extend(record.seq.to_be_bytes());
        file.extend(record.item.to_be_bytes());
        file.push(match record.opening {
            Opening::Closed => 0,
            Opening::Opened { .. } => 1,
            Opening::Erased => 2,
        });
        file.extend(record.commitment.0);
        if let Opening::Opened { salt, content } = &record.opening {
            file.extend(salt);
            // What is stored fits into memory many times over.
            file.extend((content.len() as u32).to_be_bytes());
            file.extend(content);
        }
    }
    file
}

/// Reads records in the order of position and item.
pub fn read_records<C>(file: &str, bytes: &[u8]) -> Result<Vec<Record<C>>, Malformed> {
    let records: Vec<Record<C>> = whole(file, bytes, |reader| {
        let seq = i64::from_be_bytes(reader.array("a position")?);
        let item = i32::from_be_bytes(reader.array("an item")?);
        let [state] = reader.array("a state")?;
        let commitment = Digest(reader.array("a commitment")?);
        let opening = match state {
            0 => Opening::Closed,
            1 => {
                let salt = reader.array("a salt")?;
                let length = u32::from_be_bytes(reader.array("a length")?);
                Opening::Opened { salt, content: reader.slice(length as usize, "a content")?.to_vec() }
            }
            2 => Opening::Erased,
            other => return Err(reader.refuse(33, "0 closed, 1 open or 2 erased", other.to_string())),
        };
        Ok(Record { seq, item, commitment, opening, columns: None })
    })?;
    if records.windows(2).any(|pair| (pair[0].seq, pair[0].item) >= (pair[1].seq, pair[1].item)) {
        return Err(Malformed {
            file: file.into(),
            reason: "records are not in the order of position and item".into(),
        });
    }
    Ok(records)
}

/// Writes whose the erased contents were: batch, position, item, subject.
pub fn write_erased(erased: &ErasedOf) -> Vec<u8> {
    let row = |((batch, seq, item), subject): (&(Batch, i64, i32), &SubjectRef)| {
        [&(*batch as u16).to_be_bytes()[..], &seq.to_be_bytes(), &item.to_be_bytes(), subject.as_bytes()].concat()
    };
    erased.iter().flat_map(row).collect()
}

/// Reads them, in the order of batch, position and item.
pub fn read_erased(file: &str, bytes: &[u8]) -> Result<ErasedOf, Malformed> {
    let rows = whole(file, bytes, |reader| {
        let number = u16::from_be_bytes(reader.array("a batch")?);
        let batch = [Batch::Subjects, Batch::Facts, Batch::Lines].into_iter().find(|batch| *batch as u16 == number);
        let batch = batch.ok_or_else(|| reader.refuse(2, "a batch from 1 to 3", number.to_string()))?;
        let (seq, item) =
            (i64::from_be_bytes(reader.array("a position")?), i32::from_be_bytes(reader.array("an item")?));
        Ok(((batch, seq, item), SubjectRef::from_bytes(reader.array("a subject")?)))
    })?;
    if rows.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(Malformed {
            file: file.into(),
            reason: "rows are not in the order of batch, position and item".into(),
        });
    }
    Ok(rows.into_iter().collect())
}
