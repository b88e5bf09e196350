//! The signer never signs two logs under one name, whatever the database shows it and wherever it is stopped.

use std::{fs, thread};

use outcome_ledger::{
    ledger::{
        merkle::{MerkleTree, leaf_hash, verify_consistency, verify_inclusion},
        note::{Checkpoint, KeyKind, Note, SignerKey, TlogProof, TreeHead, VerifierKey},
    },
    operations::{
        Error, Outside, find_chain, make_key, prove_consistency, prove_inclusion, record_heads, sequence_log,
        sign_checkpoint,
        signing::{FileSigner, KeyFiles, Signer},
    },
    storage::{self, Connection, CosignatureRow, SequencerRow},
    values::Digest,
};

use super::{
    databases::{execute, on_each},
    deal,
    sequencing::{assert_whole, clear, obstruct, register},
    tamper::disarm,
};

/// A key in a folder of its own.
struct Key {
    folder: tempfile::TempDir,
}

impl Key {
    fn made(c: &mut Connection) -> Self {
        let key = Self { folder: tempfile::tempdir().unwrap() };
        deal::act(c, |c, outside| make_key(c, outside, key.files())).unwrap();
        key
    }

    fn files(&self) -> KeyFiles {
        KeyFiles::of_key(&self.folder.path().join("ledger.key"))
    }

    fn signer(&self) -> FileSigner {
        FileSigner::open(self.files()).unwrap().unwrap()
    }

    fn remembered(&self) -> TreeHead {
        self.files().last().unwrap().unwrap().head()
    }
}

/// Puts a ledger into its log with two checkpoints, each cosigned by a witness.
pub fn sign_twice(c: &mut Connection) {
    let key = Key::made(c);
    let witness = SignerKey::from_seed("witness.example", KeyKind::Cosignature, &[7; 32]).unwrap();
    for name in ["Insurer B", "Insurer C"] {
        register(c, name);
        let size = advance(c, &mut key.signer()).unwrap().size as i64;
        let note = storage::checkpoint::find(c, size).unwrap().unwrap().note;
        let line = witness.sign(Note::parse(note.as_bytes()).unwrap().text(), 1_767_225_600).to_string();
        let line = line.trim_end().to_owned();
        let verifier_key = witness.verifier().to_string();
        storage::cosignature::insert(c, &CosignatureRow { size, verifier_key, line }).unwrap();
        let numbers = storage::sequencer::load(c).unwrap();
        let cosignatures = numbers.cosignatures + 1;
        storage::sequencer::advance(c, &SequencerRow { cosignatures, ..numbers }).unwrap();
    }
}

/// All steps from entries to a checkpoint.
fn advance(c: &mut Connection, signer: &mut dyn Signer) -> Result<TreeHead, Error> {
    sequence_log(c)?;
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    record_heads(c, &mut Outside::new(1_767_225_600_000_000, &mut random))?;
    sequence_log(c)?;
    let signed = sign_checkpoint(c, signer)?.unwrap();
    Ok(Checkpoint::parse(Note::parse(signed.note.as_bytes()).unwrap().text()).unwrap().head())
}

/// Every stored checkpoint is signed and has the root that the bodies give.
fn assert_checkpoints(c: &mut Connection, key: &VerifierKey) -> usize {
    let rows = assert_whole(c);
    let bodies = storage::log_entry::bodies(c, 0..rows.len() as i64).unwrap();
    let tree = MerkleTree::new(bodies.iter().map(|row| leaf_hash(&row.body)).collect());
    let checkpoints = storage::checkpoint::each(c).unwrap();
    for row in &checkpoints {
        let row = row.as_ref().unwrap();
        let note = Note::parse(row.note.as_bytes()).unwrap();
        assert!(note.verify([key]).is_ok());
        let head = Checkpoint::parse(note.text()).unwrap().head();
        assert_eq!((head.size, head.root), (row.size as u64, row.root));
        assert_eq!(tree.root_at(row.size as usize), Some(row.root));
    }
    assert_eq!(storage::sequencer::load(c).unwrap().checkpoints, checkpoints.len() as i64);
    checkpoints.len()
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(refusal) => refusal.code,
        other => panic!("{other}"),
    }
}

#[test]
fn a_checkpoint_covers_everything_and_is_signed_once() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let mut signer = key.signer();
        assert_eq!(key.remembered().size, 0);
        let first = advance(c, &mut signer).unwrap();
        assert_eq!(first.size as i64, storage::entry::count(c).unwrap());
        assert_eq!(key.remembered(), first);
        assert_eq!(advance(c, &mut signer).unwrap(), first);
        assert_eq!(assert_checkpoints(c, signer.verifier()), 1);
        register(c, "Insurer B");
        let second = advance(c, &mut signer).unwrap();
        let proof = prove_consistency(c, first.size, second.size).unwrap();
        verify_consistency(first.size, &first.root, second.size, &second.root, &proof).unwrap();
        assert_eq!(assert_checkpoints(c, signer.verifier()), 2);
        assert_eq!(code(&prove_consistency(c, first.size, second.size + 1).unwrap_err()), "beyond-log");
    });
}

