//! Databases that were restored, by mistake or from a copy, at the command line; and reading that leaves no trace.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use outcome_ledger::ledger::note::{Note, VerifierKey};

/// Runs a command in a folder whose ledger is `ledger.db`; gives exit code and what was said.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    run_on(folder, "ledger.db", arguments)
}

/// The same on another database.
pub fn run_on(folder: &Path, database: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").env_remove("OUTCOME_LEDGER_KEY");
    let output = command.args(["--database", database]).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), said)
}

#[test]
fn a_database_restored_by_mistake_takes_no_entries() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let ok = |arguments: &[&str]| {
        let (code, said) = run(place, arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    };
    ok(&["init", "--origin", "ledger.example/one"]);
    ok(&["party", "add", "Insurer A", "--is", "insurer"]);
    assert!(ok(&["checkpoint"]).starts_with("ledger.example/one\n"));
    fs::copy(place.join("ledger.db"), place.join("backup.db")).unwrap();
    ok(&["party", "add", "Insurer B", "--is", "insurer"]);
    let newest = ok(&["checkpoint"]);
    fs::copy(place.join("ledger.db"), place.join("newest.db")).unwrap();
    fs::copy(place.join("backup.db"), place.join("ledger.db")).unwrap();
    for arguments in [&["party", "add", "Insurer C", "--is", "insurer"][..], &["checkpoint"], &["serve"]] {
        let (code, said) = run(place, arguments);
        assert!(code == 1 && said.contains("older than its last checkpoint"), "{arguments:?}: {code} {said}");
    }
    assert!(!ok(&["party", "list"]).contains("Insurer C"));
    // The signer's memory beside the database tells a verifier as well, without a checkpoint kept by anybody.
    let (code, said) = run(place, &["verify"]);
    let told = "held.differs: checkpoint, held checkpoint ledger.db.signed";
    assert!(code == 40 && said.contains(told) && said.contains("a shorter log"), "{code} {said}");
    fs::copy(place.join("newest.db"), place.join("ledger.db")).unwrap();
    assert_eq!(ok(&["checkpoint"]), newest);
    let key = ok(&["checkpoint", "--verifier-key"]);
    assert!(Note::parse(newest.as_bytes()).unwrap().verify([&VerifierKey::parse(key.trim_end()).unwrap()]).is_ok());
    // Without the key nothing is signed, but entries are taken.
    fs::remove_file(place.join("ledger.db.key")).unwrap();
    let (code, said) = run(place, &["checkpoint"]);
    assert!(code == 1 && said.contains("--key FILE"), "{said}");
}

/// Everything in a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_copy_is_held_against_what_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let ok = |arguments: &[&str]| {
        let (code, said) = run(place, arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    };
    ok(&["init", "--origin", "ledger.example/one"]);
    ok(&["party", "add", "Insurer A", "--is", "insurer"]);
    ok(&["checkpoint"]);
    ok(&["backup", "older.db"]);
    ok(&["party", "add", "Insurer B", "--is", "insurer"]);
    ok(&["checkpoint"]);
    ok(&["backup", "newest.db"]);
    // The key's announcement, a party and the heads were signed first, then a party and the heads.
    assert!(ok(&["restore", "newest.db", "--verify"]).contains("It continues the 5 entries that were signed last"));
    assert!(ok(&["restore", "older.db", "--verify"]).contains("OLDER: its log has 3 entries, and 5 were signed"));
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(place.join(file));
    }
    let before = files(place);
    let (code, said) = run(place, &["restore", "older.db", "--to", "ledger.db"]);
    assert!(code == 1 && said.contains("the log has 3 entries, but 5 were signed"), "{said}");
    assert!(said.contains("restore a newer copy than older.db") && said.contains("--older"), "{said}");
    assert!(files(place) == before, "nothing is left behind");
    // On purpose it can be read, and still nothing is written to it.
    assert!(ok(&["restore", "older.db", "--to", "ledger.db", "--older"]).contains("OLDER: "));
    assert!(ok(&["party", "list"]).contains("Insurer A"));
    let (code, said) = run(place, &["party", "add", "Insurer C", "--is", "insurer"]);
    assert!(code == 1 && said.contains("older than its last checkpoint"), "{said}");
    fs::remove_file(place.join("ledger.db")).unwrap();
    assert!(ok(&["restore", "newest.db", "--to", "ledger.db"]).contains("It continues the 5 entries"));
    ok(&["party", "add", "Insurer C", "--is", "insurer"]);
    ok(&["checkpoint"]);
    assert!(ok(&["verify"]).starts_with("VALID"));
    // Where nothing is remembered, nothing is compared, and that is said.
    assert!(ok(&["restore", "older.db", "--to", "else.db"]).contains("else.db.signed is not there"));
    let said = ok(&["restore", "newest.db", "--to", "more.db", "--key", "ledger.db.key", "--older"]);
    assert!(said.contains("OLDER: its log has 5 entries, and 7 were signed"), "{said}");
}

#[test]
fn a_copy_of_another_log_or_of_another_past_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    for (name, origin) in [("one", "ledger.example/one"), ("past", "ledger.example/one"), ("two", "ledger.example/two")]
    {
        let (database, copy) = (format!("{name}.db"), format!("{name}.copy"));
        for arguments in [&["init", "--origin", origin][..], &["checkpoint"], &["backup", &copy]] {
            let (code, said) = run_on(place, &database, arguments);
            assert_eq!(code, 0, "{arguments:?}: {said}");
        }
    }
    for (copy, told) in
        [("past.copy", "does not continue the checkpoint"), ("two.copy", "this log is `ledger.example/two`")]
    {
        let (code, said) = run(place, &["restore", copy, "--key", "one.db.key", "--to", "ledger.db", "--older"]);
        assert!(code == 1 && said.contains(told) && !place.join("ledger.db").exists(), "{said}");
    }
}

#[test]
fn verifying_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    for arguments in [&["init"][..], &["party", "add", "Insurer A", "--is", "insurer"], &["checkpoint"]] {
        assert_eq!(run(place, arguments).0, 0);
    }
    let kept = files(place);
    #[cfg(unix)]
    let permit = |of_files: u32, of_folder: u32| {
        use std::os::unix::fs::PermissionsExt;
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        kept.keys().for_each(|name| set(&place.join(name), of_files));
        set(place, of_folder);
    };
    // Only somebody who is not root is held off by permissions; the bytes are compared for all.
    #[cfg(unix)]
    permit(0o400, 0o500);
    let (code, said) = run(place, &["verify"]);
    #[cfg(unix)]
    permit(0o600, 0o700);
    assert!(code == 0 && said.starts_with("VALID"), "{said}");
    assert!(files(place) == kept, "{:?}", files(place).keys());
}
