//! Tokens (JWT, RFC 7519) and the keys that they are checked with (JWKS, RFC 7517).
//!
//! Lives here: which keys are trusted and how a token becomes the name of a party. Never here: what a party may do; that
//! follows from what the ledger registers it as, never from a token.
//!
//! - `key_set`: keys by their names, each with the one algorithm that it is for
//! - `keys`: a key set that is read again when it is old or a key is missing, but not too often
//! - `token`: what is asked of a token
//! - `local`: a key of this machine, and short-lived tokens signed with it

pub mod key_set;
mod keys;
pub mod local;
pub mod token;

pub use key_set::KeySet;
pub use keys::{Keys, Pace, Source};
pub use local::LocalKey;
pub use token::Expected;
