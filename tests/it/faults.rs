//! A disk that fails: whatever call goes wrong, nothing acknowledged is lost, nothing is done twice, and the file stays
//! whole. And a file torn by a crash: it opens at the end of a transaction.
//!
//! `tests/faults/failing_disk.c` stands between the loaded process and its disk. `OUTCOME_LEDGER_FAULTS=200` tries so many
//! calls of each sort instead of a few.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use outcome_ledger::{
    operations::{Error as Failed, Limits, Writer, register_party, verify_log},
    storage::{self, Address, Connection, Error},
};
use tempfile::TempDir;

use super::{
    crash::{
        Chance, Load, assert_whole,
        load::{self, CLIENTS},
    },
    databases::{Database, execute, on_sqlite},
    deal,
    writer::world,
};

/// Calls of each sort that fail, one after the other.
const FAULTS: u64 = 5;
/// Requests of each client; enough for some hundred calls.
const REQUESTS: usize = 6;
const LONGEST: Duration = Duration::from_secs(180);

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

pub fn faults() -> u64 {
    env::var("OUTCOME_LEDGER_FAULTS").map_or(FAULTS, |text| text.parse().unwrap())
}

/// The library that fails, compiled once.
pub fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("failing_disk.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/failing_disk.c");
        let mut compiler = Command::new("cc");
        let compiled = compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).args([source, "-ldl"]).status();
        assert!(compiled.unwrap().success(), "cc cannot compile {source}");
        (folder, path)
    });
    path
}

/// A ledger on a disk of its own, and a folder where answers are noted.
struct Place {
    home: TempDir,
}

impl Place {
    /// A copy of a founded ledger.
    fn copy_of(ledger: &Path) -> Self {
        let place = Self { home: tempfile::tempdir().unwrap() };
        fs::create_dir(place.home.path().join("disk")).unwrap();
        fs::create_dir(place.notes()).unwrap();
        fs::copy(ledger, place.ledger()).unwrap();
        place
    }

    fn ledger(&self) -> PathBuf {
        self.home.path().join("disk/ledger.db")
    }

    fn address(&self) -> String {
        self.ledger().display().to_string()
    }

    fn notes(&self) -> PathBuf {
        self.home.path().join("notes")
    }

    fn struck(&self) -> PathBuf {
        self.home.path().join("struck")
    }

    fn room(&self) -> PathBuf {
        self.home.path().join("room")
    }

    fn load(&self, variables: &[(&str, String)]) -> Load {
        let shown = |path: PathBuf| path.display().to_string();
        let mut all = vec![
            ("LD_PRELOAD", library().display().to_string()),
            ("FAILING_DISK_BELOW", format!("{}/disk/", self.home.path().display())),
            ("FAILING_DISK_NOTE", shown(self.struck())),
            ("FAILING_DISK_ROOM", shown(self.room())),
            (load::REQUESTS, REQUESTS.to_string()),
        ];
        all.extend(variables.iter().cloned());
        Load::with(&self.address(), &self.notes(), &all)
    }

    /// What the disk did to the process has ended; everything is looked at, and the rest is asked for on a good disk.
    fn assert_whole_and_finish(&self, what: &str) {
        let complaints = self.notes().join("complaints");
        if complaints.exists() {
            fs::remove_file(complaints).unwrap();
        }
        assert_whole(&self.address(), &self.notes(), what);
        let load = Load::with(&self.address(), &self.notes(), &[(load::REQUESTS, REQUESTS.to_string())]);
        assert!(load.wait(LONGEST), "{what}, afterwards: {}", load::complaints(&self.notes()));
        assert_eq!(assert_whole(&self.address(), &self.notes(), what), REQUESTS * CLIENTS, "{what}");
    }
}

/// A founded ledger in one file.
fn founded() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    load::found(&path.display().to_string());
    assert!(!home.path().join("ledger.db-wal").exists(), "the last connection takes the log in");
    (home, path)
}

/// Lets one call after the other fail; tells how many loads were struck.
fn strike(calls: &str, error: i32, mut check: impl FnMut(bool, &str, &str)) -> u64 {
    let (_home, ledger) = founded();
    let mut chance = Chance::seeded();
    let mut struck = 0;
    for number in 0..faults() {
        // Each client asks in turn, so that there are as many commits as it has requests, however many share one.
        let certain = if number % 2 == 0 { REQUESTS as u64 } else { 60 };
        let at = 1 + chance.below(certain);
        let what = format!("{calls} call {at} fails with {error}");
        let place = Place::copy_of(&ledger);
        let load = place.load(&[
            ("FAILING_DISK_AT", at.to_string()),
            ("FAILING_DISK_CALLS", calls.into()),
            ("FAILING_DISK_ERROR", error.to_string()),
        ]);
        let ended_well = load.wait(LONGEST);
        // A failure after the last answer, while the file is closed, is nothing that the writer could still act on.
        let answered = load::answered_at(&place.notes());
        let failed_at = fs::metadata(place.struck()).and_then(|file| file.modified()).ok();
        if failed_at.is_some_and(|at| answered.is_none_or(|answered| at < answered)) {
            struck += 1;
            check(ended_well, &load::complaints(&place.notes()), &what);
        }
        place.assert_whole_and_finish(&what);
    }
    struck
}

