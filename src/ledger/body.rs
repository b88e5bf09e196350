//! The body of an entry, read where it stands: the one definition of its form.

use crate::values::{ChainId, Currency, Day, Digest, EntryId, PartyId, day};

use super::{
    account::AccountKind,
    entry::{Entry, FieldCommitment, MAGIC, MAX_BODY_BYTES},
    kind::EntryKind,
    posting::{POSTING_BYTES, Posting, check_balance},
    reader::{DecodeError, Reader},
};

/// Where the number of postings stands.
const POSTINGS_AT: usize = 234;
/// Bytes of one commitment in a body.
const COMMITMENT_BYTES: usize = 34;

/// What a body says, without copies of what has no fixed length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body<'b> {
    pub(super) log: Digest,
    pub(super) chain: ChainId,
    pub(super) seq: u64,
    pub(super) prev_hash: Digest,
    pub(super) id: EntryId,
    pub(super) kind: EntryKind,
    pub(super) effective_on: Day,
    pub(super) recorded_at_micros: i64,
    actor: Digest,
    pub(super) idempotency: Option<Digest>,
    pub(super) corrects: Option<EntryId>,
    terms: Option<Digest>,
    postings: &'b [u8],
    commitments: &'b [u8],
    payload: &'b [u8],
}

impl<'b> Body<'b> {
    /// Reads strictly: one form per entry, nothing after the end.
    pub(super) fn read(body: &'b [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        if body.len() > MAX_BODY_BYTES {
            return Err(reader.refuse(0, format!("at most {MAX_BODY_BYTES} bytes"), format!("{} bytes", body.len())));
        }
        let magic: [u8; 4] = reader.array("magic")?;
        if magic != MAGIC {
            return Err(reader.refuse(4, "the version OLE1", format!("`{}`", magic.escape_ascii())));
        }
        let read = Self {
            log: Digest(reader.array("log identity")?),
            chain: ChainId::from_bytes(reader.array("chain")?),
            seq: read_seq(&mut reader)?,
            prev_hash: Digest(reader.array("previous chain hash")?),
            id: read_id(&mut reader)?,
            kind: read_kind(&mut reader)?,
            effective_on: read_day(&mut reader)?,
            recorded_at_micros: i64::from_be_bytes(reader.array("recorded instant")?),
            actor: Digest(reader.array("actor")?),
            idempotency: reader.optional_digest("idempotency")?,
            corrects: Some(reader.array("corrected entry")?).filter(|id| *id != [0; 16]).map(EntryId::from_bytes),
            terms: reader.optional_digest("terms")?,
            postings: checked_postings(&mut reader)?,
            commitments: checked_commitments(&mut reader)?,
            payload: read_payload(&mut reader)?,
        };
        reader.end()?;
        Ok(read)
    }

    /// The bytes of each posting, in their order.
    pub(super) fn postings(&self) -> &'b [[u8; POSTING_BYTES]] {
        self.postings.as_chunks().0
    }

    /// Whether debits and credits are equal.
    pub(super) fn is_balanced(&self) -> bool {
        match self.postings() {
            [] => true,
            // Two legs of one currency are nearly all there is.
            [a, b] if a[17..21] == b[17..21] => {
                let (a, b) = (amount(a), amount(b));
                a != 0 && a.checked_neg() == Some(b)
            }
            postings => check_balance(&read_postings(postings)).is_ok(),
        }
    }

    /// The entry.
    pub(super) fn to_entry(self) -> Entry {
        let commitments = self.commitments.as_chunks::<COMMITMENT_BYTES>().0.iter();
        Entry {
            log: self.log,
            chain: self.chain,
            seq: self.seq,
            prev_hash: self.prev_hash,
            id: self.id,
            kind: self.kind,
            effective_on: self.effective_on,
            recorded_at_micros: self.recorded_at_micros,
            actor: self.actor,
            idempotency: self.idempotency,
            corrects: self.corrects,
            terms: self.terms,
            postings: read_postings(self.postings()),
            commitments: commitments.map(commitment).collect(),
            payload: self.payload.to_vec(),
        }
    }
}

/// The bytes of each posting of a body that can be read.
pub(super) fn postings_of(body: &[u8]) -> &[[u8; POSTING_BYTES]] {
    let Some((count, rest)) = body.get(POSTINGS_AT..).and_then(<[u8]>::split_first_chunk) else { return &[] };
    rest.as_chunks().0.get(..usize::from(u16::from_be_bytes(*count))).unwrap_or_default()
}