#[test]
fn an_entry_is_proven_to_be_in_the_log() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let chain = find_chain(c, Some(deal::CONTRACT)).unwrap();
        assert_eq!(code(&prove_inclusion(c, chain, 3).unwrap_err()), "not-covered");
        let head = advance(c, &mut key.signer()).unwrap();
        for row in storage::entry::page(c, chain, 0, 100).unwrap() {
            let proven = prove_inclusion(c, chain, row.seq as u64).unwrap();
            let proof = TlogProof::parse(&proven.proof).unwrap();
            assert!(proof.checkpoint.verify([key.signer().verifier()]).is_ok());
            verify_inclusion(&head.root, head.size, proof.index, &leaf_hash(&row.body), &proof.path).unwrap();
        }
        assert_eq!(code(&prove_inclusion(c, chain, 99).unwrap_err()), "not-covered");
        assert_eq!(code(&find_chain(c, Some("nothing")).unwrap_err()), "unknown-contract");
    });
}

/// Signs, and is killed before anybody hears of it.
struct Killed<'s>(&'s mut FileSigner);

impl Signer for Killed<'_> {
    fn verifier(&self) -> &VerifierKey {
        self.0.verifier()
    }

    fn last(&self) -> Result<Checkpoint, Error> {
        self.0.last()
    }

    fn sign(&mut self, head: TreeHead, proof: &[Digest]) -> Result<Note, Error> {
        self.0.sign(head, proof)?;
        Err(Error::Random("killed".into()))
    }
}

#[test]
fn whoever_is_stopped_between_two_steps_is_repaired_by_the_next_run() {
    let steps = [
        ("sequenced", "INSERT"),
        ("log_entry", "INSERT"),
        ("sequenced", "UPDATE"),
        ("sequencer", "UPDATE OF size"),
        ("chain_head", "UPDATE"),
        ("entry", "INSERT"),
        ("checkpoint", "INSERT"),
        ("sequencer", "UPDATE OF checkpoints"),
    ];
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let key = Key::made(c);
        let mut signer = key.signer();
        for (number, (table, event)) in steps.into_iter().enumerate() {
            register(c, &format!("Clinic {number}"));
            obstruct(c, table, event);
            let stopped = advance(c, &mut signer).unwrap_err();
            assert!(stopped.to_string().contains("obstacle"), "{table}: {stopped}");
            clear(c, table);
            // The signature may be out already: a run with more entries continues from it.
            if number % 2 == 0 {
                register(c, &format!("Pharmacy {number}"));
            }
            let head = advance(c, &mut signer).unwrap();
            assert_eq!(key.remembered(), head);
            assert_checkpoints(c, signer.verifier());
        }
        register(c, "Clinic of the killed");
        assert!(advance(c, &mut Killed(&mut signer)).unwrap_err().to_string().contains("killed"));
        let given_away = key.remembered();
        assert_eq!(advance(c, &mut signer).unwrap(), given_away);
        // A torn file beside the memory is what a power cut in the middle of writing leaves.
        fs::write(key.files().signed.with_added_extension("new"), "torn").unwrap();
        register(c, "Clinic after the power cut");
        assert!(advance(c, &mut signer).unwrap().size > given_away.size);
        assert_checkpoints(c, signer.verifier());
    });
}

#[test]
fn what_was_changed_after_it_was_put_into_the_log_is_not_signed() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let mut signer = key.signer();
        let first = advance(c, &mut signer).unwrap();
        for number in 0..300 {
            register(c, &format!("Clinic {number}"));
        }
        sequence_log(c).unwrap();
        disarm(c);
        let is_sqlite = matches!(c, Connection::Sqlite(_));
        let other = |column: &str| match is_sqlite {
            true => format!("CAST(substr({column}, 1, 30) || x'FF00' || substr({column}, 33) AS BLOB)"),
            false => format!("overlay({column} placing '\\xFF00'::bytea from 31)"),
        };
        let last = first.size as i64;
        for (table, column, row) in [
            ("entry", "body", "kind = 1 AND seq = (SELECT max(seq) FROM entry WHERE kind = 1)".to_owned()),
            ("log_entry", "leaf", format!("log_index = {last}")),
            ("log_entry", "leaf", "log_index = 0".to_owned()),
            ("log_node", "hash", "node_index = 0".to_owned()),
        ] {
            execute(c, &format!("CREATE TABLE kept AS SELECT * FROM {table}")).unwrap();
            let sql = format!("UPDATE {table} SET {column} = {} WHERE {row}", other(column));
            assert!(execute(c, &sql).unwrap() > 0, "{sql}");
            let error = sign_checkpoint(c, &mut signer).unwrap_err();
            assert!(matches!(&error, Error::Stored(_)) || code(&error) == "forked-log", "{sql}: {error}");
            assert_eq!(key.remembered(), first);
            execute(c, &format!("DELETE FROM {table}")).unwrap();
            execute(c, &format!("INSERT INTO {table} SELECT * FROM kept")).unwrap();
            execute(c, "DROP TABLE kept").unwrap();
        }
        assert!(advance(c, &mut signer).unwrap().size > 300);
        assert_checkpoints(c, signer.verifier());
    });
}

