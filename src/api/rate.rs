//! Buckets of tokens: everybody may ask so often, and a little more at once.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// How many buckets are kept; beyond, those that have filled up again are forgotten.
const MOST_BUCKETS: usize = 50_000;
const NANOS: u64 = 1_000_000_000;

/// One bucket for each caller. Times are counted, not tokens: a bucket is empty when its time lies too far ahead.
pub struct Buckets<K> {
    /// Nanoseconds that one request takes.
    each: u64,
    /// Nanoseconds that a bucket may lie ahead.
    burst: u64,
    start: Instant,
    taken: Mutex<HashMap<K, u64>>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// Buckets that fill with so many tokens a second and hold so many.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let each = NANOS / u64::from(per_second.max(1));
        Self { each, burst: each * u64::from(burst.max(1)), start: Instant::now(), taken: Mutex::default() }
    }

    /// Takes a token, or says after how many seconds there is one.
    pub fn take(&self, key: K) -> Result<(), u32> {
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX / 2);
        self.take_at(key, now)
    }

    fn take_at(&self, key: K, now: u64) -> Result<(), u32> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= MOST_BUCKETS {
            taken.retain(|_, until| *until > now);
        }
        let until = taken.entry(key).or_insert(now);
        let next = (*until).max(now) + self.each;
        if next - now > self.burst {
            let seconds = (next - now - self.burst).div_ceil(NANOS);
            return Err(u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        // Two tokens a second, three at once: at 0 s three, then none; a token comes back every half second.
        let buckets = Buckets::new(2, 3);
        for (now_millis, key, taken) in [
            (0, 'a', Ok(())),
            (0, 'a', Ok(())),
            (0, 'a', Ok(())),
            (0, 'a', Err(1)),
            (0, 'b', Ok(())),
            (499, 'a', Err(1)),
            (500, 'a', Ok(())),
            (500, 'a', Err(1)),
            (9_000, 'a', Ok(())),
            (9_000, 'a', Ok(())),
            (9_000, 'a', Ok(())),
            (9_000, 'a', Err(1)),
        ] {
            assert_eq!(buckets.take_at(key, now_millis * 1_000_000), taken, "{key} at {now_millis} ms");
        }
    }
}
