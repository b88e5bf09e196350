//! Sign-in against those who have no right to: a table of bad tokens, each refused in the same words.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use outcome_ledger::api::sign_in::{KeySet, Keys};
use serde_json::{Value, json};

use super::session::{ORIGIN, Served, expected, fixture, found, local_key, now_seconds};
use crate::databases::on_each_empty;

fn claims() -> Value {
    let now = now_seconds();
    json!({ "iss": ORIGIN, "aud": ORIGIN, "party": "Maker A", "exp": now + 300, "nbf": now - 1, "iat": now })
}

/// The claims with some of them replaced; `null` takes one away.
fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn name() -> String {
    local_key().jwks().keys[0].common.key_id.clone().unwrap()
}

fn header(algorithm: Algorithm) -> Header {
    Header { kid: Some(name()), ..Header::new(algorithm) }
}

fn ed25519() -> EncodingKey {
    EncodingKey::from_ed_der(&fixture("ed25519.der"))
}

fn signed(claims: &Value) -> String {
    encode(&header(Algorithm::EdDSA), claims, &ed25519()).unwrap()
}

/// A token with a header written by hand and a signature taken from a good one, or none.
fn forged(header: &Value, claims: &Value, signature: bool) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string().as_bytes());
    let good = signed(claims);
    let signature = if signature { good.rsplit('.').next().unwrap().to_owned() } else { String::new() };
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn bad_tokens() -> Vec<(&'static str, String)> {
    let now = now_seconds();
    let kid = name();
    let good = signed(&claims());
    let public = serde_json::to_string(&local_key().jwks().keys[0]).unwrap();
    let other = EncodingKey::from_ed_der(&{
        let mut der = fixture("ed25519.der");
        der[47] ^= 1;
        der
    });
    let mut tokens = vec![
        ("nothing", String::new()),
        ("no token", "token".into()),
        ("empty parts", "..".into()),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("five parts", format!("{good}.e30.e30")),
        ("padding", format!("{good}=")),
        ("alg none", forged(&json!({ "alg": "none", "kid": kid }), &claims(), false)),
        ("alg None", forged(&json!({ "alg": "None", "kid": kid }), &claims(), false)),
        ("alg none with a signature", forged(&json!({ "alg": "none", "kid": kid }), &claims(), true)),
        ("no alg", forged(&json!({ "kid": kid }), &claims(), true)),
        ("signature taken away", forged(&json!({ "alg": "EdDSA", "kid": kid }), &claims(), false)),
        ("other claims under the signature", {
            let parts: Vec<_> = good.split('.').collect();
            format!(
                "{}.{}.{}",
                parts[0],
                URL_SAFE_NO_PAD.encode(with(json!({ "party": "Operator A" })).to_string().as_bytes()),
                parts[2]
            )
        }),
        ("HS256 with the public key as secret", {
            let secret = EncodingKey::from_secret(public.as_bytes());
            encode(&header(Algorithm::HS256), &claims(), &secret).unwrap()
        }),
        ("HS256 with an empty secret", {
            encode(&header(Algorithm::HS256), &claims(), &EncodingKey::from_secret(b"")).unwrap()
        }),
        ("another key under the same name", encode(&header(Algorithm::EdDSA), &claims(), &other).unwrap()),
        ("another algorithm under the same name", {
            encode(&header(Algorithm::RS256), &claims(), &EncodingKey::from_rsa_der(&fixture("rsa.der"))).unwrap()
        }),
        ("a key in the header", {
            let jwk = Jwk::from_encoding_key(&other, Algorithm::EdDSA).unwrap();
            let header = Header { jwk: Some(jwk), ..header(Algorithm::EdDSA) };
            encode(&header, &claims(), &other).unwrap()
        }),
        ("extensions that must be understood", {
            let header = Header { crit: Some(vec!["b64".into()]), ..header(Algorithm::EdDSA) };
            encode(&header, &claims(), &ed25519()).unwrap()
        }),
        ("a token of another type", {
            let header = Header { typ: Some("dpop+jwt".into()), ..header(Algorithm::EdDSA) };
            encode(&header, &claims(), &ed25519()).unwrap()
        }),
        ("no key named", encode(&Header::new(Algorithm::EdDSA), &claims(), &ed25519()).unwrap()),
        ("too long", signed(&with(json!({ "more": "x".repeat(9_000) })))),
    ];
    for key in ["../../etc/passwd", "' OR 1=1 --", "unknown", "", "\u{0}", &kid.to_uppercase()] {
        let header = Header { kid: Some(key.into()), ..Header::new(Algorithm::EdDSA) };
        tokens.push(("a strange name of a key", encode(&header, &claims(), &ed25519()).unwrap()));
    }
    for (why, changes) in [
        ("expired", json!({ "exp": now - 5 })),
        ("never expires", json!({ "exp": null })),
        ("expiry as text", json!({ "exp": "tomorrow" })),
        ("not yet valid", json!({ "nbf": now + 300 })),
        ("another issuer", json!({ "iss": "elsewhere" })),
        ("no issuer", json!({ "iss": null })),
        ("another audience", json!({ "aud": "ledger.example/two" })),
        ("no audience", json!({ "aud": null })),
        ("no party", json!({ "party": null })),
        ("two parties", json!({ "party": ["Maker A", "Operator A"] })),
        ("a number as party", json!({ "party": 7 })),
    ] {
        tokens.push((why, signed(&with(changes))));
    }
    tokens
}