#[test]
fn an_older_or_another_database_is_not_signed() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let mut signer = key.signer();
        let signed = advance(c, &mut signer).unwrap();
        // The same ledger as of an earlier day: fewer entries are in the log.
        disarm(c);
        let cut = signed.size - 2;
        execute(c, &format!("DELETE FROM log_entry WHERE log_index >= {cut}")).unwrap();
        execute(c, &format!("UPDATE sequencer SET size = {cut}")).unwrap();
        let error = sign_checkpoint(c, &mut signer).unwrap_err();
        assert_eq!(code(&error), "older-database");
        assert!(error.to_string().contains(&format!("{cut} entries, but {} were signed", signed.size)), "{error}");
        assert_eq!(key.remembered(), signed);
    });
    // The same name, another past.
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let c = std::cell::RefCell::new(c);
        on_each(|other| {
            let other = &mut other.connect();
            deal::found(other);
            (0..40).for_each(|number| register(other, &format!("Clinic {number}")));
            let elsewhere = Key { folder: tempfile::tempdir().unwrap() };
            fs::copy(key.files().key, elsewhere.files().key).unwrap();
            fs::copy(key.files().signed, elsewhere.files().signed).unwrap();
            let mut signer = elsewhere.signer();
            let signed = advance(&mut c.borrow_mut(), &mut signer).unwrap();
            sequence_log(other).unwrap();
            assert_eq!(code(&sign_checkpoint(other, &mut signer).unwrap_err()), "forked-log");
            assert_eq!(elsewhere.remembered(), signed);
        });
    });
}

#[test]
fn a_signer_that_lost_its_memory_signs_nothing() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::complete(c);
        let key = Key::made(c);
        let mut signer = key.signer();
        advance(c, &mut signer).unwrap();
        let note = fs::read_to_string(key.files().signed).unwrap();
        register(c, "Insurer B");
        sequence_log(c).unwrap();
        for (memory, expected) in [
            (note.replacen("ledger.example/one", "ledger.example/two", 1), "signer-damaged"),
            // Another size: a digit before the one that was signed.
            (note.replacen('\n', "\n1", 1), "signer-damaged"),
            (String::new(), "signer-damaged"),
        ] {
            fs::write(key.files().signed, memory).unwrap();
            assert_eq!(code(&sign_checkpoint(c, &mut signer).unwrap_err()), expected);
        }
        fs::remove_file(key.files().signed).unwrap();
        assert_eq!(code(&sign_checkpoint(c, &mut signer).unwrap_err()), "signer-forgot");
        // Any copy of the newest checkpoint is as good as the file that was lost.
        fs::write(key.files().signed, note).unwrap();
        assert!(sign_checkpoint(c, &mut signer).is_ok());
    });
}

#[test]
fn two_processes_with_one_key_sign_one_log() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let key = Key::made(c);
        thread::scope(|scope| {
            for server in 0..3 {
                let key = &key;
                scope.spawn(move || {
                    let c = &mut database.connect();
                    let mut signer = key.signer();
                    for number in 0..8 {
                        register(c, &format!("Clinic {server}.{number}"));
                        match advance(c, &mut signer) {
                            Ok(_) => {}
                            Err(Error::Storage(error)) if error.is_retryable() => {}
                            // The other was faster: its tree is greater than the one that was to be signed.
                            Err(error) => assert!(["older-database", "forked-log"].contains(&code(&error)), "{error}"),
                        }
                    }
                });
            }
        });
        let signer = &mut key.signer();
        let head = advance(c, signer).unwrap();
        assert_eq!(head.size as i64, storage::entry::count(c).unwrap());
        assert!(assert_checkpoints(c, signer.verifier()) > 1);
    });
}

#[cfg(unix)]
#[test]
fn the_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    on_each(|database| {
        let c = &mut database.connect();
        deal::found(c);
        let key = Key::made(c);
        let mode = fs::metadata(key.files().key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(fs::read_to_string(key.files().key).unwrap().starts_with("PRIVATE+KEY+ledger.example/one+"));
        assert!(!format!("{:?}", key.signer()).contains(&fs::read_to_string(key.files().key).unwrap()[40..60]));
        // Once something is signed, a lost key is not quietly replaced.
        advance(c, &mut key.signer()).unwrap();
        let elsewhere = Key { folder: tempfile::tempdir().unwrap() };
        let error = deal::act(c, |c, outside| make_key(c, outside, elsewhere.files())).unwrap_err();
        assert_eq!(code(&error), "key-missing");
    });
}
