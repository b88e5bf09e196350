//! Keys by their names, each with the one algorithm that it is for, so that a token cannot choose.

use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

/// The fewest bits of an RSA modulus (RFC 7518, section 3.3).
const FEWEST_RSA_BITS: usize = 2048;
/// The most keys of a set.
const MOST_KEYS: usize = 100;

/// The keys that are trusted.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: HashMap<String, (Algorithm, DecodingKey)>,
}

impl KeySet {
    /// Reads a JWKS. Keys for other purposes or algorithms are left out.
    ///
    /// # Errors
    /// When it is no JWKS, a name stands twice, or no key is left.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let list = raw.get("keys").and_then(serde_json::Value::as_array).ok_or("it has no list `keys`")?;
        if list.len() > MOST_KEYS {
            return Err(format!("it has more than {MOST_KEYS} keys"));
        }
        let mut keys = HashMap::new();
        // One by one: a key of a kind that we do not know must not hide the others.
        for jwk in list.iter().filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok()) {
            let (Some(name), Some(algorithm)) = (jwk.common.key_id.clone(), algorithm(&jwk)) else { continue };
            let key = DecodingKey::from_jwk(&jwk).map_err(|error| format!("the key `{name}`: {error}"))?;
            if keys.insert(name.clone(), (algorithm, key)).is_some() {
                return Err(format!("the name `{name}` stands twice"));
            }
        }
        if keys.is_empty() {
            return Err("it has no key for signatures by EdDSA (Ed25519), ES256 or RS256 that has a `kid`".into());
        }
        Ok(Self { keys })
    }

    /// The key of a name, with its algorithm.
    pub fn find(&self, name: &str) -> Option<(Algorithm, &DecodingKey)> {
        self.keys.get(name).map(|(algorithm, key)| (*algorithm, key))
    }

    /// A set of one public key.
    pub fn of(jwk: &Jwk) -> Result<Self, String> {
        let set = serde_json::to_string(&JwkSet { keys: vec![jwk.clone()] });
        Self::read(&set.map_err(|error| error.to_string())?)
    }
}

/// The one algorithm that a key is for; none when we do not use such keys.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let (fits, named) = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        // Six bits in each character of base64.
        AlgorithmParameters::RSA(key) if key.n.len() * 6 >= FEWEST_RSA_BITS => (Algorithm::RS256, KeyAlgorithm::RS256),
        _ => return None,
    };
    jwk.common.key_algorithm.is_none_or(|given| given == named).then_some(fits)
}
