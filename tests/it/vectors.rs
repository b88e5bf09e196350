//! What others made, judged with the libraries that sign and write for us: Ed25519, JOSE and canonical JSON.
//!
//! Notes and checkpoints are judged in `src/ledger/note`, Merkle proofs in `src/ledger/merkle`.

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use outcome_ledger::{
    ledger::note::{KeyKind, SignerKey},
    values::{Digest, from_hex},
};
use serde_json::{Value, json};
use sha2::Sha256;

fn fixture(name: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

fn json_fixture(name: &str) -> Value {
    serde_json::from_str(&fixture(name)).unwrap()
}

fn base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn verifies(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_bytes(public);
    let signature = Signature::from_slice(signature);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()))
}

#[test]
fn published_ed25519_vectors_sign_and_verify_and_no_flipped_bit_does() {
    let file = json_fixture("crypto/ed25519_sign_vectors_1_64.json");
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 64);
    for (index, vector) in vectors.iter().enumerate() {
        let bytes = |name: &str| from_hex(vector[name].as_str().unwrap()).unwrap();
        let (seed, public) = (bytes("seed_hex").try_into().unwrap(), bytes("public_key_hex").try_into().unwrap());
        let (message, signature) = (bytes("message_hex"), bytes("signature_hex"));
        let key = SigningKey::from_bytes(&seed);
        assert_eq!(key.verifying_key().to_bytes(), public, "vector {index}");
        assert_eq!(key.sign(&message).to_bytes().as_slice(), signature, "vector {index}");
        assert!(verifies(&public, &message, &signature), "vector {index}");
        let ours = SignerKey::from_seed("name", KeyKind::Note, &seed).unwrap();
        assert_eq!(ours.verifier().public_key(), public, "vector {index}");
        // Another bit of the signature, of the message and of the key for each vector; all of them over all vectors.
        for bit in (index % 8..512).step_by(8) {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!verifies(&public, &message, &changed), "vector {index}, bit {bit} of the signature");
        }
        for bit in (index % 8..message.len() * 8).step_by(8) {
            let mut changed = message.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!verifies(&public, &changed, &signature), "vector {index}, bit {bit} of the message");
        }
        for bit in (index % 8..256).step_by(8) {
            let mut changed = public;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!verifies(&changed, &message, &signature), "vector {index}, bit {bit} of the key");
        }
    }
}

#[test]
fn the_thumbprint_and_the_signature_of_rfc_8037_are_ours() {
    let file = json_fixture("crypto/jose_rfc_examples.json");
    let example = &file["rfc8037"];
    let jwk = &example["jwk"];
    let seed = base64url(jwk["d"].as_str().unwrap()).try_into().unwrap();
    let key = SigningKey::from_bytes(&seed);
    let public = key.verifying_key().to_bytes();
    assert_eq!(URL_SAFE_NO_PAD.encode(public), jwk["x"].as_str().unwrap());
    // RFC 7638: the required members in the order of their names, which is what canonical JSON writes.
    let members = json!({"x": jwk["x"], "kty": jwk["kty"], "crv": jwk["crv"]});
    let thumbprint = Digest::of(&[&serde_json_canonicalizer::to_vec(&members).unwrap()]);
    assert_eq!(URL_SAFE_NO_PAD.encode(thumbprint.0), example["jwk_thumbprint_sha256"].as_str().unwrap());
    let (signed, signature) = example["jws_compact"].as_str().unwrap().rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    assert_eq!(base64url(header), br#"{"alg":"EdDSA"}"#);
    assert_eq!(base64url(payload), example["payload"].as_str().unwrap().as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes()), signature);
    assert!(verifies(&public, signed.as_bytes(), &base64url(signature)));
    assert!(!verifies(&public, format!("{signed}A").as_bytes(), &base64url(signature)));
}

#[test]
fn the_keyed_hash_of_rfc_7515_is_ours() {
    let file = json_fixture("crypto/jose_rfc_examples.json");
    let example = &file["rfc7515_a1"];
    let (signed, tag) = example["jws_compact"].as_str().unwrap().rsplit_once('.').unwrap();
    let keyed = |message: &str| {
        let key = base64url(example["jwk"]["k"].as_str().unwrap());
        Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(message)
    };
    assert!(keyed(signed).verify_slice(&base64url(tag)).is_ok());
    assert!(keyed(&signed.replacen('e', "f", 1)).verify_slice(&base64url(tag)).is_err());
    let claims: Value = serde_json::from_slice(&base64url(signed.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims, example["claims"]);
}

#[test]
fn published_documents_have_their_canonical_form() {
    for name in ["arrays", "french", "structures", "unicode"] {
        let canonical = |folder: &str| {
            let value: Value = serde_json::from_str(&fixture(&format!("jcs/{folder}/{name}.json"))).unwrap();
            serde_json_canonicalizer::to_vec(&value).unwrap()
        };
        let hex: String = fixture(&format!("jcs/outhex/{name}.txt")).split_whitespace().collect();
        let expected = from_hex(&hex).unwrap();
        assert_eq!(canonical("input"), expected, "{name}");
        assert_eq!(canonical("output"), expected, "{name}: what is canonical stays as it is");
        assert_ne!(
            fixture(&format!("jcs/input/{name}.json")).as_bytes(),
            expected,
            "{name} is not canonical as it comes"
        );
    }
}

#[test]
fn published_numbers_have_their_canonical_form() {
    let file = fixture("jcs/es6_numbers_1000.txt");
    let published = "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687";
    assert_eq!(Digest::of(&[file.as_bytes()]).to_string(), published);
    for line in file.lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        assert_eq!(serde_json_canonicalizer::to_string(&number).unwrap(), expected, "{bits}");
    }
}

#[test]
fn canonical_json_rounds_integers_above_2_to_the_53_so_money_is_text() {
    // 2^53 + 1 and 2^53: two amounts, one canonical number (RFC 8785, section 3.2.2.3, by way of IEEE 754 doubles).
    let number = |cents: i64| serde_json_canonicalizer::to_string(&json!({"amount": cents})).unwrap();
    assert_eq!(number(9_007_199_254_740_993), number(9_007_199_254_740_992));
    let text = |cents: i64| serde_json_canonicalizer::to_string(&json!({"amount": cents.to_string()})).unwrap();
    assert_eq!(text(9_007_199_254_740_993), r#"{"amount":"9007199254740993"}"#);
    assert_ne!(text(9_007_199_254_740_993), text(9_007_199_254_740_992));
}
