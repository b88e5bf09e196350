//! The system of record for outcome-based health contracts.
//!
//! One datum travels left to right through the rooms: reported fact → obligation → settlement →
//! entry → statement. A room uses only rooms listed before it; `tests/it/house.rs` holds us to it.
//!
//! | room | question it answers |
//! |---|---|
//! | [`values`] | What is an amount, a day, a currency, a digest, and where is the only rounding? |
//! | [`ledger`] | What happened in what order, and how is that proven? Knows no medicine. |
//! | [`terms`] | What does the contract say, and what does it owe for these facts? |
//! | [`contract`] | How do subjects and facts become settlements by difference? |
//! | [`exchange`] | What do records of other systems say in our words? |
//! | `storage` | Where are rows kept? (feature `server` from here on) |
//! | `operations` | What can the system be asked to do, in one transaction each? |
//! | `api` | Who asks over HTTP, and what is answered? |
//! | [`cli`] | What does a person type? |
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::float_arithmetic))]

#[cfg(feature = "server")]
pub mod api;
pub mod cli;
pub mod contract;
pub mod exchange;
pub mod ledger;
#[cfg(feature = "server")]
pub mod operations;
#[cfg(feature = "server")]
pub mod storage;
pub mod terms;
pub mod values;
