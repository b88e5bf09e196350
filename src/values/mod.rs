//! Amounts, days, periods, identifiers and digests: the words every other room speaks.
//!
//! Lives here: exact decimal helpers and the only rounding, ISO 4217, calendar arithmetic, typed ids,
//! SHA-256 digests. Never here: clocks, files, randomness, anything about medicine or contracts.
//!
//! - [`day`]: calendar days and calendar arithmetic
//! - `instant`: how instants are written
//! - [`decimal`]: reading decimals, the only rounding, sharing without loss
//! - [`currency`]: ISO 4217 currencies and minor units
//! - [`digest`]: SHA-256 digests and hexadecimal text
//! - [`id`]: typed identifiers

pub mod currency;
pub mod day;
pub mod decimal;
pub mod digest;
pub mod id;
pub mod instant;

pub use currency::Currency;
pub use day::Day;
pub use decimal::{Rounding, share_out};
pub use digest::{Digest, from_hex, to_hex};
pub use id::{ChainId, EntryId, FactId, PartyId, ReadId, SubjectRef, WebhookId};
pub use instant::instant;
pub use rust_decimal::Decimal;
