//! Messages about what happened, as Standard Webhooks 1.0.0 signs and names them.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

/// What stands before the base64 of a secret.
const PREFIX: &str = "whsec_";

/// A message. It names what happened and where the proof is, and nothing about persons or sums: who wants to know more asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// What happened, such as `settlement.posted`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was recorded, RFC 3339.
    pub timestamp: String,
    /// Where.
    pub data: Happened,
}

/// Where something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// Its place in the log, from 0.
    pub index: i64,
    /// The contract, by its name; none in the network's own chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Its position in the contract's chain, from 1.
    pub position: i64,
    /// The entry's own name.
    pub entry: uuid::Uuid,
    /// The chain hash with it, hexadecimal.
    pub hash: String,
}

/// Writes a secret down.
pub fn write_secret(bytes: &[u8; 32]) -> String {
    format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))
}

/// The header `webhook-signature` of a message: version 1, HMAC-SHA256 over identifier, seconds since 1970, and body. None
/// when the secret is none.
pub fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the libraries of the specification, github.com/standard-webhooks/standard-webhooks.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_published_example_is_signed_as_published() {
        let signed = |id, seconds, body| sign(SECRET, id, seconds, body);
        assert_eq!(signed(ID, 1_614_265_330, r#"{"test": 2432232314}"#).as_deref(), Some(SIGNATURE));
        for (id, seconds, body) in [
            ("msg_p5jXN8AQM9LWM0D4loKWxJel", 1_614_265_330, r#"{"test": 2432232314}"#),
            (ID, 1_614_265_331, r#"{"test": 2432232314}"#),
            (ID, 1_614_265_330, r#"{"test": 2432232315}"#),
        ] {
            assert_ne!(signed(id, seconds, body).as_deref(), Some(SIGNATURE));
        }
        assert_eq!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ID, 0, ""), None);
        assert_eq!(sign("whsec_%", ID, 0, ""), None);
    }
}
