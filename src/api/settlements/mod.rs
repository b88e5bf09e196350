//! Settlements: what would be owed, put forward, looked at line by line, approved by both sides, posted.
//!
//! - `settlement`: a settlement as it is shown; `line`: a line of it, as far as the caller may see it
//! - `query`: which ones are wanted
//! - `preview_settlement`, `list_settlements`, `show_settlement`, `list_settlement_lines`, `explain_settlement_line`: what one
//!   may know
//! - `propose_settlement`, `approve_settlement`, `reject_settlement`: how it is posted

pub mod approve_settlement;
pub mod explain_settlement_line;
mod line;
pub mod list_settlement_lines;
pub mod list_settlements;
pub mod preview_settlement;
pub mod propose_settlement;
mod query;
pub mod reject_settlement;
mod settlement;
pub mod show_settlement;

pub use line::{ClauseTotal, LineShown, Lines};
pub use settlement::{PairTotal, SettlementShown};
