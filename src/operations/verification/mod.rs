//! What is stored, read row by row and handed to the audit as plain records.
//!
//! Lives here: reading that no bad row stops, and rows as records. Never here: what a row should hold; that is in
//! [`contract::audit`](crate::contract::audit).
//!
//! - `reading`: rows that cannot be read
//! - `history`: the journal itself, checked and read
//! - `keys`: keys against what they open
//! - `log`: the tables of the log
//! - `rows`: rows as records, columns compared that only the database has
//! - `receipts`: receipts against the entries written under idempotency keys
//! - `stored`: the rows of one contract

pub mod history;
pub mod keys;
pub mod log;
pub mod reading;
pub mod receipts;
pub mod rows;
pub mod stored;