/// Postings whose form was checked; all of them are given.
pub(super) fn read_postings(postings: &[[u8; POSTING_BYTES]]) -> Vec<Posting> {
    postings.iter().filter_map(|bytes| read_posting(&mut Reader::new(bytes)).ok()).collect()
}

fn amount(posting: &[u8; POSTING_BYTES]) -> i128 {
    let mut amount = [0; 16];
    amount.copy_from_slice(&posting[21..]);
    i128::from_be_bytes(amount)
}

fn commitment(bytes: &[u8; COMMITMENT_BYTES]) -> FieldCommitment {
    let mut digest = Digest::ZERO;
    digest.0.copy_from_slice(&bytes[2..]);
    FieldCommitment { field: u16::from_be_bytes([bytes[0], bytes[1]]), digest }
}

fn read_seq(reader: &mut Reader) -> Result<u64, DecodeError> {
    let seq = u64::from_be_bytes(reader.array("position")?);
    let good = seq > 0 && i64::try_from(seq).is_ok();
    if good { Ok(seq) } else { Err(reader.refuse(8, "a position from 1 to 2^63 - 1", seq.to_string())) }
}

fn read_id(reader: &mut Reader) -> Result<EntryId, DecodeError> {
    let id = reader.array("entry")?;
    if id == [0; 16] { Err(reader.refuse(16, "an entry id", "zeros")) } else { Ok(EntryId::from_bytes(id)) }
}

fn read_kind(reader: &mut Reader) -> Result<EntryKind, DecodeError> {
    let number = u16::from_be_bytes(reader.array("kind")?);
    EntryKind::from_number(number).ok_or_else(|| reader.refuse(2, "a registered entry kind", number.to_string()))
}

fn read_day(reader: &mut Reader) -> Result<Day, DecodeError> {
    let found = Day(i32::from_be_bytes(reader.array("effective day")?));
    let good = (day::FIRST..=day::LAST).contains(&found);
    if good { Ok(found) } else { Err(reader.refuse(4, "a day from 1800 to 2400", format!("day {}", found.0))) }
}

fn checked_postings<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], DecodeError> {
    let count = u16::from_be_bytes(reader.array("posting count")?);
    let postings = reader.rest();
    let mut previous: &[u8] = &[];
    for _ in 0..count {
        let before = reader.rest();
        read_posting(reader)?;
        let bytes = &before[..POSTING_BYTES];
        if bytes < previous {
            return Err(reader.refuse(
                POSTING_BYTES,
                "postings in ascending order",
                "a smaller one after a greater one",
            ));
        }
        previous = bytes;
    }
    Ok(&postings[..usize::from(count) * POSTING_BYTES])
}

fn read_posting(reader: &mut Reader) -> Result<Posting, DecodeError> {
    let party = PartyId::from_bytes(reader.array("party")?);
    let [number] = reader.array("account kind")?;
    let account = AccountKind::from_number(number)
        .ok_or_else(|| reader.refuse(1, "an account kind from 1 to 6", number.to_string()))?;
    let code: [u8; 3] = reader.array("currency")?;
    let currency = Currency::of_code(code)
        .ok_or_else(|| reader.refuse(3, "an ISO 4217 code with minor units", format!("`{}`", code.escape_ascii())))?;
    let [scale] = reader.array("scale")?;
    if u32::from(scale) != currency.minor_units() {
        let expected = format!("scale {} of {currency}", currency.minor_units());
        return Err(reader.refuse(1, expected, scale.to_string()));
    }
    Ok(Posting { party, account, currency, amount_minor: i128::from_be_bytes(reader.array("amount")?) })
}

fn checked_commitments<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], DecodeError> {
    let count = u16::from_be_bytes(reader.array("commitment count")?);
    let commitments = reader.rest();
    let mut last = None;
    for _ in 0..count {
        let field = u16::from_be_bytes(reader.array("field")?);
        if let Some(last) = last.filter(|last| *last >= field) {
            return Err(reader.refuse(2, format!("a field above {last}"), field.to_string()));
        }
        last = Some(field);
        reader.slice(32, "commitment")?;
    }
    Ok(&commitments[..usize::from(count) * COMMITMENT_BYTES])
}

fn read_payload<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], DecodeError> {
    let length = u32::from_be_bytes(reader.array("payload length")?);
    reader.slice(length as usize, "payload")
}
