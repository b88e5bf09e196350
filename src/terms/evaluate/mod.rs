//! From a plan and the facts known on a day to obligations.
//!
//! Subjects are gone through in chunks, on all cores; each operation works on a whole column of the chunk. What is
//! gathered over all subjects is gathered exactly, so that neither chunks nor threads change an answer. Never here:
//! clocks, files, databases.
//!
//! - [`data`]: subjects and facts as columns
//! - [`column`](mod@column): columns with what is missing, awaited or failed
//! - [`bind`]: texts of the contract as codes of the data
//! - [`kernel`]: operations on columns
//! - [`calendar`]: operations on dates, tables, texts
//! - [`rows`]: gathering facts per subject
//! - [`eligibility`]: which part of the condition for enrolment is not met
//! - [`follow_up`]: which reports are owed and have not come
//! - [`sharing`]: totals shared by weight
//! - [`statistics`]: statistical and actuarial functions
//! - [`total`]: exact sums in any order
//! - [`measure`]: values of measures
//! - [`members`]: gathering subjects and groups
//! - [`frame`]: the columns of one chunk
//! - [`period`]: the periods of a rhythm
//! - [`overall`]: what is gathered over all subjects
//! - [`outcome`]: from what clauses yield to lines
//! - [`rhythm`]: periods and dates
//! - [`run`]: the order of work
//! - [`obligation`]: what a clause yields
//! - [`limit`]: limits, rounding, shares
//! - [`line`](mod@line): lines of a settlement

pub mod bind;
pub mod calendar;
pub mod column;
pub mod data;
pub mod eligibility;
pub mod follow_up;
pub mod frame;
pub mod kernel;
pub mod limit;
pub mod line;
pub mod measure;
pub mod members;
pub mod obligation;
pub mod outcome;
pub mod overall;
pub mod period;
pub mod rhythm;
pub mod rows;
pub mod run;
pub mod sharing;
pub mod statistics;
pub mod total;

pub use data::{Data, DataBuilder};
pub use line::{Line, Part};
pub use run::{Evaluation, EvaluationError, evaluate, evaluate_earned};