#[test]
fn a_failing_sync_stops_the_writer() {
    let struck = strike("sync", EIO, |ended_well, complaints, what| {
        // Acknowledging anything after a failed sync would be a promise that nobody can keep.
        assert!(!ended_well || complaints.contains("disk"), "{what}: the writer went on: {complaints:?}");
    });
    assert!(struck > 0, "no load was struck");
}

#[test]
fn a_failing_write_loses_nothing() {
    let struck = strike("write", EIO, |ended_well, complaints, what| {
        assert!(!ended_well || complaints.contains("disk"), "{what}: the writer went on: {complaints:?}");
    });
    assert!(struck > 0, "no load was struck");
}

#[test]
fn a_write_without_room_is_refused_or_stops_the_writer() {
    let struck = strike("write", ENOSPC, |ended_well, complaints, what| {
        assert!(ended_well || complaints.contains("disk") || complaints.is_empty(), "{what}: {complaints}");
    });
    assert!(struck > 0, "no load was struck");
}

/// While the disk is full every request is refused; when there is room again, the same process goes on.
#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let (_home, ledger) = founded();
    let mut chance = Chance::seeded();
    for _ in 0..faults().div_ceil(2) {
        let bytes = 50_000 + chance.below(300_000);
        let what = format!("a disk with room for {bytes} bytes");
        let place = Place::copy_of(&ledger);
        let load = place.load(&[("FAILING_DISK_BYTES", bytes.to_string())]);
        let mut waited = 0;
        while !place.struck().exists() && waited < 3_000 {
            std::thread::sleep(Duration::from_millis(20));
            waited += 1;
        }
        let before = load::acknowledged(&place.notes()).len();
        fs::write(place.room(), "").unwrap();
        let ended_well = load.wait(LONGEST);
        let complaints = load::complaints(&place.notes());
        assert!(ended_well && complaints.is_empty() || complaints.contains("disk"), "{what}: {complaints}");
        if complaints.is_empty() {
            assert_eq!(load::acknowledged(&place.notes()).len(), REQUESTS * CLIENTS, "{what}, {before} before");
        }
        place.assert_whole_and_finish(&what);
    }
}

/// The write-ahead log after each commit: its length, and how many entries there are.
fn commits(database: &Database, path: &Path, times: usize) -> Vec<(u64, i64)> {
    storage::migrate::run(&mut database.connect()).unwrap();
    deal::found(&mut database.connect());
    let writer = Writer::start(database.address.clone(), Limits::default(), world()).unwrap();
    let mut commits = vec![(0, 2)];
    for number in 0..times {
        let name = format!("party {number}");
        let registered = writer.submit("", 0, move |c, outside| register_party(c, outside, &name, "insurer"));
        registered.unwrap().wait().unwrap();
        commits.push((fs::metadata(with_suffix(path, "-wal")).unwrap().len(), 3 + number as i64));
    }
    // The last connection would take the log into the file: copies are made while it is open.
    for suffix in ["", "-wal"] {
        fs::copy(with_suffix(path, suffix), with_suffix(&path.with_file_name("kept.db"), suffix)).unwrap();
    }
    writer.stop().unwrap();
    commits
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

#[test]
fn a_torn_log_opens_at_the_end_of_a_transaction() {
    on_sqlite(|database| {
        let Address::Sqlite(path) = &database.address else { unreachable!() };
        let commits = commits(database, path, 25);
        let kept = path.with_file_name("kept.db");
        let length = commits[commits.len() - 1].0;
        let mut chance = Chance::seeded();
        for trial in 0..30 {
            let at = chance.below(length);
            let mut log = fs::read(with_suffix(&kept, "-wal")).unwrap();
            let what = match trial % 2 {
                0 => {
                    log.truncate(at.try_into().unwrap());
                    format!("cut off at {at}")
                }
                _ => {
                    log[usize::try_from(at).unwrap()] ^= 1 << chance.below(8);
                    format!("a bit turned at {at}")
                }
            };
            let torn = path.with_file_name(format!("torn-{trial}.db"));
            fs::copy(&kept, &torn).unwrap();
            fs::write(with_suffix(&torn, "-wal"), log).unwrap();
            let c = &mut Connection::open(&Address::Sqlite(torn)).unwrap();
            // The commits whose frames lie wholly before the damage.
            let whole = commits.iter().filter(|(end, _)| *end <= at).map(|(_, entries)| *entries).max();
            assert_eq!(Some(storage::entry::count(c).unwrap()), whole, "{what}");
            let verified = verify_log(c).unwrap();
            assert!(verified.valid, "{what}: {:#?}", verified.findings);
        }
    });
}

/// What a caller hears when the disk is full says so, and that nothing was changed.
#[test]
fn a_full_database_says_what_to_do() {
    on_sqlite(|database| {
        let c = &mut database.connect();
        storage::migrate::run(c).unwrap();
        deal::found(c);
        // A database that may not grow answers as a full disk does.
        execute(c, "PRAGMA max_page_count = 1").unwrap();
        let grown = (0..2_000).find_map(|number| {
            let name = format!("{number} {}", "n".repeat(90));
            deal::act(c, |c, outside| register_party(c, outside, &name, "insurer")).err()
        });
        let error = grown.unwrap();
        assert!(error.to_string().contains("make room"), "{error}");
        let Failed::Storage(Error::Full(_)) = error else { panic!("{error:?}") };
        let verified = verify_log(c).unwrap();
        assert!(verified.valid, "{:#?}", verified.findings);
    });
}
