//! What an operation asks of the world: the time, random bytes, somebody to tell how far it is.

use uuid::Builder;

use super::Error;
use crate::{
    ledger::Request,
    values::{ChainId, Day, EntryId, PartyId},
};

/// A source of random bytes fit for secrets; says why when it has none.
pub type Random<'o> = &'o mut dyn FnMut(&mut [u8]) -> Result<(), String>;

/// Is told how many rows are done, and of how many when that is known.
pub type Progress<'o> = &'o mut dyn FnMut(usize, Option<usize>);

/// Holds what an operation is given from outside, so that it can be run again with the same outcome.
pub struct Outside<'o> {
    /// The clock: microseconds since 1970-01-01T00:00:00Z.
    pub now_micros: i64,
    /// Random bytes.
    pub random: Random<'o>,
    /// Who is told how far a long operation is.
    pub progress: Option<Progress<'o>>,
    /// The party that acts; none for the operator of the file, who needs no name.
    pub acting: Option<PartyId>,
    /// The request that the next entry is written for, when that came with an idempotency key.
    pub(super) request: Option<Request>,
    /// The names of entries that were drawn.
    pub(super) drawn: Vec<EntryId>,
}

impl<'o> Outside<'o> {
    /// An outside that nobody watches.
    pub fn new(now_micros: i64, random: Random<'o>) -> Self {
        Self { now_micros, random, progress: None, acting: None, request: None, drawn: Vec::new() }
    }

    /// The day of the clock, in UTC.
    pub fn today(&self) -> Day {
        Day::of_micros(self.now_micros)
    }

    /// Tells how far it is.
    pub(super) fn tell(&mut self, done: usize, of: Option<usize>) {
        if let Some(progress) = &mut self.progress {
            progress(done, of);
        }
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes).map_err(Error::Random)?;
        Ok(bytes)
    }

    /// Random bytes for each of many.
    pub(super) fn each<const N: usize>(&mut self, number: usize) -> Result<Vec<[u8; N]>, Error> {
        let mut each = vec![[0; N]; number];
        (self.random)(each.as_flattened_mut()).map_err(Error::Random)?;
        Ok(each)
    }

    /// A new name of an entry, which tells its time.
    pub(super) fn entry_id(&mut self) -> Result<EntryId, Error> {
        let millis = u64::try_from(self.now_micros.div_euclid(1_000)).unwrap_or_default();
        let id = EntryId(Builder::from_unix_timestamp_millis(millis, &self.bytes()?).into_uuid());
        self.drawn.push(id);
        Ok(id)
    }

    /// A new name of a chain.
    pub(super) fn chain_id(&mut self) -> Result<ChainId, Error> {
        Ok(ChainId(Builder::from_random_bytes(self.bytes()?).into_uuid()))
    }
}
