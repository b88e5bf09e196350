//! Killed or failing at any call to the disk while it signs, the log has one past: what was given away is remembered, what is
//! remembered is in the log, and the next run goes on.
//!
//! A process of its own registers parties, puts them into the log, signs, and notes each checkpoint that it was given. It is
//! killed by chance, or by `tests/faults/failing_disk.c` before one call after the other.

use std::{
    env,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use outcome_ledger::{
    ledger::note::{Checkpoint, Note, TreeHead},
    operations::{
        Error, HeldCheckpoint, Outside, make_key, record_heads, register_party, sequence_log, sign_checkpoint,
        signing::{FileSigner, KeyFiles, Signer},
        verify_held,
    },
    storage::{self, Address, Connection},
    values::to_hex,
};
use tempfile::TempDir;

use super::{
    super::{
        databases::{on_each, url},
        deal,
        faults::{faults, library},
    },
    Chance, Load, kills, load,
};

const PROCESS: &str = "crash::signer::signing_process";
/// Checkpoints that a process signs, unless it is to go on until it is killed.
const CHECKPOINTS: usize = 2;
const LONGEST: Duration = Duration::from_secs(60);

fn key(folder: &Path) -> KeyFiles {
    KeyFiles::of_key(&folder.join("keys/ledger.key"))
}

/// Founds a ledger whose key is below the folder.
fn found(address: &str, folder: &Path) {
    let c = &mut Connection::open(&Address::parse(address).unwrap()).unwrap();
    deal::found(c);
    fs::create_dir(folder.join("keys")).unwrap();
    deal::act(c, |c, outside| make_key(c, outside, key(folder))).unwrap();
}

/// The checkpoints that were given to the process of a name, oldest first.
fn given(folder: &Path, name: &str) -> Vec<Note> {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let note = |line: &str| Note::parse(serde_json::from_str::<String>(line).unwrap().as_bytes()).unwrap();
    whole.lines().map(note).collect()
}

fn head(note: &Note) -> TreeHead {
    Checkpoint::parse(note.text()).unwrap().head()
}

/// Everything that was given away and what the signer remembers is one log, and the database holds it.
fn assert_one_past(address: &str, folder: &Path, names: &[&str], what: &str) -> usize {
    let complaints = load::complaints(folder);
    assert!(complaints.is_empty(), "{what}: {complaints}");
    let signer = FileSigner::open(key(folder)).unwrap().unwrap();
    // Its own check of its memory: signed by its key, whole.
    let remembered = signer.last().unwrap().head();
    let mut held = Vec::new();
    for name in names {
        let notes = given(folder, name);
        assert!(notes.windows(2).all(|pair| head(&pair[0]).size <= head(&pair[1]).size), "{what}: {name} shrank");
        held.extend(notes);
    }
    for note in &held {
        assert!(note.verify([signer.verifier()]).is_ok(), "{what}: {note}");
        assert!(head(note).size <= remembered.size, "{what}: given away and not remembered: {note}");
    }
    let count = held.len();
    if remembered.size > 0 {
        held.push(key(folder).remembered().unwrap().unwrap().0);
    }
    let held: Vec<_> =
        (0..).zip(held).map(|(name, note)| HeldCheckpoint { name: format!("{name}"), note, beside: false }).collect();
    let c = &mut Connection::open(&Address::parse(address).unwrap()).unwrap();
    let verified = verify_held(c, &held).unwrap();
    assert!(verified.valid, "{what}: {:#?}", verified.findings);
    count
}

/// After a run to its end the newest checkpoint is given, remembered and stored.
fn assert_finished(address: &str, folder: &Path, what: &str) {
    let run = Load::of(PROCESS, address, folder, &[(load::REQUESTS, CHECKPOINTS.to_string())]);
    assert!(run.wait(LONGEST), "{what}, afterwards: {}", load::complaints(folder));
    let before = assert_one_past(address, folder, &["given"], what);
    assert!(before >= CHECKPOINTS, "{what}: {before} checkpoints");
    let newest = head(given(folder, "given").last().unwrap());
    let c = &mut Connection::open(&Address::parse(address).unwrap()).unwrap();
    let stored = storage::checkpoint::latest(c).unwrap().unwrap();
    assert_eq!((stored.size as u64, stored.root), (newest.size, newest.root), "{what}");
    assert_eq!(key(folder).last().unwrap().unwrap().head(), newest, "{what}");
    assert_eq!(newest.size as i64, storage::entry::count(c).unwrap(), "{what}");
}

/// Signs as often as the environment says, or until it is killed.
#[test]
#[ignore = "the process that the other tests start and kill"]
fn signing_process() {
    let (Ok(address), Ok(folder)) = (env::var(load::ADDRESS), env::var(load::FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    let most = env::var(load::REQUESTS).map_or(u64::MAX, |text| text.parse().unwrap());
    let name = env::var("OUTCOME_LEDGER_LOAD_NAME").unwrap_or_else(|_| "given".into());
    let files = key(&folder);
    for _ in 0..most {
        match sign(&address, &files) {
            Ok(note) => {
                let mut notes = OpenOptions::new().create(true).append(true).open(folder.join(&name)).unwrap();
                notes.write_all((serde_json::to_string(&note).unwrap() + "\n").as_bytes()).unwrap();
            }
            Err(Error::Storage(error)) if error.is_retryable() => {}
            // Another process with the key was faster: the tree it signed is greater than the one that was to be signed here.
            Err(Error::Refused(refusal)) if ["older-database", "forked-log"].contains(&refusal.code) => {}
            Err(error) => {
                fs::write(folder.join("failed"), error.to_string()).unwrap();
                std::process::exit(1);
            }
        }
    }
}

/// One more party, and everything signed.
fn sign(address: &str, files: &KeyFiles) -> Result<String, Error> {
    let c = &mut Connection::open(&Address::parse(address).unwrap())?;
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    let mut name = [0; 8];
    getrandom::fill(&mut name).unwrap();
    let name = format!("Clinic {}", to_hex(&name));
    let outside = &mut Outside::new(1_767_225_700_000_000, &mut random);
    register_party(c, outside, &name, "provider")?;
    sequence_log(c)?;
    record_heads(c, outside)?;
    sequence_log(c)?;
    let mut signer = FileSigner::open(files.clone())?.ok_or_else(|| Error::Stored("no key".into()))?;
    let signed = sign_checkpoint(c, &mut signer)?;
    signed.map(|signed| signed.note).ok_or_else(|| Error::Stored("nothing to sign".into()))
}

/// A founded ledger on a disk of its own, with its key on another.
struct Place(TempDir);

impl Place {
    fn founded() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.0.path().join("disk")).unwrap();
        found(&place.address(), place.0.path());
        place
    }

    fn copy(&self) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["disk", "keys"] {
            fs::create_dir(place.0.path().join(folder)).unwrap();
            for file in fs::read_dir(self.0.path().join(folder)).unwrap().map(|file| file.unwrap()) {
                fs::copy(file.path(), place.0.path().join(folder).join(file.file_name())).unwrap();
            }
        }
        place
    }

    fn address(&self) -> String {
        self.0.path().join("disk/ledger.db").display().to_string()
    }

    /// Lets a call below a folder fail or kill; tells whether it came to that.
    fn strike(&self, folder: &str, at: u64, how: &str) -> bool {
        let path = |name: &str| self.0.path().join(name).display().to_string();
        let variables = [
            ("LD_PRELOAD", library().display().to_string()),
            ("FAILING_DISK_BELOW", path(folder)),
            ("FAILING_DISK_NOTE", path("struck")),
            ("FAILING_DISK_AT", at.to_string()),
            ("FAILING_DISK_ERROR", how.to_owned()),
            (load::REQUESTS, CHECKPOINTS.to_string()),
        ];
        let ended_well = Load::of(PROCESS, &self.address(), self.0.path(), &variables).wait(LONGEST);
        let struck = Path::new(&path("struck")).exists();
        assert!(ended_well || struck, "{}", fs::read_to_string(path("failed")).unwrap_or_default());
        struck
    }
}

