//! A key of this machine, and short-lived tokens signed with it, so that a ledger can be tried without an issuer.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;

use super::KeySet;
use crate::storage::Address;

/// What stands before the 32 secret bytes in a PKCS #8 file of an Ed25519 key (RFC 8410, section 7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
/// The longest life of a token, in minutes.
pub const MOST_MINUTES: u32 = 24 * 60;

/// A key that signs tokens.
pub struct LocalKey {
    secret: EncodingKey,
    public: Jwk,
    name: String,
}

#[derive(Serialize)]
struct Claims<'c> {
    iss: &'c str,
    aud: &'c str,
    sub: &'c str,
    party: &'c str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

/// Where the key of a database is: beside its file, or in the working folder for a database on a server.
pub fn beside(address: &Address) -> PathBuf {
    match address {
        Address::Sqlite(path) => PathBuf::from(format!("{}.tokens", path.display())),
        Address::Postgres(_) => "outcome-ledger.tokens".into(),
    }
}

impl LocalKey {
    /// Reads the key from a file, or makes one there that only its owner can read.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds something else.
    pub fn open(path: &Path, random: &mut dyn FnMut(&mut [u8]) -> Result<(), String>) -> Result<Self, String> {
        let told = |reason: &dyn std::fmt::Display| format!("the key for tokens, {}: {reason}", path.display());
        match fs::read(path) {
            Ok(der) => Self::of(&der).map_err(|reason| told(&reason)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let mut der = [0; 48];
                der[..16].copy_from_slice(&PKCS8);
                random(&mut der[16..]).map_err(|reason| told(&reason))?;
                match keep(path, &der) {
                    // Another program was faster; its key is the one.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Self::open(path, random),
                    Err(error) => Err(told(&error)),
                    Ok(()) => Self::of(&der).map_err(|reason| told(&reason)),
                }
            }
            Err(error) => Err(told(&error)),
        }
    }

    fn of(der: &[u8]) -> Result<Self, String> {
        if der.len() != 48 || der[..16] != PKCS8 {
            return Err("it holds no Ed25519 key in PKCS #8 form".into());
        }
        let secret = EncodingKey::from_ed_der(der);
        let mut public = Jwk::from_encoding_key(&secret, Algorithm::EdDSA).map_err(|error| error.to_string())?;
        let name = public.thumbprint(ThumbprintHash::SHA256).map_err(|error| error.to_string())?;
        public.common.key_id = Some(name.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { secret, public, name })
    }

    /// The public half, to be trusted by a server.
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }

    /// The public half as trusted keys.
    ///
    /// # Errors
    /// When the key cannot be used, which would be a defect.
    pub fn key_set(&self) -> Result<KeySet, String> {
        KeySet::of(&self.public)
    }

    /// A token for a party that ends after some minutes, for a ledger that is both issuer and audience.
    ///
    /// # Errors
    /// When the key does not sign, which would be a defect.
    pub fn token(&self, origin: &str, party: &str, minutes: u32, now_micros: i64) -> Result<String, String> {
        let now = now_micros.div_euclid(1_000_000);
        let exp = now + i64::from(minutes.min(MOST_MINUTES)) * 60;
        let jti = uuid::Uuid::now_v7().to_string();
        let claims = Claims { iss: origin, aud: origin, sub: party, party, iat: now, nbf: now, exp, jti };
        let header = Header { kid: Some(self.name.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.secret).map_err(|error| error.to_string())
    }
}

fn keep(path: &Path, der: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(der)?;
    file.sync_all()
}
