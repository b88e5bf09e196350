//! The one integration binary: what the package promises from outside. A file here is a subject, not a layer.
//!
//! `bash .ci/test` brings the PostgreSQL server that the tests of feature `server` need.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod contracts;
mod describe;
mod evaluation;
mod exposure;
mod fhir;
mod functions_page;
mod house;
mod language;
mod offers;
mod readme;
mod reference;
mod schema;
mod vectors;
mod words;

#[cfg(feature = "server")]
mod amending;
#[cfg(feature = "server")]
mod announced;
#[cfg(feature = "server")]
mod api;
#[cfg(feature = "server")]
mod append_only;
#[cfg(feature = "server")]
mod backup;
#[cfg(feature = "server")]
mod bulk;
#[cfg(feature = "server")]
mod bundles;
#[cfg(feature = "server")]
mod commands;
#[cfg(feature = "server")]
mod concurrency;
#[cfg(feature = "server")]
mod connecting;
#[cfg(feature = "server")]
mod crash;
#[cfg(feature = "server")]
mod databases;
#[cfg(feature = "server")]
mod deal;
#[cfg(feature = "server")]
mod ending;
#[cfg(feature = "server")]
mod erasing;
#[cfg(feature = "server")]
mod faults;
#[cfg(feature = "server")]
mod forged_disputes;
#[cfg(feature = "server")]
mod forgery;
#[cfg(feature = "server")]
mod handed_out;
#[cfg(feature = "server")]
mod held;
#[cfg(feature = "server")]
mod idempotency;
#[cfg(feature = "server")]
mod laundering;
#[cfg(feature = "server")]
mod migrations;
#[cfg(feature = "server")]
mod month_end;
#[cfg(feature = "server")]
mod paying;
#[cfg(feature = "server")]
mod rebuild;
#[cfg(feature = "server")]
mod refusals;
#[cfg(feature = "server")]
mod replaced;
#[cfg(feature = "server")]
mod restored;
#[cfg(feature = "server")]
mod roles;
#[cfg(feature = "server")]
mod rows;
#[cfg(feature = "server")]
mod samples;
#[cfg(feature = "server")]
mod sequencing;
#[cfg(feature = "server")]
mod serving;
#[cfg(feature = "server")]
mod settling;
#[cfg(feature = "server")]
mod signing;
#[cfg(feature = "server")]
mod tamper;
#[cfg(feature = "server")]
mod uploading;
#[cfg(feature = "server")]
mod witness;
#[cfg(feature = "server")]
mod writer;
#[cfg(feature = "server")]
mod writing;
