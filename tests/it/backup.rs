//! Copies made while others write can be put in place again, whole and verified, and keep no key.

use std::{fs, path::Path, thread};

use outcome_ledger::{
    operations::{self, Copy, Error, Limits, Verified, Writer, back_up_log, register_party, verify_log},
    storage::{self, Address, Connection},
    values::to_hex,
};

use super::{
    databases::{Database, execute, on_postgres, on_sqlite},
    deal,
    writer::world,
};

fn path(database: &Database) -> &Path {
    match &database.address {
        Address::Sqlite(path) => path,
        Address::Postgres(_) => panic!("a file was expected"),
    }
}

/// Restores without asking a signer.
fn restore_log(file: &Path, keys: Option<&Path>, to: &Path) -> Result<Verified, Error> {
    let copy = Copy { file, keys, signed: None, even_if_older: false };
    operations::restore_log(&copy, to).map(|restored| restored.verified)
}

fn refused(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => format!("{}: {}", refusal.code, refusal.message),
        other => other.to_string(),
    }
}

/// The keys of all contents, as the database holds them.
fn keys(c: &mut Connection) -> Vec<[u8; 32]> {
    let contract = storage::contract::find_by_name(c, deal::CONTRACT).unwrap().unwrap().contract_id;
    let rows = storage::subject_key::each_of_contract(c, contract).unwrap();
    rows.into_iter().map(|row| row.unwrap().key.0).collect()
}

fn holds(file: &Path, key: &[u8]) -> bool {
    fs::read(file).unwrap().windows(key.len()).any(|bytes| bytes == key)
}

#[test]
fn a_copy_made_while_others_write_is_whole() {
    on_sqlite(|database| {
        deal::complete(&mut database.connect());
        let writer = Writer::start(database.address.clone(), Limits::default(), world()).unwrap();
        let [copy, restored] = ["copy.db", "restored.db"].map(|name| path(database).with_file_name(name));
        let register = |name: String| {
            let registered = writer.submit("", 0, move |c, outside| register_party(c, outside, &name, "insurer"));
            registered.unwrap().wait().unwrap().receipt
        };
        let before: Vec<_> = (0..20).map(|number| register(format!("before {number}"))).collect();
        let copied = thread::scope(|scope| {
            let load = scope.spawn(|| (0..60).map(|number| register(format!("during {number}"))).count());
            let copied = back_up_log(&mut database.connect(), &copy).unwrap();
            assert_eq!(load.join().unwrap(), 60);
            copied
        });
        let after = register("after".into());
        let verified = restore_log(&copied.file, Some(&copied.keys), &restored).unwrap();
        assert!(
            verified.valid
                && verified.looked_at.entries < verify_log(&mut database.connect()).unwrap().looked_at.entries
        );
        let c = &mut Connection::open(&Address::Sqlite(restored)).unwrap();
        let is_there = |c: &mut Connection, entry| storage::entry::find(c, entry).unwrap().is_some();
        assert!(before.iter().all(|receipt| is_there(c, receipt.entry)), "what was acknowledged before is in the copy");
        assert!(!is_there(c, after.entry));
        // The restored ledger goes on where the copy ends.
        deal::settle(c, "2025-07-31").unwrap();
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn a_copy_keeps_no_key() {
    on_sqlite(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let copied = back_up_log(c, &path(database).with_file_name("copy.db")).unwrap();
        let keys = keys(c);
        assert!(keys.len() >= 4, "three subjects and the contract");
        for key in keys {
            assert!(!holds(&copied.file, &key), "the copy holds the key {}", to_hex(&key));
            assert!(holds(&copied.keys, &key));
        }
        #[cfg(unix)]
        for file in [&copied.file, &copied.keys] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
        let left: Vec<_> = fs::read_dir(path(database).parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("partial"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn nothing_is_written_over() {
    on_sqlite(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let copy = path(database).with_file_name("copy.db");
        let copied = back_up_log(c, &copy).unwrap();
        let error = back_up_log(c, &copy).unwrap_err();
        assert!(error.to_string().contains("copy.db"), "{error}");
        let before = fs::read(path(database)).unwrap();
        let error = restore_log(&copied.file, Some(&copied.keys), path(database)).unwrap_err();
        assert!(error.to_string().contains("exists"), "{error}");
        assert!(fs::read(path(database)).unwrap() == before);
        let missing =
            restore_log(&path(database).with_file_name("no.db"), None, &path(database).with_file_name("n.db"));
        assert!(missing.is_err());
    });
}

#[test]
fn a_copy_that_is_not_valid_is_refused_and_leaves_nothing() {
    on_sqlite(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let copied = back_up_log(c, &path(database).with_file_name("copy.db")).unwrap();
        let to = path(database).with_file_name("restored.db");
        // Without its keys no content can be opened.
        let apart = copied.keys.with_extension("apart");
        fs::rename(&copied.keys, &apart).unwrap();
        let error = restore_log(&copied.file, None, &to).unwrap_err();
        assert!(refused(&error).starts_with("backup-invalid"), "{error}");
        fs::rename(&apart, &copied.keys).unwrap();
        let mut tampered = Connection::open(&Address::Sqlite(copied.file.clone())).unwrap();
        execute(&mut tampered, "DROP TRIGGER settlement_line_refuses_update").unwrap();
        execute(&mut tampered, "UPDATE settlement_line SET amount_minor = '1' WHERE item = 0").unwrap();
        drop(tampered);
        let error = restore_log(&copied.file, Some(&copied.keys), &to).unwrap_err();
        assert!(refused(&error).contains("settlement_line"), "{error}");
        let left = fs::read_dir(to.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("restored")).collect();
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn postgres_has_tools_of_its_own() {
    on_postgres(|database| {
        storage::migrate::run(&mut database.connect()).unwrap();
        let c = &mut database.connect();
        deal::complete(c);
        let folder = tempfile::tempdir().unwrap();
        let error = back_up_log(c, &folder.path().join("copy.db")).unwrap_err();
        assert!(error.to_string().contains("docs/OPERATIONS.md"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    });
}