#[test]
fn bad_tokens_are_refused_in_the_same_words() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        served.with_token(Some(signed(&claims()))).get("/contracts").ok(200);
        let mut told = None;
        for (why, token) in bad_tokens() {
            let answer = served.with_token(Some(token)).get("/contracts");
            assert_eq!(
                (answer.status, answer.header("www-authenticate")),
                (401, Some("Bearer")),
                "{why}: {}",
                answer.text
            );
            if why != "nothing" {
                assert_eq!(told.get_or_insert_with(|| answer.text.clone()), &answer.text, "{why}");
            }
        }
    });
}

#[test]
fn who_is_not_registered_or_has_no_role_gets_nowhere() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        for (party, status, code) in [
            ("Nobody", 401, "unknown-caller"),
            ("maker a", 401, "unknown-caller"),
            ("Maker A'; DROP TABLE party; --", 401, "unknown-caller"),
            ("Museum A", 403, "no-role"),
        ] {
            served.as_party(party).get("/contracts").problem(status, code);
        }
        for token in [None, Some("")] {
            served.with_token(token.map(str::to_owned)).get("/contracts").ok(401);
        }
        let twice = served.as_party("Maker A").with("authorization", "Bearer x");
        twice.get("/contracts").problem(401, "no-token");
        served.with_token(None).with("authorization", "Basic TWFrZXIgQTp4").get("/contracts").problem(401, "no-token");
    });
}

#[test]
fn a_role_in_the_token_gives_nothing() {
    on_each_empty(|database| {
        found(database);
        let served = Served::start(database);
        let token = signed(&with(json!({ "role": "operator", "is": "operator", "scope": "admin" })));
        let body = json!({ "name": "Mine", "is": "operator" });
        served.with_token(Some(token)).post("/parties", body).problem(403, "forbidden");
    });
}

#[test]
fn keys_of_all_three_algorithms_sign_in_and_weak_ones_do_not() {
    let key = |name: &str, algorithm, key: &EncodingKey| {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(name);
        jwk
    };
    let rsa = EncodingKey::from_rsa_der(&fixture("rsa.der"));
    // A modulus of 1,024 bits; no library makes signatures with such a key any more.
    let weak = json!({ "kty": "RSA", "kid": "weak", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([0xc5; 128]) });
    let ec = EncodingKey::from_ec_der(&fixture("p256.der"));
    let mut encryption = key("encryption", Algorithm::EdDSA, &ed25519());
    encryption["use"] = json!("enc");
    let mut misnamed = key("misnamed", Algorithm::RS256, &rsa);
    misnamed["alg"] = json!("PS256");
    let secret = json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256" });
    let unknown = json!({ "kty": "AKP", "kid": "later", "alg": "ML-DSA-44", "pub": "" });
    let jwks = json!({ "keys": [key("rs", Algorithm::RS256, &rsa), key("es", Algorithm::ES256, &ec),
        key("ed", Algorithm::EdDSA, &ed25519()), weak, encryption, misnamed, secret, unknown] });
    let set = KeySet::read(&jwks.to_string()).unwrap();
    assert!(set.find("weak").is_none() && set.find("rs").is_some());
    let keys = Keys::fixed(set, expected());
    let token = |kid: &str, algorithm, key: &EncodingKey| {
        encode(&Header { kid: Some(kid.into()), ..Header::new(algorithm) }, &claims(), key).unwrap()
    };
    for (kid, algorithm, key, good) in [
        ("rs", Algorithm::RS256, &rsa, true),
        ("es", Algorithm::ES256, &ec, true),
        ("ed", Algorithm::EdDSA, &ed25519(), true),
        ("weak", Algorithm::RS256, &rsa, false),
        ("encryption", Algorithm::EdDSA, &ed25519(), false),
        ("misnamed", Algorithm::RS256, &rsa, false),
        ("misnamed", Algorithm::PS256, &rsa, false),
        ("rs", Algorithm::RS512, &rsa, false),
        ("rs", Algorithm::PS256, &rsa, false),
        ("secret", Algorithm::HS256, &EncodingKey::from_secret(b"secret"), false),
    ] {
        let party = keys.party(&token(kid, algorithm, key));
        assert_eq!(party.as_deref().ok(), good.then_some("Maker A"), "{kid} {algorithm:?}");
    }
}
