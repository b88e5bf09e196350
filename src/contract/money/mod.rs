//! Money under a contract: settlements that both sides approve, payments in two phases, reversals, accruals.
//!
//! Lives here: what may follow on what, and what each step posts, as one set of rules for those who write entries and those
//! who verify them. Never here: what is owed, which follows from the terms; databases.
//!
//! - `act`: what can happen to money, read from entries and written to them
//! - `books`: where a contract's money stands after its entries so far
//! - `approval`: settlements proposed, approved, rejected, posted
//! - `dispute`: lines set aside, decided by both sides or an arbiter
//! - `payment`: the life of a payment, and reversals of its steps
//! - `accrual`: what is earned and not settled, by difference
//! - `claims`: what one role asks of another, and where that stands
//! - `effect`: what an act posts and corrects
//! - `reason`: the words and references that entries may hold

pub mod accrual;
pub mod act;
pub mod approval;
pub mod books;
pub mod claims;
pub mod dispute;
pub mod effect;
pub mod payment;
pub mod reason;

pub use accrual::accrual;
pub use act::MoneyAct;
pub use approval::{Proposal, Stage as SettlementStage};
pub use books::{Books, Pair, Place};
pub use effect::{Effect, Impossible};
pub use payment::{Payment, Stage as PaymentStage};

#[cfg(test)]
mod tests;