/// Each call on the key's disk, one after the other, fails or is the last one before a kill.
#[test]
fn the_signers_memory_survives_every_call() {
    let founded = Place::founded();
    for how in ["kill", "5", "28"] {
        let mut struck = 0;
        for at in 1.. {
            let place = founded.copy();
            let what = format!("call {at} on the key's disk: {how}");
            if !place.strike("keys", at, how) {
                break;
            }
            struck += 1;
            assert_one_past(&place.address(), place.0.path(), &["given"], &what);
            assert_finished(&place.address(), place.0.path(), &what);
        }
        // Content, its sync, the new name, and the folder's sync.
        assert_eq!(struck, 4 * CHECKPOINTS as u64, "{how}");
    }
}

/// Calls on the database's disk while entries are put into the log and checkpoints are stored.
#[test]
fn the_log_survives_a_disk_that_fails_or_a_kill_at_a_call() {
    let founded = Place::founded();
    let mut chance = Chance::seeded();
    for how in ["kill", "5", "28"] {
        let mut struck = 0;
        for number in 0..faults() {
            let place = founded.copy();
            let at = 1 + chance.below(if number % 2 == 0 { 30 } else { 90 });
            let what = format!("call {at} on the database's disk: {how}");
            struck += u64::from(place.strike("disk/", at, how));
            assert_one_past(&place.address(), place.0.path(), &["given"], &what);
            assert_finished(&place.address(), place.0.path(), &what);
        }
        assert!(struck > 0, "{how}: no process was struck");
    }
}

/// Two processes with one key on one database, both killed at random moments, again and again.
#[test]
fn signers_killed_at_random_fork_nothing() {
    let mut chance = Chance::seeded();
    let moments: Vec<_> = (0..kills()).map(|_| chance.moment()).collect();
    on_each(|database| {
        let home = tempfile::tempdir().unwrap();
        let (address, folder) = (url(database), home.path());
        found(&address, folder);
        let names = ["one", "two"];
        for (kill, moment) in moments.iter().enumerate() {
            let before: usize = names.iter().map(|name| given(folder, name).len()).sum();
            let named = |name: &str| [("OUTCOME_LEDGER_LOAD_NAME", name.to_owned())];
            let processes = names.map(|name| Load::of(PROCESS, &address, folder, &named(name)));
            let since = Instant::now();
            while names.iter().map(|name| given(folder, name).len()).sum::<usize>() <= before {
                assert!(since.elapsed() < LONGEST, "{}", fs::read_to_string(folder.join("failed")).unwrap_or_default());
                sleep(Duration::from_millis(10));
            }
            sleep(*moment);
            processes.into_iter().for_each(Load::kill);
            let count = assert_one_past(&address, folder, &names, &format!("kill {kill}"));
            eprintln!("kill {kill}: {count} checkpoints given away, one past");
        }
        assert_finished(&address, folder, "after all kills");
    });
}
