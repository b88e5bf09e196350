//! What is asked of a token: a trusted key, its one algorithm, issuer, audience, time, and a party.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// The longest token, in bytes.
const MOST_BYTES: usize = 8 * 1024;
/// The longest name of a key.
const MOST_KEY_NAME: usize = 200;
/// The most seconds by which clocks may differ.
pub const MOST_SKEW: u64 = 300;

/// What tokens have to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Who issued them.
    pub issuer: String,
    /// Whom they are for.
    pub audience: String,
    /// Seconds by which clocks may differ.
    pub skew_seconds: u64,
}

#[derive(Deserialize)]
struct Claims {
    party: String,
}

/// The name of the key that a token says it is signed with. Keys that a token brings or points to are never used.
///
/// # Errors
/// Why the token is refused.
pub fn key_name(token: &str) -> Result<String, String> {
    if token.len() > MOST_BYTES {
        return Err("it is too long".into());
    }
    let header = decode_header(token).map_err(|error| error.to_string())?;
    if header.crit.is_some() {
        return Err("it asks for extensions that are not understood".into());
    }
    if header.zip.is_some() || header.enc.is_some() {
        return Err("it is packed or encrypted".into());
    }
    let typ = header.typ.as_deref().unwrap_or("JWT");
    if !["jwt", "at+jwt", "application/at+jwt"].contains(&typ.to_ascii_lowercase().as_str()) {
        return Err("it is a token of another type".into());
    }
    header.kid.filter(|name| name.len() <= MOST_KEY_NAME).ok_or_else(|| "it names no key".into())
}

/// The name of the party that a token is for.
///
/// # Errors
/// Why the token is refused.
pub fn party(token: &str, algorithm: Algorithm, key: &DecodingKey, expected: &Expected) -> Result<String, String> {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&expected.issuer]);
    validation.set_audience(&[&expected.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = expected.skew_seconds.min(MOST_SKEW);
    let claims = decode::<Claims>(token, key, &validation).map_err(|error| error.to_string())?.claims;
    Ok(claims.party)
}
