//! The syntax of formulas: text to tree and back. Knows no names and no types.
//!
//! - [`syntax`]: the tree of a formula
//! - [`token`]: words, literals and signs with their places
//! - [`parse`](mod@parse): from tokens to a tree
//! - [`print`](mod@print): from a tree to its one canonical text

pub mod parse;
pub mod print;
pub mod syntax;
#[cfg(test)]
mod tests;
pub mod token;

pub use parse::parse;
pub use syntax::{Expr, ExprKind, Name, Operator};
