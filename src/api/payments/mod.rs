//! Payments: they leave, arrive or come back.
//!
//! - `payment`: a payment as it is shown; `query`: which ones are wanted
//! - `list_payments`: all of them, and what is open
//! - `send_payment`, `confirm_payment`, `fail_payment`: their steps

pub mod confirm_payment;
pub mod fail_payment;
pub mod list_payments;
mod payment;
mod query;
pub mod send_payment;

pub use payment::{PaymentRecorded, PaymentShown};
