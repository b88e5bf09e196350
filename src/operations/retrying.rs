//! Trying again what another writer was in the way of, a bounded number of times, with growing pauses.

use std::{thread::sleep, time::Duration};

use super::{Error, Outside};
use crate::storage::Connection;

/// How often something is tried.
pub const ATTEMPTS: u32 = 10;

/// Carries out `work`, and again while another writer is in its way: it moved the chain, holds a lock, or closed a circle of
/// waiting. Nothing of a failed attempt remains.
///
/// # Errors
/// What `work` returns; that of the last attempt when all failed.
pub fn retrying<T>(
    connection: &mut Connection,
    outside: &mut Outside,
    mut work: impl FnMut(&mut Connection, &mut Outside) -> Result<T, Error>,
) -> Result<T, Error> {
    for attempt in 1..ATTEMPTS {
        match work(connection, outside) {
            Err(error) if error.is_retryable() => sleep(pause(attempt, outside)?),
            done => return done,
        }
    }
    work(connection, outside)
}

/// A pause that doubles from 2 ms to half a second, half of it by chance, so that those who collided do not meet again.
pub(super) fn pause(attempt: u32, outside: &mut Outside) -> Result<Duration, Error> {
    let longest = 2_000_u64.checked_shl(attempt.saturating_sub(1)).unwrap_or(u64::MAX).min(500_000);
    let [low, high] = outside.bytes()?;
    let chance = u64::from(u16::from_be_bytes([high, low]));
    Ok(Duration::from_micros(longest / 2 + longest / 2 * chance / u64::from(u16::MAX)))
}
