//! Keys that change while the server runs, and the key of this machine.

use std::{fs, time::Duration};

use outcome_ledger::api::sign_in::{KeySet, Keys, LocalKey, Pace, Source};
use serde_json::json;

use super::session::{ORIGIN, expected, now_seconds};

fn key(folder: &tempfile::TempDir, name: &str, byte: u8) -> LocalKey {
    let mut random = |bytes: &mut [u8]| {
        bytes.fill(byte);
        Ok(())
    };
    LocalKey::open(&folder.path().join(name), &mut random).unwrap()
}

fn token(key: &LocalKey) -> String {
    key.token(ORIGIN, "Maker A", 5, now_seconds() * 1_000_000).unwrap()
}

fn publish(folder: &tempfile::TempDir, keys: &[&LocalKey]) -> String {
    let path = folder.path().join("jwks.json");
    let keys: Vec<_> = keys.iter().flat_map(|key| key.jwks().keys).collect();
    fs::write(&path, json!({ "keys": keys }).to_string()).unwrap();
    path.display().to_string()
}

/// Keys that are read again whenever one is missing.
const AT_ONCE: Pace =
    Pace { fresh: Duration::from_secs(3_600), pause: Duration::ZERO, stale: Duration::from_secs(3_600) };

#[test]
fn a_new_key_is_found_and_an_old_one_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (key(&folder, "old", 1), key(&folder, "new", 2));
    let file = publish(&folder, &[&old]);
    let keys = Keys::load(Source::parse(&file).unwrap(), expected(), AT_ONCE).unwrap();
    assert!(keys.party(&token(&old)).is_ok());
    assert!(keys.party(&token(&new)).is_err());
    publish(&folder, &[&new]);
    // The old key is trusted until the file is read again, which the token of an unknown key brings about.
    assert!(keys.party(&token(&old)).is_ok());
    assert_eq!(keys.party(&token(&new)).unwrap(), "Maker A");
    assert!(keys.party(&token(&old)).is_err());
}

#[test]
fn a_file_that_cannot_be_read_again_leaves_the_keys_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (key(&folder, "old", 1), key(&folder, "new", 2));
    let file = publish(&folder, &[&old]);
    let keys = Keys::load(Source::parse(&file).unwrap(), expected(), AT_ONCE).unwrap();
    for text in ["", "{}", "{\"keys\": []}", "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AAAA\", \"kid\": \"x\"}]}"] {
        fs::write(&file, text).unwrap();
        assert!(keys.party(&token(&new)).is_err());
        assert!(keys.party(&token(&old)).is_ok(), "{text}");
    }
}

#[test]
fn unknown_keys_do_not_make_the_server_read_all_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (key(&folder, "old", 1), key(&folder, "new", 2));
    let file = publish(&folder, &[&old]);
    let patient = Pace { pause: Duration::from_secs(3_600), ..AT_ONCE };
    let keys = Keys::load(Source::parse(&file).unwrap(), expected(), patient).unwrap();
    publish(&folder, &[&new]);
    assert!(keys.party(&token(&new)).is_err(), "the file was read again before its time");
}

#[test]
fn keys_too_long_unread_are_no_longer_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let old = key(&folder, "old", 1);
    let file = publish(&folder, &[&old]);
    let strict = Pace { stale: Duration::ZERO, ..AT_ONCE };
    let keys = Keys::load(Source::parse(&file).unwrap(), expected(), strict).unwrap();
    assert_eq!(keys.party(&token(&old)).unwrap_err().status, 503);
}

#[test]
fn sources_are_protected() {
    for (text, good) in [
        ("keys.json", true),
        ("https://issuer.example/jwks", true),
        ("http://127.0.0.1:8000/jwks", true),
        ("http://localhost/jwks", true),
        ("http://issuer.example/jwks", false),
        ("http://127.0.0.1.evil.example/jwks", false),
        ("http://localhost@evil.example/jwks", false),
        ("ftp://issuer.example/jwks", false),
        ("file:///etc/passwd", false),
    ] {
        assert_eq!(Source::parse(text).is_ok(), good, "{text}");
    }
}

#[test]
fn a_set_with_a_name_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [jwk] = key(&folder, "one", 1).jwks().keys.try_into().unwrap();
    let twice = json!({ "keys": [jwk, jwk] }).to_string();
    assert!(KeySet::read(&twice).is_err_and(|reason| reason.contains("stands twice")));
}

#[test]
fn the_local_key_is_private_and_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let made = key(&folder, "local", 7);
    assert_eq!(key(&folder, "local", 8).jwks(), made.jwks());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("local")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::write(folder.path().join("other"), "no key").unwrap();
    let path = folder.path().join("other");
    assert!(LocalKey::open(&path, &mut |_| Ok(())).is_err(), "something else was taken for a key");
}
