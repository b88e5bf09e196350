//! A database that was restored by mistake, at the command line.

use std::{fs, path::Path, process::Command};

use outcome_ledger::ledger::note::{Note, VerifierKey};

/// Runs a command in a folder whose ledger is `ledger.db`; gives exit code and what was said.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").env_remove("OUTCOME_LEDGER_KEY");
    let output = command.args(["--database", "ledger.db"]).args(arguments).output().unwrap();
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
    fs::copy(place.join("newest.db"), place.join("ledger.db")).unwrap();
    assert_eq!(ok(&["checkpoint"]), newest);
    let key = ok(&["checkpoint", "--verifier-key"]);
    assert!(Note::parse(newest.as_bytes()).unwrap().verify([&VerifierKey::parse(key.trim_end()).unwrap()]).is_ok());
    // Without the key nothing is signed, but entries are taken.
    fs::remove_file(place.join("ledger.db.key")).unwrap();
    let (code, said) = run(place, &["checkpoint"]);
    assert!(code == 1 && said.contains("--key FILE"), "{said}");
}
